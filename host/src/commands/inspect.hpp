#pragma once
// What is known of what stands where somebody asks.
#include <string>
#include <string_view>
#include <vector>

#include "commands/commands.hpp"

namespace podium::host::commands {

struct Inspection {
  std::string text;      ///< for a terminal; "" nothing is known
  std::string markdown;  ///< the same; other people's text in it is escaped
};

/// Of a verb its page; of a clause what it is for; of a key its type, range and count; of a task, a
/// project or a result what it is. `selections` are the front end's results.
Inspection inspect(const Parts&, const Commands&, const Principal&, const Cancel&,
                   const CommandRequest& request, std::size_t cursor);
std::string to_json(const Inspection&);

}  // namespace podium::host::commands

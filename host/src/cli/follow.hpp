#pragma once
// Watching a job of the host from the command line.
#include <string>
#include <string_view>

#include "cli/interrupts.hpp"
#include "podium/front_kit/http_client.hpp"

namespace podium::host::cli {

using front::HttpClient;

/// Waits until a job has ended, with a bar on stderr when that is a terminal. False when Ctrl-C
/// ended the watching; the job goes on. Throws Error `unavailable` when the host goes away.
bool follow(HttpClient&, const std::string& job, const Interrupts&);

/// One line of the bar, at most `width` columns: "[####    ] 50 %, 12 of 24".
std::string bar_of(std::string_view state, double done, double total, std::size_t width);

/// How to go on with a job that nobody watches any more; `program` stands before the commands.
std::string how_to_go_on(const std::string& job, std::string_view program = "podium ");

}  // namespace podium::host::cli

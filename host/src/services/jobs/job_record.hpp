#pragma once
// A job as it is stored.
#include <cstdint>
#include <string>
#include <string_view>

#include "podium/principal.hpp"
#include "podium/store/store.hpp"

namespace podium::host {

/// The body of a job: {"who":{...},"arguments":...,"state":"...","result":...}.
struct JobBody {
  Principal who;
  std::string arguments;  ///< JSON
  std::string state;      ///< the handler's own text
  std::string result;     ///< JSON, or ""

  std::string json() const;
  /// Throws `corrupt`.
  static JobBody parse(std::string_view);
};

/// True for the states that a job does not leave.
bool job_ended(std::string_view state);

/// True when the text is JSON, nested no deeper than 64.
bool valid_json(std::string_view);

}  // namespace podium::host

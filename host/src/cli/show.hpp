#pragma once
// Answers and problems on standard output and standard error, as options say.
#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "cli/options.hpp"
#include "podium/front_kit/carry_out.hpp"
#include "podium/front_kit/draw.hpp"
#include "podium/front_kit/http_client.hpp"

namespace podium::host::cli {

/// How answers are drawn on what standard output is.
front::DrawOptions draw_options(const Options&);

/// An answer; its files are fetched from the host. Notices and what was left out go to stderr.
/// Throws Error, Refused.
void show_answer(const front::CarriedOut&, const Options&, front::HttpClient&);

/// What a problem is, with a caret under its place; returns the exit code. `program` stands before
/// a corrected command.
int say_problem(const front::Refused&, const Options&, std::string_view program);

}  // namespace podium::host::cli

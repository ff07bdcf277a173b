#pragma once
// Answers as HTML without script: what a notebook shows that nobody runs. All that runs logged is
// other people's text and is escaped here.
#include <string>
#include <string_view>

#include "podium/front_kit/json.hpp"

namespace podium::front {

/// Up to `most` rows. `id` marks it for the widget that takes its place; "" none does.
std::string table_html(const Json& table, std::size_t most, const std::string& id = {});
std::string details_html(const Json& details, std::size_t most);
/// How far a job is.
std::string progress_html(const Json& progress);

}  // namespace podium::front

#pragma once
// JSON Schemas of the routes, for the OpenAPI document.
#include <cstddef>
#include <string>

namespace podium::comparison::schemas {

std::string selection_request(std::size_t most);
std::string selected();
std::string colors_request();
std::string series_request();
std::string series();
std::string values_request();
std::string values();
std::string parameters_request();
std::string parameters();
std::string artifacts_request();
std::string artifacts();
std::string plain_request();
std::string models();
std::string datasets();
std::string source_request();
std::string source();
std::string new_comparison();
std::string comparison_edit();
std::string comparison();
std::string comparisons();
std::string deleted();

}  // namespace podium::comparison::schemas

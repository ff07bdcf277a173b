#pragma once
// The one place where text becomes part of HTML or SVG.
#include <string>
#include <string_view>

namespace podium::front {

/// A text as it stands in HTML or XML, in an attribute too.
std::string escaped(std::string_view text);

}  // namespace podium::front

#pragma once
// Answers as notebooks show them, for front ends that cannot draw them by themselves.
#include <string>

#include "podium/front_kit/forms.hpp"

namespace podium::host::commands {

/// An answer's JSON with the member `forms`. A file has none: its content is what is shown.
std::string with_forms(std::string answer, const front::FormsOptions&);

}  // namespace podium::host::commands

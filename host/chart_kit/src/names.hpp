#pragma once
// Names as they are drawn: clean, short, and each once.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "podium/chart_kit/charts.hpp"
#include "podium/chart_kit/colors.hpp"

namespace podium::chart_kit {

/// Valid UTF-8 without control characters, nor those that turn the direction of writing.
std::string clean(std::string_view);
/// At most `most` characters: longer ones lose their middle, as tails differ more often than not.
std::string shortened(std::string_view, std::size_t most = 32);

/// Of subjects, in their order.
struct Names {
  std::vector<std::string> shown;  ///< short, no two alike: for axes and legends
  std::vector<std::string> full;   ///< for tooltips and tables
  std::vector<std::string> colors;
};
Names names_of(const std::vector<const Subject*>&);

template <class T>
Names names_of(const std::vector<T>& things, Subject T::*member) {
  std::vector<const Subject*> subjects;
  subjects.reserve(things.size());
  for (const T& thing : things) subjects.push_back(&(thing.*member));
  return names_of(subjects);
}
Names names_of(const std::vector<Subject>&);

}  // namespace podium::chart_kit

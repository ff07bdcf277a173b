#pragma once
// Charts of every kind over made-up data: usual, many, empty, and with names and numbers that try
// to break them. The unit tests look into them; tests/compare_charts validates and renders them.
#include <string>
#include <vector>

#include "podium/chart_kit/charts.hpp"

namespace podium::test {

struct Example {
  std::string name;
  chart_kit::Chart chart;
};
std::vector<Example> gallery();

}  // namespace podium::test

#pragma once
// One plot of several tasks: laid over each other where that can be read, else side by side.
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "podium/json.hpp"

namespace podium::comparison {

/// A task's figure, or none when it did not log the plot.
struct TaskFigure {
  std::string id, label, color;
  std::optional<Json> figure;
};

/// Why figures cannot be laid over each other, in one sentence; nothing when they can: all their
/// traces are scatter, scattergl, bar, scatter3d, box, histogram or scatterpolar, and lie in one
/// plane without images.
std::optional<std::string> why_apart(const std::vector<TaskFigure>&);

/// One figure of all of them, each task in its color. A task without the plot has an empty trace
/// that the legend shows as switched off, so that every plot has the same legend.
Json overlay(std::vector<TaskFigure>);

}  // namespace podium::comparison

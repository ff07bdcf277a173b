#pragma once
// Charts as specifications of Vega-Lite and Vega, made from plain numbers and names. Each has a
// struct that says what is drawn, and one function that draws it. Names are other people's text:
// they are data in a specification, never a field's name or a part of an expression, so that no
// name can break or change one. NaN and infinities are never drawn; the tables keep them.
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "podium/command/answer.hpp"

namespace podium::chart_kit {

/// Whose a mark is: a task, a candidate, a group. Labels that are alike are told apart by the last
/// six of the id; a color that is "" is that of the id.
struct Subject {
  std::string id, label;
  std::string color = {};  ///< "#rrggbb"
};

struct Axis {
  std::string title = {};
  bool log = false;                             ///< what is not above 0 is not drawn
  bool time = false;                            ///< milliseconds UTC
  std::optional<double> least = {}, most = {};  ///< of what is shown
};

/// What all charts have.
struct Frame {
  std::string title = {}, subtitle = {};
  int width = 640, height = 360;
  /// Where a page gets the rows; "": they are in the specification.
  std::string data_url = {};
  std::size_t table_rows = 1000;  ///< of the table, at most
};

/// A drawn chart. `figure.specification` holds its rows, or with a `data_url` says where they are;
/// `rows` is then what that URL answers, a JSON array.
struct Chart {
  AnswerFigure figure;
  std::string rows = {};
};

/// Curves, with a band around each that has one. Where colors are too near each other, dashes tell
/// the curves apart.
struct Curves {
  /// Of several metrics.
  enum class Layout : std::uint8_t {
    apart = 1,  ///< small charts beside each other
    fitting,    ///< on one pair of axes, told apart by dashes, unless they are of different sizes
  };
  struct Curve {
    Subject of;
    std::string metric = {};
    std::vector<double> x, y;
    std::vector<double> low = {}, high = {};               ///< as long as x, or empty
    std::vector<double> original_x = {}, original_y = {};  ///< drawn faintly behind
  };
  Frame frame = {};
  Axis x = {}, y = {};
  std::string band = {};  ///< what the band is, for the subtitle: "mean ± standard deviation"
  std::vector<Curve> curves = {};
  Layout layout = Layout::apart;
};
Chart draw(const Curves&);

/// A bar a subject and measure: clusters of bars, or each measure on an axis of its own.
struct Bars {
  enum class Layout : std::uint8_t {
    fitting = 1,  ///< clustered, unless the measures are of different sizes or the bars too many
    clustered,
    apart,
  };
  Frame frame = {};
  std::vector<Subject> subjects = {};
  struct Measure {
    std::string name;
    std::vector<std::optional<double>> values;               ///< one a subject
    std::vector<std::optional<double>> low = {}, high = {};  ///< one a subject, or empty
  };
  std::vector<Measure> measures = {};
  Layout layout = Layout::fitting;
  bool log = false;  ///< drawn as points: a bar has no foot on a logarithmic axis
};
Chart draw(const Bars&);

/// Values of one thing a subject: numbers, or texts where not all are numbers.
struct Dimension {
  std::string name;
  std::vector<Value> values;                   ///< one a subject; monostate is missing
  std::vector<std::optional<double>> numbers;  ///< of those that are, or spell, numbers
  /// At least one value is there, and all that are there are numbers.
  bool numeric() const;
};

/// A point a subject.
struct Scatter {
  Frame frame = {};
  Axis x = {}, y = {};
  std::vector<Subject> subjects = {};
  Dimension across = {}, up = {};
  std::optional<Dimension> color = {};  ///< absent: the subjects' own colors
};
Chart draw(const Scatter&);

/// How values are spread: a box a group, with the values themselves when they are few.
struct Boxes {
  struct Group {
    Subject group;
    std::vector<double> values;
    std::vector<std::string> of = {};  ///< whose each value is; as long as values, or empty
  };
  Frame frame = {};
  Axis value = {};
  std::vector<Group> groups = {};
};
/// A group for each value of `by`, in the order of an axis, those without one last; without `by`
/// all are one. What is no number is left out.
std::vector<Boxes::Group> grouped(const std::vector<Subject>&, const Dimension& values,
                                  const std::optional<Dimension>& by);
Chart draw(const Boxes&);

/// A line a subject across parallel axes, each of which can be brushed: lines outside of any brush
/// go grey. Vega, not Vega-Lite.
struct Parallel {
  struct Line {
    Dimension values;
    bool log = false;
    /// What the axis is brushed to at first.
    std::optional<std::pair<double, double>> brush = {};
  };
  Frame frame = {};
  std::vector<Subject> subjects = {};
  std::vector<Line> axes = {};           ///< from left to right
  std::string color = {};                ///< the name of a numeric axis that colors the lines
  std::optional<Dimension> groups = {};  ///< else color them; absent: the subjects' own colors
};
Chart draw(const Parallel&);

/// How much a target hangs on each parameter, beside how they are correlated.
struct Importance {
  struct Bar {
    std::string name;
    double importance = 0, deviation = 0;
    std::optional<double> correlation = {};
  };
  Frame frame = {};
  std::string importance_title = "importance";
  std::string correlation_title = "rank correlation";
  std::vector<Bar> bars = {};   ///< the most important first
  std::size_t most_shown = 30;  ///< the table has all
};
Chart draw(const Importance&);

/// Ranks over time, or over revisions: the first is on top.
struct Ranks {
  struct Path {
    Subject of;
    std::vector<double> x;
    std::vector<std::optional<double>> rank;  ///< missing: not on the board then
  };
  Frame frame = {};
  Axis x = {};
  std::vector<Path> paths = {};
  std::size_t most_shown = 40;  ///< from rank 1 down; who was never among them is not drawn
};
Chart draw(const Ranks&);

/// Two measures against each other; who is beaten in none of both is on the front.
struct Front {
  struct Point {
    Subject of;
    double x = 0, y = 0;
    bool on_front = false;
    bool knee = false;
  };
  Frame frame = {};
  Axis x = {}, y = {};
  bool x_up = false, y_up = true;  ///< more is better
  std::vector<Point> points = {};
};
Chart draw(const Front&);

/// An estimate a subject with its interval: scores, or ranks.
struct Intervals {
  struct Row {
    Subject of;
    double value = 0, low = 0, high = 0;
    std::string group = {};        ///< rows of one group cannot be told apart
    std::optional<double> n = {};  ///< how many tasks it is made of
  };
  Frame frame = {};
  Axis value = {};
  std::vector<Row> rows = {};  ///< from top to bottom
};
Chart draw(const Intervals&);

}  // namespace podium::chart_kit

#pragma once
// The rows of a chart as a JSON array of objects, written as they come: curves have many.
#include <optional>
#include <string>
#include <string_view>

#include "podium/store/filter.hpp"

namespace podium::chart_kit {

/// A number as a chart needs it: nine digits (times and steps keep all of theirs), null when it is
/// none.
void append_drawn(std::string& out, double);

class Rows {
 public:
  Rows() { text_.push_back('['); }
  Rows& row();  ///< begins the next one
  Rows& number(const char* field, double);
  Rows& number(const char* field, const std::optional<double>&);
  Rows& text(const char* field, std::string_view);
  Rows& value(const char* field, const Value&);
  std::string take();

 private:
  void field(const char* name);
  std::string text_;
  bool any_ = false, open_ = false, comma_ = false;
};

/// As people read it: numbers in their shortest form, "true", "false", "none".
std::string shown(const Value&);
std::string shown(double);

}  // namespace podium::chart_kit

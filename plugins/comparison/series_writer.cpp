#include "series_writer.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "podium/http/json_writer.hpp"

namespace podium::comparison {
namespace {

static_assert(std::endian::native == std::endian::little, "columns are written as they lie");

/// Beyond it not every whole number is a double.
constexpr double most_exact = 9007199254740992.0;

/// The least of the column, when all of it are whole numbers that 32 bits above it hold.
bool narrow(const std::vector<double>& column, double& base) {
  if (column.empty()) return false;
  double least = column.front(), greatest = column.front();
  for (const double v : column) {
    if (!(std::abs(v) < most_exact) || v != std::trunc(v) || (v == 0 && std::signbit(v)))
      return false;
    least = std::min(least, v);
    greatest = std::max(greatest, v);
  }
  base = least;
  return greatest - least <= 4294967295.0;
}

void number(std::string& out, double v) {
  if (std::abs(v) < most_exact && v == std::trunc(v) && !(v == 0 && std::signbit(v)))
    append_json_number(out, static_cast<std::int64_t>(v));
  else
    append_json_number(out, v);
}

/// Columns as arrays.
class JsonColumns {
 public:
  JsonColumns(std::string& out, JsonWriter& w) : out_(out), w_(w) {}
  void operator()(const char* name, const std::vector<double>& column) {
    w_.key(name).raw("[");
    for (std::size_t i = 0; i < column.size(); ++i) {
      if (i != 0) out_.push_back(',');
      number(out_, column[i]);
    }
    out_.push_back(']');
  }

 private:
  std::string& out_;
  JsonWriter& w_;
};

/// Columns as bytes behind the header, which tells where.
class BinaryColumns {
 public:
  BinaryColumns(std::string& data, JsonWriter& w) : data_(data), w_(w) {}
  void operator()(const char* name, const std::vector<double>& column) {
    double base = 0;
    const bool small = narrow(column, base);
    w_.key(name).object().key("type").value(small ? "u32" : "f64");
    w_.key("n").value(static_cast<std::int64_t>(column.size()));
    w_.key("offset").value(static_cast<std::int64_t>(data_.size()));
    w_.key("base").value(static_cast<std::int64_t>(base)).end_object();
    const std::size_t begin = data_.size();
    data_.resize(begin + column.size() * (small ? sizeof(std::uint32_t) : sizeof(double)));
    char* at = data_.data() + begin;
    if (small) {
      for (const double v : column) {
        const auto offset = static_cast<std::uint32_t>(v - base);
        std::memcpy(at, &offset, sizeof offset);
        at += sizeof offset;
      }
    } else if (!column.empty()) {
      std::memcpy(at, column.data(), column.size() * sizeof(double));
    }
    data_.resize((data_.size() + 7) / 8 * 8);
  }

 private:
  std::string& data_;
  JsonWriter& w_;
};

void write_value(JsonWriter& w, const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value))
    w.value(*text);
  else if (const auto* flag = std::get_if<bool>(&value))
    w.value(*flag);
  else if (const auto* integer = std::get_if<std::int64_t>(&value))
    w.value(*integer);
  else if (const auto* real = std::get_if<double>(&value))
    w.value(*real);
  else
    w.null();
}

const char* name_of(X x) {
  constexpr const char* names[] = {"", "step", "time", "elapsed", "metric"};
  return names[static_cast<std::size_t>(x)];
}

template <class Columns>
void write(JsonWriter& w, const SeriesAnswer& answer, const SeriesQuestion& asked,
           Columns& columns) {
  w.object();
  write_selected(w, answer.selected);
  w.key("x").value(name_of(asked.x));
  const bool grouped = !asked.group_by.empty();
  if (grouped) {
    w.key("groups").array();
    for (const Group& g : answer.groups) {
      w.object().key("label").value(g.label).key("color").value(g.color).key("values").array();
      for (const Value& v : g.values) write_value(w, v);
      w.end_array().key("tasks").array();
      for (const std::size_t t : g.tasks) w.value(static_cast<std::int64_t>(t));
      w.end_array().end_object();
    }
    w.end_array();
  }
  w.key("series").array();
  for (const Series& s : answer.series) {
    w.object().key("key").value(s.key).key("scope").value(s.scope);
    w.key(grouped ? "group" : "task").value(static_cast<std::int64_t>(s.owner));
    w.key("label").value(s.label).key("color").value(s.color);
    w.key("of").value(s.of).key("left_out").value(s.left_out);
    w.key("columns").object();
    columns("x", s.line.x);
    columns("y", s.line.y);
    if (grouped) {
      columns("tasks", s.tasks);
      if (asked.band != Band::none) {
        columns("low", s.low);
        columns("high", s.high);
      }
    } else if (asked.originals) {
      columns("original_x", s.original.x);
      columns("original_y", s.original.y);
    }
    w.end_object().end_object();
  }
  w.end_array().end_object();
}

}  // namespace

std::string series_json(const SeriesAnswer& answer, const SeriesQuestion& asked) {
  std::string out;
  JsonWriter w(out);
  JsonColumns columns(out, w);
  write(w, answer, asked, columns);
  return out;
}

std::string series_binary(const SeriesAnswer& answer, const SeriesQuestion& asked) {
  std::string header, data;
  std::size_t points = 0;
  for (const Series& s : answer.series) points += s.line.x.size() + s.original.x.size();
  data.reserve(points * 2 * sizeof(double) + 64);
  JsonWriter w(header);
  BinaryColumns columns(data, w);
  write(w, answer, asked, columns);
  header.resize((header.size() + 7) / 8 * 8, ' ');
  std::string out = "PODSERI1";
  const auto length = static_cast<std::uint32_t>(header.size());
  char word[8] = {};
  std::memcpy(word, &length, sizeof length);
  out.reserve(out.size() + sizeof word + header.size() + data.size());
  out.append(word, sizeof word).append(header).append(data);
  return out;
}

}  // namespace podium::comparison

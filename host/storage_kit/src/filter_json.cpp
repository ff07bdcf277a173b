// Filters as JSON and back. What is as a new Filter has it is left out.
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "json_names.hpp"
#include "podium/error.hpp"
#include "podium/http/json_writer.hpp"
#include "podium/storage_kit/declaration.hpp"

namespace podium::kit {
namespace {

using nlohmann::json;

constexpr int deepest = 64;
constexpr std::string_view ops[] = {"all", "none",    "and",  "or",    "not",     "compare",
                                    "in",  "is_null", "like", "ilike", "matches", "any"};
constexpr std::string_view compares[] = {"eq", "ne", "lt", "le", "gt", "ge"};
constexpr std::string_view kinds[] = {"field", "map", "series", "id", "ordinal", "version", "body"};
constexpr std::string_view statistics[] = {"last",     "first",    "min",       "max",
                                           "count",    "sum",      "last_step", "first_step",
                                           "min_step", "max_step", "last_time", "first_time"};

void write(JsonWriter& w, const Path& path) {
  w.object().key("kind").value(word_of(kinds, path.kind));
  if (!path.name.empty()) w.key("name").value(path.name);
  if (!path.key.empty()) w.key("key").value(path.key);
  if (!path.scope.empty()) w.key("scope").value(path.scope);
  if (path.statistic != Statistic::last)
    w.key("statistic").value(word_of(statistics, path.statistic));
  w.end_object();
}

void write(JsonWriter& w, const Value& value) {
  std::visit(
      [&](const auto& v) {
        using T = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<T, std::monostate>) {
          w.null();
        } else if constexpr (std::is_same_v<T, double>) {
          // In an object where it has no number of its own, so that it is told from a text.
          if (std::isfinite(v)) {
            w.value(v);
          } else {
            w.object().key("real").value(v).end_object();
          }
        } else {
          w.value(v);
        }
      },
      value);
}

void write(JsonWriter& w, const Filter& filter) {
  w.object().key("op").value(word_of(ops, filter.op));
  if (filter.op == Filter::Op::compare || filter.cmp != Compare::eq)
    w.key("cmp").value(word_of(compares, filter.cmp));
  if (filter.negated) w.key("negated").value(true);
  if (filter.path != Path{}) {
    w.key("path");
    write(w, filter.path);
  }
  if (!filter.values.empty()) {
    w.key("values").array();
    for (const Value& value : filter.values) write(w, value);
    w.end_array();
  }
  if (!filter.child.empty()) w.key("child").value(filter.child);
  if (!filter.children.empty()) {
    w.key("children").array();
    for (const Filter& child : filter.children) write(w, child);
    w.end_array();
  }
  w.end_object();
}

[[noreturn]] void refuse(const std::string& why) {
  throw Error(ErrorCode::invalid, "this is no filter: " + why);
}

template <class E>
E read_word(Words words, const json& j) {
  const auto& word = j.get_ref<const std::string&>();
  if (const auto value = value_of<E>(words, word)) return *value;
  refuse("'" + word + "' is no known word");
}

Path read_path(const json& j) {
  Path path;
  for (const auto& [name, value] : j.items()) {
    if (name == "kind") {
      path.kind = read_word<Path::Kind>(kinds, value);
    } else if (name == "name") {
      path.name = value.get<std::string>();
    } else if (name == "key") {
      path.key = value.get<std::string>();
    } else if (name == "scope") {
      path.scope = value.get<std::string>();
    } else if (name == "statistic") {
      path.statistic = read_word<Statistic>(statistics, value);
    } else {
      refuse("a path has no '" + name + "'");
    }
  }
  return path;
}

Value read_value(const json& j) {
  switch (j.type()) {
    case json::value_t::null:
      return std::monostate{};
    case json::value_t::boolean:
      return j.get<bool>();
    case json::value_t::number_integer:
      return j.get<std::int64_t>();
    case json::value_t::number_unsigned: {
      const auto number = j.get<std::uint64_t>();
      if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        refuse("an integer is larger than 64 bits hold");
      return static_cast<std::int64_t>(number);
    }
    case json::value_t::number_float:
      return j.get<double>();
    case json::value_t::string:
      return j.get<std::string>();
    case json::value_t::object: {
      const auto& word = j.at("real").get_ref<const std::string&>();
      constexpr double infinity = std::numeric_limits<double>::infinity();
      if (j.size() == 1 && word == "NaN") return std::numeric_limits<double>::quiet_NaN();
      if (j.size() == 1 && word == "Infinity") return infinity;
      if (j.size() == 1 && word == "-Infinity") return -infinity;
      refuse("'" + word + "' is no number");
    }
    default:
      refuse("a value is neither a text, a number, true, false nor null");
  }
}

Filter read_filter(const json& j, int depth) {
  if (depth > deepest) refuse("it is nested deeper than 64 levels");
  if (!j.is_object()) refuse("it must be an object");
  Filter filter;
  filter.op = read_word<Filter::Op>(ops, j.at("op"));
  for (const auto& [name, value] : j.items()) {
    if (name == "op") continue;
    if (name == "cmp") {
      filter.cmp = read_word<Compare>(compares, value);
    } else if (name == "negated") {
      filter.negated = value.get<bool>();
    } else if (name == "path") {
      if (!value.is_object()) refuse("a path must be an object");
      filter.path = read_path(value);
    } else if (name == "values") {
      if (!value.is_array()) refuse("values must be a list");
      for (const json& v : value) filter.values.push_back(read_value(v));
    } else if (name == "child") {
      filter.child = value.get<std::string>();
    } else if (name == "children") {
      if (!value.is_array()) refuse("children must be a list");
      for (const json& child : value) filter.children.push_back(read_filter(child, depth + 1));
    } else {
      refuse("there is no '" + name + "'");
    }
  }
  return filter;
}

}  // namespace

std::string to_json(const Filter& filter) {
  std::string out;
  JsonWriter w(out);
  write(w, filter);
  return out;
}

Filter filter_from_json(std::string_view text) {
  try {
    return read_filter(json::parse(text), 1);
  } catch (const json::exception& e) {
    refuse(e.what());
  }
}

}  // namespace podium::kit

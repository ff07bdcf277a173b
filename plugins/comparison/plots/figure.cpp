#include "figure.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "podium/error.hpp"
#include "podium/http/json_depth.hpp"

namespace podium::comparison {
namespace {

constexpr std::size_t most_endless = 4;       // calls whose argument runs to the end of the page
constexpr std::size_t most_calls = 64;        // of Plotly that are looked at
constexpr std::size_t longest_target = 1000;  // characters of a call's first argument
constexpr std::size_t deepest = 48;           // of the JSON
constexpr std::size_t most_traces = 1000;

void skip_blanks(std::string_view text, std::size_t& at) {
  while (at < text.size() &&
         (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t'))
    ++at;
}

/// Behind a text in quotes that begins at `at`; npos when it does not end.
std::size_t behind_text(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\')
      ++at;
    else if (text[at] == quote)
      return at + 1;
  }
  return std::string_view::npos;
}

/// Behind the array or object that begins at `at`; npos when it does not end.
std::size_t behind_value(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while (at < text.size()) {
    switch (text[at]) {
      case '"':
        at = behind_text(text, at);
        if (at == std::string_view::npos) return at;
        continue;
      case '[':
      case '{':
        ++depth;
        break;
      case ']':
      case '}':
        if (--depth == 0) return at + 1;
        break;
      default:
        break;
    }
    ++at;
  }
  return std::string_view::npos;
}

/// Behind the comma that ends a call's first argument: a text, a name, or a short expression.
std::size_t behind_target(std::string_view html, std::size_t at) {
  std::size_t depth = 0;
  const std::size_t end = std::min(html.size(), at + longest_target);
  while (at < end) {
    const char c = html[at];
    if (c == '"' || c == '\'') {
      at = behind_text(html, at);
      if (at == std::string_view::npos) return at;
      continue;
    }
    if (c == '(') ++depth;
    if (c == ')' && depth-- == 0) return std::string_view::npos;
    if (c == ',' && depth == 0) return at + 1;
    if (c == ';' || c == '{' || c == '[') return std::string_view::npos;
    ++at;
  }
  return std::string_view::npos;
}

std::optional<PlotlyCall> call_at(std::string_view html, std::size_t at, std::size_t& endless) {
  at = behind_target(html, at);
  if (at == std::string_view::npos) return std::nullopt;
  skip_blanks(html, at);
  if (at >= html.size() || (html[at] != '[' && html[at] != '{')) return std::nullopt;
  const bool figure = html[at] == '{';
  std::size_t end = behind_value(html, at);
  if (end == std::string_view::npos) {
    ++endless;
    return std::nullopt;
  }
  PlotlyCall call{html.substr(at, end - at), {}};
  skip_blanks(html, end);
  if (figure || end >= html.size() || html[end] != ',') return call;
  at = end + 1;
  skip_blanks(html, at);
  if (at < html.size() && html[at] == '{')
    if (end = behind_value(html, at); end != std::string_view::npos)
      call.layout = html.substr(at, end - at);
  return call;
}

std::size_t next_call(std::string_view html, std::size_t from) {
  constexpr std::array<std::string_view, 3> calls = {"newPlot(", "react(", "plot("};
  for (std::size_t at = from; (at = html.find("Plotly.", at)) != std::string_view::npos;) {
    at += 7;
    for (const std::string_view call : calls)
      if (html.substr(at).starts_with(call)) return at + call.size();
  }
  return std::string_view::npos;
}

Error none(const std::string& why) { return {ErrorCode::invalid, why}; }

Json parsed(std::string_view text, std::size_t* left) {
  if (left != nullptr) {
    if (text.size() > *left)
      throw Error(ErrorCode::too_large, "the figures before it were too large together");
    *left -= text.size();
  }
  if (!json_depth_ok(text, deepest)) throw none("its JSON is nested too deeply");
  Json json = Json::parse(text.begin(), text.end(), nullptr, false);
  if (!json.is_discarded()) return json;
  const std::string mended = without_nan(text);
  json = Json::parse(mended.begin(), mended.end(), nullptr, false);
  if (json.is_discarded()) throw none("it is not JSON");
  return json;
}

/// Of an object with "data" and perhaps "layout".
Json figure_of(Json json) {
  if (!json.is_object() || !json.contains("data") || !json["data"].is_array())
    throw none("it is not a figure of Plotly: an object with an array 'data'");
  Json figure = {{"data", std::move(json["data"])}, {"layout", Json::object()}};
  if (figure["data"].size() > most_traces)
    throw none("it has more than " + std::to_string(most_traces) + " traces");
  for (const Json& trace : figure["data"])
    if (!trace.is_object()) throw none("a trace in its 'data' is not an object");
  if (json.contains("layout") && json["layout"].is_object())
    figure["layout"] = std::move(json["layout"]);
  return figure;
}

bool ends_with_any(std::string_view path, std::initializer_list<std::string_view> ends) {
  const auto same = [](char a, char b) { return (a | 0x20) == b; };
  return std::any_of(ends.begin(), ends.end(), [&](std::string_view end) {
    return path.size() > end.size() &&
           std::equal(end.begin(), end.end(), path.end() - static_cast<std::ptrdiff_t>(end.size()),
                      [&](char e, char p) { return p == e || same(p, e); });
  });
}

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

std::optional<PlotlyCall> plotly_call(std::string_view html) {
  std::size_t at = 0, endless = 0;
  for (std::size_t n = 0; n < most_calls && endless < most_endless; ++n) {
    at = next_call(html, at);
    if (at == std::string_view::npos) break;
    if (auto call = call_at(html, at, endless)) return call;
  }
  return std::nullopt;
}

std::string without_nan(std::string_view json) {
  constexpr std::array<std::string_view, 4> words = {"-Infinity", "Infinity", "NaN", "undefined"};
  std::string out;
  out.reserve(json.size());
  for (std::size_t i = 0; i < json.size();) {
    if (json[i] == '"') {
      const std::size_t end = std::min(behind_text(json, i), json.size());
      out.append(json, i, end - i);
      i = end;
      continue;
    }
    const auto word = std::find_if(words.begin(), words.end(), [&](std::string_view w) {
      return json.substr(i).starts_with(w);
    });
    if (word == words.end()) {
      out += json[i++];
    } else {
      out += "null";
      i += word->size();
    }
  }
  return out;
}

Json read_figure(std::string_view bytes, bool html, std::size_t* left) {
  if (!html) return figure_of(parsed(bytes, left));
  const auto call = plotly_call(bytes);
  if (!call) throw none("there is no call of Plotly with its data in the page");
  Json data = parsed(call->data, left);
  if (data.is_object()) return figure_of(std::move(data));
  Json figure = {{"data", std::move(data)}};
  if (!call->layout.empty()) figure["layout"] = parsed(call->layout, left);
  return figure_of(std::move(figure));
}

bool is_html(std::string_view path) { return ends_with_any(path, {".html", ".htm"}); }
bool may_be_figure(std::string_view path) {
  return is_html(path) || ends_with_any(path, {".json"});
}

PlotName plot_name(std::string_view path) {
  constexpr std::array<std::string_view, 4> words = {"iteration", "iter", "step", "epoch"};
  PlotName name{std::string(path), {}};
  // The last number that stands behind such a word counts.
  for (std::size_t i = path.size(); i-- > 0;) {
    if (!digit(path[i])) continue;
    std::size_t begin = i;
    while (begin > 0 && digit(path[begin - 1])) --begin;
    std::size_t before = begin;
    while (before > 0 && (path[before - 1] == '_' || path[before - 1] == '-' ||
                          path[before - 1] == '=' || path[before - 1] == ' '))
      --before;
    std::size_t first = before;
    while (first > 0 && letter(path[first - 1])) --first;
    std::string word(path.substr(first, before - first));
    for (char& c : word) c = static_cast<char>(c | 0x20);
    const bool fits = std::find(words.begin(), words.end(), word) != words.end();
    if (fits && i - begin < 18) {
      name.iteration = std::stoll(std::string(path.substr(begin, i + 1 - begin)));
      name.plot = std::string(path.substr(0, begin)) + "*" + std::string(path.substr(i + 1));
      return name;
    }
    i = begin;
    if (i == 0) break;
  }
  return name;
}

}  // namespace podium::comparison

#include "commands/answer_json.hpp"

#include <algorithm>
#include <cmath>

#include "podium/http/json_writer.hpp"

namespace podium::host::commands {
namespace {

void write(JsonWriter& w, const Value& value) {
  std::visit(
      [&](const auto& v) {
        if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::monostate>)
          w.null();
        else
          w.value(v);
      },
      value);
}

void write_row(JsonWriter& w, const std::vector<Value>& row) {
  w.array();
  for (const auto& v : row) write(w, v);
  w.end_array();
}

void write_members(JsonWriter& w, const AnswerTable& table) {
  if (!table.entity.empty()) w.key("entity").value(table.entity);
  w.key("columns").array();
  for (const auto& c : table.columns) {
    w.object().key("name").value(c.name).key("type").value(name(c.type));
    if (!c.title.empty()) w.key("title").value(c.title);
    w.end_object();
  }
  w.end_array().key("rows").array();
  for (const auto& row : table.rows) write_row(w, row);
  w.end_array().key("truncated").value(table.truncated);
  if (table.of) w.key("of").value(*table.of);
  w.key("cursor");
  if (table.cursor.empty())
    w.null();
  else
    w.value(table.cursor);
}

void write_members(JsonWriter& w, const AnswerText& text) { w.key("text").value(text.text); }

void write_members(JsonWriter& w, const AnswerDetails& details) {
  if (!details.entity.empty()) w.key("entity").value(details.entity);
  w.key("fields").object();
  for (const auto& f : details.fields) {
    w.key(f.name);
    write(w, f.value);
  }
  w.end_object().key("types").object();
  for (const auto& f : details.fields) w.key(f.name).value(name(f.type));
  w.end_object().key("sections").object();
  for (const auto& s : details.sections) {
    w.key(s.name).object();
    write_members(w, s.table);
    w.end_object();
  }
  w.end_object();
}

void write_members(JsonWriter& w, const AnswerChart& chart) {
  w.key("x").value(chart.x == AnswerChart::X::step ? "step" : "time");
  w.key("series").array();
  for (const auto& s : chart.series) {
    w.object().key("metric").value(s.metric);
    if (!s.scope.empty()) w.key("scope").value(s.scope);
    if (!s.task.empty()) w.key("task").value(s.task);
    if (!s.label.empty()) w.key("label").value(s.label);
    w.key("points").array();
    for (const Point& p : s.points) {
      w.array().value(p.step).value(p.time).value(p.value).end_array();
    }
    w.end_array();
    w.key("truncated").value(s.of > static_cast<std::int64_t>(s.points.size()));
    w.key("of").value(s.of).key("sparkline").value(sparkline(s.points, 60)).end_object();
  }
  w.end_array();
}

void write_members(JsonWriter& w, const AnswerFile& file) {
  w.key("name").value(file.name).key("url").value(file.url);
  w.key("content_type").value(file.content_type);
  w.key("keep").value(file.keep);
  if (file.size) w.key("size").value(*file.size);
}

void write_members(JsonWriter& w, const AnswerProgress& p) {
  w.key("job").value(p.job).key("job_kind").value(p.kind).key("state").value(p.state);
  w.key("done").value(p.done).key("total").value(p.total);
}

void write_members(JsonWriter& w, const AnswerQuestion& q) {
  w.key("text").value(q.text).key("affected").value(q.affected);
  if (!q.token.empty()) w.key("token").value(q.token);
  w.key("details").object();
  write_members(w, q.details);
  w.end_object();
}

void write_members(JsonWriter& w, const AnswerFigure& figure) {
  if (!figure.title.empty()) w.key("title").value(figure.title);
  w.key("media_type").value(figure.media_type).key("specification");
  if (figure.specification.empty())
    w.null();
  else
    w.raw(figure.specification);
  w.key("table").object();
  write_members(w, figure.table);
  w.end_object();
}

std::string_view kind_of(const AnswerTable&) { return "table"; }
std::string_view kind_of(const AnswerText&) { return "text"; }
std::string_view kind_of(const AnswerDetails&) { return "details"; }
std::string_view kind_of(const AnswerChart&) { return "chart"; }
std::string_view kind_of(const AnswerFile&) { return "file"; }
std::string_view kind_of(const AnswerProgress&) { return "progress"; }
std::string_view kind_of(const AnswerQuestion&) { return "question"; }
std::string_view kind_of(const AnswerFigure&) { return "figure"; }

/// Cuts a text between characters.
void cut(std::string& text, std::size_t most) {
  if (text.size() <= most) return;
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  text.resize(end);
  text += "\u2026";
}

void fit(AnswerTable& table, std::size_t budget) {
  std::size_t size = 0, kept = 0;
  for (const auto& row : table.rows) {
    size += json_size(row);
    if (size > budget && kept > 0) break;
    ++kept;
  }
  if (kept == table.rows.size()) return;
  if (!table.of) table.of = static_cast<std::int64_t>(table.rows.size());
  table.truncated = true;
  table.cursor.clear();  // it stands behind what is left out now
  table.rows.resize(kept);
}

void fit(AnswerDetails& details, std::size_t budget) {
  // A long text takes no more than a tenth; then the sections share what is left.
  const std::size_t share = std::max<std::size_t>(budget / 10, 40);
  std::size_t used = 0;
  for (auto& f : details.fields) {
    if (auto* text = std::get_if<std::string>(&f.value)) cut(*text, share);
    used += f.name.size() + json_size({f.value});
  }
  std::size_t left = budget > used ? budget - used : 0, sections = details.sections.size();
  for (auto& s : details.sections) {
    const std::size_t part = std::max<std::size_t>(left / sections--, 40);
    fit(s.table, part);
    std::size_t size = 0;
    for (const auto& row : s.table.rows) size += json_size(row);
    left -= std::min(left, size);
  }
}

/// Keeps about `most` points: the least and the greatest of each of as many runs as fit, the first
/// and the last.
void thin(std::vector<Point>& points, std::size_t most) {
  if (points.size() <= most) return;
  const std::size_t runs = std::max<std::size_t>(most / 2, 1);
  std::vector<std::size_t> kept = {0, points.size() - 1};
  for (std::size_t r = 0; r < runs; ++r) {
    const std::size_t begin = points.size() * r / runs, end = points.size() * (r + 1) / runs;
    std::size_t least = begin, greatest = begin;
    for (std::size_t i = begin; i < end; ++i) {
      if (points[i].value < points[least].value) least = i;
      if (points[i].value > points[greatest].value) greatest = i;
    }
    kept.push_back(least);
    kept.push_back(greatest);
  }
  std::sort(kept.begin(), kept.end());
  kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
  std::vector<Point> thinned;
  for (const std::size_t i : kept) thinned.push_back(points[i]);
  points = std::move(thinned);
}

}  // namespace

std::size_t json_size(const std::vector<Value>& row) {
  std::string text;
  JsonWriter w(text);
  write_row(w, row);
  return text.size() + 1;
}

std::string to_json(const Answer& answer, std::string_view verb, std::string_view line,
                    std::string_view members) {
  std::string out;
  JsonWriter w(out);
  w.object().key("verb").value(verb).key("line").value(line);
  std::visit(
      [&](const auto& content) {
        w.key("kind").value(kind_of(content));
        write_members(w, content);
      },
      answer.content);
  if (!members.empty()) w.raw(members);
  w.key("outcome").value(name(answer.outcome)).key("notices").array();
  for (const auto& n : answer.notices) w.value(n);
  w.end_array().end_object();
  return out;
}

void fit(Answer& answer, std::size_t budget) {
  if (budget == 0) return;
  if (auto* table = std::get_if<AnswerTable>(&answer.content)) {
    fit(*table, budget);
  } else if (auto* details = std::get_if<AnswerDetails>(&answer.content)) {
    fit(*details, budget);
  } else if (auto* question = std::get_if<AnswerQuestion>(&answer.content)) {
    fit(question->details, budget);
  } else if (auto* figure = std::get_if<AnswerFigure>(&answer.content)) {
    // A picture is whole or not there; the table says the same.
    if (figure->specification.size() > budget) figure->specification.clear();
    fit(figure->table, budget - std::min(budget, figure->specification.size()));
  } else if (auto* chart = std::get_if<AnswerChart>(&answer.content)) {
    constexpr std::size_t characters_a_point = 40;
    const std::size_t each =
        budget / characters_a_point / std::max<std::size_t>(chart->series.size(), 1);
    for (auto& s : chart->series) thin(s.points, std::max<std::size_t>(each, 4));
  }
}

std::string sparkline(const std::vector<Point>& points, std::size_t width) {
  std::vector<double> values;
  for (const Point& p : points)
    if (std::isfinite(p.value)) values.push_back(p.value);
  if (values.empty() || width == 0) return {};
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  const double low = *least, high = *greatest;
  static constexpr const char* blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const std::size_t cells = std::min(width, values.size());
  std::string out;
  for (std::size_t c = 0; c < cells; ++c) {
    const std::size_t begin = values.size() * c / cells, end = values.size() * (c + 1) / cells;
    // Of several values in a cell the one that stands out from the middle of the curve.
    double shown = values[begin];
    const double middle = low / 2 + high / 2;
    for (std::size_t i = begin; i < end; ++i)
      if (std::abs(values[i] - middle) > std::abs(shown - middle)) shown = values[i];
    const double part = high > low ? (shown / 2 - low / 2) / (high / 2 - low / 2) : 0.5;
    out += blocks[std::min<std::size_t>(static_cast<std::size_t>(part * 8), 7)];
  }
  return out;
}

}  // namespace podium::host::commands

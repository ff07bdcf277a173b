// A board as CSV and as JSON.
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "answers.hpp"
#include "definition_json.hpp"
#include "details.hpp"
#include "key.hpp"
#include "podium/http/json_writer.hpp"

namespace podium::leaderboard {
namespace {

/// RFC 4180; what a spreadsheet would calculate begins with a '.
void append_text(std::string& out, std::string_view text) {
  const bool formula =
      !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
  if (!formula && text.find_first_of(",\"\r\n") == text.npos) {
    out += text;
    return;
  }
  out += '"';
  if (formula) out += '\'';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append_number(std::string& out, const Number& n) {
  if (!n.there) return;
  if (std::isnan(n.value))
    out += "NaN";
  else if (std::isinf(n.value))
    out += n.value > 0 ? "Infinity" : "-Infinity";
  else
    append_json_number(out, n.value);
}

/// The parts of labels that some candidate has: their columns.
std::vector<std::pair<KeyPart::Kind, std::string>> label_columns(const Engine& engine) {
  std::set<std::pair<KeyPart::Kind, std::string>> all;
  for (const Candidate* c : engine.candidates())
    for (const KeyPart& p : parts_of(c->key)) all.emplace(p.kind, p.name);
  std::vector<std::pair<KeyPart::Kind, std::string>> out;
  for (const auto kind : {KeyPart::Kind::team, KeyPart::Kind::tag, KeyPart::Kind::param})
    for (const auto& part : all)
      if (part.first == kind) out.push_back(part);
  return out;
}

}  // namespace

std::string export_csv(const Ranking& r) {
  const Engine& engine = r.engine;
  const Definition& d = engine.definition();
  const auto labels = label_columns(engine);
  const bool tasks = d.kind == Kind::tasks;
  std::string out = "rank,candidate";
  for (const auto& [kind, name] : labels) {
    out += ',';
    append_text(out, kind == KeyPart::Kind::team  ? "team"
                     : kind == KeyPart::Kind::tag ? "tags." + name
                                                  : "params." + name);
  }
  if (tasks) out += ",task,name";
  out += ",tasks";
  for (const Metric& m : d.metrics) {
    out += ',';
    append_text(out, m.name);
  }
  if (!tasks)
    for (const Metric& m : d.metrics) {
      out += ',';
      append_text(out, m.name + " spread");
    }
  for (const BoardColumn& c : d.columns) {
    out += ',';
    append_text(out, c.name);
    if (c.relative != BoardColumn::Relative::none) {
      out += ',';
      append_text(out, c.name + " %");
    }
  }
  out += ",qualified,reasons\r\n";
  for (std::size_t i = 0; i < engine.candidates().size(); ++i) {
    const Candidate& c = *engine.candidates()[i];
    const Folded& f = c.folded;
    if (f.qualified) append_json_number(out, static_cast<std::int64_t>(engine.rank(i)));
    out += ',';
    out += c.id;
    const auto parts = parts_of(c.key);
    for (const auto& [kind, name] : labels) {
      out += ',';
      for (const KeyPart& p : parts)
        if (p.kind == kind && p.name == name && p.text) {
          if (p.number)
            out += *p.text;
          else
            append_text(out, *p.text);
        }
    }
    if (tasks) {
      out += ',';
      append_text(out, c.tasks.front().id);
      out += ',';
      append_text(out, c.tasks.front().name);
    }
    out += ',';
    append_json_number(out, static_cast<std::int64_t>(f.counted.size()));
    for (const Number& n : f.values) {
      out += ',';
      append_number(out, n);
    }
    if (!tasks)
      for (const Number& n : f.spread) {
        out += ',';
        append_number(out, n);
      }
    for (std::size_t k = 0; k < d.columns.size(); ++k) {
      out += ',';
      append_number(out, f.columns[k]);
      if (d.columns[k].relative != BoardColumn::Relative::none) {
        out += ',';
        append_number(out, engine.relative(c, k));
      }
    }
    out += f.qualified ? ",true," : ",false,";
    std::string reasons;
    for (const std::string& reason : f.reasons) reasons += (reasons.empty() ? "" : "; ") + reason;
    append_text(out, reasons);
    out += "\r\n";
  }
  return out;
}

std::string export_json(const Board& board, const Ranking& r) {
  std::string body;
  JsonWriter w(body);
  w.object().key("board").value(board.id).key("name").value(board.name);
  w.key("definition").raw(json_of(r.engine.definition()).dump());
  w.key("revision").value(r.revision);
  if (r.at) w.key("at").value(*r.at).key("rebuilt").value(r.rebuilt);
  w.key("rows").array();
  for (std::size_t i = 0; i < r.engine.candidates().size(); ++i) write_row(w, r.engine, i);
  w.end_array().end_object();
  return body;
}

}  // namespace podium::leaderboard

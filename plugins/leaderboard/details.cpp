#include "details.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "answers.hpp"
#include "fold.hpp"
#include "log.hpp"
#include "podium/http/json_writer.hpp"
#include "podium/principal.hpp"
#include "podium/service/tasks.hpp"

namespace podium::leaderboard {
namespace {

/// Of how many tasks the parameters and tags are laid side by side.
constexpr std::size_t most_compared = 1000;

struct Compared {
  std::map<std::string, std::string> common;
  std::map<std::string, std::set<std::string>> differing;  ///< a missing one counts, too
};

void write_task(JsonWriter& w, const Engine& engine, const Entry& e, bool counts, bool elsewhere) {
  const Definition& d = engine.definition();
  w.object().key("task").value(e.id).key("name").value(e.name);
  w.key("started").value(e.started).key("ended").value(e.ended);
  w.key("counts").value(counts);
  if (!counts) {
    const std::string why = elsewhere ? "it was run on other data sets" : why_not(d, e);
    w.key("reason").value(why.empty() ? "it was run on other data sets" : why);
  }
  w.key("values").object();
  for (std::size_t m = 0; m < d.metrics.size(); ++m) {
    w.key(d.metrics[m].name);
    write(w, e.values[m]);
  }
  w.end_object().key("columns").object();
  for (std::size_t c = 0; c < d.columns.size(); ++c) {
    w.key(d.columns[c].name);
    write(w, e.columns[c]);
  }
  w.end_object();
}

void write_dataset(JsonWriter& w, const DatasetName& n) {
  w.object().key("name").value(n.name).key("digest").value(n.digest);
}

void write_coverage(JsonWriter& w, const Engine& engine, const Candidate& c) {
  const auto by = [&](DatasetIndex i) {
    w.key("covered_by").array();
    for (const std::size_t t : c.folded.counted)
      if (std::binary_search(c.tasks[t].datasets.begin(), c.tasks[t].datasets.end(), i))
        w.value(c.tasks[t].id);
    w.end_array();
  };
  const Wanted& wanted = engine.wanted();
  w.key("coverage").object().key("datasets").array();
  for (const DatasetIndex i : wanted.listed) {
    write_dataset(w, engine.dataset(i));
    by(i);
    w.end_object();
  }
  w.end_array().key("labels").array();
  for (std::size_t r = 0; r < wanted.rules.size(); ++r) {
    const Wanted::Rule& rule = wanted.rules[r];
    w.object()
        .key("label")
        .value(rule.label)
        .key("last")
        .value(static_cast<std::int64_t>(rule.last));
    w.key("covered").value(static_cast<std::int64_t>(c.folded.rules_covered[r]));
    w.key("datasets").array();
    for (const DatasetIndex i : rule.datasets) {
      write_dataset(w, engine.dataset(i));
      by(i);
      w.end_object();
    }
    w.end_array().end_object();
  }
  w.end_array().end_object();
}

Compared compare_maps(const Reader& reader, const Ids& ids, const std::vector<Ordinal>& tasks,
                      const char* map) {
  const std::vector<Column> columns = {whole_map(map)};
  std::map<std::string, std::set<std::string>> values;
  std::map<std::string, std::size_t> there;
  std::size_t rows = 0;
  reader.get(ids.tasks, tasks, columns, [&](const Row& row) {
    ++rows;
    for (const MapEntry& e : row.map(0)) {
      values[std::string(e.key)].insert(std::string(e.text));
      ++there[std::string(e.key)];
    }
    return true;
  });
  Compared out;
  for (auto& [key, texts] : values) {
    if (texts.size() == 1 && there[key] == rows)
      out.common.emplace(key, *texts.begin());
    else
      out.differing.emplace(key, std::move(texts));
  }
  return out;
}

void write_compared(JsonWriter& w, const char* member, const Compared& c) {
  w.key(member).object().key("common").object();
  for (const auto& [key, text] : c.common) w.key(key).value(text);
  w.end_object().key("differing").object();
  for (const auto& [key, texts] : c.differing) {
    w.key(key).array();
    std::size_t n = 0;
    for (const std::string& text : texts)
      if (++n <= 20) w.value(text);
    w.end_array();
  }
  w.end_object().end_object();
}

}  // namespace

std::string candidate_json(const Desk& desk, const Principal& who, const Board& board,
                           std::string_view id, std::optional<std::int64_t> at) {
  const Store& store = desk.context().store();
  const Ids ids(store);
  const Filter visible = desk.context().access().visible(who, "tasks");
  std::string body;
  bool found = false;
  desk.look(who, board, at, [&](const Ranking& r) {
    const Candidate* c = r.engine.candidate(id);
    if (c == nullptr) return;
    found = true;
    const Engine& engine = r.engine;
    const Reading reading(desk.context(), ids, board.definition, {}, {board.project});
    JsonWriter w(body);
    w.object().key("board").value(board.id).key("row");
    write_row(w, engine, engine.position(*c));
    std::vector<Ordinal> tasks;
    store.read([&](const Reader& reader) {
      w.key("tasks").array();
      for (std::size_t i = 0; i < c->tasks.size(); ++i) {
        const Entry& e = c->tasks[i];
        const bool counts =
            std::binary_search(c->folded.counted.begin(), c->folded.counted.end(), i);
        const bool elsewhere = !counts && may_count(engine.definition(), e);
        write_task(w, engine, e, counts, elsewhere);
        w.key("elsewhere").value(elsewhere).key("datasets").array();
        for (const DatasetName& n : reading.datasets_of(reader, e.task)) {
          write_dataset(w, n);
          w.end_object();
        }
        w.end_array().end_object();
        if (counts && tasks.size() < most_compared) tasks.push_back(e.task);
      }
      w.end_array();
      write_coverage(w, engine, *c);
      if (visible.op != Filter::Op::all) tasks = visible_of(reader, ids, std::move(tasks), visible);
      write_compared(w, "params", compare_maps(reader, ids, tasks, "params"));
      write_compared(w, "tags", compare_maps(reader, ids, tasks, "tags"));
    });
    w.end_object();
  });
  if (!found)
    throw Error(ErrorCode::not_found,
                "there is no candidate '" + std::string(id.substr(0, 60)) + "' on the board");
  return body;
}

}  // namespace podium::leaderboard

#include "log.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "definition_json.hpp"
#include "key.hpp"
#include "podium/http/json_writer.hpp"
#include "podium/query.hpp"

namespace podium::leaderboard {
namespace {

constexpr std::string_view kinds[] = {"", "defined", "datasets", "tasks"};

void write(JsonWriter& w, const Number& n) {
  if (n.there)
    w.value(n.value);
  else
    w.null();
}

Number number_of(const Json& json) {
  if (json.is_number()) return json.get<double>();
  if (json == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (json == "Infinity") return std::numeric_limits<double>::infinity();
  if (json == "-Infinity") return -std::numeric_limits<double>::infinity();
  return {};
}

/// [kind, name, value]: a number where the text spells one.
void write_key(JsonWriter& w, std::string_view key) {
  w.array();
  for (const KeyPart& part : parts_of(key)) {
    const char kind = static_cast<char>(part.kind);
    w.array().value(std::string_view(&kind, 1)).value(part.name);
    if (!part.text)
      w.null();
    else if (part.number)
      w.value(*part.number);
    else
      w.value(*part.text);
    w.end_array();
  }
  w.end_array();
}

std::string key_of(const Json& json) {
  std::string key;
  for (const Json& item : json) {
    KeyPart part;
    part.kind = static_cast<KeyPart::Kind>(item.at(0).get_ref<const std::string&>().at(0));
    part.name = item.at(1).get<std::string>();
    if (item.at(2).is_number())
      part.text = spelled(*(part.number = item.at(2).get<double>()));
    else if (item.at(2).is_string())
      part.text = item.at(2).get<std::string>();
    append(key, part);
  }
  return key;
}

void write(JsonWriter& w, const kit::SortKey& k) {
  w.array().value(k.rank);
  if (k.exact)
    w.value("i").value(k.integer);
  else if (!k.text.empty())
    w.value("t").value(k.text);
  else
    w.value("n").value(k.number);
  w.end_array();
}

kit::SortKey sort_key_of(const Json& json) {
  kit::SortKey out;
  out.rank = json.at(0).get<int>();
  const auto& type = json.at(1).get_ref<const std::string&>();
  if (type == "i") {
    out.exact = true;
    out.integer = json.at(2).get<std::int64_t>();
    out.number = static_cast<double>(out.integer);
  } else if (type == "t") {
    out.text = json.at(2).get<std::string>();
  } else {
    out.number = number_of(json.at(2)).value;
  }
  return out;
}

void write(JsonWriter& w, const DatasetName& n) {
  w.array().value(n.name).value(n.digest).end_array();
}

DatasetName dataset_of(const Json& json) {
  return {json.at(0).get<std::string>(), json.at(1).get<std::string>()};
}

std::vector<DatasetName> datasets_of(const Json& json) {
  std::vector<DatasetName> out;
  for (const Json& item : json) out.push_back(dataset_of(item));
  return out;
}

void write_names(JsonWriter& w, const std::vector<DatasetName>& names) {
  w.array();
  for (const DatasetName& n : names) write(w, n);
  w.end_array();
}

void write_task(JsonWriter& w, const LoggedTask& t, std::int64_t at) {
  const Entry& e = t.entry;
  w.object().key("t").value(e.task).key("id").value(e.id).key("name").value(e.name);
  w.key("s").value(e.started).key("e").value(e.ended).key("k");
  write_key(w, e.key);
  w.key("v").array();
  for (const Number& n : e.values) write(w, n);
  w.end_array();
  if (!e.columns.empty()) {
    w.key("c").array();
    for (const Number& n : e.columns) write(w, n);
    w.end_array();
  }
  if (!e.order.empty()) {
    w.key("o").array();
    for (const kit::SortKey& k : e.order) write(w, k);
    w.end_array();
  }
  if (!t.datasets.empty()) {
    w.key("d");
    write_names(w, t.datasets);
  }
  if (e.open) w.key("open").value(true);
  if (t.at != at) w.key("at").value(t.at);
  if (t.entered) w.key("entered").value(true);
  if (!t.before.empty()) {
    w.key("b").array();
    for (const Number& n : t.before) write(w, n);
    w.end_array();
  }
  w.end_object();
}

LoggedTask task_of(const Json& json, std::int64_t record_at) {
  LoggedTask t;
  t.at = json.value("at", record_at);
  Entry& e = t.entry;
  e.task = json.at("t").get<Ordinal>();
  e.id = json.at("id").get<std::string>();
  e.name = json.at("name").get<std::string>();
  e.started = json.at("s").get<std::int64_t>();
  e.ended = json.at("e").get<std::int64_t>();
  e.key = key_of(json.at("k"));
  for (const Json& n : json.at("v")) e.values.push_back(number_of(n));
  if (const auto at = json.find("c"); at != json.end())
    for (const Json& n : *at) e.columns.push_back(number_of(n));
  if (const auto at = json.find("o"); at != json.end())
    for (const Json& k : *at) e.order.push_back(sort_key_of(k));
  if (const auto at = json.find("d"); at != json.end()) t.datasets = datasets_of(*at);
  e.open = json.contains("open");
  t.entered = json.contains("entered");
  if (const auto at = json.find("b"); at != json.end())
    for (const Json& n : *at) t.before.push_back(number_of(n));
  return t;
}

}  // namespace

std::string_view name(Event::Kind k) noexcept { return kinds[static_cast<std::size_t>(k)]; }

std::string encode(const Event& event) {
  std::string body;
  JsonWriter w(body);
  w.object();
  if (event.kind == Event::Kind::defined) {
    w.key("definition").raw(json_of(*event.definition).dump());
  } else if (event.kind == Event::Kind::datasets) {
    const WantedNames& n = event.wanted;
    w.key("listed");
    write_names(w, n.listed);
    w.key("weights").array();
    for (const double weight : n.weights) w.value(weight);
    w.end_array().key("rules").array();
    for (const WantedNames::Rule& r : n.rules) {
      w.object().key("label").value(r.label).key("last").value(static_cast<std::int64_t>(r.last));
      w.key("datasets");
      write_names(w, r.datasets);
      w.end_object();
    }
    w.end_array().key("effective");
    write_names(w, n.effective);
  } else {
    w.key("tasks").array();
    for (const LoggedTask& t : event.tasks) write_task(w, t, event.at);
    w.end_array().key("left").array();
    for (const Event::Left& l : event.left)
      w.array().value(l.task).value(l.id).value(l.name).value(l.at).end_array();
    w.end_array();
  }
  if (event.whole) w.key("whole").value(true);
  if (event.initial) w.key("initial").value(true);
  w.end_object();
  return body;
}

const std::vector<Column>& event_columns() {
  static const std::vector<Column> columns = {value_of(field("at")), value_of(field("kind")),
                                              value_of(field("revision")), value_of(record_body())};
  return columns;
}

Event decode(const Row& row) {
  Event out;
  out.ordinal = row.ordinal();
  out.at = cell::integer(row.cell(0));
  const std::string kind = cell::text(row.cell(1));
  for (const auto k : {Event::Kind::defined, Event::Kind::datasets, Event::Kind::tasks})
    if (leaderboard::name(k) == kind) out.kind = k;
  out.revision = cell::integer(row.cell(2));
  const Json body = Json::parse(cell::text(row.cell(3)));
  out.whole = body.contains("whole");
  out.initial = body.contains("initial");
  if (out.kind == Event::Kind::defined) {
    out.definition =
        std::make_shared<const Definition>(read_definition(body.at("definition"), "definition"));
  } else if (out.kind == Event::Kind::datasets) {
    out.wanted.listed = datasets_of(body.at("listed"));
    for (const Json& weight : body.at("weights"))
      out.wanted.weights.push_back(weight.get<double>());
    for (const Json& r : body.at("rules"))
      out.wanted.rules.push_back({r.at("label").get<std::string>(), r.at("last").get<std::size_t>(),
                                  datasets_of(r.at("datasets"))});
    out.wanted.effective = datasets_of(body.at("effective"));
  } else if (body.contains("tasks")) {
    for (const Json& t : body.at("tasks")) out.tasks.push_back(task_of(t, out.at));
    for (const Json& l : body.at("left"))
      out.left.push_back({l.at(0).get<Ordinal>(), l.at(1).get<std::string>(),
                          l.at(2).get<std::string>(), l.at(3).get<std::int64_t>()});
  }
  return out;
}

void read_events(const Reader& reader, const Ids& ids, Ordinal board, Ordinal after,
                 const std::function<bool(Event)>& sink) {
  Query q;
  q.collection = ids.events;
  q.filter = eq(field("board"), board);
  if (after != 0) q.filter = all_of({q.filter, compare(record_ordinal(), Compare::gt, after)});
  q.columns = event_columns();
  reader.query(q, [&](const Row& row) { return sink(decode(row)); });
}

void Replica::catch_up(const Reader& reader, const Ids& ids) {
  read_events(reader, ids, board_, seen_, [&](Event e) {
    apply(std::move(e));
    return true;
  });
}

void Replica::apply(Event e, std::int64_t until) {
  if (e.at > until) return;
  seen_ = e.ordinal;
  last_at_ = std::max(last_at_, e.at);
  ++records_;
  revision_ = e.revision;
  switch (e.kind) {
    case Event::Kind::defined:
      definition_ = e.definition;
      defined_at_ = e.at;
      tasks_.clear();
      wanted_ = {};
      whole_ = false;
      break;
    case Event::Kind::datasets:
      wanted_ = std::move(e.wanted);
      datasets_at_ = e.at;
      break;
    case Event::Kind::tasks:
      // Of one task the things that are told follow each other in time.
      for (LoggedTask& t : e.tasks) {
        if (t.at > until) continue;
        last_at_ = std::max(last_at_, t.at);
        tasks_.insert_or_assign(t.entry.task, std::move(t));
      }
      for (const Event::Left& l : e.left) {
        if (l.at > until) continue;
        last_at_ = std::max(last_at_, l.at);
        tasks_.erase(l.task);
      }
      break;
  }
  whole_ = whole_ || e.whole;
}

std::unique_ptr<Engine> empty_engine(PluginContext& context, const DefinitionPtr& definition) {
  Order order;
  for (const std::string& item : definition->order)
    order.push_back(context.query_language().parse_order(item, context.vocabulary("tasks")));
  return std::make_unique<Engine>(definition, std::move(order));
}

std::unique_ptr<Engine> Replica::engine(PluginContext& context) const {
  auto engine = empty_engine(context, definition_);
  engine->want(wanted_of(*engine, wanted_));
  std::vector<Entry> entries;
  entries.reserve(tasks_.size());
  for (const auto& [ordinal, t] : tasks_) entries.push_back(entry_of(*engine, t));
  engine->load(std::move(entries));
  return engine;
}

}  // namespace podium::leaderboard

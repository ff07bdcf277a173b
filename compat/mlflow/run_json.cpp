#include "run_json.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <unordered_map>

namespace podium::mlflow {
namespace {

// Positions in run_columns().
enum : std::size_t {
  project_,
  name_,
  user_,
  state_,
  started_,
  completed_,
  artifact_uri_,
  archived_,
  info_end_,
  user_tagged_ = info_end_,
  description_,
  parent_,
  source_name_,
  source_type_,
  commit_,
  branch_,
  repository_,
  metrics_,
  params_,
  tags_
};

const std::vector<Column>& columns() {
  static const std::vector<Column> all = {value_of(field("project")),
                                          value_of(field("name")),
                                          value_of(field("user")),
                                          value_of(field("state")),
                                          value_of(field("started")),
                                          value_of(field("completed")),
                                          value_of(field("artifact_uri")),
                                          value_of(field("archived")),
                                          value_of(field("user_tagged")),
                                          value_of(field("description")),
                                          value_of(field("parent")),
                                          value_of(field("source_name")),
                                          value_of(field("source_type")),
                                          value_of(field("commit")),
                                          value_of(field("branch")),
                                          value_of(field("repository")),
                                          whole_series("metrics"),
                                          whole_map("params"),
                                          whole_map("tags")};
  return all;
}

/// A RunInfo in two pieces, around the experiment's id.
void write_info(const Row& row, std::string& head, std::string& tail) {
  JsonWriter start(head);
  start.object().key("run_uuid").value(row.id()).key("experiment_id");
  tail = ",";  // behind the id
  JsonWriter w(tail);
  if (const Cell name = row.cell(name_); !cell::missing(name))
    w.key("run_name").value(cell::view(name));
  w.key("user_id").value(cell::view(row.cell(user_)));
  w.key("status").value(
      run_status(task_state(cell::view(row.cell(state_))).value_or(TaskState::draft)));
  w.key("start_time").value(cell::integer(row.cell(started_)));
  if (const std::int64_t end = cell::integer(row.cell(completed_)); end != 0)
    w.key("end_time").value(end);
  if (const std::string_view uri = cell::view(row.cell(artifact_uri_)); !uri.empty())
    w.key("artifact_uri").value(uri);
  w.key("lifecycle_stage").value(cell::flag(row.cell(archived_)) ? "deleted" : "active");
  w.key("run_id").value(row.id()).end_object();
}

void write_pair(JsonWriter& w, std::string_view key, std::string_view value) {
  w.object().key("key").value(key).key("value").value(value).end_object();
}

/// Appends `member` to the members of an array.
void append(std::string& members, std::string_view member) {
  if (!members.empty()) members += ',';
  members += member;
}

constexpr std::string_view context_tag = "mlflow.data.context";

}  // namespace

std::string_view run_status(TaskState state) {
  switch (state) {
    case TaskState::draft:
    case TaskState::pending:
      return "SCHEDULED";
    case TaskState::running:
      return "RUNNING";
    case TaskState::completed:
    case TaskState::published:
      return "FINISHED";
    case TaskState::failed:
      return "FAILED";
    case TaskState::aborted:
      break;
  }
  return "KILLED";
}

TaskState state_of_status(int status) {
  constexpr std::array states = {TaskState::draft,     TaskState::running, TaskState::draft,
                                 TaskState::completed, TaskState::failed,  TaskState::aborted};
  return states[static_cast<std::size_t>(status)];
}

std::span<const Column> run_info_columns() {
  return std::span<const Column>(columns()).first(info_end_);
}
std::span<const Column> run_columns() { return columns(); }

void write_run_info(JsonWriter& w, const Row& row, std::string_view project_id) {
  std::string head, tail;
  write_info(row, head, tail);
  append_json_string(head, project_id);
  w.raw(head + tail);
}

void RunsWriter::add(const Row& row) {
  Piece& piece = pieces_.emplace_back();
  piece.task = row.ordinal();
  piece.project = cell::integer(row.cell(project_));
  piece.parent = cell::integer(row.cell(parent_));
  write_info(row, piece.info_head, piece.info_tail);

  JsonWriter w(piece.data);
  w.object();
  bool any = false;
  for (const SeriesEntry& series : row.series(metrics_)) {
    if (!series.scope.empty()) continue;
    if (!any) w.key("metrics").array();
    any = true;
    const Point& last = series.summary.last;
    w.object()
        .key("key")
        .value(series.key)
        .key("value")
        .value(last.value)
        .key("timestamp")
        .value(last.time);
    w.key("step").value(last.step).end_object();
  }
  if (any) w.end_array();
  if (const auto params = row.map(params_); !params.empty()) {
    w.key("params").array();
    for (const MapEntry& param : params) write_pair(w, param.key, param.text);
    w.end_array();
  }
  const auto tag = [&](std::string_view key, std::string_view value) {
    if (!piece.tagged) w.key("tags").array();
    piece.tagged = true;
    write_pair(w, key, value);
  };
  for (const MapEntry& e : row.map(tags_)) tag(e.key, e.text);
  if (cell::flag(row.cell(user_tagged_))) tag("mlflow.user", cell::view(row.cell(user_)));
  constexpr std::pair<std::size_t, std::string_view> fields[] = {
      {name_, "mlflow.runName"},
      {description_, "mlflow.note.content"},
      {source_name_, "mlflow.source.name"},
      {source_type_, "mlflow.source.type"},
      {commit_, "mlflow.source.git.commit"},
      {branch_, "mlflow.source.git.branch"},
      {repository_, "mlflow.source.git.repoURL"}};
  for (const auto& [column, key] : fields)
    if (const Cell cell = row.cell(column); !cell::missing(cell)) tag(key, cell::view(cell));
}

std::string RunsWriter::assemble(const Piece& piece, std::string_view project_id,
                                 std::string_view parent_id, bool model_inputs,
                                 bool outputs) const {
  std::string out = "{\"info\":";
  out += piece.info_head;
  append_json_string(out, project_id);
  out += piece.info_tail;
  out += ",\"data\":";
  out += piece.data;
  if (!parent_id.empty()) {
    out += piece.tagged ? "," : piece.data.size() > 1 ? ",\"tags\":[" : "\"tags\":[";
    JsonWriter w(out);
    write_pair(w, "mlflow.parentRunId", parent_id);
  }
  out += piece.tagged || !parent_id.empty() ? "]}" : "}";
  out += ",\"inputs\":{";
  if (!piece.dataset_inputs.empty()) out += "\"dataset_inputs\":[" + piece.dataset_inputs + "]";
  if (model_inputs && !piece.model_inputs.empty()) {
    if (!piece.dataset_inputs.empty()) out += ',';
    out += "\"model_inputs\":[" + piece.model_inputs + "]";
  }
  out += '}';
  if (outputs) {
    out += ",\"outputs\":{";
    if (!piece.model_outputs.empty()) out += "\"model_outputs\":[" + piece.model_outputs + "]";
    out += '}';
  }
  out += '}';
  return out;
}

void RunsWriter::read_inputs(const Reader& reader, const Principal& who) {
  struct Edge {
    std::size_t piece;
    Ordinal dataset;
    std::string tags;
  };
  std::unordered_map<Ordinal, std::size_t> by_task;
  std::vector<Value> tasks;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    by_task.emplace(pieces_[i].task, i);
    tasks.push_back(pieces_[i].task);
  }
  std::vector<Edge> edges;
  Query query;
  query.collection = api_.input_records;
  query.filter = all_of({in(field("task"), std::move(tasks)), api_.access.visible(who, "inputs")});
  query.columns = {value_of(field("task")), value_of(field("dataset")), value_of(field("context")),
                   whole_map("tags")};
  reader.query(query, [&](const Row& row) {
    Edge edge{by_task[cell::integer(row.cell(0))], cell::integer(row.cell(1)), {}};
    for (const MapEntry& e : row.map(3)) {
      if (!edge.tags.empty()) edge.tags += ',';
      JsonWriter w(edge.tags);
      write_pair(w, e.key, e.text);
    }
    if (const Cell context = row.cell(2); !cell::missing(context)) {
      if (!edge.tags.empty()) edge.tags += ',';
      JsonWriter w(edge.tags);
      write_pair(w, context_tag, cell::view(context));
    }
    edges.push_back(std::move(edge));
    return true;
  });
  if (edges.empty()) return;

  std::vector<Ordinal> datasets;
  for (const Edge& edge : edges) datasets.push_back(edge.dataset);
  std::sort(datasets.begin(), datasets.end());
  datasets.erase(std::unique(datasets.begin(), datasets.end()), datasets.end());
  std::unordered_map<Ordinal, std::string> written;
  const std::array columns = {value_of(field("name")), value_of(field("digest")),
                              value_of(field("source_type")), value_of(record_body())};
  simdjson::dom::parser parser;
  api_.datasets.get(reader, who, datasets, columns, [&](const Row& row) {
    std::string& out = written[row.ordinal()];
    JsonWriter w(out);
    w.object()
        .key("name")
        .value(cell::view(row.cell(0)))
        .key("digest")
        .value(cell::view(row.cell(1)));
    w.key("source_type").value(cell::view(row.cell(2)));
    simdjson::dom::object body;
    const bool good =
        parser.parse(cell::view(row.cell(3))).get_object().get(body) == simdjson::SUCCESS;
    const auto member = [&](const char* key) {
      std::string_view value;
      if (good && body[key].get_string().get(value) != simdjson::SUCCESS) value = {};
      return value;
    };
    w.key("source").value(member("source"));
    for (const char* key : {"schema", "profile"})
      if (const std::string_view value = member(key); !value.empty()) w.key(key).value(value);
    w.end_object();
    return true;
  });
  for (const Edge& edge : edges) {
    const auto dataset = written.find(edge.dataset);
    if (dataset == written.end()) continue;
    std::string member = "{";
    if (!edge.tags.empty()) member += "\"tags\":[" + edge.tags + "],";
    member += "\"dataset\":" + dataset->second + "}";
    append(pieces_[edge.piece].dataset_inputs, member);
  }
}

void RunsWriter::read_links(const Reader& reader, const Principal& who) {
  std::unordered_map<Ordinal, std::size_t> by_task;
  std::vector<Value> tasks;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    by_task.emplace(pieces_[i].task, i);
    tasks.push_back(pieces_[i].task);
  }
  Query query;
  query.collection = api_.link_records;
  query.filter =
      all_of({in(field("task"), std::move(tasks)), api_.access.visible(who, "model_links")});
  query.columns = {value_of(field("task")), value_of(field("model")), value_of(field("direction")),
                   value_of(field("step"))};
  reader.query(query, [&](const Row& row) {
    Piece& piece = pieces_[by_task[cell::integer(row.cell(0))]];
    const bool out = cell::view(row.cell(2)) == "out";
    std::string member;
    JsonWriter w(member);
    w.object().key("model_id").value(cell::view(row.cell(1)));
    if (out) w.key("step").value(cell::integer(row.cell(3)));
    w.end_object();
    append(out ? piece.model_outputs : piece.model_inputs, member);
    return true;
  });
}

std::vector<std::string> RunsWriter::finish(const Reader& reader, const Principal& who,
                                            bool model_inputs) {
  std::vector<std::string> out;
  if (pieces_.empty()) return out;
  read_inputs(reader, who);
  read_links(reader, who);
  std::vector<Ordinal> parents;
  for (const Piece& piece : pieces_)
    if (piece.parent != 0) parents.push_back(piece.parent);
  std::sort(parents.begin(), parents.end());
  parents.erase(std::unique(parents.begin(), parents.end()), parents.end());
  std::unordered_map<Ordinal, std::string> parent_ids;
  if (!parents.empty())
    reader.get(api_.task_records, parents, {}, [&](const Row& row) {
      parent_ids[row.ordinal()] = row.id();
      return true;
    });
  out.reserve(pieces_.size());
  for (const Piece& piece : pieces_)
    out.push_back(assemble(piece, api_.project_id(reader, piece.project),
                           piece.parent != 0 ? parent_ids[piece.parent] : std::string(),
                           model_inputs, true));
  return out;
}

std::string RunsWriter::finish_new(Transaction& t) {
  const Piece& piece = pieces_.front();
  std::string parent;
  if (piece.parent != 0)
    t.get(api_.task_records, piece.parent, {}, [&](const Row& row) { parent = row.id(); });
  return assemble(piece, api_.project_id(t, piece.project), parent, false, false);
}

}  // namespace podium::mlflow

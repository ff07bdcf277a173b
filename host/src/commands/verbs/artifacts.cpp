// artifacts
#include <fmt/format.h>

#include "commands/call.hpp"
#include "commands/table_of.hpp"
#include "commands/verbs/verbs.hpp"
#include "podium/artifact_uri.hpp"
#include "services/views/url.hpp"

namespace podium::host::commands {
namespace {

/// A path, each segment percent-encoded.
std::string encoded_path(std::string_view path) {
  std::string out;
  std::size_t begin = 0;
  while (begin <= path.size()) {
    const std::size_t slash = std::min(path.find('/', begin), path.size());
    if (begin > 0) out += '/';
    out += encode_atom(path.substr(begin, slash - begin));
    begin = slash + 1;
  }
  return out;
}

class ArtifactsVerb final : public Verb {
 public:
  explicit ArtifactsVerb(const Parts& parts) : Verb("artifacts"), parts_(parts) {}

  Usage usage() const override {
    Usage u;
    u.summary = "The artifacts of a task: a folder of them, or one as a file";
    u.arguments = "TASK [PATH]";
    u.least = 1;
    u.most = 2;
    u.examples = {
        {"artifacts 0193a5", "the top folder"},
        {"artifacts 0193a5 model/MLmodel", "a file; on the command line with --out FILE"}};
    return u;
  }

  Answer run(const VerbCall& call) override {
    const Ordinal task = call.task_named(call.arguments().front());
    const CommandWord path =
        call.arguments().size() > 1 ? call.arguments()[1] : CommandWord{{}, 0, false};
    const Column column = value_of(field("artifact_uri"));
    std::string uri, id;
    parts_.tasks->get(parts_.core->store, call.who(), task, std::span<const Column>(&column, 1),
                      [&](const Row& row) {
                        id = row.id();
                        const Value value = owned(row.cell(0));
                        if (const auto* text = std::get_if<std::string>(&value)) uri = *text;
                      });
    const auto prefix = blob_prefix(uri);
    AnswerTable table;
    table.column("path").column("folder", CellType::boolean);
    table.column("size", CellType::bytes).column("modified", CellType::time);
    table.of = 0;
    if (!prefix && !path.text.empty()) throw missing(call, path);
    if (!prefix) {
      Answer answer(std::move(table));
      answer.notice(uri.empty()
                        ? "The task has no place for artifacts."
                        : "The task's artifacts are not kept by podium; 'show' tells where.");
      return answer;
    }
    const std::string name = blob_below(*prefix, path.text);
    if (!path.text.empty()) {
      const auto info = in_place(call, path, [&] { return parts_.core->blobs.stat(name); });
      if (!info) throw missing(call, path);
      if (!info->directory) {
        AnswerFile file;
        file.name = info->name;
        file.url =
            fmt::format("/api/v1/tasks/{}/artifacts/{}", encode_atom(id), encoded_path(path.text));
        file.content_type = "application/octet-stream";
        file.size = static_cast<std::int64_t>(info->size);
        return file;
      }
    }
    for (const BlobInfo& blob : parts_.core->blobs.list(name))
      table.row({blob_below(path.text, blob.name), blob.directory,
                 blob.directory ? Value{} : Value{static_cast<std::int64_t>(blob.size)},
                 blob.modified == 0 ? Value{} : Value{blob.modified}});
    table.of = static_cast<std::int64_t>(table.rows.size());
    return table;
  }

 private:
  static Error missing(const VerbCall& call, const CommandWord& path) {
    const Error placed = call.wrong(path, fmt::format("the task has no artifact '{}'", path.text));
    Error error(ErrorCode::not_found, placed.what());
    error.at(placed.position()).in("path").with(placed.detail());
    return error;
  }

  const Parts& parts_;
};

}  // namespace

std::unique_ptr<Verb> make_artifacts_verb(const Parts& parts) {
  return std::make_unique<ArtifactsVerb>(parts);
}

}  // namespace podium::host::commands

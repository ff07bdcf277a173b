// Resetting and deleting a task, with a dry run that tells what would go.
#include "podium/http/input.hpp"
#include "services/api/output.hpp"
#include "services/api/task_handlers.hpp"
#include "services/digest.hpp"
#include "services/files/blob_count.hpp"
#include "services/tasks/artifact_place.hpp"

namespace podium::host {
namespace {

constexpr std::int64_t most_files = 10'000;

BlobCount count_files(const BlobStore& blobs, const std::vector<std::string>& uris) {
  BlobCount files;
  for (const auto& uri : uris)
    if (const auto folder = blob_folder(uri)) count_blobs(blobs, *folder, most_files, files);
  return files;
}

/// Stands for what a dry run counted: another count or another version is another token.
std::string token_of(std::string_view what, const Tasks::Removal& r) {
  std::string facts(what);
  for (const std::int64_t n : {r.head.ordinal, r.head.version, r.metrics, r.points, r.models,
                               r.models_kept, r.attempts, r.children, r.attempt})
    facts += ' ' + std::to_string(n);
  return digest(facts);
}

void check_token(const std::optional<std::string>& brought, const std::string& token) {
  if (brought && *brought != token)
    throw Error(ErrorCode::conflict,
                "what would be deleted is not what the dry run counted; do a dry run again")
        .in("token");
}

std::string removal_json(const Tasks::Removal& r, const BlobCount& files, bool dry_run,
                         const std::string& token) {
  std::string out;
  JsonWriter w(out);
  w.key("dry_run").value(dry_run);
  if (dry_run) w.key("token").value(token);
  w.key("deleted").object();
  w.key("metrics").value(r.metrics).key("points").value(r.points);
  w.key("models").value(r.models).key("models_kept").value(r.models_kept);
  w.key("attempts").value(r.attempts).key("children").value(r.children);
  w.key("files").value(files.files).key("bytes").value(files.bytes);
  w.key("files_truncated").value(!files.whole).key("folders").array();
  for (const auto& uri : r.uris) w.value(uri);
  w.end_array().end_object();
  if (r.attempt != 0) w.key("attempt").value(r.attempt);
  return out;
}

/// Counts by a dry run, checks the token, and does it unless that was all. Files are counted
/// before, for afterwards a job takes them away.
template <class F>
std::string plan_and_do(const Core& core, const ApiServices& services, const Request& request,
                        std::string_view what, const std::optional<std::string>& token,
                        bool dry_run, F&& call) {
  Tasks::Removal out;
  std::string stands_for;
  const auto plan = [&](Transaction& t) {
    const auto head = services.tasks.require(t, request.who(), request.segment("id"));
    check_if_match(request, head.version);
    out = call(t, head, true);
    stands_for = token_of(what, out);
    check_token(token, stands_for);
    return head;
  };
  core.store.write([&](Transaction& t) { plan(t); });
  const BlobCount files = count_files(core.blobs, out.uris);
  if (!dry_run)
    core.store.write([&](Transaction& t) {
      const auto head = plan(t);
      call(t, head, false);
    });
  return removal_json(out, files, dry_run, stands_for);
}

}  // namespace

Response reset_task(const Core& core, const ApiServices& services, Request& request) {
  Members body = Members::of_body(request);
  ResetOptions options;
  const std::string why = body.text("why", 10'000).value_or("");
  options.why = why;
  options.keep_attempt = body.boolean("keep_attempt").value_or(false);
  const bool dry = body.boolean("dry_run").value_or(false);
  const auto token = body.text("token", 64);
  body.finish();
  const std::string members =
      plan_and_do(core, services, request, options.keep_attempt ? "reset keep" : "reset", token,
                  dry, [&](Transaction& t, const Tasks::Head& head, bool only_plan) {
                    options.dry_run = only_plan;
                    return services.tasks.reset(t, request.who(), head, options);
                  });
  return task_answer_with(core, services, request.who(), request.segment("id"), members);
}

Response delete_task(const Core& core, const ApiServices& services, Request& request) {
  const Parameters p(request);
  RemoveOptions options;
  const std::string why = p.text("why").value_or("");
  options.why = why;
  options.used_too = p.boolean("force").value_or(false);
  options.keep_models = p.boolean("keep_models").value_or(false);
  const bool dry = p.boolean("dry_run").value_or(false);
  const std::string members =
      plan_and_do(core, services, request, "delete", p.text("token"), dry,
                  [&](Transaction& t, const Tasks::Head& head, bool only_plan) {
                    options.dry_run = only_plan;
                    return services.tasks.remove(t, request.who(), head, options);
                  });
  return json_response("{" + members + "}");
}

}  // namespace podium::host

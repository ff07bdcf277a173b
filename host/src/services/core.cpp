#include "services/core.hpp"

#include <algorithm>

namespace podium::host {

Collections::Collections(const Store& store)
    : projects(store.collection("projects")),
      tasks(store.collection("tasks")),
      datasets(store.collection("datasets")),
      inputs(store.collection("inputs")),
      models(store.collection("models")),
      model_links(store.collection("model_links")),
      jobs(store.collection("jobs")),
      history(store.collection("history")),
      listeners(store.collection("listeners")),
      goals(store.collection("goals")),
      notes(store.collection("notes")),
      queues(store.collection("queues")),
      queue_entries(store.collection("queue_entries")),
      attempts(store.collection("attempts")),
      views(store.collection("views")),
      links(store.collection("links")),
      file_deletions(store.collection("file_deletions")),
      idempotency(store.collection("idempotency")),
      action_runs(store.collection("action_runs")),
      action_blocks(store.collection("action_blocks")) {}

Error no_such(std::string_view what, std::string_view id) {
  return Error(ErrorCode::not_found,
               "the " + std::string(what) + " '" + std::string(id) + "' does not exist");
}

void Core::check_visible(Transaction& t, const Principal& who, std::string_view collection,
                         CollectionId c, Ordinal o, std::string_view what,
                         std::string_view id) const {
  const Filter visible = access.visible(who, collection);
  if (o == 0 || visible.op == Filter::Op::none) throw no_such(what, id);
  if (visible.op == Filter::Op::all) return;
  // An empty patch changes nothing and counts the records that satisfy `still`.
  if (t.update(c, std::span<const Ordinal>(&o, 1), visible, Patch{}) == 0) throw no_such(what, id);
}

std::string append_path(std::string_view uri, std::string_view suffix) {
  const auto end = std::min(uri.find_first_of("?#"), uri.size());
  const auto scheme = uri.substr(0, end).find("://");
  const std::size_t start = scheme == std::string_view::npos ? 0 : scheme + 3;
  std::string_view path = uri.substr(0, end);
  while (path.size() > start && path.back() == '/') path.remove_suffix(1);
  std::string out(path);
  if (end != 0) out += '/';
  out += suffix;
  out += uri.substr(end);
  return out;
}

}  // namespace podium::host

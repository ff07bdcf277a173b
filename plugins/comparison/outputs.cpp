#include "outputs.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "podium/artifact_uri.hpp"
#include "podium/blob_store.hpp"
#include "podium/http/message.hpp"
#include "podium/plugin.hpp"
#include "podium/service/datasets.hpp"
#include "podium/service/models.hpp"
#include "podium/service/tasks.hpp"

namespace podium::comparison {
namespace {

constexpr std::size_t most_paths = 10'000, deepest = 32;
/// Files of one size are looked into up to this size, and in all up to that many bytes.
constexpr std::uint64_t largest_read = 4 << 20, most_read = 256 << 20;

class Listing {
 public:
  Listing(const BlobStore& blobs, std::size_t tasks, const Cancel& cancel)
      : blobs_(blobs), tasks_(tasks), cancel_(cancel) {}

  void add(std::size_t task, const std::string& prefix, const std::string& folder,
           std::size_t depth = 0) {
    if (cancel_.cancelled()) throw Error(ErrorCode::cancelled, "the caller did not wait");
    for (const BlobInfo& info : blobs_.list(blob_below(prefix, folder))) {
      const std::string path = folder.empty() ? info.name : folder + "/" + info.name;
      if (info.directory) {
        if (depth < deepest) add(task, prefix, path, depth + 1);
        continue;
      }
      auto at = found_.find(path);
      if (at == found_.end()) {
        if (found_.size() == most_paths) {
          truncated_ = true;
          continue;
        }
        at = found_.emplace(path, std::vector<std::optional<std::int64_t>>(tasks_)).first;
      }
      at->second[task] = static_cast<std::int64_t>(info.size);
    }
  }
  const std::map<std::string, std::vector<std::optional<std::int64_t>>>& found() const {
    return found_;
  }
  bool truncated() const { return truncated_; }

 private:
  const BlobStore& blobs_;
  std::size_t tasks_;
  const Cancel& cancel_;
  std::map<std::string, std::vector<std::optional<std::int64_t>>> found_;
  bool truncated_ = false;
};

/// The bytes of a small blob; nothing when it is gone.
std::optional<std::string> bytes_of(const BlobStore& blobs, const std::string& name) {
  const auto blob = blobs.open(name);
  if (!blob) return std::nullopt;
  std::string bytes(static_cast<std::size_t>(std::min<std::uint64_t>(blob->size(), largest_read)),
                    '\0');
  std::size_t have = 0;
  while (have < bytes.size()) {
    const std::size_t n = blob->read(have, std::span<char>(bytes).subspan(have));
    if (n == 0) break;
    have += n;
  }
  bytes.resize(have);
  return bytes;
}

std::vector<Ordinal> ordinals_of(const Selected& selected) {
  std::vector<Ordinal> out;
  for (const ComparedTask& t : selected.tasks) out.push_back(t.ordinal);
  return out;
}

std::map<Ordinal, std::size_t> places_of(const Selected& selected) {
  std::map<Ordinal, std::size_t> out;
  for (std::size_t t = 0; t < selected.tasks.size(); ++t) out[selected.tasks[t].ordinal] = t;
  return out;
}

Filter of_tasks(const Selected& selected) {
  const auto ordinals = ordinals_of(selected);
  return in(field("task"), {ordinals.begin(), ordinals.end()});
}

std::string text_at(const Row& row, std::size_t i) { return cell::text(row.cell(i)); }
Ordinal ordinal_at(const Row& row, std::size_t i) {
  const Cell cell = row.cell(i);
  const auto* ordinal = std::get_if<std::int64_t>(&cell);
  return ordinal != nullptr ? *ordinal : 0;
}

}  // namespace

ComparedArtifacts read_artifacts(PluginContext& context, const Reader& reader, const Principal& who,
                                 const Selected& selected, const std::string& folder,
                                 const Cancel& cancel, bool contents) {
  const Column column = value_of(field("artifact_uri"));
  std::vector<std::optional<std::string>> prefixes(selected.tasks.size());
  read_tasks(
      context, reader, who, selected.tasks, std::span<const Column>(&column, 1),
      [&](std::size_t task, const Row& row) { prefixes[task] = blob_prefix(text_at(row, 0)); });
  const BlobStore& blobs = context.blobs();
  ComparedArtifacts out;
  Listing listing(blobs, selected.tasks.size(), cancel);
  for (std::size_t t = 0; t < prefixes.size(); ++t) {
    if (prefixes[t])
      listing.add(t, *prefixes[t], folder);
    else
      out.unread.push_back(t);
  }
  out.truncated = listing.truncated();
  out.prefixes = std::move(prefixes);
  std::uint64_t left = contents ? most_read : 0;
  for (const auto& [path, sizes] : listing.found()) {
    ComparedArtifact& a = out.artifacts.emplace_back();
    a.path = path;
    a.sizes = sizes;
    const auto size = sizes.front();
    if (!size ||
        std::any_of(sizes.begin(), sizes.end(), [&](const auto& s) { return s != size; })) {
      a.equal = false;
      continue;
    }
    const auto bytes = static_cast<std::uint64_t>(*size);
    if (bytes > largest_read || bytes * sizes.size() > left) continue;
    left -= bytes * sizes.size();
    const auto first = bytes_of(blobs, blob_below(*out.prefixes.front(), path));
    a.equal = true;
    for (std::size_t t = 1; t < sizes.size() && *a.equal; ++t)
      a.equal = bytes_of(blobs, blob_below(*out.prefixes[t], path)) == first;
  }
  return out;
}

std::vector<ComparedModel> read_models(PluginContext& context, const Reader& reader,
                                       const Principal& who, const Selected& selected) {
  struct Edge {
    std::size_t task;
    std::string id, direction;
  };
  std::vector<Edge> edges;
  if (selected.tasks.empty()) return {};
  const auto places = places_of(selected);
  Query query;
  query.collection = context.models().links();
  query.filter =
      all_of({context.access().visible(who, context.store().declaration(query.collection).name),
              of_tasks(selected)});
  query.columns = {value_of(field("task")), value_of(field("model")), value_of(field("direction"))};
  reader.query(query, [&](const Row& row) {
    edges.push_back({places.at(ordinal_at(row, 0)), text_at(row, 1), text_at(row, 2)});
    return true;
  });
  std::vector<std::string> ids;
  for (const Edge& e : edges) ids.push_back(e.id);
  std::vector<Ordinal> there;
  for (const Ordinal o : reader.find(context.models().collection(), ids))
    if (o != 0) there.push_back(o);
  std::sort(there.begin(), there.end());
  there.erase(std::unique(there.begin(), there.end()), there.end());
  static const std::vector<Column> columns = {value_of(field("name")), value_of(field("type"))};
  std::map<std::string, std::pair<std::string, std::string>> named;
  context.models().get(reader, who, there, columns, [&](const Row& row) {
    named[std::string(row.id())] = {text_at(row, 0), text_at(row, 1)};
    return true;
  });
  std::map<std::tuple<std::string, std::string, std::string>, std::vector<std::set<std::string>>>
      rows;
  for (const Edge& e : edges) {
    const auto at = named.find(e.id);
    if (at == named.end()) continue;  // erased, or hidden
    auto& tasks = rows[{e.direction, at->second.first, at->second.second}];
    tasks.resize(selected.tasks.size());
    tasks[e.task].insert(e.id);
  }
  std::vector<ComparedModel> out;
  for (const auto& [row, tasks] : rows) {
    ComparedModel& m = out.emplace_back();
    std::tie(m.direction, m.name, m.type) = row;
    for (const auto& of_task : tasks) m.models.emplace_back(of_task.begin(), of_task.end());
  }
  return out;
}

std::vector<ComparedDataset> read_datasets(PluginContext& context, const Reader& reader,
                                           const Principal& who, const Selected& selected) {
  if (selected.tasks.empty()) return {};
  const auto places = places_of(selected);
  Query query;
  query.collection = context.datasets().inputs();
  query.filter =
      all_of({context.access().visible(who, context.store().declaration(query.collection).name),
              of_tasks(selected)});
  query.columns = {value_of(field("task")), value_of(field("name")), value_of(field("context")),
                   value_of(field("digest"))};
  std::map<std::pair<std::string, std::string>, std::vector<std::set<std::string>>> rows;
  reader.query(query, [&](const Row& row) {
    auto& tasks = rows[{text_at(row, 1), text_at(row, 2)}];
    tasks.resize(selected.tasks.size());
    tasks[places.at(ordinal_at(row, 0))].insert(text_at(row, 3));
    return true;
  });
  std::vector<ComparedDataset> out;
  for (const auto& [row, tasks] : rows) {
    ComparedDataset& d = out.emplace_back();
    std::tie(d.name, d.context) = row;
    d.equal = std::all_of(tasks.begin(), tasks.end(), [&](const auto& t) { return t == tasks[0]; });
    for (const auto& of_task : tasks) d.digests.emplace_back(of_task.begin(), of_task.end());
  }
  return out;
}

}  // namespace podium::comparison

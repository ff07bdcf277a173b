#pragma once
// What all services share: the ports they stand on and the handles of the host's own collections.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "podium/blob_store.hpp"
#include "podium/plugin.hpp"
#include "podium/principal.hpp"
#include "podium/query.hpp"
#include "podium/store/store.hpp"
#include "services/ids.hpp"

namespace podium::host {

/// Handles of the collections of `Services::declarations()`, as the open store numbers them.
struct Collections {
  CollectionId projects{}, tasks{}, datasets{}, inputs{}, models{}, model_links{}, jobs{},
      history{}, listeners{}, goals{}, notes{}, queues{}, queue_entries{}, attempts{}, views{},
      links{}, file_deletions{}, idempotency{}, action_runs{}, action_blocks{};
  explicit Collections(const Store&);
};

/// Borrowed by every service; made by Services and alive as long as it. Thread-safe: nothing in it
/// changes after construction but the ids, which lock for themselves.
struct Core {
  Store& store;
  BlobStore& blobs;
  const QueryLanguage& language;
  const Access& access;
  HostInfo host;
  std::function<std::int64_t()> now;  ///< milliseconds UTC
  std::string host_name;  ///< the same after a restart over the same data; leads `run_name`
  std::string run_name;   ///< of this process: owner of its leases
  IdMaker& ids;
  Collections in;

  /// Throws `not_found` unless the record exists and `who` may see it. `what` and `id` are for the
  /// message.
  void check_visible(Transaction&, const Principal& who, std::string_view collection, CollectionId,
                     Ordinal, std::string_view what, std::string_view id) const;
};

/// "the task 'x' does not exist"
Error no_such(std::string_view what, std::string_view id);

/// `{uri}/{suffix}`, appended to the path of the URI, before its query and fragment.
std::string append_path(std::string_view uri, std::string_view suffix);

}  // namespace podium::host

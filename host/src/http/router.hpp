#pragma once
// Which route answers a request. Plain C++: no sockets, no server library.
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "http/metrics.hpp"
#include "plugin/contained.hpp"
#include "podium/http/routes.hpp"

namespace podium::host {

/// A registered group of routes. Borrowed: the group and its owner outlive the server.
struct RouteGroup {
  Routes* routes = nullptr;
  PluginOwner* owner = nullptr;
  bool first_party = false;  ///< exempt from the quarter of the pool
  std::vector<std::string> prefixes;
};

/// A route as registered; its counters live with it.
struct RouteEntry {
  Route route;
  const RouteGroup* group = nullptr;
  std::vector<std::string> segment_names;  ///< of `{name}` and `{rest*}`, in order
  std::string where;                       ///< "GET /path", for logs and errors
  mutable StatusCounts statuses;
  mutable Histogram seconds;
};

using Segments = std::vector<std::pair<std::string_view, std::string>>;  ///< name, decoded value

/// The table of routes. Built on one thread, then shared and read only.
class Router {
 public:
  Router();
  ~Router();
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  /// Adds a group with the routes it gave. Throws `invalid` for a route without a permission, a
  /// handler, a method or a well-formed path below one of the group's prefixes (and below /api/v1
  /// one without a summary), `exists` when method and path are taken; then nothing of the group is
  /// kept by the caller's router that is to be published.
  void add(std::shared_ptr<const RouteGroup>, std::vector<Route>);

  struct Match {
    const RouteEntry* entry = nullptr;  ///< null: not found, or found with other methods only
    Segments segments;
    std::string
        allow;  ///< for 405 and OPTIONS: "GET, HEAD, OPTIONS"; empty when the path is unknown
  };
  /// `path` is the raw path, percent-encoded; its escapes are well-formed. A segment is decoded
  /// after the path was divided, so %2F is a character of a `{name}`. HEAD is answered by GET.
  Match find(std::string_view method, std::string_view path) const;
  /// The group that speaks for a decoded path (the longest prefix on whole segments), or null.
  const RouteGroup* group_of(std::string_view path) const;

  /// Every route in the order of registration, for documents and tests that walk them all.
  const std::vector<std::shared_ptr<const RouteEntry>>& entries() const { return entries_; }
  const std::vector<std::shared_ptr<const RouteGroup>>& groups() const { return groups_; }
  /// A router with the same routes (and the same counters), to which more can be added.
  std::unique_ptr<Router> clone() const;

 private:
  struct Node;
  void insert(std::shared_ptr<const RouteEntry>);
  struct Search {
    std::string_view method;
    std::vector<std::string> values;
    const Node* other = nullptr;  // a path that fits, but not with this method
  };
  const Node* walk(const Node& node, std::string_view rest, Search& search) const;

  std::vector<std::shared_ptr<const RouteGroup>> groups_;
  std::vector<std::shared_ptr<const RouteEntry>> entries_;
  std::vector<std::pair<std::string, const RouteGroup*>> prefixes_;  // longest first
  std::unique_ptr<Node> root_;
  std::unordered_map<std::string_view, const Node*> exact_;  // paths without parameters
};

}  // namespace podium::host

#include "http/router.hpp"

#include <algorithm>

#include "http/percent.hpp"

namespace podium::host {

struct Router::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> children;
  std::unique_ptr<Node> parameter;                         // {name}
  std::unique_ptr<Node> rest;                              // {rest*}
  std::vector<std::shared_ptr<const RouteEntry>> entries;  // one a method

  const RouteEntry* of(std::string_view method) const {
    for (const auto& entry : entries)
      if (entry->route.method == method) return entry.get();
    return nullptr;
  }
};

namespace {

bool is_token(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

/// Below a prefix on whole segments.
bool below(std::string_view path, std::string_view prefix) {
  if (path.size() < prefix.size() || path.substr(0, prefix.size()) != prefix) return false;
  return path.size() == prefix.size() || (!prefix.empty() && prefix.back() == '/') ||
         path[prefix.size()] == '/';
}

/// Calls fn(segment) for each segment of "/a/b".
template <class F>
void each_segment(std::string_view path, F&& fn) {
  path.remove_prefix(1);
  for (;;) {
    const auto slash = path.find('/');
    fn(path.substr(0, slash), slash == std::string_view::npos);
    if (slash == std::string_view::npos) return;
    path.remove_prefix(slash + 1);
  }
}

/// The name in "{name}" or "{name*}"; empty when the segment is plain text.
std::string_view parameter_name(std::string_view segment, bool& rest) {
  if (segment.size() < 3 || segment.front() != '{' || segment.back() != '}') return {};
  auto parameter = segment.substr(1, segment.size() - 2);
  rest = parameter.back() == '*';
  if (rest) parameter.remove_suffix(1);
  return parameter;
}

void check(const Route& route, const RouteGroup& group, const std::string& where) {
  const auto refuse = [&](const std::string& what) {
    return Error(ErrorCode::invalid, "route " + where + " of '" + group.routes->id() + "' " + what);
  };
  if (!is_token(route.method)) throw refuse("has no method: give one such as GET");
  if (route.method == "HEAD" || route.method == "OPTIONS")
    throw refuse("is answered by the server itself: register GET");
  if (route.path.empty() || route.path.front() != '/') throw refuse("must start with '/'");
  if (route.permission.empty())
    throw refuse("has no permission: name one, or \"public\" to let everybody call it");
  if (std::holds_alternative<std::monostate>(route.handler)) throw refuse("has no handler");
  if (const auto* h = std::get_if<Handler>(&route.handler); h && !*h)
    throw refuse("has no handler");
  if (const auto* h = std::get_if<InlineHandler>(&route.handler); h && !*h)
    throw refuse("has no handler");
  if (std::none_of(group.prefixes.begin(), group.prefixes.end(),
                   [&](const std::string& prefix) { return below(route.path, prefix); }))
    throw refuse("is not below any prefix of its group");
  if (below(route.path, "/api/v1") && route.summary.empty())
    throw refuse("has no summary, which the API's document needs");
}

/// The names of the parameters in a route's path, in order.
std::vector<std::string> parameter_names(const RouteEntry& entry) {
  std::vector<std::string> names;
  each_segment(entry.route.path, [&](std::string_view segment, bool last) {
    bool rest = false;
    const auto parameter = parameter_name(segment, rest);
    if (parameter.empty() && segment.find_first_of("{}") != std::string_view::npos)
      throw Error(ErrorCode::invalid, "route " + entry.where + " has a malformed segment '" +
                                          std::string(segment) + "'");
    if (rest && !last)
      throw Error(ErrorCode::invalid,
                  "route " + entry.where + " has a '{name*}' that is not its last segment");
    if (!parameter.empty()) names.emplace_back(parameter);
  });
  return names;
}

}  // namespace

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;

void Router::add(std::shared_ptr<const RouteGroup> group, std::vector<Route> routes) {
  for (const auto& prefix : group->prefixes)
    if (prefix.empty() || prefix.front() != '/')
      throw Error(ErrorCode::invalid,
                  "prefix '" + prefix + "' of '" + group->routes->id() + "' must start with '/'");
  for (auto& route : routes) {
    auto entry = std::make_shared<RouteEntry>();
    entry->where = route.method + " " + route.path;
    check(route, *group, entry->where);
    entry->route = std::move(route);
    entry->group = group.get();
    entry->segment_names = parameter_names(*entry);
    insert(std::move(entry));
  }
  for (const auto& prefix : group->prefixes) prefixes_.emplace_back(prefix, group.get());
  std::stable_sort(prefixes_.begin(), prefixes_.end(),
                   [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
  groups_.push_back(std::move(group));
}

void Router::insert(std::shared_ptr<const RouteEntry> entry) {
  Node* node = root_.get();
  each_segment(entry->route.path, [&](std::string_view segment, bool) {
    bool rest = false;
    const auto parameter = parameter_name(segment, rest);
    auto& child = parameter.empty() ? node->children[std::string(segment)]
                  : rest            ? node->rest
                                    : node->parameter;
    if (!child) child = std::make_unique<Node>();
    node = child.get();
  });
  if (const auto* other = node->of(entry->route.method))
    throw Error(ErrorCode::exists, "route " + entry->where + " of '" + entry->group->routes->id() +
                                       "' is taken by " + other->where + " of '" +
                                       other->group->routes->id() + "'");
  node->entries.push_back(entry);
  if (entry->segment_names.empty()) exact_.emplace(entry->route.path, node);
  entries_.push_back(std::move(entry));
}

std::unique_ptr<Router> Router::clone() const {
  auto copy = std::make_unique<Router>();
  for (const auto& entry : entries_) copy->insert(entry);
  copy->groups_ = groups_;
  copy->prefixes_ = prefixes_;
  return copy;
}

const Router::Node* Router::walk(const Node& node, std::string_view rest, Search& search) const {
  const auto slash = rest.find('/');
  const bool last = slash == std::string_view::npos;
  const auto segment = percent_decode(rest.substr(0, slash));
  if (!segment) return nullptr;
  const auto accept = [&](const Node& found) -> const Node* {
    if (found.of(search.method)) return &found;
    if (!found.entries.empty() && !search.other) search.other = &found;
    return nullptr;
  };
  const auto step = [&](const Node& child) {
    return last ? accept(child) : walk(child, rest.substr(slash + 1), search);
  };
  if (const auto child = node.children.find(*segment); child != node.children.end())
    if (const auto* found = step(*child->second)) return found;
  if (node.parameter && !segment->empty()) {
    search.values.push_back(*segment);
    if (const auto* found = step(*node.parameter)) return found;
    search.values.pop_back();
  }
  if (node.rest && !rest.empty()) {
    auto all = percent_decode(rest);
    if (const auto* found = all ? accept(*node.rest) : nullptr) {
      search.values.push_back(std::move(*all));
      return found;
    }
  }
  return nullptr;
}

Router::Match Router::find(std::string_view method, std::string_view path) const {
  Match match;
  if (path.empty() || path.front() != '/') return match;
  Search search;
  search.method = method == "HEAD" ? std::string_view("GET") : method;
  const Node* node = nullptr;
  if (const auto exact = exact_.find(path);
      exact != exact_.end() && exact->second->of(search.method)) {
    node = exact->second;
  } else {
    node = walk(*root_, path.substr(1), search);
  }
  if (!node) {
    if (!search.other) return match;
    for (const auto& entry : search.other->entries) {
      match.allow += entry->route.method + ", ";
      if (entry->route.method == "GET") match.allow += "HEAD, ";
    }
    match.allow += "OPTIONS";
    return match;
  }
  match.entry = node->of(search.method);
  match.segments.reserve(search.values.size());
  for (std::size_t i = 0; i < search.values.size(); ++i)
    match.segments.emplace_back(match.entry->segment_names[i], std::move(search.values[i]));
  return match;
}

const RouteGroup* Router::group_of(std::string_view path) const {
  for (const auto& [prefix, group] : prefixes_)
    if (below(path, prefix)) return group;
  return nullptr;
}

}  // namespace podium::host

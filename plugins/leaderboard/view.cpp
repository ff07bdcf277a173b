#include "view.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "podium/principal.hpp"
#include "podium/query.hpp"

namespace podium::leaderboard {
namespace {

std::string text_literal(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  return out + "'";
}

/// A value as the language writes it; empty for null.
std::string literal(const Json& value) {
  if (value.is_string()) return text_literal(value.get_ref<const std::string&>());
  return value.is_null() ? std::string() : value.dump();
}

bool is_not_finite(const Json& value) {
  return value == "NaN" || value == "Infinity" || value == "-Infinity";
}

std::string joined(const std::vector<std::string>& parts, const char* word) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : word) + ("(" + part + ")");
  return out;
}

std::string values_text(const std::string& column, const Json& values, bool exclude) {
  std::vector<std::string> arms;
  std::string list;
  for (const Json& value : values) {
    if (value.is_null())
      arms.push_back(column + " is null");
    else if (value == "NaN" && column.starts_with("metrics."))
      arms.push_back(column + " is nan");
    else if (is_not_finite(value) && column.starts_with("metrics."))
      arms.push_back(column + (value == "Infinity" ? " = infinity" : " = -infinity"));
    else if (value.is_boolean())
      arms.push_back(column + " = " + literal(value));
    else
      list += (list.empty() ? "" : ", ") + literal(value);
  }
  if (!list.empty()) arms.push_back(column + " in (" + list + ")");
  if (arms.empty()) return exclude ? "" : "ordinal < 0";
  return (exclude ? "not (" : "(") + joined(arms, " or ") + ")";
}

std::string words_text(const std::string& map, const char* word, const Json& words) {
  if (words.empty()) return {};
  std::string list;
  for (const Json& w : words)
    list += (list.empty() ? "" : ", ") + (w.is_null() ? std::string("null") : literal(w));
  return map + " " + word + " (" + list + ")";
}

std::string column_text(const Json& f) {
  const std::string column = f.at("column").get<std::string>();
  if (f.contains("in")) return values_text(column, f["in"], false);
  if (f.contains("not_in")) return values_text(column, f["not_in"], true);
  std::vector<std::string> arms;
  for (const auto& [member, op] : {std::pair("from", ">="), std::pair("to", "<=")})
    if (f.contains(member) && !f[member].is_null()) {
      const Json& end = f[member];
      // A day as the upper end is the whole of it.
      const bool day = *member == 't' && end.is_string() &&
                       end.get_ref<const std::string&>().size() == 10 &&
                       end.get_ref<const std::string&>()[4] == '-';
      arms.push_back(column + " " + op + " " +
                     (day                  ? text_literal(end.get<std::string>() + "T23:59:59.999Z")
                      : is_not_finite(end) ? (end == "-Infinity" ? "-infinity" : "infinity")
                                           : literal(end)));
    }
  for (const char* word : {"any", "all", "not"})
    if (f.contains(word))
      if (auto text = words_text(column, word, f[word]); !text.empty())
        arms.push_back(std::move(text));
  return joined(arms, " and ");
}

std::string search_text(const std::string& text) {
  const bool plain = text.find_first_of("%_") == std::string::npos;
  std::string pattern;
  for (const char c : text) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      static_cast<unsigned char>(c) >= 0x80;
    if (!plain && !word) pattern += '\\';
    pattern += c;
  }
  const std::string how = plain ? " ilike " + text_literal("%" + text + "%")
                                : " matches " + text_literal("(?i)" + pattern);
  return "name" + how + " or description" + how + " or id = " + text_literal(text);
}

std::optional<Pick> pick_of(Statistic s) {
  switch (s) {
    case Statistic::last:
      return Pick::last;
    case Statistic::first:
      return Pick::first;
    case Statistic::min:
      return Pick::min;
    case Statistic::max:
      return Pick::max;
    default:
      return std::nullopt;
  }
}

/// What of a view's columns and order a board shows beside the tasks: metrics, parameters, tags.
void add_columns(PluginContext& context, const Json& state, Definition& d) {
  const Vocabulary& words = context.vocabulary("tasks");
  const auto known = [&](const std::string& name) {
    return std::any_of(d.metrics.begin(), d.metrics.end(),
                       [&](const Metric& m) { return m.name == name; }) ||
           std::any_of(d.columns.begin(), d.columns.end(),
                       [&](const BoardColumn& c) { return c.name == name; });
  };
  const auto path_of = [&](const std::string& name) -> std::optional<OrderKey> {
    try {
      return context.query_language().parse_order(name, words);
    } catch (const Error&) {
      return std::nullopt;  // a map as a whole, or a column that is not known (any more)
    }
  };
  const auto add = [&](const std::string& item, bool ordered) {
    const auto key = path_of(item);
    if (!key) return;
    const Path& p = key->path;
    const auto pick = p.kind == Path::Kind::series ? pick_of(p.statistic) : std::nullopt;
    std::string name = item;
    if (ordered)
      for (const char* word : {" desc", " asc", " DESC", " ASC"})
        if (name.ends_with(word)) name.resize(name.size() - std::string_view(word).size());
    if (known(name)) return;
    if (pick && d.metrics.size() < 20) {
      Metric m;
      m.name = name;
      m.metric = p.key;
      m.scope = p.scope;
      m.value = *pick;
      m.direction = ordered              ? (key->descending ? Direction::max : Direction::min)
                    : *pick == Pick::min ? Direction::min
                                         : Direction::max;
      d.metrics.push_back(std::move(m));
    } else if (p.kind == Path::Kind::map && !p.key.empty() &&
               (p.name == "params" || p.name == "tags") && d.columns.size() < 20) {
      BoardColumn c;
      c.name = name;
      c.source = p.name == "tags" ? BoardColumn::Source::tag : BoardColumn::Source::param;
      c.key = p.key;
      d.columns.push_back(std::move(c));
    }
  };
  for (const std::string& item : d.order) add(item, true);
  for (const Json& column : state.value("columns", Json::array()))
    if (!column.value("hidden", false)) add(column.value("name", ""), false);
}

}  // namespace

std::string filter_of_view(const Json& state) {
  std::vector<std::string> arms;
  if (const std::string filter = state.value("filter", "");
      filter.find_first_not_of(" \t\r\n") != filter.npos)
    arms.push_back(filter);
  for (const Json& f : state.value("filters", Json::array()))
    if (auto text = column_text(f); !text.empty()) arms.push_back(std::move(text));
  if (const std::string search = state.value("search", ""); !search.empty())
    arms.push_back(search_text(search));
  return arms.size() == 1 ? arms.front() : joined(arms, " and ");
}

ViewBoard board_of_view(PluginContext& context, const Ids& ids, const Principal& who,
                        std::string_view view) {
  const std::string id(view);
  Query q;
  q.collection = ids.views;
  // Who has the link of a view may see it.
  q.filter =
      all_of({context.access().visible(who, "views"),
              any_of({all_of({eq(record_id(), id),
                              any_of({eq(field("shared"), true), eq(field("owner"), who.id)})}),
                      eq(field("link"), id)})});
  for (const char* name : {"name", "place", "scope"}) q.columns.push_back(value_of(field(name)));
  q.columns.push_back(value_of(record_body()));
  ViewBoard out;
  Json state;
  std::string place, scope;
  bool found = false;
  context.store().query(q, [&](const Row& row) {
    found = true;
    out.name = cell::text(row.cell(0));
    place = cell::text(row.cell(1));
    scope = cell::text(row.cell(2));
    state = Json::parse(cell::text(row.cell(3)), nullptr, false);
    return false;
  });
  if (!found || !state.is_object())
    throw Error(ErrorCode::not_found, "there is no view '" + id.substr(0, 60) + "'").in("view");
  if (scope == "all")
    throw Error(ErrorCode::invalid,
                "the view '" + out.name + "' is of all projects, and a board is of one")
        .in("view");
  if (state.value("archived", "no") == "yes")
    throw Error(ErrorCode::invalid,
                "the view '" + out.name + "' shows archived tasks, which never count on a board")
        .in("view");
  out.project = place;
  Definition& d = out.definition;
  d.kind = Kind::tasks;
  d.counts = Counts::all;
  d.subprojects = scope == "subprojects";
  d.filter = filter_of_view(state);
  for (const Json& item : state.value("order", Json::array()))
    d.order.push_back(item.get<std::string>());
  if (d.order.empty()) d.order.push_back("started desc");
  add_columns(context, state, d);
  return out;
}

}  // namespace podium::leaderboard

#include "commands/call.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "commands/table_of.hpp"
#include "podium/http/json_writer.hpp"
#include "query/lexer.hpp"
#include "query/vocabularies.hpp"

namespace podium::host::commands {
namespace {

constexpr std::size_t shortest_id = 6;      // of the beginning of an id
constexpr std::size_t most_named = 10'000;  // tasks that a word may name

std::string nearest_of(const Error& e) {
  const Json facts = Json::parse(e.detail(), nullptr, false);
  return facts.is_object() ? facts.value("nearest", std::string()) : std::string();
}

/// The line with the token of the query language at `position` replaced.
std::string corrected(std::string_view line, std::size_t position, const std::string& nearest) {
  const auto tokens = query::tokens_of(line.substr(position), QueryFeatures{});
  const auto& token = tokens.front();
  if (token.position != 0 || token.size == 0) return {};
  std::string with = nearest;
  if (token.kind == query::Token::Kind::text) with = line[position] + nearest + line[position];
  return replaced(line, position, position + token.size, with);
}

}  // namespace

bool could_begin_id(std::string_view text) {
  return text.size() >= shortest_id && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-';
         });
}

bool speaks_of_archived(const Filter& f) {
  if (f.path.kind == Path::Kind::field && f.path.name == "archived") return true;
  return std::any_of(f.children.begin(), f.children.end(), speaks_of_archived);
}

Call::Call(const Parts& parts, ParsedLine parsed, const CommandRequest& request,
           const Principal& who, const Cancel& cancel)
    : parts_(parts), parsed_(std::move(parsed)), request_(request), who_(who), cancel_(cancel) {}

Error Call::placed(const CommandWord& word, const Error& e) const {
  if (e.code() != ErrorCode::invalid) return e;
  const std::int64_t position =
      word.position + (word.quoted ? 0 : std::max<std::int64_t>(e.position(), 0));
  const std::string near = nearest_of(e);
  return line_error(parsed_.line, position, e.what(), near,
                    near.empty()
                        ? std::string()
                        : corrected(parsed_.line, static_cast<std::size_t>(position), near));
}

std::span<const CommandWord> Call::words(std::string_view clause) const {
  const GivenClause* given = parsed_.clause(clause);
  return given == nullptr ? std::span<const CommandWord>() : given->words;
}

std::optional<std::int64_t> Call::number(std::string_view clause) const {
  const GivenClause* given = parsed_.clause(clause);
  if (given == nullptr) return std::nullopt;
  return given->number;
}

Filter Call::project(const CommandWord& word) const {
  Literal name;
  name.text = word.text;
  name.source = word.text;
  const QueryLanguage::Binding binding{"project", std::move(name)};
  // `position` of a bound value is that of its name in the text, which is not in the line.
  try {
    return parts_.core->language.parse("project = :project", parts_.words->of("tasks"),
                                       std::span(&binding, 1));
  } catch (const Error& e) {
    if (e.code() != ErrorCode::invalid) throw;
    const std::string near = nearest_of(e);
    const auto begin = static_cast<std::size_t>(word.position);
    std::size_t end = begin;
    while (end < parsed_.line.size() && !query::is_blank(parsed_.line[end])) ++end;
    Error error = line_error(parsed_.line, word.position, e.what(), near,
                             near.empty() || word.quoted
                                 ? std::string()
                                 : replaced(parsed_.line, begin, end, commands::quoted(near, {})));
    Error missing(ErrorCode::not_found, error.what());
    missing.at(word.position).in("in").with(error.detail());
    throw missing;
  }
}

Filter Call::tasks_of(const CommandWord* in, const CommandWord* where, bool all,
                      std::span<const QueryLanguage::Binding> bindings) const {
  std::vector<Filter> arms;
  if (in != nullptr && !in->text.empty()) arms.push_back(project(*in));
  if (where != nullptr && !where->text.empty())
    arms.push_back(in_place(*this, *where, [&] {
      return parts_.core->language.parse(where->text, parts_.words->of("tasks"), bindings);
    }));
  const bool said = std::any_of(arms.begin(), arms.end(), speaks_of_archived);
  if (!all && !said) arms.push_back(eq(podium::field("archived"), false));
  return all_of(std::move(arms));
}

Filter Call::tasks() const {
  const auto in = words("in"), where = words("where");
  return tasks_of(in.empty() ? nullptr : &in.front(), where.empty() ? nullptr : &where.front(),
                  has("all"), request_.bindings);
}

Filter Call::tasks_archived_or_not() const {
  const auto in = words("in"), where = words("where");
  return tasks_of(in.empty() ? nullptr : &in.front(), where.empty() ? nullptr : &where.front(),
                  true, request_.bindings);
}

std::optional<std::vector<Ordinal>> Call::projects() const {
  const auto in = words("in");
  if (in.empty()) return std::nullopt;
  std::vector<Ordinal> found;
  for (const Value& v : project(in.front()).values) found.push_back(std::get<std::int64_t>(v));
  return found;
}

Filter Call::filter(std::string_view clause, const Vocabulary& vocabulary) const {
  const auto given = words(clause);
  if (given.empty()) return {};
  return in_place(*this, given.front(), [&] {
    return parts_.core->language.parse(given.front().text, vocabulary, request_.bindings);
  });
}

Order Call::order(std::string_view clause, const Vocabulary& vocabulary) const {
  Order order;
  for (const CommandWord& item : words(clause))
    order.push_back(in_place(
        *this, item, [&] { return parts_.core->language.parse_order(item.text, vocabulary); }));
  return order;
}

Ordinal Call::find_one(const std::string& text, const CommandWord& word) const {
  const Store& store = parts_.core->store;
  if (const Ordinal found = parts_.tasks->find(store, who_, text); found != 0) return found;
  const auto look = [&](Filter f) {
    std::vector<std::pair<Ordinal, std::string>> found;
    Query query;
    query.filter = std::move(f);
    query.limit = 6;
    query.budget = question_budget;
    parts_.tasks->query(store, who_, query, [&](const Row& row) {
      found.emplace_back(row.ordinal(), row.id());
      return true;
    });
    if (found.size() > 1) {
      std::string facts;
      JsonWriter w(facts);
      w.object().key("line").value(parsed_.line).key("candidates").array();
      for (const auto& [ordinal, id] : found) w.value(id);
      w.end_array().end_object();
      Error error(ErrorCode::conflict,
                  fmt::format("'{}' means more than one task; give more of the id", text));
      error.at(word.position).in("task").with(std::move(facts));
      throw error;
    }
    return found.empty() ? Ordinal{0} : found.front().first;
  };
  Ordinal found = 0;
  if (could_begin_id(text)) found = look(pattern(Filter::Op::like, record_id(), text + "%"));
  if (found == 0 && !text.empty()) found = look(eq(field("name"), text));
  if (found != 0) return found;
  const Error placed_error = line_error(
      parsed_.line, word.position,
      fmt::format("no task has '{}' as its id, the beginning of it ({} characters or more) or its "
                  "name",
                  text, shortest_id));
  Error error(ErrorCode::not_found, placed_error.what());
  error.at(word.position).in("task").with(placed_error.detail());
  throw error;
}

std::vector<Ordinal> Call::known(const std::vector<std::string>& ids) const {
  std::vector<Ordinal> found;
  for (const auto& id : ids)
    if (const Ordinal o = parts_.tasks->find(parts_.core->store, who_, id); o != 0)
      found.push_back(o);
  return found;
}

Call::Found Call::found(const Selection& s, const CommandWord& word) const {
  const CommandWord in{s.in, word.position, true}, where{s.where, word.position, true};
  Found found{tasks_of(&in, &where, s.all, s.bindings), known(s.except)};
  std::sort(found.except.begin(), found.except.end());
  return found;
}

std::optional<Call::Found> Call::found_by(const CommandWord& word) const {
  const auto named = request_.selections.find(word.text);
  if (named == request_.selections.end() || !named->second.by_filter) return std::nullopt;
  return found(named->second, word);
}

std::vector<Ordinal> Call::selected(const Selection& s, const CommandWord& word) const {
  if (!s.by_filter) return known(s.ids);
  const auto [filter, except] = found(s, word);
  auto ordinals = parts_.tasks->ids(parts_.core->store, who_, filter, {}, question_budget);
  std::erase_if(ordinals,
                [&](Ordinal o) { return std::binary_search(except.begin(), except.end(), o); });
  return ordinals;
}

std::vector<Ordinal> Call::tasks_named(const CommandWord& word) const {
  std::vector<Ordinal> found;
  const auto add = [&](const std::string& text) {
    if (const auto s = request_.selections.find(text); s != request_.selections.end()) {
      const auto more = selected(s->second, word);
      found.insert(found.end(), more.begin(), more.end());
    } else {
      found.push_back(find_one(text, word));
    }
  };
  if (word.quoted) {
    add(word.text);
  } else {
    std::size_t begin = 0;
    while (begin <= word.text.size()) {
      const std::size_t comma = std::min(word.text.find(',', begin), word.text.size());
      add(word.text.substr(begin, comma - begin));
      begin = comma + 1;
    }
  }
  std::vector<Ordinal> once;
  for (const Ordinal o : found)
    if (std::find(once.begin(), once.end(), o) == once.end() || once.size() > 1000)
      once.push_back(o);
  if (once.size() > most_named)
    throw Error(ErrorCode::too_large,
                fmt::format("'{}' are {} tasks; a command takes at most {} by name", word.text,
                            once.size(), most_named))
        .at(word.position)
        .in("task");
  return once;
}

Ordinal Call::task_named(const CommandWord& word) const {
  const auto found = tasks_named(word);
  if (found.size() != 1)
    throw wrong(word, fmt::format("one task is needed here, '{}' are {}", word.text, found.size()));
  return found.front();
}

Error Call::wrong(const CommandWord& word, const std::string& sentence) const {
  return line_error(parsed_.line, word.position, sentence);
}

}  // namespace podium::host::commands

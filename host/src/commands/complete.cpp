#include "commands/complete.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "commands/known_keys.hpp"
#include "commands/place.hpp"
#include "commands/table_of.hpp"
#include "commands/verbs/task_list.hpp"
#include "podium/http/json_writer.hpp"
#include "podium/storage_kit/text.hpp"
#include "query/lexer.hpp"
#include "query/podium_vocabulary.hpp"
#include "query/vocabularies.hpp"
#include "services/projects/scope.hpp"
#include "services/table/table.hpp"

namespace podium::host::commands {
namespace {

using Kind = ClauseSpec::Kind;

constexpr std::size_t most_matches = 200;
constexpr std::uint64_t most_tasks = 20;
constexpr Budget quick{20'000, std::chrono::milliseconds(8)};

/// A text as the query language or the line takes it for one word.
std::string quoted_text(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  return out + "'";
}

/// A pattern for what was typed: LIKE knows no escape, so that its own signs stand for any one.
std::string any_text(std::string text) {
  std::replace(text.begin(), text.end(), '%', '_');
  return text;
}

bool is_comparison(const std::string& word) {
  if (!word.empty() && word.find_first_not_of("<>=!") == word.npos) return true;
  const std::string w = lower(word);
  return w == "like" || w == "ilike" || w == "matches" || w == "rlike";
}

bool joins_conditions(const std::string& word) {
  const std::string w = lower(word);
  return w == "and" || w == "or" || w == "not" || w == "(";
}

class Completer {
 public:
  Completer(const Parts& parts, const Commands& commands, const Principal& who, const Place& place,
            const std::vector<std::string>& results)
      : parts_(parts), commands_(commands), who_(who), place_(place), results_(results) {
    folded_ = kit::fold(place.prefix);
  }

  Matches run() {
    if (place_.in_verb)
      verbs();
    else if (place_.clause == nullptr || place_.on_keyword)
      arguments_and_clauses();
    else
      clause(*place_.clause);
    Matches out{place_.begin, place_.end, std::move(matches_)};
    rank(out.matches);
    return out;
  }

 private:
  // ---- gathering

  void add(std::string text, std::string kind, std::string note = {}) {
    // Keys and names are looked for by any part of them, the language's words by their beginning.
    const std::size_t at = kit::fold(text).find(folded_);
    const bool word = kind == "verb" || kind == "clause" || kind == "keyword" || kind == "operator";
    if (at == std::string::npos || (word && at > 0)) return;
    if (seen_.insert(text).second)
      matches_.push_back({std::move(text), std::move(kind), std::move(note)});
  }

  /// What begins as it was typed, then what contains it; each as it was found.
  void rank(std::vector<Match>& matches) const {
    const auto begins = [&](const Match& m) {
      const std::string text = kit::fold(m.text);
      return text.starts_with(folded_) || text.substr(1).starts_with(folded_);
    };
    std::stable_partition(matches.begin(), matches.end(), begins);
    if (matches.size() > most_matches) matches.resize(most_matches);
  }

  // ---- places

  void verbs() {
    for (const auto& verb : commands_.all()) add(verb.word, "verb", verb.usage.summary);
  }

  void clauses() {
    for (const ClauseSpec& c : place_.usage.clauses) {
      add(c.name, "clause", c.help);
    }
  }

  void arguments_and_clauses() {
    const std::string& takes = place_.usage.arguments;
    if (place_.clause == nullptr && place_.usage.most > 0) {
      if (takes.find("TASK") != takes.npos &&
          (place_.before.empty() || takes.find("...") != takes.npos))
        tasks();
      if (takes.find("METRIC") != takes.npos) keys({"metrics"});
      if (takes.find("NAME ...") != takes.npos) names();
      own();
    }
    clauses();
  }

  void clause(const ClauseSpec& spec) {
    if (spec.kind == Kind::filter) return filter();
    if (spec.name == "in") return projects();
    if (spec.value.find('|') != std::string::npos) return choices(spec.value);
    own();
    if (spec.value == "TASKS" || spec.value == "TASK") return tasks();
    if (is_metric(spec)) return keys({"metrics"});
    if (spec.kind != Kind::orders && spec.value != "NAMES" && spec.value != "NAME") return;
    const bool behind_a_name = !place_.before.empty() && place_.before.back() != ",";
    if (spec.kind == Kind::orders && behind_a_name) {
      add("desc", "keyword", "the greatest first");
      add("asc", "keyword", "the least first");
    } else {
      names();
    }
    if (behind_a_name) clauses();
  }

  void choices(const std::string& value) {
    std::size_t begin = 0;
    while (begin <= value.size()) {
      const std::size_t end = std::min(value.find('|', begin), value.size());
      add(value.substr(begin, end - begin), "keyword");
      begin = end + 1;
    }
  }

  /// What the verb itself knows.
  void own() {
    for (auto& s : commands_.suggestions(place_.verb, who_, place_.typed(place_.prefix)))
      add(std::move(s.text), "value", std::move(s.note));
  }

  void filter() {
    const auto& before = place_.before;
    const std::string last = before.empty() ? std::string() : before.back();
    if (before.empty() || joins_conditions(last)) {
      names();
      add("not", "keyword", "the contrary of what follows");
      return;
    }
    if (is_comparison(last)) return values(before.size() >= 2 ? before[before.size() - 2] : "");
    // Inside of a list: `state in ('a', |`.
    for (std::size_t i = before.size(); i-- > 1;) {
      if (before[i] == ")") break;
      if (before[i] != "(") continue;
      if (lower(before[i - 1]) == "in") {
        std::size_t name = i - 1;
        if (name > 0 && lower(before[name - 1]) == "not") --name;
        if (name > 0) return values(before[name - 1]);
      }
      break;
    }
    // Behind a name an operator, behind a condition what joins.
    const bool behind_a_value =
        before.size() >= 2 && (is_comparison(before[before.size() - 2]) || last == ")");
    if (!behind_a_value) {
      for (const char* op : {"=", "!=", ">", "<", ">=", "<="}) add(op, "operator");
      add("in (", "operator", "one of several");
      add("like", "operator", "% is any text, _ one character");
      add("is null", "operator", "there is no value");
    }
    add("and", "keyword");
    add("or", "keyword");
    clauses();
  }

  // ---- what the store knows

  /// Tasks of the clause `in`, wherever it stands; a project that is none counts as all.
  const Filter& scope() {
    if (scope_) return *scope_;
    scope_ = Filter();
    if (std::string name = place_.in(); !name.empty()) {
      const bool below = name.ends_with('/');
      if (below) name.pop_back();
      try {
        parts_.core->store.read([&](const Reader& reader) {
          scope_ = in_projects(projects_in(*parts_.projects, reader, who_, name,
                                           below ? Scope::subprojects : Scope::project));
        });
      } catch (const Error&) {
      }
    }
    return *scope_;
  }

  KnownKeys& known() {
    if (!known_) known_.emplace(parts_, who_, scope());
    return *known_;
  }

  static std::string note_of(const KnownWords& found, const KnownWord& word) {
    if (word.count == 0) return found.looked_at == 0 ? "" : "of older tasks";
    return found.of_newest ? fmt::format("{} of the newest {} tasks", word.count, found.looked_at)
                           : fmt::format("{} task{}", word.count, word.count == 1 ? "" : "s");
  }

  void keys(std::initializer_list<const char*> maps) {
    for (const char* map : maps) {
      const std::string kind = map == std::string_view("params")    ? "param"
                               : map == std::string_view("tags")    ? "tag"
                               : map == std::string_view("metrics") ? "metric"
                                                                    : "property";
      const KnownWords found = known().keys(map, place_.prefix);
      for (const KnownWord& w : found.words) add(w.text, kind, note_of(found, w));
    }
  }

  void names() {
    for (const char* map : {"metrics", "params", "tags", "properties"})
      // Who typed the whole name of one means it, and not what else has it in its name.
      if (folded_.starts_with(std::string(map) + ".")) {
        keys({map});
        return;
      }
    keys({"metrics", "params", "tags", "properties"});
    const EntityVocabulary& words = parts_.words->of("tasks");
    for (const std::string& name : words.names()) add(name, "field");
  }

  void values(const std::string& name) {
    const EntityVocabulary& words = parts_.words->of("tasks");
    for (const auto& [field, allowed] : words.options().words)
      if (field == name) {
        for (const std::string& word : allowed) add(quoted_text(word), "value");
        return;  // there are no others
      }
    if (name == "project" || name == "project.name") return projects(true);
    Path path;
    try {
      path = parts_.core->language.parse_order(name, words).path;
    } catch (const Error&) {
      return;
    }
    const bool text = path.kind == Path::Kind::map ||
                      (path.kind == Path::Kind::field && is_text(words.collection(), path.name));
    if (!text || (path.kind == Path::Kind::map && path.key.empty())) return;
    const KnownWords found = known().values(path, place_.prefix);
    for (const KnownWord& w : found.words) {
      const bool number = path.kind == Path::Kind::map && kit::number_of(w.text).has_value();
      add(number ? w.text : quoted_text(w.text), "value", note_of(found, w));
    }
  }

  static bool is_text(const Collection& collection, const std::string& name) {
    return std::any_of(collection.fields.begin(), collection.fields.end(), [&](const Field& f) {
      return f.name == name && (f.type == Type::text || f.type == Type::scalar);
    });
  }

  void projects(bool as_text = false) {
    Query q;
    if (!place_.prefix.empty())
      q.filter = pattern(Filter::Op::ilike, field("name"), "%" + any_text(place_.prefix) + "%");
    q.columns = {value_of(field("name"))};
    q.order = newest_first();
    q.limit = 1000;
    q.budget = quick;
    try {
      parts_.projects->query(parts_.core->store, who_, q, [&](const Row& row) {
        const Value name = owned(row.cell(0));
        if (const auto* text = std::get_if<std::string>(&name))
          add(as_text ? quoted_text(*text) : quoted(*text, place_.usage.clauses), "project");
        return true;
      });
    } catch (const Error& e) {
      if (e.code() != ErrorCode::too_expensive) throw;
    }
  }

  void tasks() {
    for (const std::string& name : results_) add(name, "result", "a result of a command before");
    Query q;
    q.filter = all_of({scope(), eq(field("archived"), false)});
    if (!place_.prefix.empty()) {
      const std::string begin = any_text(place_.prefix) + "%";
      q.filter =
          all_of({std::move(q.filter), any_of({pattern(Filter::Op::like, record_id(), begin),
                                               pattern(Filter::Op::ilike, field("name"), begin)})});
    }
    q.order = newest_first();
    q.limit = most_tasks;
    q.columns = {value_of(field("name"))};
    q.budget = quick;
    std::vector<std::pair<std::string, std::string>> found;
    try {
      parts_.tasks->query(parts_.core->store, who_, q, [&](const Row& row) {
        const Value name = owned(row.cell(0));
        const auto* text = std::get_if<std::string>(&name);
        found.emplace_back(row.id(), text == nullptr ? std::string() : *text);
        return true;
      });
    } catch (const Error& e) {
      if (e.code() != ErrorCode::too_expensive) throw;
    }
    for (const auto& [id, name] : found) {
      const auto same = std::count_if(found.begin(), found.end(),
                                      [&](const auto& other) { return other.second == name; });
      if (!name.empty() && same == 1) add(quoted(name, place_.usage.clauses), "task", id);
      if (same != 1 || id.starts_with(place_.prefix)) add(id, "task");
    }
  }

  const Parts& parts_;
  const Commands& commands_;
  const Principal& who_;
  const Place& place_;
  const std::vector<std::string>& results_;
  std::string folded_;
  std::optional<Filter> scope_;
  std::optional<KnownKeys> known_;
  std::set<std::string> seen_;
  std::vector<Match> matches_;
};

}  // namespace

Matches complete(const Parts& parts, const Commands& commands, const Principal& who,
                 std::string_view line, std::size_t cursor,
                 const std::vector<std::string>& results) {
  parts.core->access.require(who, "task.read");
  // The words of the language are everybody's; what is told of the store asks Access by itself.
  who.mark_checked();
  const Place place = place_in(line, cursor, commands);
  return Completer(parts, commands, who, place, results).run();
}

std::string to_json(const Matches& found) {
  std::string out;
  JsonWriter w(out);
  w.object().key("start").value(static_cast<std::int64_t>(found.begin));
  w.key("end").value(static_cast<std::int64_t>(found.end)).key("matches").array();
  for (const Match& m : found.matches)
    w.object()
        .key("text")
        .value(m.text)
        .key("kind")
        .value(m.kind)
        .key("note")
        .value(m.note)
        .end_object();
  w.end_array().end_object();
  return out;
}

}  // namespace podium::host::commands

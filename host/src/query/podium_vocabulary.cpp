#include "query/podium_vocabulary.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>

#include "podium/http/json_writer.hpp"
#include "podium/storage_kit/declaration.hpp"
#include "podium/storage_kit/text.hpp"
#include "query/cursor.hpp"
#include "query/lexer.hpp"
#include "query/statistics.hpp"
#include "query/times.hpp"

namespace podium::host {
namespace {

/// How many records a comparison with a referred-to name may stand for.
constexpr std::size_t most_named = 100'000;

/// `nearest` is what was probably meant, for programs: {"nearest": ...} in the facts.
[[noreturn]] void fail(std::size_t position, const std::string& sentence,
                       std::string_view nearest = {}) {
  Error error(ErrorCode::invalid, sentence);
  error.at(static_cast<std::int64_t>(position));
  if (!nearest.empty()) {
    std::string facts;
    JsonWriter(facts).object().key("nearest").value(nearest).end_object();
    error.with(std::move(facts));
  }
  throw error;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& names) {
  const std::string near = kit::nearest(word, names);
  return near.empty() ? "" : fmt::format("; did you mean '{}'?", near);
}

template <class T>
const T* named(const std::vector<T>& items, std::string_view name) {
  const auto it =
      std::find_if(items.begin(), items.end(), [&](const T& i) { return i.name == name; });
  return it == items.end() ? nullptr : &*it;
}

bool is_pattern(Operator op) { return op >= Operator::like && op <= Operator::not_matches; }
bool is_list(Operator op) { return op == Operator::in || op == Operator::not_in; }
bool is_negated(Operator op) {
  return op == Operator::not_in || op == Operator::not_like || op == Operator::not_ilike ||
         op == Operator::not_matches || op == Operator::is_not_null;
}

Compare compare_of(Operator op) {
  switch (op) {
    case Operator::ne:
      return Compare::ne;
    case Operator::lt:
      return Compare::lt;
    case Operator::le:
      return Compare::le;
    case Operator::gt:
      return Compare::gt;
    case Operator::ge:
      return Compare::ge;
    default:
      return Compare::eq;
  }
}

Filter::Op pattern_of(Operator op) {
  switch (op) {
    case Operator::like:
    case Operator::not_like:
      return Filter::Op::like;
    case Operator::ilike:
    case Operator::not_ilike:
      return Filter::Op::ilike;
    default:
      return Filter::Op::matches;
  }
}

bool is_null_literal(const Literal& l) { return !l.text && !l.number && !l.boolean; }

/// The rest of `child.name` as a name of its own.
Identifier inner_name(const Identifier& id, const QueryFeatures& features) {
  const std::size_t skip =
      static_cast<std::size_t>(id.prefix.data() - id.source.data()) + id.prefix.size();
  const std::size_t dot = id.source.find('.', skip);
  auto inner = query::identifier_of(id.source.substr(dot + 1), id.position + dot + 1, features);
  if (!inner) fail(id.position, fmt::format("'{}' is no name", query::excerpt(id.source)));
  return std::move(*inner);
}

}  // namespace

EntityVocabulary::EntityVocabulary(Collection collection, EntityOptions options)
    : collection_(std::move(collection)), options_(std::move(options)) {
  if (!options_.now)
    options_.now = [] {
      return std::chrono::duration_cast<std::chrono::milliseconds>(
                 std::chrono::system_clock::now().time_since_epoch())
          .count();
    };
}

std::string_view EntityVocabulary::unaliased(std::string_view name) const {
  for (const auto& [alias, target] : options_.aliases)
    if (alias == name) return target;
  return name;
}

const EntityOptions::Child* EntityVocabulary::find_child(std::string_view name) const {
  return named(options_.children, unaliased(name));
}

std::vector<std::string> EntityVocabulary::names() const {
  std::vector<std::string> result;
  for (const Field& f : collection_.fields) result.push_back(f.name);
  for (const char* name : {"id", "ordinal", "version"}) result.emplace_back(name);
  for (const Map& m : collection_.maps) result.push_back(m.name + ".");
  for (const Series& s : collection_.series) result.push_back(s.name + ".");
  if (options_.references != nullptr)
    for (const Field& f : collection_.fields)
      if (f.type == Type::reference && options_.references->has_name(f))
        result.push_back(f.name + ".name");
  for (const auto& c : options_.children) result.push_back(c.name + ".");
  return result;
}

void EntityVocabulary::unknown(const Identifier& id) const {
  std::vector<std::string> known = names();
  for (const auto& [alias, target] : options_.aliases) known.push_back(alias);
  const bool dotted = !id.prefix.empty();
  std::string word(dotted ? id.prefix : std::string_view(id.key));
  std::vector<std::string> bare = known;
  for (std::string& name : bare)
    if (name.ends_with('.')) name.pop_back();
  std::string hint, meant, near = kit::nearest(word, bare);
  if (near.empty()) {  // names are in lower case
    std::transform(word.begin(), word.end(), word.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    near = kit::nearest(word, bare);
    if (near == word) word.clear();
  }
  if (!near.empty()) {
    const std::string whole = std::find(known.begin(), known.end(), near) != known.end()
                                  ? near
                                  : near + (dotted ? "." + id.key : ".KEY");
    if (dotted || whole == near) meant = whole;
    hint = near == word ? fmt::format("; write '{}'", whole)
                        : fmt::format("; did you mean '{}'?", whole);
  } else {
    for (std::string& name : known)
      if (name.ends_with('.')) name += "KEY";
    hint =
        fmt::format("; known are {}",
                    fmt::join(known.begin(),
                              known.begin() + static_cast<std::ptrdiff_t>(names().size()), ", "));
  }
  fail(id.position,
       fmt::format("{} have no '{}'{}", collection_.name, query::excerpt(id.source), hint), meant);
}

EntityVocabulary::Target EntityVocabulary::resolve_series(const Series& s,
                                                          const Identifier& id) const {
  Target t;
  std::string key = id.key, scope = id.scope;
  Statistic statistic = Statistic::last;
  if (!id.quoted) {
    if (const auto at = key.find('@'); scope.empty() && at != std::string::npos) {
      scope = key.substr(at + 1);
      key.resize(at);
      if (scope.empty() || key.empty())
        fail(id.position,
             fmt::format("'{}' has an '@' without a key before it and a scope behind it; put "
                         "a key that holds an '@' in back-ticks",
                         query::excerpt(id.source)));
    }
    if (const auto dot = key.rfind('.'); dot != std::string::npos && dot > 0) {
      if (const auto found = query::statistic_of(std::string_view(key).substr(dot + 1))) {
        statistic = *found;
        key.resize(dot);
      }
    }
  } else if (!id.suffix.empty()) {
    const auto found = query::statistic_of(id.suffix);
    if (!found) {
      std::vector<std::string> known;
      for (const auto& entry : query::statistics) known.emplace_back(entry.first);
      fail(id.position,
           fmt::format("'{}' is no statistic{}; known are {}", query::excerpt(id.suffix),
                       did_you_mean(id.suffix, known), fmt::join(known, ", ")));
    }
    statistic = *found;
  }
  switch (statistic) {
    case Statistic::count:
    case Statistic::last_step:
    case Statistic::first_step:
    case Statistic::min_step:
    case Statistic::max_step:
      t.kind = Kind::integer;
      break;
    case Statistic::last_time:
    case Statistic::first_time:
      t.kind = Kind::time;
      break;
    default:
      t.kind = Kind::real;
      break;
  }
  t.path = series(s.name, std::move(key), statistic, std::move(scope));
  return t;
}

EntityVocabulary::Target EntityVocabulary::resolve(const Identifier& id) const {
  Target t;
  if (id.prefix.empty()) {
    const std::string_view name = unaliased(id.key);
    if (!id.suffix.empty() || !id.scope.empty()) unknown(id);
    if (const Field* f = named(collection_.fields, name)) {
      t.path = field(f->name);
      t.field = f;
      switch (f->type) {
        case Type::text:
          t.kind = Kind::text;
          break;
        case Type::integer:
          t.kind = is_duration(f->name) ? Kind::duration : Kind::integer;
          break;
        case Type::real:
          t.kind = Kind::real;
          break;
        case Type::boolean:
          t.kind = Kind::boolean;
          break;
        case Type::time:
          t.kind = Kind::time;
          break;
        case Type::scalar:
          t.kind = Kind::dual;
          break;
        case Type::reference:
          t.kind = Kind::reference;
          break;
      }
      return t;
    }
    if (name == "id") {
      t.path = record_id();
      return t;
    }
    t.kind = Kind::integer;
    if (name == "ordinal") {
      t.path = record_ordinal();
      return t;
    }
    if (name == "version") {
      t.path = record_version();
      return t;
    }
    unknown(id);
  }
  const std::string_view prefix = unaliased(id.prefix);
  if (const Map* m = named(collection_.maps, prefix)) {
    if (!id.suffix.empty() || !id.scope.empty())
      fail(id.position, fmt::format("'{}' is no name; put the whole key in back-ticks",
                                    query::excerpt(id.source)));
    t.path = entry(m->name, id.key);
    t.kind = Kind::dual;
    return t;
  }
  if (const Series* s = named(collection_.series, prefix)) return resolve_series(*s, id);
  const Field* f = named(collection_.fields, prefix);
  if (f != nullptr && f->type == Type::reference && id.key == "ordinal") {
    t.path = field(f->name);
    t.kind = Kind::integer;
    return t;
  }
  if (reference_of_name(id) != nullptr)
    fail(id.position, fmt::format("'{}' can be compared, not ordered or grouped by here; use '{}'",
                                  query::excerpt(id.source), f->name));
  unknown(id);
}

bool EntityVocabulary::is_duration(std::string_view name) const {
  const auto& known = options_.durations;
  return std::find(known.begin(), known.end(), name) != known.end();
}

const Field* EntityVocabulary::reference_of_name(const Identifier& id) const {
  if (id.prefix.empty() || id.quoted || id.key != "name" || options_.references == nullptr)
    return nullptr;
  const Field* f = named(collection_.fields, unaliased(id.prefix));
  const bool found =
      f != nullptr && f->type == Type::reference && options_.references->has_name(*f);
  return found ? f : nullptr;
}

Path EntityVocabulary::path(const Identifier& id) const { return resolve(id).path; }

OrderKey EntityVocabulary::order(const Identifier& id, bool descending) const {
  return {resolve(id).path, descending, false};
}

const Vocabulary& EntityVocabulary::child(const Identifier& name) const {
  const auto* c = name.prefix.empty() ? find_child(name.key) : nullptr;
  if (c != nullptr) return *c->vocabulary;
  std::vector<std::string> known;
  for (const auto& each : options_.children) known.push_back(each.name);
  fail(name.position, fmt::format("{} have no records '{}' to ask for with ANY{}", collection_.name,
                                  query::excerpt(name.source), did_you_mean(name.key, known)));
}

Filter EntityVocabulary::any_of_child(const Identifier& name, Filter inner) const {
  child(name);
  const auto* c = find_child(name.key);
  return any(c->vocabulary->collection().name, c->reference, std::move(inner));
}

Filter EntityVocabulary::tag_set(const Comparison& c) const {
  const Map* m = c.name.prefix.empty() ? named(collection_.maps, unaliased(c.name.key)) : nullptr;
  if (m == nullptr) {
    std::vector<std::string> known;
    for (const Map& each : collection_.maps) known.push_back(each.name);
    fail(c.name.position,
         fmt::format("{} (...) asks for words of a map; '{}' is none{}", spelling(c.op),
                     query::excerpt(c.name.source), did_you_mean(c.name.key, known)));
  }
  // `not` excludes each: the word is missing; null means that there is no word at all.
  const bool present = c.op != Operator::tags_not;
  std::vector<Filter> arms;
  for (const Literal& l : c.values) {
    if (!l.text && !is_null_literal(l))
      fail(l.position,
           fmt::format("expected a tag in quotes or null, found {}", query::excerpt(l.source)));
    if (l.text && l.text->empty()) fail(l.position, "a tag is not empty");
    const bool negated = l.text ? present : !present;
    arms.push_back(is_null(entry(m->name, l.text.value_or("")), negated));
  }
  if (c.op == Operator::tags_any) return any_of(std::move(arms));
  return all_of(std::move(arms));
}

void EntityVocabulary::check_word(const Target& t, const Literal& l) const {
  if (t.field == nullptr || !l.text) return;
  for (const auto& [name, words] : options_.words) {
    if (name != t.field->name || std::find(words.begin(), words.end(), *l.text) != words.end())
      continue;
    fail(l.position,
         fmt::format("no {} is '{}'{}; known are {}", name, query::excerpt(*l.text),
                     did_you_mean(*l.text, words), fmt::join(words, ", ")),
         kit::nearest(*l.text, words));
  }
}

Value EntityVocabulary::value_of(const Target& t, const Identifier& id, const Literal& l) const {
  const auto wrong = [&](std::string_view needed) {
    fail(l.position, fmt::format("'{}' is compared with {}, found {}", query::excerpt(id.source),
                                 needed, l.source.empty() ? "true" : query::excerpt(l.source)));
  };
  if (is_null_literal(l)) wrong("a value (write IS NULL to ask for what is missing)");
  switch (t.kind) {
    case Kind::text:
      if (t.path.kind == Path::Kind::id && l.integer) return std::to_string(*l.integer);
      if (!l.text) wrong("a text in quotes");
      return *l.text;
    case Kind::dual:
      if (l.text) return *l.text;
      if (!l.number) wrong("a text in quotes or a number");
      return *l.number;
    case Kind::real:
      if (!l.number) wrong("a number");
      return *l.number;
    case Kind::boolean:
      if (!l.boolean) wrong("true or false");
      return *l.boolean;
    case Kind::time:
      if (l.text) {
        if (const auto at = query::read_time(*l.text, options_.now())) return *at;
        wrong("a date ('2026-11-24', '2026-11-24T10:00:00Z'), an age ('-7d') or milliseconds");
      }
      break;
    case Kind::duration:
      if (l.text) {
        if (const auto length = query::read_duration(*l.text)) return *length;
        wrong("a duration ('2h', '1h30m', '90s') or milliseconds");
      }
      break;
    case Kind::integer:
    case Kind::reference:
      break;
  }
  if (l.integer) return *l.integer;
  if (!l.number)
    wrong(t.kind == Kind::time ? "a date in quotes ('2026-11-24'), an age ('-7d') or milliseconds"
          : t.kind == Kind::duration ? "a duration in quotes ('2h') or milliseconds"
                                     : "a number");
  return *l.number;
}

Filter EntityVocabulary::compare_reference(const Target& t, const Comparison& c) const {
  if (c.op != Operator::eq && c.op != Operator::ne && !is_list(c.op))
    fail(c.name.position,
         fmt::format("'{}' knows =, !=, IN, NOT IN, IS NULL and IS NOT NULL, not {}",
                     query::excerpt(c.name.source), c.operator_source));
  std::vector<Ordinal> found;
  for (const Literal& l : c.values) {
    if (!l.text && !l.integer)
      fail(l.position, fmt::format("'{}' is compared with a name or id in quotes, found {}",
                                   query::excerpt(c.name.source),
                                   l.source.empty() ? "true" : query::excerpt(l.source)));
    const std::string text = l.text ? *l.text : std::to_string(*l.integer);
    if (options_.references == nullptr)
      fail(c.name.position, fmt::format("'{}' cannot be looked up here; compare '{}.ordinal'",
                                        query::excerpt(c.name.source), t.field->name));
    const auto ordinals = options_.references->find(*t.field, text, !l.text.has_value());
    if (ordinals.empty())
      fail(l.position,
           fmt::format("{} have no '{}'{}", t.field->target, query::excerpt(text),
                       did_you_mean(text, options_.references->names(*t.field))),
           kit::nearest(text, options_.references->names(*t.field)));
    found.insert(found.end(), ordinals.begin(), ordinals.end());
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  const bool negated = c.op == Operator::ne || c.op == Operator::not_in;
  if (found.size() == 1 && !is_list(c.op))
    return compare(t.path, negated ? Compare::ne : Compare::eq, Value{found.front()});
  return in(t.path, {found.begin(), found.end()}, negated);
}

Filter EntityVocabulary::comparison(const Comparison& c) const {
  if (c.op == Operator::tags_any || c.op == Operator::tags_all || c.op == Operator::tags_not)
    return tag_set(c);
  const bool asks_null = c.op == Operator::is_null || c.op == Operator::is_not_null;
  if (!c.name.prefix.empty()) {
    if (const auto* child = find_child(c.name.prefix)) {
      Comparison inner = c;
      inner.name = inner_name(c.name, features());
      return any(child->vocabulary->collection().name, child->reference,
                 child->vocabulary->comparison(inner));
    }
  } else if (asks_null) {
    // A map without a key is the map as a whole.
    if (const Map* m = named(collection_.maps, unaliased(c.name.key)))
      return is_null(entry(m->name, ""), c.op == Operator::is_not_null);
  }
  if (const Field* reference = reference_of_name(c.name)) return compare_name(*reference, c);
  return compare_target(resolve(c.name), c);
}

Filter EntityVocabulary::compare_name(const Field& reference, const Comparison& c) const {
  Target name;
  name.path = field("name");
  const auto found = options_.references->select(reference, compare_target(name, c));
  if (found.size() > most_named)
    throw Error(ErrorCode::too_expensive, fmt::format("{} {} have such a name; ask more narrowly",
                                                      found.size(), reference.target));
  Filter named = in(field(reference.name), {found.begin(), found.end()});
  if (c.op != Operator::is_null) return named;
  return any_of({is_null(field(reference.name)), std::move(named)});
}

Filter EntityVocabulary::compare_target(const Target& t, const Comparison& c) const {
  const bool asks_null = c.op == Operator::is_null || c.op == Operator::is_not_null;
  if (asks_null) return is_null(t.path, c.op == Operator::is_not_null);
  if (is_pattern(c.op)) {
    const Literal& l = c.values.front();
    if (t.kind != Kind::text && t.kind != Kind::dual)
      fail(c.name.position, fmt::format("'{}' is no text, so {} cannot match it",
                                        query::excerpt(c.name.source), c.operator_source));
    if (!l.text)
      fail(l.position, fmt::format("{} needs a pattern in quotes, found {}", c.operator_source,
                                   query::excerpt(l.source)));
    if (pattern_of(c.op) == Filter::Op::matches) {
      try {
        kit::Pattern(Filter::Op::matches, *l.text);
      } catch (const Error& e) {
        fail(l.position, e.what());
      }
    }
    return pattern(pattern_of(c.op), t.path, *l.text, is_negated(c.op));
  }
  if (c.operator_source.empty() && t.kind != Kind::boolean)
    fail(c.name.position + c.name.source.size(),
         fmt::format("expected an operator (=, <, IN, LIKE, IS NULL, ...) after '{}', which is not "
                     "true or false",
                     query::excerpt(c.name.source)));
  if (t.kind == Kind::reference) return compare_reference(t, c);
  if (t.kind == Kind::boolean && c.op != Operator::eq && c.op != Operator::ne && !is_list(c.op))
    fail(c.name.position, fmt::format("'{}' is true or false; {} has no meaning for it",
                                      query::excerpt(c.name.source), c.operator_source));
  if (c.op == Operator::eq || c.op == Operator::ne || is_list(c.op))
    for (const Literal& l : c.values) check_word(t, l);
  if (is_list(c.op)) {
    std::vector<Value> values;
    values.reserve(c.values.size());
    for (const Literal& l : c.values) values.push_back(value_of(t, c.name, l));
    return in(t.path, std::move(values), is_negated(c.op));
  }
  return compare(t.path, compare_of(c.op), value_of(t, c.name, c.values.front()));
}

}  // namespace podium::host

#include "book.hpp"

namespace podium::rules {
namespace {

/// A filter may name an age, so it is read again when it is older than this.
constexpr std::int64_t fresh_ms = 1000;
constexpr std::string_view cannot_read = "its 'when' cannot be read now: ";

}  // namespace

void Book::understand(Rule rule, std::int64_t now) {
  const Ordinal ordinal = rule.ordinal;
  try {
    // A rule that noted how it goes is the rule that it was.
    if (const auto known = find(ordinal); known && known->rule.watch == rule.watch) {
      if (!rule.last_error.starts_with(cannot_read)) news_.erase(ordinal);
      known->rule = std::move(rule);
      return;
    }
    questions_[ordinal] = std::make_shared<Question>(context_, ids_, rule, now);
    if (unread_.erase(ordinal) != 0 || rule.last_error.starts_with(cannot_read))
      news_[ordinal] = {rule.watch, {}};
    else
      news_.erase(ordinal);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::invalid && e.code() != ErrorCode::not_found &&
        e.code() != ErrorCode::too_expensive)
      throw;
    questions_.erase(ordinal);
    const std::string why = std::string(cannot_read) + e.what();
    if (rule.last_error != why)
      news_[ordinal] = {rule.watch, why};
    else
      news_.erase(ordinal);
    rule.last_error = why;
    unread_.insert_or_assign(ordinal, std::move(rule));
  }
}

void Book::refresh(const Reader& reader, std::int64_t now, std::span<const Ordinal> changed,
                   bool names) {
  bool other = false;
  std::vector<Rule> rules;
  const auto take = [&](const Row& row) {
    rules.push_back(rule_of(row));
    return true;
  };
  if (!read_) {
    questions_.clear();
    unread_.clear();
    Query query;
    query.collection = ids_.rules;
    query.filter = eq(field("enabled"), true);
    query.columns = rule_columns();
    reader.query(query, take);
    read_ = other = true;
  } else if (!changed.empty()) {
    reader.get(ids_.rules, changed, rule_columns(), take);
    std::set<Ordinal> there;
    for (const Rule& rule : rules)
      if (rule.enabled) there.insert(rule.ordinal);
    for (const Ordinal o : changed)
      if (!there.contains(o))
        news_.erase(o), other = (questions_.erase(o) + unread_.erase(o) != 0) || other;
  }
  for (Rule& rule : rules) {
    if (!rule.enabled) continue;
    const auto known = find(rule.ordinal);
    other = other || !known || known->rule.watch != rule.watch;
    understand(std::move(rule), now);
  }
  if (names) {
    std::vector<Rule> again;
    for (const auto& [ordinal, question] : questions_) again.push_back(question->rule);
    for (const auto& [ordinal, rule] : unread_) again.push_back(rule);
    questions_.clear();
    for (Rule& rule : again) understand(std::move(rule), now);
    other = true;
  } else {
    std::vector<Rule> old;
    for (const auto& [ordinal, question] : questions_)
      if (question->rule.moves() && now - question->read_at > fresh_ms)
        old.push_back(question->rule);
    for (Rule& rule : old) {
      questions_.erase(rule.ordinal);
      understand(std::move(rule), now);
      other = true;
    }
  }
  if (other) index();
}

void Book::index() {
  columns_ = {};
  for (const char* name : {"project", "active", "updated"}) columns_.add(value_of(field(name)));
  for (const auto& [ordinal, question] : questions_) columns_.add(*question);
  of_project_.clear();
}

QuestionPtr Book::find(Ordinal rule) const {
  const auto at = questions_.find(rule);
  return at == questions_.end() ? nullptr : at->second;
}

const std::vector<QuestionPtr>& Book::of_project(Ordinal p) {
  const auto [at, added] = of_project_.try_emplace(p);
  if (added)
    for (const auto& [ordinal, question] : questions_)
      if (question->covers(p)) at->second.push_back(question);
  return at->second;
}

}  // namespace podium::rules

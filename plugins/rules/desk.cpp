#include "desk.hpp"

#include <array>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace podium::rules {
namespace {

constexpr std::chrono::seconds longest_wait{5};

std::string body_of(const Rule& rule) {
  return Json{{"parameters", rule.parameters}, {"permissions", rule.permissions}}.dump();
}

Value or_missing(const std::string& text) { return text.empty() ? Value{} : Value{text}; }

}  // namespace

Patch Desk::content(const Rule& rule, const std::string& body) const {
  Patch p;
  p.set("name", rule.name)
      .set("project", rule.project ? Value{*rule.project} : Value{})
      .set("below", or_missing(rule.below))
      .set("subprojects", rule.subprojects)
      .set("when", rule.when)
      .set("quiet", rule.quiet != 0 ? Value{rule.quiet} : Value{})
      .set("action", rule.action)
      .set("enabled", rule.enabled)
      .set("updated", now_());
  p.body = body;
  return p;
}

Rule Desk::require(const Principal& who, std::string_view id) const {
  const Store& store = context_.store();
  const Ids ids(store);
  Query query;
  query.collection = ids.rules;
  query.columns = rule_columns();
  query.filter = all_of({context_.access().visible(who, "rules/rules"),
                         eq(record_ordinal(), store.find(ids.rules, id))});
  std::optional<Rule> found;
  store.query(query, [&](const Row& row) {
    found = rule_of(row);
    return true;
  });
  if (!found)
    throw Error(ErrorCode::not_found, "there is no rule '" + std::string(id.substr(0, 60)) + "'");
  return std::move(*found);
}

std::optional<Rule> Desk::named(const Principal& who, std::string_view name) const {
  const Store& store = context_.store();
  Query query;
  query.collection = Ids(store).rules;
  query.columns = rule_columns();
  query.filter =
      all_of({context_.access().visible(who, "rules/rules"), eq(field("name"), std::string(name))});
  std::optional<Rule> found;
  store.query(query, [&](const Row& row) {
    found = rule_of(row);
    return true;
  });
  return found;
}

Ordinal Desk::add(const Principal& who, const Draft& draft) const {
  if (context_.access().visible(who, "rules/rules").op == Filter::Op::none)
    throw Error(ErrorCode::denied, "you may not write rules");
  Store& store = context_.store();
  const Ids ids(store);
  Rule rule;
  rule.enabled = true;
  apply(draft, rule, context_, ids, who);
  const Phase phase = draft.catch_up ? Phase::catching_up : Phase::arming;
  const std::string body = body_of(rule), user = who.id;
  const std::int64_t now = now_();
  try {
    return store.write([&](Transaction& t) {
      NewRecord record{{}, content(rule, body)};
      record.content.set("user", user)
          .set("created", now)
          .set("watch", std::int64_t{1})
          .set("phase", std::string(name(phase)))
          .set("at", std::int64_t{0});
      return t.insert(ids.rules, record);
    });
  } catch (Error& e) {
    if (e.code() != ErrorCode::exists) throw;
    throw Error(ErrorCode::exists, "there is a rule '" + rule.name + "' already").in("name");
  }
}

void Desk::edit(const Principal& who, const Rule& before, const Draft& draft,
                std::optional<std::int64_t> version) const {
  Store& store = context_.store();
  const Ids ids(store);
  Rule rule = before;
  const bool other = apply(draft, rule, context_, ids, who) || (draft.catch_up && rule.enabled);
  const std::string body = body_of(rule);
  try {
    store.write([&](Transaction& t) {
      Patch patch = content(rule, body);
      if (other) {
        const Phase phase = draft.catch_up ? Phase::catching_up : Phase::arming;
        patch.set("watch", before.watch + 1)
            .set("phase", std::string(name(phase)))
            .set("at", std::int64_t{0});
      }
      // What was wrong is told until somebody does something about it.
      if (draft.enabled) patch.set("disabled_reason", Value{});
      if (draft.action || draft.when || draft.parameters || draft.enabled)
        patch.set("last_error", Value{});
      t.update_version(ids.rules, before.ordinal, version.value_or(before.version), patch);
    });
  } catch (Error& e) {
    if (e.code() != ErrorCode::exists) throw;
    throw Error(ErrorCode::exists, "there is a rule '" + rule.name + "' already").in("name");
  }
}

void Desk::remove(const Principal& who, const Rule& rule,
                  std::optional<std::int64_t> version) const {
  context_.access().visible(who, "rules/rules");
  Store& store = context_.store();
  const Ids ids(store);
  store.write([&](Transaction& t) {
    const Filter still = version ? eq(record_version(), *version) : Filter{};
    if (t.erase(ids.rules, std::span<const Ordinal>(&rule.ordinal, 1), still) == 0)
      throw Error(ErrorCode::conflict, "it was changed meanwhile; read it again and repeat");
  });
}

void Desk::settle(Ordinal rule) const {
  Store& store = context_.store();
  const Ids ids(store);
  static const std::array columns = {value_of(field("enabled")), value_of(field("phase"))};
  std::mutex mutex;
  std::condition_variable changed;
  bool look = false;
  const int watch = store.watch([&](Revision) {
    const std::lock_guard lock(mutex);
    look = true;
    changed.notify_all();
  });
  const auto settled = [&] {
    bool done = true;
    store.get(ids.rules, rule, columns, [&](const Row& row) {
      done = !cell::flag(row.cell(0)) || cell::text(row.cell(1)) == name(Phase::on);
    });
    return done;
  };
  const auto end = std::chrono::steady_clock::now() + longest_wait;
  while (!settled()) {
    std::unique_lock lock(mutex);
    if (!changed.wait_until(lock, end, [&] { return look; })) break;
    look = false;
  }
  store.unwatch(watch);
}

}  // namespace podium::rules

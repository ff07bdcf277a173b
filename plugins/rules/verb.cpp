#include "verb.hpp"

namespace podium::rules {
namespace {

constexpr std::uint64_t most_rows = 1000;

}  // namespace

Verb::Usage RulesVerb::usage() const {
  Usage u;
  u.summary = "The rules: what is done by itself when a filter starts to hold for a task";
  u.arguments = "[on NAME | off NAME]";
  u.most = 2;
  u.clauses = {{"catch-up", ClauseSpec::Kind::flag, "",
                "with on: act on tasks for which it holds already, too"}};
  u.examples = {{"rules", "all of them, with how often they fired"},
                {"rules off \"tell me of failures\"", "switch one off"}};
  u.changes = true;
  return u;
}

Answer RulesVerb::list(const VerbCall& call) const {
  const Store& store = context_.store();
  Query query;
  query.collection = store.collection("rules/rules");
  query.filter = context_.access().visible(call.who(), "rules/rules");
  query.columns = rule_columns();
  query.limit = most_rows;
  AnswerTable table;
  table.entity = "rule";
  table.column("name").column("on", CellType::boolean).column("when").column("action");
  table.column("quiet", CellType::duration).column("fired", CellType::integer);
  table.column("last_fired", CellType::time, "last fired").column("remark");
  const Page page = store.query(query, [&](const Row& row) {
    const Rule r = rule_of(row);
    const std::string& remark = r.disabled_reason.empty() ? r.last_error : r.disabled_reason;
    table.row({r.name, r.enabled, r.when, r.action, r.quiet != 0 ? Value{r.quiet} : Value{},
               r.fired, r.last_fired ? Value{*r.last_fired} : Value{},
               remark.empty() ? Value{} : Value{remark}});
    return true;
  });
  table.truncated = !page.cursor.empty();
  return table;
}

Answer RulesVerb::run(const VerbCall& call) {
  const auto words = call.arguments();
  if (words.empty()) return list(call);
  const bool on = words[0].text == "on";
  if (!on && words[0].text != "off")
    throw call.wrong(words[0], "'rules' is followed by nothing, 'on NAME' or 'off NAME'");
  if (words.size() < 2)
    throw call.wrong(words[0], "'rules " + words[0].text + "' needs the name of a rule");
  const auto rule = desk_.named(call.who(), words[1].text);
  if (!rule) {
    const Error wrong = call.wrong(words[1], "there is no rule of that name");
    throw Error(ErrorCode::not_found, wrong.what()).at(wrong.position()).with(wrong.detail());
  }
  if (!call.dry_run() && (rule->enabled != on || call.has("catch-up"))) {
    Draft draft;
    draft.enabled = on;
    draft.catch_up = call.has("catch-up");
    desk_.edit(call.who(), *rule, draft, rule->version);
    desk_.settle(rule->ordinal);
  }
  Answer answer = list(call);
  if (call.dry_run()) answer.notice("Nothing was changed: this is a dry run.");
  return answer;
}

std::vector<Verb::Suggestion> RulesVerb::complete(const Principal& who,
                                                  const TypedWord& typed) const {
  if (!typed.clause.empty() || typed.arguments.size() > 1) return {};
  if (typed.arguments.empty()) return {{"on"}, {"off"}};
  std::vector<Suggestion> out;
  const Store& store = context_.store();
  static const std::vector<Column> columns{value_of(field("name"))};
  Query query;
  query.collection = store.collection("rules/rules");
  query.filter = context_.access().visible(who, "rules/rules");
  query.columns = columns;
  query.limit = most_rows;
  store.query(query, [&](const Row& row) {
    out.push_back({cell::text(row.cell(0)), "a rule"});
    return true;
  });
  return out;
}

}  // namespace podium::rules

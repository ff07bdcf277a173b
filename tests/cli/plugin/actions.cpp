// A stranger's plugin for the tests of the command line: actions that ask, that fail for some, that
// take as long as the test wants; and verbs that ask and that refuse.
#include <chrono>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "podium/extension/action.hpp"
#include "podium/extension/verb.hpp"
#include "podium/plugin.hpp"
#include "podium/service/tasks.hpp"

namespace {

using namespace podium;

constexpr const char* mark_form = R"({"type":"object","required":["shade"],"properties":{
  "shade":{"enum":["red","green"],"description":"Which mark"},
  "twice":{"type":"boolean"},
  "count_of":{"type":"integer","default":1,"minimum":1}}})";

/// Sets or takes off the tag "marked"; asks first.
class Mark final : public StoreAction {
 public:
  Mark(PluginContext& context, bool sets)
      : StoreAction(sets ? "mark" : "unmark"), context_(context), sets_(sets) {}
  ActionSpec spec() const override {
    ActionSpec s;
    s.label = sets_ ? "Mark" : "Unmark";
    s.tooltip = sets_ ? "Marks finished tasks." : "Takes marks off.";
    if (!sets_) return s;
    s.when = "state in ('completed', 'failed')";
    s.why_not = "Only tasks that have ended can be marked";
    s.confirm = "Mark {count} tasks?";
    s.undo = "unmark";
    s.parameters = mark_form;
    return s;
  }
  ActionOutcome apply(Transaction& t, const ActionTarget& target, const ActionCall& call) override {
    const auto head = context_.tasks().require(t, call.who, target.ordinal);
    ActionOutcome outcome;
    outcome.id = target.id;
    Patch patch;
    if (sets_) {
      patch.put("tags", "marked", call.parameters.at("shade").get<std::string>());
      outcome.undo = "{}";
    } else {
      patch.remove("tags", "marked");
    }
    context_.tasks().edit(t, call.who, head, patch, call.why);
    return outcome;
  }

 private:
  PluginContext& context_;
  const bool sets_;
};

/// Fails for the tasks that it is told to.
class Judge final : public Action {
 public:
  Judge() : Action("judge") {}
  ActionSpec spec() const override {
    ActionSpec s;
    s.label = "Judge";
    s.tooltip = "Says of each task what it is told to say.";
    s.writes = false;
    s.parameters = R"({"type":"object","properties":{
      "bad":{"type":"array","items":{"type":"string"}}}})";
    s.words = "bad";
    s.block = 100;
    return s;
  }
  ActionResult invoke(std::span<const ActionTarget> targets, const ActionCall& call) override {
    ActionResult result;
    const Json bad = call.parameters.value("bad", Json::array());
    for (const ActionTarget& target : targets) {
      ActionOutcome outcome;
      outcome.id = target.id;
      if (std::find(bad.begin(), bad.end(), Json(std::string(target.id))) != bad.end()) {
        outcome.error = ErrorCode::conflict;
        outcome.message = "it is bad";
      }
      result.items.push_back(std::move(outcome));
    }
    result.message = "All were judged.";
    return result;
  }
};

/// Comes back when a file is there, one task after the other.
class Linger final : public Action {
 public:
  Linger() : Action("linger") {}
  ActionSpec spec() const override {
    ActionSpec s;
    s.label = "Linger";
    s.tooltip = "Takes until a file is there.";
    s.parameters =
        R"({"type":"object","required":["file"],"properties":{"file":{"type":"string"}}})";
    return s;
  }
  ActionResult invoke(std::span<const ActionTarget> targets, const ActionCall& call) override {
    const std::filesystem::path file = call.parameters.at("file").get<std::string>();
    while (!std::filesystem::exists(file)) {
      if (call.cancel.cancelled()) throw Error(ErrorCode::cancelled, "asked to stop");
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ActionResult result;
    for (const ActionTarget& target : targets) result.items.push_back({std::string(target.id)});
    return result;
  }
};

/// A verb that nobody may use.
class Forbidden final : public Verb {
 public:
  Forbidden() : Verb("forbidden") {}
  Usage usage() const override { return {"Refuses everybody"}; }
  Answer run(const VerbCall& call) override {
    call.who().mark_checked();
    throw Error(ErrorCode::denied, "you may not do this; ask who runs this podium");
  }
};

/// A verb that asks a question of its own.
class Asks final : public Verb {
 public:
  Asks() : Verb("inquire") {}
  Usage usage() const override {
    Usage u;
    u.summary = "Asks, then tells what was answered";
    u.arguments = "WORD";
    u.most = 1;
    u.clauses = {clauses::yes()};
    return u;
  }
  Answer run(const VerbCall& call) override {
    call.who().mark_checked();
    if (call.has("yes")) return AnswerText{"done as '" + call.text("yes") + "'\n"};
    AnswerQuestion question;
    question.text = "Really?";
    question.affected = 1;
    question.token = "t1";
    return question;
  }
};

/// A verb that draws: a figure whose names are other people's, as large as it is told.
class Sketches final : public Verb {
 public:
  Sketches() : Verb("sketch") {}
  Usage usage() const override {
    Usage u;
    u.summary = "Draws a word so many times";
    u.arguments = "WORD";
    u.least = u.most = 1;
    u.clauses = {clauses::limit(), {"vega", ClauseSpec::Kind::flag, "", "in Vega"}};
    return u;
  }
  Answer run(const VerbCall& call) override {
    call.who().mark_checked();
    AnswerFigure figure;
    const std::string& word = call.arguments()[0].text;
    figure.title = word + " drawn";
    figure.table.column("what").column("height", CellType::integer);
    Json values = Json::array();
    for (std::int64_t i = 0; i < call.number("limit").value_or(3); ++i) {
      values.push_back({{"what", word}, {"height", i}});
      figure.table.row({word, i});
    }
    Json spec = {{"$schema", "https://vega.github.io/schema/vega-lite/v5.json"},
                 {"mark", "bar"},
                 {"data", {{"values", values}}},
                 {"encoding", {{"x", {{"field", "height"}}}}}};
    if (call.has("vega")) {
      figure.media_type = "application/vnd.vega.v5+json";
      spec = {{"$schema", "https://vega.github.io/schema/vega/v5.json"},
              {"data", {{{"name", "source"}, {"values", values}}}}};
    }
    figure.specification = spec.dump();
    return figure;
  }
};

class TestPlugin final : public Plugin {
 public:
  void load(PluginContext& context) override {
    context.add(std::make_unique<Mark>(context, true));
    context.add(std::make_unique<Mark>(context, false));
    context.add(std::make_unique<Judge>());
    context.add(std::make_unique<Linger>());
    context.add(std::make_unique<Forbidden>());
    context.add(std::make_unique<Asks>());
    context.add(std::make_unique<Sketches>());
  }
};

}  // namespace

PODIUM_PLUGIN(TestPlugin, .id = "test.cli", .version = "1.0.0",
              .summary = "Actions and verbs for the tests of the command line")

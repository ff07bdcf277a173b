#include <algorithm>
#include <random>
#include <set>

#include "actions.hpp"
#include "commands/answer_json.hpp"
#include "plugin/verb_rule.hpp"
#include "verbs.hpp"

namespace podium::test {
namespace {

using host::commands::CommandRequest;

constexpr const char* every_kind = R"({"type":"object","required":["queue"],"properties":{
 "queue":{"type":"string","description":"Where it waits.","maxLength":50},
 "env":{"enum":["staging","prod"]},
 "gpu_count":{"type":"integer","default":1},
 "rate":{"type":"number"},
 "force":{"type":"boolean"},
 "notify":{"type":"boolean","default":true},
 "with_tags":{"type":"array","items":{"type":"string"}},
 "grid":{"type":"object"}}})";

ActionSpec form(const char* parameters) {
  ActionSpec spec;
  spec.tooltip = "Puts tasks into a queue.";
  spec.parameters = parameters;
  return spec;
}

ActionSpec tagging() {
  ActionSpec spec = form(
      R"({"type":"object","required":["tags"],"properties":{
          "tags":{"type":"array","items":{"type":"string"}}}})");
  spec.words = "tags";
  return spec;
}

Json facts_of(const Error& e) { return Json::parse(e.detail()); }

TEST_CASE("an action is a verb with a clause for each parameter") {
  ActionHost h;
  h.add("enqueue", form(every_kind));
  const auto usage = h.commands.usage("enqueue");
  REQUIRE(usage);
  CHECK(usage->summary == "Puts tasks into a queue");
  CHECK(usage->changes);
  std::map<std::string, ClauseSpec> clauses;
  for (const ClauseSpec& c : usage->clauses) clauses[c.name] = c;
  for (const char* name : {"in", "where", "all", "except", "why", "yes"})
    CHECK(clauses.contains(name));
  using Kind = ClauseSpec::Kind;
  CHECK(clauses.at("queue").kind == Kind::word);
  CHECK(clauses.at("queue").required);
  CHECK(clauses.at("queue").help == "Where it waits");
  CHECK(clauses.at("env").value == "staging|prod");
  CHECK(clauses.at("gpu-count").kind == Kind::word);
  CHECK(clauses.at("gpu-count").help == "else 1");
  CHECK(clauses.at("force").kind == Kind::flag);
  CHECK(clauses.at("notify").value == "true|false");
  CHECK(clauses.at("with-tags").kind == Kind::list);
  CHECK(clauses.at("grid").value == "JSON");
  CHECK_FALSE(clauses.contains("gpu_count"));
  CHECK(host::commands::usage_line("enqueue", *usage).find("[yes [TOKEN]]") != std::string::npos);
  const auto words = h.commands.words();
  CHECK(std::find(words.begin(), words.end(), "enqueue") != words.end());
  for (const auto& verb : h.commands.all())
    if (verb.word == "enqueue") {
      CHECK(verb.plugin == "acme");
      CHECK(verb.action == "enqueue");
    }
  // Its clauses are words of the grammar like any verb's.
  for (const ClauseSpec& c : usage->clauses) CHECK(host::is_verb_word(c.name));
  for (const auto& example : usage->examples) {
    CommandRequest request;
    request.line = example.line;
    INFO(example.line);
    CHECK_NOTHROW(h.commands.parse(request));
  }
}

TEST_CASE("parameters are typed as what they are") {
  ActionHost h;
  h.add("enqueue", form(every_kind));
  const std::string task = h.task(h.project("p"));
  h.run("enqueue " + task +
        " queue 'gpu 1' env prod gpu-count -2 rate 0.5 force notify false with-tags a, 'b c' grid "
        "'{\"lr\": [1, 2]}' why 'it''s time'");
  CHECK(h.last().action == "enqueue");
  CHECK(h.last().selection.ids == std::vector<std::string>{task});
  CHECK(h.last().options.why == "it's time");
  CHECK(h.last().parameters == Json::parse(R"({"queue":"gpu 1","env":"prod","gpu_count":-2,
    "rate":0.5,"force":true,"notify":false,"with_tags":["a","b c"],"grid":{"lr":[1,2]}})"));
  // As a shell has it.
  CommandRequest request;
  request.argv = {"enqueue", "--yes", task, "--queue", "q", "--gpu-count=3", "--with-tags", "a,b"};
  h.run(request);
  CHECK(h.last().parameters == Json::parse(R"({"queue":"q","gpu_count":3,"with_tags":["a","b"]})"));
  CHECK(h.last().selection.ids == std::vector<std::string>{task});
}

TEST_CASE("what spells no such value is told with its place") {
  ActionHost h;
  h.add("enqueue", form(every_kind));
  const std::string task = h.task(h.project("p"));
  const auto wrong = [&](const std::string& clauses) {
    const std::string line = "enqueue " + task + " " + clauses;
    const Error e = error_of([&] { h.run(line); });
    CHECK(e.code() == ErrorCode::invalid);
    CHECK(facts_of(e).at("line") == line);
    return std::make_pair(
        std::string(e.what()),
        e.position() < 0 ? "" : line.substr(static_cast<std::size_t>(e.position())));
  };
  CHECK(wrong("queue q gpu-count many").second == "many");
  CHECK(wrong("queue q gpu-count many").first.find("a whole number") != std::string::npos);
  CHECK(wrong("queue q rate x").second == "x");
  CHECK(wrong("queue q notify maybe").second == "maybe");
  CHECK(wrong("queue q grid {").second == "{");
  CHECK(wrong("env prod").first.find("needs the clause 'queue QUEUE'") != std::string::npos);
  CHECK(wrong("queue q fource").first.find("did you mean 'force'?") != std::string::npos);
  h.actions.refusal = "its parameters do not fit: /env: no value of its list";
  h.actions.refused = "parameters.env";
  CHECK(wrong("queue q env nowhere").second == "nowhere");
  CHECK(h.actions.asked.empty());
}

TEST_CASE("words behind the tasks are a parameter") {
  ActionHost h;
  h.add("label", tagging());
  const Ordinal p = h.project("vision");
  const std::string one = h.task(p), two = h.task(p);
  h.run("label " + one + ", " + two + " 'a b' c=d");
  CHECK(h.last().selection.ids == std::vector<std::string>{one, two});
  CHECK(h.last().parameters == Json::parse(R"({"tags":["a b","c=d"]})"));
  h.run("label a b in vision");
  CHECK(h.last().selection.ids.empty());
  CHECK(h.last().parameters == Json::parse(R"({"tags":["a","b"]})"));
  CHECK(error_of([&] { h.run("label " + one); }).code() == ErrorCode::invalid);
  CHECK(error_of([&] { h.run("label in vision"); }).code() == ErrorCode::invalid);
}

TEST_CASE("tasks are named, or found by a filter that stays one") {
  ActionHost h;
  h.add("archive", {});
  const Ordinal p = h.project("vision");
  const std::string one = h.task(p), two = h.task(p), three = h.task(p);
  const auto ordinal = [&](const std::string& id) { return h.tasks().find(*h.store, h.me, id); };

  h.run("archive " + one + " " + two);
  CHECK(h.last().selection.ids == std::vector<std::string>{one, two});
  h.run("archive " + one + "," + two + " except " + one);
  CHECK(h.last().selection.ids == std::vector<std::string>{two});
  CHECK(h.last().selection.except.empty());

  h.run("archive in vision where state = 'running' except " + two);
  CHECK(h.last().selection.ids.empty());
  CHECK(h.last().selection.except == std::vector<Ordinal>{ordinal(two)});
  CHECK(host::commands::speaks_of_archived(h.last().selection.filter));
  CHECK(h.tasks().ids(*h.store, h.me, h.last().selection.filter, {}).size() == 3);
  h.run("archive all");
  CHECK(h.last().selection.filter.op == Filter::Op::all);

  for (const char* line : {"archive", "archive why x"}) {
    const Error e = error_of([&] { h.run(line); });
    CHECK(std::string(e.what()) == "'archive' needs tasks, or 'in', 'where' or 'all' to say which");
  }
  const Error both = error_of([&] { h.run("archive " + one + " in vision"); });
  CHECK(both.code() == ErrorCode::invalid);
  CHECK(std::string(both.what()).find("'in'") != std::string::npos);
  CHECK(error_of([&] { h.run("archive nothing-such"); }).code() == ErrorCode::not_found);
}

TEST_CASE("archived tasks are left out unless somebody speaks of them") {
  ActionHost h;
  h.add("poke", {});
  ActionSpec back;
  back.when = "archived";
  h.add("unarchive", back);
  h.project("vision");
  const auto left_out = [&](const char* line) {
    h.run(line);
    return host::commands::speaks_of_archived(h.last().selection.filter);
  };
  CHECK(left_out("poke in vision"));
  CHECK_FALSE(left_out("poke in vision all"));
  CHECK_FALSE(left_out("unarchive in vision"));
}

TEST_CASE("a result of a front end is a selection of tasks") {
  ActionHost h;
  h.add("poke", {});
  const Ordinal p = h.project("vision");
  const std::string one = h.task(p), two = h.task(p);
  CommandRequest request;
  request.line = "poke best.selected";
  request.selections["best.selected"].ids = {two, one};
  h.run(request);
  CHECK(h.last().selection.ids == std::vector<std::string>{two, one});

  request.line = "poke best";
  auto& best = request.selections["best"];
  best.by_filter = true;
  best.in = "vision";
  best.where = "state = 'running'";
  best.except = {one};
  h.run(request);
  CHECK(h.last().selection.ids.empty());  // never a long list of ids
  CHECK(h.last().selection.except.size() == 1);
  CHECK(h.tasks().ids(*h.store, h.me, h.last().selection.filter, {}).size() == 2);

  request.line = "poke best except " + two;
  h.run(request);
  CHECK(h.last().selection.except.size() == 2);
  request.line = "poke best " + one;  // beside others it is its tasks
  h.run(request);
  CHECK(h.last().selection.ids == std::vector<std::string>{two, one});
}

TEST_CASE("an action asks first; its token is good for exactly that question") {
  ActionHost h;
  ActionSpec spec;
  spec.when = "state = 'completed'";
  spec.why_not = "Only completed tasks.";
  spec.confirm = "Erase {count} tasks? All {count}?";
  spec.destructive = true;
  h.add("erase", spec);
  const Ordinal p = h.project("vision");
  const std::string one = h.task_in(p, TaskState::completed);
  h.task_in(p, TaskState::completed);
  h.task(p);

  const auto question = [&](const std::string& line) {
    return std::get<AnswerQuestion>(h.run(line).content);
  };
  const AnswerQuestion asked = question("erase in vision");
  CHECK(h.actions.asked.empty());
  CHECK(asked.text == "Erase 2 tasks? All 2?");
  CHECK(asked.affected == 2);
  const Json json = Json::parse(host::commands::to_json(asked, "erase", ""));
  CHECK(json.at("details").at("fields").at("tasks") == 3);
  CHECK(json.at("details").at("fields").at("destructive") == true);
  CHECK(json.at("details").at("fields").at("why_not") == "Only completed tasks.");
  CHECK(json.at("details").at("sections").at("left_out").at("rows") ==
        Json::parse(R"([["running", false, 1]])"));
  CHECK(question("erase in vision").token == asked.token);
  CHECK(question("erase " + one).token != asked.token);

  h.run("erase in vision yes " + asked.token);
  CHECK(h.actions.asked.size() == 1);
  h.task_in(p, TaskState::completed);
  const Error another = error_of([&] { h.run("erase in vision yes " + asked.token); });
  CHECK(another.code() == ErrorCode::conflict);
  CHECK(std::string(another.what()).find("Erase 3 tasks?") != std::string::npos);
  CHECK(error_of([&] { h.run("erase in vision yes please"); }).code() == ErrorCode::invalid);
  CHECK(h.actions.asked.size() == 1);
  h.run("erase in vision yes");
  CHECK(h.actions.asked.size() == 2);

  CommandRequest dry;
  dry.line = "erase in vision";
  dry.dry_run = true;
  dry.idempotency_key = "k";
  h.run(dry);  // asks nothing
  CHECK(h.last().options.dry_run);
  CHECK(h.last().options.idempotency_key == "k");

  // Nothing is asked about nothing, and nothing is done.
  h.actions.answer.skipped = 1;
  const Answer nothing = h.run("erase in vision where state = 'running'");
  CHECK(std::holds_alternative<AnswerDetails>(nothing.content));
  CHECK(h.last().options.dry_run);

  ActionSpec single = spec;
  single.most = 1;
  h.add("erase-one", single);
  CHECK(error_of([&] { h.run("erase-one in vision"); }).code() == ErrorCode::invalid);
}

TEST_CASE("what became of each task") {
  ActionHost h;
  h.add("poke", {});
  h.project("vision");
  h.actions.answer = {.id = "r1", .matched = 3, .succeeded = 2, .failed = 1, .skipped = 0};
  h.actions.answer.items = {{.id = "t1", .error = ErrorCode::conflict, .message = "it runs"},
                            {.id = "t2", .error = {}, .message = {}, .made = "t9"},
                            {.id = "t3"}};
  const Answer answer = h.run("poke in vision");
  CHECK(answer.outcome == Outcome::failed);
  const Json json = Json::parse(host::commands::to_json(answer, "poke", ""));
  CHECK(json.at("fields").at("run") == "r1");
  CHECK(json.at("fields").at("failed") == 1);
  CHECK(json.at("sections").at("tasks").at("rows") ==
        Json::parse(R"([["t1","conflict","it runs",null],["t2","done",null,"t9"],
                        ["t3","done",null,null]])"));
  h.actions.answer.failed = 0;
  CHECK(h.run("poke in vision").outcome == Outcome::done);
  h.actions.answer.state = "cancelled";
  CHECK(h.run("poke in vision").outcome == Outcome::failed);
}

TEST_CASE("actions that come and go are verbs as long as they are there") {
  ActionHost h;
  h.project("vision");
  CHECK(error_of([&] { h.run("deploy in vision"); }).code() == ErrorCode::invalid);
  ActionSpec spec;
  spec.label = "Deploy";
  h.changing.set({std::make_shared<Declared>("acme.deploy", spec)});
  h.run("deploy in vision");
  CHECK(h.last().action == "acme.deploy");
  const Error near = error_of([&] { h.run("deplyo in vision"); });
  CHECK(facts_of(near).at("corrected") == "deploy in vision");
  CHECK(std::get<AnswerText>(h.run("help deploy").content).text.starts_with("deploy: Deploy\n"));
  h.changing.set({});
  CHECK(error_of([&] { h.run("deploy in vision"); }).code() == ErrorCode::invalid);
}

TEST_CASE("what is printed of a command of an action parses to the same") {
  ActionHost h;
  h.add("enqueue", form(every_kind));
  std::mt19937 random(20261128);
  const char* pieces[] = {"queue 'a b'",
                          "queue where",
                          "queue q",
                          "env prod",
                          "gpu-count 3",
                          "force",
                          "with-tags a, 'b c'",
                          "with-tags x",
                          "why 'it''s'",
                          "yes",
                          "yes 0123456789abcdef",
                          "in 'my project'",
                          "where a = 'yes' and b = 1",
                          "all",
                          "except a1, b2",
                          "grid '{\"a\": 1}'"};
  int parsed_lines = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string line = "enqueue";
    if (random() % 2 == 0) line += " task-1, 'task 2', 'it''s'";
    std::set<std::string> given;
    for (auto n = 1 + random() % 6; n > 0; --n) {
      const std::string piece = pieces[random() % std::size(pieces)];
      if (given.insert(piece.substr(0, piece.find(' '))).second) line += " " + piece;
    }
    if (!given.contains("queue")) line += " queue q";
    INFO(line);
    CommandRequest request;
    request.line = line;
    const auto parsed = [&]() -> std::optional<host::commands::ParsedLine> {
      try {
        return h.commands.parse(request);
      } catch (const Error&) {
        return std::nullopt;  // `queue where`
      }
    }();
    if (!parsed) continue;
    ++parsed_lines;
    request.line = host::commands::print(*parsed);
    CHECK(understood(h.commands.parse(request)) == understood(*parsed));
  }
  CHECK(parsed_lines > 1000);
}

}  // namespace
}  // namespace podium::test

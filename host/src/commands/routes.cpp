#include "commands/routes.hpp"

#include <nlohmann/json.hpp>

#include "commands/answer_json.hpp"
#include "commands/answer_schema.hpp"
#include "commands/complete.hpp"
#include "commands/forms.hpp"
#include "commands/inspect.hpp"
#include "commands/waits.hpp"
#include "podium/http/input.hpp"
#include "services/api/output.hpp"
#include "services/api/route_table.hpp"

namespace podium::host::commands {
namespace {

constexpr std::string_view request_schema =
    R"({"type":"object","additionalProperties":false,"properties":{)"
    R"("line":{"type":"string","maxLength":100000,"description":"one command"},)"
    R"("argv":{"type":"array","minItems":1,"maxItems":10000,"items":{"type":"string"},)"
    R"("description":"the command as a shell splits it, instead of line"},)"
    R"("bind":{"type":"object","maxProperties":1000,"description":"values of :name in filters",)"
    R"("additionalProperties":{"type":["string","number","boolean","null"]}},)"
    R"("selections":{"type":"object","maxProperties":1000,"description":"results that the )"
    R"(command names","additionalProperties":{"type":"object","additionalProperties":false,)"
    R"("properties":{"ids":{"type":"array","maxItems":10000,"items":{"type":"string"}},)"
    R"("in":{"type":"string"},"where":{"type":"string"},"all":{"type":"boolean"},)"
    R"("bind":{"type":"object","additionalProperties":{"type":["string","number","boolean",)"
    R"("null"]}},"except":{"type":"array","maxItems":10000,"items":{"type":"string"}}}}},)"
    R"("dry_run":{"type":"boolean","description":"say what would be done, change nothing"},)"
    R"("budget":{"type":"integer","minimum":0,"maximum":100000000,)"
    R"("description":"characters that the answer should fit; 0 is no bound"},)"
    R"("idempotency_key":{"type":"string","maxLength":200},)"
    R"("forms":{"type":"object","additionalProperties":false,"description":"asks for the answer )"
    R"(as a notebook shows it","properties":{"rows":{"type":"integer","minimum":1,"maximum":1000},)"
    R"("text_rows":{"type":"integer","minimum":1,"maximum":1000},"snapshot":{"type":"string",)"
    R"("maxLength":64,"description":"marks a table of tasks for the widget that takes its )"
    R"(place"}}},)"
    R"("waited":{"type":"integer","minimum":0,"description":"milliseconds that calls before )"
    R"(which answered 'pending' have waited"}}})";

constexpr std::string_view list_schema =
    R"({"type":"object","required":["verbs"],"properties":{"verbs":{"type":"array","items":)"
    R"({"type":"object","required":["verb","summary","usage","clauses","examples","changes"],)"
    R"("properties":{"verb":{"type":"string"},"summary":{"type":"string"},"usage":)"
    R"({"type":"string"},"arguments":{"type":"string"},"changes":{"type":"boolean"},)"
    R"("plugin":{"type":"string"},"action":{"type":"string","description":"id, when it is one"},)"
    R"("clauses":{"type":"array","items":{"type":"object",)"
    R"("required":["name","kind","help","required"],"properties":{"name":{"type":"string"},)"
    R"("kind":{"enum":["flag","word","number","duration","list","orders","filter"]},)"
    R"("value":{"type":"string"},"help":{"type":"string"},"required":{"type":"boolean"}}}},)"
    R"("examples":{"type":"array","items":{"type":"object","required":["line","means"],)"
    R"("properties":{"line":{"type":"string"},"means":{"type":"string"}}}}}}}}})";

constexpr std::string_view place_schema =
    R"({"type":"object","required":["line"],"additionalProperties":false,"properties":{)"
    R"("line":{"type":"string","maxLength":100000,"description":"what is typed so far"},)"
    R"("cursor":{"type":"integer","minimum":0,"description":"byte of the line; its end, if absent"},)"
    R"("selections":{"type":"object","maxProperties":1000,"description":"as for a command"}}})";
constexpr std::string_view matches_schema =
    R"({"type":"object","required":["start","end","matches"],"properties":{"start":)"
    R"({"type":"integer"},"end":{"type":"integer"},"matches":{"type":"array","items":)"
    R"({"type":"object","required":["text","kind","note"],"properties":{"text":)"
    R"({"type":"string"},"kind":{"type":"string"},"note":{"type":"string"}}}}}})";
constexpr std::string_view inspection_schema =
    R"({"type":"object","required":["found","text","markdown"],"properties":{"found":)"
    R"({"type":"boolean"},"text":{"type":"string"},"markdown":{"type":"string"}}})";

std::string_view name_of(ClauseSpec::Kind kind) {
  constexpr std::string_view names[] = {"",         "flag", "word",   "number",
                                        "duration", "list", "orders", "filter"};
  return names[static_cast<std::size_t>(kind)];
}

Error wrong(const std::string& path, const std::string& what) {
  return Error(ErrorCode::invalid, "'" + path + "' " + what).in(path);
}

std::vector<std::string> texts_of(Members& members, std::string_view name) {
  std::vector<std::string> out;
  if (const Json* items = members.array(name, 10'000))
    for (std::size_t i = 0; i < items->size(); ++i)
      out.push_back(input::text_of((*items)[i], members.path(name) + "[" + std::to_string(i) + "]",
                                   longest_line));
  return out;
}

Selection selection_of(const Json& value, const std::string& path) {
  Members members(value, path);
  Selection s;
  s.ids = texts_of(members, "ids");
  s.by_filter = !members.has("ids");
  s.in = members.text("in").value_or("");
  s.where = members.text("where", longest_line).value_or("");
  s.all = members.boolean("all").value_or(false);
  s.bindings = bindings_of(members);
  s.except = texts_of(members, "except");
  members.finish();
  if (!s.by_filter && (!s.in.empty() || !s.where.empty() || !s.except.empty()))
    throw wrong(path, "has either 'ids' or 'in', 'where' and 'except'");
  return s;
}

void read_selections(Members& body, CommandRequest& out) {
  const Json* selections = body.any("selections");
  if (selections == nullptr || selections->is_null()) return;
  if (!selections->is_object() || selections->size() > 1000)
    throw wrong("selections", "must be an object of at most 1000 results");
  for (const auto& [name, value] : selections->items())
    out.selections.emplace(name, selection_of(value, "selections." + name));
}

/// A line that is being typed, and where.
struct TypedLine {
  CommandRequest request;
  std::size_t cursor = 0;
};
TypedLine typed_line_of(const Request& request) {
  Members body = Members::of_body(request);
  TypedLine typed;
  const auto line = body.text("line", longest_line);
  if (!line) throw wrong("line", "is what is typed so far");
  typed.request.line = *line;
  typed.cursor =
      static_cast<std::size_t>(body.integer("cursor", 0, std::numeric_limits<std::int32_t>::max())
                                   .value_or(static_cast<std::int64_t>(line->size())));
  read_selections(body, typed.request);
  body.finish();
  return typed;
}

/// A command, and whether its answer is wanted as a notebook shows it too.
struct Asking {
  CommandRequest command;
  std::optional<front::FormsOptions> forms;
};

front::FormsOptions forms_of(const Json& value) {
  Members members(value, "forms");
  front::FormsOptions out;
  const auto rows = [&](const char* name, std::size_t usual) {
    return static_cast<std::size_t>(
        members.integer(name, 1, 1000).value_or(static_cast<std::int64_t>(usual)));
  };
  out.rows = rows("rows", out.rows);
  out.text_rows = rows("text_rows", out.text_rows);
  out.snapshot = members.text("snapshot", 64).value_or("");
  members.finish();
  return out;
}

Asking asking_of(const Request& request) {
  Members body = Members::of_body(request);
  Asking asking;
  CommandRequest& out = asking.command;
  const auto line = body.text("line", longest_line);
  out.argv = texts_of(body, "argv");
  if (line.has_value() == !out.argv.empty())
    throw Error(ErrorCode::invalid, "a command comes as 'line' or as 'argv', one of them")
        .in("line");
  out.line = line.value_or("");
  out.bindings = bindings_of(body);
  read_selections(body, out);
  out.dry_run = body.boolean("dry_run").value_or(false);
  out.budget = static_cast<std::size_t>(body.integer("budget", 0, 100'000'000).value_or(0));
  out.idempotency_key = body.text("idempotency_key", 200).value_or("");
  out.waited = body.integer("waited", 0, std::numeric_limits<std::int64_t>::max()).value_or(0);
  if (const Json* forms = body.any("forms"); forms != nullptr && !forms->is_null())
    asking.forms = forms_of(*forms);
  body.finish();
  return asking;
}

class CommandRoutes final : public Routes {
 public:
  CommandRoutes(const Parts& parts, const Commands& commands)
      : Routes("api.commands"), parts_(parts), commands_(commands) {}
  std::vector<std::string> prefixes() const override { return {"/api/v1/commands"}; }
  std::vector<Route> routes() override {
    return RouteTable()
        .add(
            "GET", "/api/v1/commands", "public", "The verbs of the command language",
            [this](Request&) { return list(); }, {}, std::string(list_schema))
        .add(
            "POST", "/api/v1/commands", "task.read", "Runs one command",
            [this](Request& r) { return run(r); }, std::string(request_schema),
            std::string(answer_schema))
        .add(
            "POST", "/api/v1/commands/complete", "task.read",
            "What could stand at a place of a line",
            [this](Request& r) { return complete_line(r); }, std::string(place_schema),
            std::string(matches_schema))
        .add(
            "POST", "/api/v1/commands/inspect", "task.read",
            "What is known of what stands at a place of a line",
            [this](Request& r) { return inspect_line(r); }, std::string(place_schema),
            std::string(inspection_schema))
        .add("POST", "/api/v1/commands/wait", "task.read",
             "Runs one 'wait' without holding a thread: answers within 25 s, 'pending' if not yet",
             InlineHandler(
                 [this](std::unique_ptr<Request> r, Reply reply) { wait(*r, std::move(reply)); }),
             std::string(request_schema), std::string(answer_schema))
        .take();
  }

 private:
  Response list() const {
    std::string body;
    JsonWriter w(body);
    w.object().key("verbs").array();
    for (const auto& verb : commands_.all()) {
      w.object().key("verb").value(verb.word).key("summary").value(verb.usage.summary);
      w.key("usage").value(usage_line(verb.word, verb.usage));
      if (!verb.usage.arguments.empty()) w.key("arguments").value(verb.usage.arguments);
      w.key("changes").value(verb.usage.changes);
      if (!verb.plugin.empty()) w.key("plugin").value(verb.plugin);
      if (!verb.action.empty()) w.key("action").value(verb.action);
      w.key("clauses").array();
      for (const auto& c : verb.usage.clauses) {
        w.object().key("name").value(c.name).key("kind").value(name_of(c.kind));
        if (!c.value.empty()) w.key("value").value(c.value);
        w.key("help").value(c.help).key("required").value(c.required).end_object();
      }
      w.end_array().key("examples").array();
      for (const auto& e : verb.usage.examples)
        w.object().key("line").value(e.line).key("means").value(e.means).end_object();
      w.end_array().end_object();
    }
    w.end_array().end_object();
    return json_response(std::move(body));
  }

  Response run(Request& request) const {
    const Asking asking = asking_of(request);
    const CommandResult result = commands_.run(asking.command, request.who(), request.cancel());
    return answered(to_json(result.answer, result.verb, result.line, result.members), asking.forms);
  }

  static Response answered(std::string json, const std::optional<front::FormsOptions>& forms) {
    return json_response(forms ? with_forms(std::move(json), *forms) : std::move(json));
  }

  Response complete_line(Request& request) const {
    const TypedLine typed = typed_line_of(request);
    std::vector<std::string> results;
    for (const auto& [name, selection] : typed.request.selections) results.push_back(name);
    return json_response(to_json(
        complete(parts_, commands_, request.who(), typed.request.line, typed.cursor, results)));
  }

  Response inspect_line(Request& request) const {
    const TypedLine typed = typed_line_of(request);
    return json_response(to_json(
        inspect(parts_, commands_, request.who(), request.cancel(), typed.request, typed.cursor)));
  }

  /// On an io thread: the request is read here, the store by the waiting thread.
  void wait(const Request& request, Reply reply) const {
    struct Asked final : Cancel {
      CommandRequest command;
      std::optional<front::FormsOptions> forms;
      Principal who;
      std::string line;
      Reply reply;
      bool cancelled() const noexcept override { return false; }
    };
    auto asked = std::make_shared<Asked>();
    Asking asking = asking_of(request);
    asked->command = std::move(asking.command);
    asked->forms = std::move(asking.forms);
    asked->who = request.who();
    parts_.core->access.require(asked->who, "task.read");
    asked->reply = std::move(reply);
    const auto ask = [this, asked] {
      const Call call(parts_, commands_.parse(asked->command), asked->command, asked->who, *asked);
      if (call.parsed().verb.text != "wait")
        throw call.wrong(call.parsed().verb, "this path runs 'wait' only");
      asked->line = call.line();
      return asked_wait(parts_, call, asked->command.waited);
    };
    try {
      parts_.waits->add(
          ask,
          [asked](const Answer& a) {
            asked->reply(answered(to_json(a, "wait", asked->line), asked->forms));
          },
          [asked](const Error& e) { asked->reply.fail(e); });
    } catch (const Error& e) {
      asked->reply.fail(e);
    }
  }

  const Parts& parts_;
  const Commands& commands_;
};

}  // namespace

std::unique_ptr<Routes> make_command_routes(const Parts& parts, const Commands& commands) {
  return std::make_unique<CommandRoutes>(parts, commands);
}

}  // namespace podium::host::commands

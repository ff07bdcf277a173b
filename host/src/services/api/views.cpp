// /api/v1/views and /api/v1/links
#include "services/views/views.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "podium/http/input.hpp"
#include "services/api/api.hpp"
#include "services/api/output.hpp"
#include "services/api/route_table.hpp"
#include "services/api/table.hpp"
#include "services/views/url.hpp"

namespace podium::host {
namespace {

class ViewRoutes final : public Routes {
 public:
  ViewRoutes(const Core& core, ApiServices services)
      : Routes("api.views"), core_(core), services_(services) {}
  std::vector<std::string> prefixes() const override { return {"/api/v1/views", "/api/v1/links"}; }
  std::vector<Route> routes() override;

 private:
  Response list(Request&) const;
  Response create(Request&) const;
  Response edit(Request&) const;
  Response erase(Request&) const;
  Response link(Request&) const;
  Response encode(Request&) const;
  Response decode(Request&) const;
  Response answer(const Principal&, std::string_view id) const;
  Json json(const View&) const;

  const Core& core_;
  ApiServices services_;
};

std::optional<TableScope> scope_named(const std::optional<std::string>& name) {
  if (!name) return std::nullopt;
  if (*name == "project") return TableScope::project;
  if (*name == "subprojects") return TableScope::subprojects;
  if (*name == "all") return TableScope::all;
  throw Error(ErrorCode::invalid, "'scope' must be project, subprojects or all").in("scope");
}

const char* name_of(TableScope s) {
  return s == TableScope::all ? "all" : s == TableScope::subprojects ? "subprojects" : "project";
}

ViewState state_of(Members& body, const Table& table) {
  const Json* state = body.any("state");
  if (state == nullptr || state->is_null()) return usual_state();
  Members members(*state, body.path("state"));
  ViewState s = read_view_state(members, table);
  try {
    table.parse(s.filter);
  } catch (Error& e) {
    e.in(members.path("filter"));
    throw;
  }
  return s;
}

Json ViewRoutes::json(const View& v) const {
  return {{"id", v.id},
          {"project", v.project.empty() ? Json() : Json(v.project)},
          {"scope", name_of(v.scope)},
          {"name", v.name},
          {"owner", v.owner},
          {"shared", v.shared},
          {"default", v.is_default},
          {"link", v.link},
          {"created", v.created},
          {"updated", v.updated},
          {"version", v.version},
          {"state", json_of(v.state)},
          {"notices", notices_of(v.state, services_.table)}};
}

Response ViewRoutes::answer(const Principal& who, std::string_view id) const {
  const auto view = services_.views.find(core_.store, who, id);
  if (!view) throw no_such("view", id);
  return json_response(json(*view).dump(), view->version);
}

Response ViewRoutes::list(Request& request) const {
  const Parameters p(request);
  const std::string project = p.text("project").value_or("");
  const TableScope scope = scope_named(p.text("scope"))
                               .value_or(project.empty() ? TableScope::all : TableScope::project);
  const auto views = services_.views.list(core_.store, request.who(), project, scope);
  Json out = {{"views", Json::array()}, {"first", nullptr}};
  for (const View& v : views) out["views"].push_back(json(v));
  if (const View* first = Views::first(views, request.who())) out["first"] = first->id;
  return json_response(out.dump());
}

Response ViewRoutes::create(Request& request) const {
  Members body = Members::of_body(request);
  View view;
  view.project = body.text("project", 64).value_or("");
  view.scope = scope_named(body.text("scope", 16))
                   .value_or(view.project.empty() ? TableScope::all : TableScope::project);
  view.name = body.text("name").value_or("");
  view.shared = body.boolean("shared").value_or(false);
  view.is_default = body.boolean("default").value_or(false);
  view.state = state_of(body, services_.table);
  body.finish();
  const std::string id = core_.store.write(
      [&](Transaction& t) { return services_.views.create(t, request.who(), view); });
  return answer(request.who(), id);
}

Response ViewRoutes::edit(Request& request) const {
  Members body = Members::of_body(request);
  Views::Change change;
  change.name = body.text("name");
  change.shared = body.boolean("shared");
  change.is_default = body.boolean("default");
  const bool state = body.has("state") && !body.is_null("state");
  ViewState read = state_of(body, services_.table);
  if (state) change.state = std::move(read);
  body.finish();
  core_.store.write([&](Transaction& t) {
    services_.views.change(t, request.who(), request.segment("id"), change, &request);
  });
  return answer(request.who(), request.segment("id"));
}

Response ViewRoutes::erase(Request& request) const {
  core_.store.write([&](Transaction& t) {
    services_.views.erase(t, request.who(), request.segment("id"), &request);
  });
  return json_response("{}");
}

Response ViewRoutes::link(Request& request) const {
  const std::string_view name = request.segment("link");
  if (const auto view = services_.views.by_link(core_.store, request.who(), name))
    return json_response(Json({{"view", json(*view)}, {"query", nullptr}}).dump());
  if (const auto query = services_.views.kept_query(core_.store, request.who(), name))
    return json_response(Json({{"view", nullptr}, {"query", *query}}).dump());
  throw no_such("link", name);
}

/// The path of a table's page.
std::string path_of(const std::string& project) {
  return project.empty() ? "/tasks" : "/p/" + encode_atom(project) + "/tasks";
}

Response ViewRoutes::encode(Request& request) const {
  const Principal& who = request.who();
  Members body = Members::of_body(request);
  const std::string project = body.text("project", 500).value_or("");
  TableAddress a;
  a.scope = scope_named(body.text("scope", 16)).value_or(TableScope::project);
  a.view = body.text("view", 64).value_or("");
  ViewState base = usual_state();
  if (!a.view.empty()) {
    const auto view = services_.views.find(core_.store, who, a.view);
    if (!view) throw Error(no_such("view", a.view)).in("view");
    base = view->state;
  }
  const bool state = body.has("state") && !body.is_null("state");
  a.state = state_of(body, services_.table);
  if (!state) a.state = base;
  if (const Json* ids = body.array("selection", 10'000))
    for (std::size_t i = 0; i < ids->size(); ++i)
      a.selection.push_back(input::text_of((*ids)[i], "selection[" + std::to_string(i) + "]", 64));
  a.tab = body.text("tab", 64).value_or("");
  body.finish();
  core_.access.require(who, "task.read");
  std::string query = encode_address(a, base, services_.table);
  const bool stored = query.size() > longest_query;
  if (stored)
    query = "vh=" + core_.store.write(
                        [&](Transaction& t) { return services_.views.keep_query(t, who, query); });
  core_.access.visible(who, "views");
  const std::string path = path_of(project);
  return json_response(Json({{"query", query},
                             {"path", query.empty() ? path : path + "?" + query},
                             {"stored", stored}})
                           .dump());
}

Response ViewRoutes::decode(Request& request) const {
  Members body = Members::of_body(request);
  const auto address = body.text("address", 100'000);
  body.finish();
  if (!address)
    throw Error(ErrorCode::invalid, "give the 'address' of a table's page").in("address");
  core_.access.visible(request.who(), "views");
  const auto read = read_address(core_, services_, request.who(), *address);
  const TableAddress& a = read.decoded.address;
  Json out = {{"project", read.project ? Json(*read.project) : Json()},
              {"scope", name_of(read.project ? a.scope : TableScope::all)},
              {"view", a.view.empty() ? Json() : Json(a.view)},
              {"state", json_of(a.state)},
              {"selection", a.selection},
              {"tab", a.tab},
              {"notices", read.decoded.notices}};
  for (const std::string& notice : notices_of(a.state, services_.table))
    out["notices"].push_back(notice);
  return json_response(out.dump());
}

constexpr std::string_view texts_or_null = R"({"type":["string","null"]})";

std::string view_schema() {
  return R"({"type":"object","required":["id","project","scope","name","owner","shared","default",)"
         R"("link","created","updated","version","state","notices"],"properties":{)"
         R"("id":{"type":"string"},"project":{"type":["string","null"]},)"
         R"("scope":{"enum":["project","subprojects","all"]},"name":{"type":"string"},)"
         R"("owner":{"type":"string"},"shared":{"type":"boolean"},"default":{"type":"boolean"},)"
         R"("link":{"type":"string"},"created":{"type":"integer"},"updated":{"type":"integer"},)"
         R"("version":{"type":"integer"},"state":)" +
         view_state_schema() + R"(,"notices":{"type":"array","items":{"type":"string"}}}})";
}
std::string state_or_null() { return R"({"anyOf":[{"type":"null"},)" + view_state_schema() + "]}"; }
constexpr std::string_view scope_schema =
    R"({"type":["string","null"],"enum":["project","subprojects","all",null]})";

std::vector<Route> ViewRoutes::routes() {
  const std::string one = view_schema();
  const std::string edit_members =
      R"("shared":{"type":["boolean","null"]},"default":{"type":["boolean","null"]},"state":)" +
      state_or_null();
  RouteTable table;
  table
      .add(
          "GET", "/api/v1/views", "task.read",
          "The saved views of a table: ?project=, ?scope=project|subprojects; 'first' is the one "
          "to "
          "begin with",
          [this](Request& r) { return list(r); }, "",
          R"({"type":"object","required":["views","first"],"properties":{"views":{"type":"array",)"
          R"("items":)" +
              one + R"(},"first":{"type":["string","null"]}}})")
      .with({text_parameter("project", "id of the project; absent: the table of all"),
             choice_parameter("scope", "the project alone, or with those below it",
                              {"project", "subprojects", "all"})});
  table.add(
      "POST", "/api/v1/views", "view.write", "Saves a view",
      [this](Request& r) { return create(r); },
      R"({"type":"object","required":["name"],"additionalProperties":false,"properties":{)"
      R"("project":)" +
          std::string(texts_or_null) + R"(,"scope":)" + std::string(scope_schema) +
          R"(,"name":{"type":"string","minLength":1,"maxLength":200},)" + edit_members + "}}",
      one);
  table.add(
      "GET", "/api/v1/views/{id}", "task.read", "One view",
      [this](Request& r) { return answer(r.who(), r.segment("id")); }, "", one);
  table.add(
      "PATCH", "/api/v1/views/{id}", "view.write", "Changes a view. Honours If-Match",
      [this](Request& r) { return edit(r); },
      R"({"type":"object","additionalProperties":false,"properties":{)"
      R"("name":{"type":["string","null"],"minLength":1,"maxLength":200},)" +
          edit_members + "}}",
      one);
  table.add(
      "DELETE", "/api/v1/views/{id}", "view.write", "Erases a view. Honours If-Match",
      [this](Request& r) { return erase(r); }, "", R"({"type":"object"})");
  table.add(
      "GET", "/api/v1/links/{link}", "task.read",
      "What a short link stands for: a view, or the query string of a long address",
      [this](Request& r) { return link(r); }, "",
      R"({"type":"object","required":["view","query"],"properties":{"view":{"anyOf":[)"
      R"({"type":"null"},)" +
          one + R"(]},"query":{"type":["string","null"]}}})");
  table.add(
      "POST", "/api/v1/views/encode", "task.read",
      "The address of a table in a state, as differences from its view; long ones are kept",
      [this](Request& r) { return encode(r); },
      R"({"type":"object","additionalProperties":false,"properties":{"project":)" +
          std::string(texts_or_null) + R"(,"scope":)" + std::string(scope_schema) + R"(,"view":)" +
          std::string(texts_or_null) + R"(,"state":)" + state_or_null() +
          R"(,"selection":{"type":["array","null"],"items":{"type":"string"}},"tab":)" +
          std::string(texts_or_null) + "}}",
      R"({"type":"object","required":["query","path","stored"],"properties":{)"
      R"("query":{"type":"string"},"path":{"type":"string"},"stored":{"type":"boolean"}}})");
  table.add(
      "POST", "/api/v1/views/decode", "task.read",
      "The state that an address tells; what it does not understand is noticed",
      [this](Request& r) { return decode(r); },
      R"({"type":"object","required":["address"],"additionalProperties":false,"properties":{)"
      R"("address":{"type":"string","description":"as it stands in the address bar, or its query )"
      R"(string"}}})",
      R"({"type":"object","required":["project","scope","view","state","selection","tab",)"
      R"("notices"],"properties":{"project":{"type":["string","null"]},"scope":)" +
          std::string(scope_schema) + R"(,"view":{"type":["string","null"]},"state":)" +
          view_state_schema() +
          R"(,"selection":{"type":"array","items":{"type":"string"}},"tab":{"type":"string"},)"
          R"("notices":{"type":"array","items":{"type":"string"}}}})");
  return table.take();
}

}  // namespace

ReadAddress read_address(const Core& core, const ApiServices& services, const Principal& who,
                         std::string_view address) {
  ReadAddress out;
  address = address.substr(0, address.find('#'));
  const std::size_t question = address.find('?');
  std::string_view query =
      question == std::string_view::npos ? address : address.substr(question + 1);
  std::string_view path = question == std::string_view::npos ? "" : address.substr(0, question);
  if (question == std::string_view::npos && address.find('/') != std::string_view::npos &&
      address.find('=') == std::string_view::npos) {
    path = address;
    query = {};
  }
  if (const std::size_t p = path.find("/p/"); p != std::string_view::npos) {
    const std::string_view rest = path.substr(p + 3);
    out.project = decode_atom(rest.substr(0, rest.find('/')));
  }
  std::string kept;
  std::optional<std::string> lost;
  if (const auto name = parameter_of(query, "vh")) {
    if (const auto found = services.views.kept_query(core.store, who, *name)) {
      kept = *found;
      query = kept;
    } else {
      lost = fmt::format("the long address '{}' is not kept here (any more)", *name);
    }
  }
  out.decoded = decode_address(query, services.table, [&](const std::string& id) {
    if (id.empty()) return std::optional(usual_state());
    auto view = services.views.find(core.store, who, id);
    return view ? std::optional(std::move(view->state)) : std::nullopt;
  });
  if (lost) out.decoded.notices.push_back(*lost);
  return out;
}

std::unique_ptr<Routes> make_view_routes(const Core& core, ApiServices services) {
  return std::make_unique<ViewRoutes>(core, services);
}

}  // namespace podium::host

// Saved views, the table's address, and the table as a file.
#include <algorithm>
#include <limits>
#include <random>

#include "fixture.hpp"
#include "services/views/views.hpp"

using namespace podium;
using namespace podium::test;

namespace {

const char* const awkward[] = {"a.b", "a,b",     "a:b",  "a b",  "+x",      "-y",    "$z",  "50%",
                               "p>q", "a AND b", "x~9",  "(a)",  "a;b",     "a&b=c", "*",   "!x",
                               "'q'", "\"d\"",   "Ünï☃", "null", "true",    "1e-5",  "NaN", "a..b",
                               "..",  "a#b?c",   "`t`",  "@s",   "k@s.max", "x.max", "%2C", "n"};

Json decode(Api& api, const std::string& address) {
  return api("POST", "/api/v1/views/decode", {{"address", address}}).json;
}

std::string quoted(const std::string& key) {
  std::string out = "`";
  for (const char c : key) {
    if (c == '`') out += c;
    out += c;
  }
  return out + "`";
}

std::string task(Api& api, Json body) {
  body["project"] = "0";
  return api("POST", "/api/v1/tasks", body).json["id"];
}

/// RFC 4180.
std::vector<std::vector<std::string>> parse_csv(const std::string& text) {
  std::vector<std::vector<std::string>> rows(1, {""});
  bool quote = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    std::string& field = rows.back().back();
    if (quote) {
      if (c != '"')
        field += c;
      else if (i + 1 < text.size() && text[i + 1] == '"')
        field += text[++i];
      else
        quote = false;
    } else if (c == '"') {
      quote = true;
    } else if (c == ',') {
      rows.back().emplace_back();
    } else if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') {
      ++i;
      rows.push_back({""});
    } else {
      field += c;
    }
  }
  CHECK(!quote);
  CHECK(rows.back() == std::vector<std::string>{""});
  rows.pop_back();
  return rows;
}

}  // namespace

TEST_CASE("an address and a state say the same, whatever the names") {
  Host h;
  Api api(h);
  std::mt19937 random(11);
  const auto below = [&](std::size_t n) { return random() % n; };
  const auto key = [&] { return std::string(awkward[below(std::size(awkward))]); };
  for (int round = 0; round < 120; ++round) {
    Json state = {{"columns", Json::array()}, {"order", Json::array()}, {"filters", Json::array()}};
    std::vector<std::string> names = {"name", "state", "no such column", "tags", "project.name"};
    for (int i = 0; i < 3; ++i) {
      names.push_back("params." + quoted(key()));
      names.push_back("metrics." + quoted(key()) + ".min@" + quoted(key()));
      names.push_back("metrics." + quoted(key()));
      names.push_back("tags." + quoted(key()));
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    std::shuffle(names.begin(), names.end(), random);
    for (const auto& name : names) {
      if (below(3) == 0) continue;
      Json column = {{"name", name}};
      if (below(3) == 0) column["width"] = 90;
      if (below(4) == 0) column["hidden"] = true;
      if (below(4) == 0) column["pinned"] = true;
      if (below(5) == 0) column["exact"] = true;
      if (below(5) == 0) column["digits"] = 6;
      state["columns"].push_back(column);
    }
    for (std::size_t i = below(3); i > 0; --i)
      state["order"].push_back(names[below(names.size())] + (below(2) != 0 ? " desc" : ""));
    const Json values[] = {key(), nullptr, 3, -0.5, 1e300, true, "", "null", "'", key()};
    if (below(2) == 0) {
      Json list = Json::array();
      for (std::size_t i = below(4); i > 0; --i) list.push_back(values[below(10)]);
      state["filters"].push_back(
          {{"column", "params." + quoted(key())}, {below(2) != 0 ? "in" : "not_in", list}});
    }
    if (below(2) == 0)
      state["filters"].push_back({{"column", "metrics." + quoted(key())},
                                  {"from", values[1 + below(4)]},
                                  {"to", values[1 + below(4)]}});
    if (below(2) == 0)
      state["filters"].push_back({{"column", "tags"},
                                  {below(2) != 0 ? "all" : "any", {key(), nullptr, "null", ""}},
                                  {"not", {key(), "'"}}});
    if (below(2) == 0) state["search"] = key();
    if (below(2) == 0) state["filter"] = "params." + quoted(key()) + " = 'a+b & c = \"d\"'";
    if (below(3) == 0) state["archived"] = "both";
    if (below(3) == 0) state["digits"] = 5;
    const Json selection = {"t1", key()};
    const auto made = api("POST", "/api/v1/views/encode",
                          {{"project", "7"},
                           {"scope", below(2) != 0 ? "project" : "subprojects"},
                           {"state", state},
                           {"selection", selection},
                           {"tab", key()}})
                          .json;
    const std::string path = made["path"];
    INFO(state.dump() << "\n" << path);
    for (const char c : path) CHECK((c > ' ' && c < '\x7f' && c != '"' && c != '<'));
    const Json read = decode(api, path);
    CHECK(read["project"] == "7");
    CHECK(read["selection"] == selection);
    for (const auto& notice : read["notices"]) {
      const std::string sentence = notice;
      CHECK(sentence.find("not shown") != std::string::npos);
    }
    // Read again and written again it is the same text; the states are equal.
    const auto again = api("POST", "/api/v1/views/encode",
                           {{"project", "7"},
                            {"scope", read["scope"]},
                            {"state", read["state"]},
                            {"selection", read["selection"]},
                            {"tab", read["tab"]}})
                           .json;
    CHECK(again["path"] == path);
    Json expected = state;
    expected["filter"] = state.value("filter", "");
    expected["search"] = state.value("search", "");
    // Names come back in their canonical spelling: compare what was kept by a view.
    const auto view =
        api("POST", "/api/v1/views", {{"name", "view " + std::to_string(round)}, {"state", state}})
            .json;
    CHECK(view["state"] == read["state"]);
    CHECK(view["state"]["columns"].size() == state["columns"].size());
  }
}

TEST_CASE("an address tells differences from its view") {
  Host h;
  Api api(h);
  Json state = {
      {"columns", {{{"name", "name"}, {"width", 200}}, {{"name", "state"}}, {{"name", "user"}}}},
      {"order", {"name"}},
      {"filters", {{{"column", "state"}, {"in", {"running"}}}}}};
  const auto view = api("POST", "/api/v1/views", {{"name", "v"}, {"state", state}}).json;
  const auto encode = [&](const Json& s) {
    return api("POST", "/api/v1/views/encode", {{"view", view["id"]}, {"state", s}})
        .json["query"]
        .get<std::string>();
  };
  const std::string id = view["id"];
  CHECK(encode(view["state"]) == "v=" + id);
  Json other = view["state"];
  other["columns"][2]["hidden"] = true;
  other["columns"].push_back({{"name", "params.lr"}, {"width", 90}});
  CHECK(encode(other) == "v=" + id + "&cols=-user,+p:lr~90");
  CHECK(decode(api, "?" + encode(other))["state"] == other);
  other["order"] = {"started desc", "metrics.val/acc.max"};
  other["filters"].clear();
  const std::string query = encode(other);
  CHECK(query == "v=" + id + "&sort=-started,m:val%2Facc:max&cols=-user,+p:lr~90&f=");
  CHECK(decode(api, query)["state"] == other);
  // A '+' that was taken for a blank or escaped on the way.
  CHECK(decode(api, "v=" + id + "&cols=%20p:lr~90,%2Bp:b")["state"]["columns"].size() == 5);
}

TEST_CASE("what an address says that is not understood is passed over with a notice") {
  Host h;
  Api api(h);
  const Json read = decode(
      api,
      "https://host/x/p/3/tasks?cols=name,m:a:most,p:%ZZ,state~wide&sort=-p:lr,q:x&colour=red"
      "&f=state:in(running);state:within(x);started:2026;tags:all(best,!debug,null)&g=9&v=gone"
      "&digits=99&vh=lost#top");
  CHECK(read["project"] == "3");
  CHECK(read["state"]["columns"] == Json::parse(R"([{"name":"name"}])"));
  CHECK(read["state"]["order"] == Json::array({"params.lr desc"}));
  CHECK(read["state"]["filters"] == Json::parse(R"([{"column":"state","in":["running"]},
                        {"column":"tags","all":["best",null],"not":["debug"]}])"));
  CHECK(read["notices"].size() == 11);
  // The example of the design.
  const Json good = decode(api,
                           "/p/7/tasks?sort=-started,m:val%2Facc:max&cols=+p:lr~90,-user"
                           "&f=state:in(running,failed);m:val%2Floss:last:..0.3;"
                           "tags:all(best,!debug);started:2026-11-01..&sel=a1b2c3&tab=metrics");
  CHECK(good["notices"] == Json::array());
  CHECK(good["state"]["order"] == Json::array({"started desc", "metrics.val/acc.max"}));
  CHECK(good["state"]["filters"][1] ==
        Json({{"column", "metrics.val/loss"}, {"from", nullptr}, {"to", 0.3}}));
  CHECK(good["state"]["filters"][3]["from"] == "2026-11-01");
  CHECK(good["selection"] == Json::array({"a1b2c3"}));
  CHECK(good["state"]["columns"].size() == 10);
}

TEST_CASE("an address that is too long is kept by the server") {
  Host h;
  Api api(h);
  Json state = {{"filter", "name = '" + std::string(3000, 'x') + "'"}};
  const auto encode = [&] {
    return api("POST", "/api/v1/views/encode", {{"state", state}, {"project", "0"}}).json;
  };
  const auto made = encode();
  CHECK(made["stored"] == true);
  const std::string query = made["query"];
  CHECK(query.size() < 40);
  CHECK(encode()["query"] == query);
  CHECK(decode(api, made["path"])["state"]["filter"] == state["filter"]);
  h.restart();
  Api later(h);
  CHECK(decode(later, made["path"])["state"]["filter"] == state["filter"]);
  CHECK(later("GET", "/api/v1/links/" + query.substr(3)).json["query"].get<std::string>().size() >
        1800);
  CHECK(error_of([&] { later("GET", "/api/v1/links/none"); }).code() == ErrorCode::not_found);
  state["filter"] = "name = '" + std::string(3000, 'y') + "'";
  CHECK(later("POST", "/api/v1/views/encode", {{"state", state}}).json["query"] != query);
}

TEST_CASE("views are saved, changed, shared and erased") {
  Host h;
  Api api(h);
  h.project("vision");
  const auto made =
      api("POST", "/api/v1/views",
          {{"project", "1"},
           {"name", "best"},
           {"default", true},
           {"state", Json::parse(R"({"columns":[{"name":"name"},{"name":"gone.one"}]})")}});
  CHECK(made.json["scope"] == "project");
  CHECK(made.json["owner"] == "local");
  CHECK(made.json["notices"].size() == 1);
  CHECK(made.json["state"]["columns"][1]["name"] == "gone.one");
  const std::string path = "/api/v1/views/" + made.json["id"].get<std::string>();
  // One name an owner, a project and a scope.
  const Json same = {{"project", "1"}, {"name", "best"}};
  CHECK(error_of([&] { api("POST", "/api/v1/views", same); }).code() == ErrorCode::exists);
  const auto deep =
      api("POST", "/api/v1/views", {{"project", "1"}, {"name", "best"}, {"scope", "subprojects"}});
  CHECK(deep.json["state"]["columns"].size() == 8);
  CHECK(api("GET", "/api/v1/views?project=1").json["views"].size() == 1);
  CHECK(api("GET", "/api/v1/views?project=1&scope=subprojects").json["views"].size() == 1);
  CHECK(api("GET", "/api/v1/views").json["views"].empty());

  const auto edited = api("PATCH", path, {{"shared", true}, {"name", "better"}}, made.etag);
  CHECK(edited.json["shared"] == true);
  CHECK(edited.json["state"] == made.json["state"]);
  CHECK(error_of([&] {
          api("PATCH", path, {{"name", "x"}}, made.etag);
        }).code() == ErrorCode::conflict);
  // One default of everybody, one of each user: the user's own is first.
  CHECK(api("GET", "/api/v1/views?project=1").json["first"] == made.json["id"]);
  const auto mine =
      api("POST", "/api/v1/views", {{"project", "1"}, {"name", "mine"}, {"default", true}});
  CHECK(api("GET", "/api/v1/views?project=1").json["first"] == mine.json["id"]);
  CHECK(api("GET", path).json["default"] == true);
  const auto third =
      api("POST", "/api/v1/views", {{"project", "1"}, {"name", "third"}, {"default", true}});
  CHECK(api("GET", "/api/v1/views?project=1").json["first"] == third.json["id"]);
  CHECK(api("GET", "/api/v1/views/" + mine.json["id"].get<std::string>()).json["default"] == false);

  CHECK(api("GET", "/api/v1/links/" + made.json["link"].get<std::string>()).json["view"]["name"] ==
        "better");
  api("DELETE", path, nullptr, edited.etag);
  CHECK(error_of([&] { api("GET", path); }).code() == ErrorCode::not_found);
  const auto field = [&](Json body) {
    return error_of([&] { api("POST", "/api/v1/views", std::move(body)); }).field();
  };
  CHECK(field({{"project", "1"}}) == "name");
  CHECK(field({{"name", "x"}, {"scope", "project"}}) == "scope");
  CHECK(field({{"name", "x"}, {"state", {{"filter", "name ="}}}}) == "state.filter");
  CHECK(field({{"name", "x"}, {"state", {{"colums", Json::array()}}}}) == "state.colums");
  CHECK(field({{"name", "x"},
               {"state", Json::parse(R"({"columns":[{"name":"a"},{"name":"a"}]})")}}) ==
        "state.columns[1].name");
}

TEST_CASE("private views are their owner's, but for who has the link") {
  Host h;
  Principal eve;
  eve.id = "eve";
  host::View view;
  view.name = "mine";
  view.scope = host::TableScope::all;
  auto& views = h.services->views();
  const std::string id =
      h.store->write([&](Transaction& t) { return views.create(t, h.me, view); });
  CHECK(views.find(*h.store, h.me, id));
  CHECK(!views.find(*h.store, eve, id));
  CHECK(views.list(*h.store, eve, "", host::TableScope::all).empty());
  CHECK(views.by_link(*h.store, eve, views.find(*h.store, h.me, id)->link)->name == "mine");
  const auto change = [&](const Principal& who, host::Views::Change c) {
    h.store->transact([&](Transaction& t) { views.change(t, who, id, c, nullptr); });
  };
  CHECK(error_of([&] { change(eve, {"hers", {}, {}, {}}); }).code() == ErrorCode::not_found);
  change(h.me, {{}, true, {}, {}});
  change(eve, {"ours", {}, {}, {}});
  CHECK(views.find(*h.store, eve, id)->name == "ours");
  CHECK(error_of([&] { change(eve, {{}, false, {}, {}}); }).code() == ErrorCode::denied);
}

TEST_CASE("CSV: what a spreadsheet reads, and what it must not run") {
  Host h;
  Api api(h);
  const std::string texts[] = {
      "=1+1", "+x",     "-y",   "@z", "\tt", "\rr", "-0.5", "+3",  "1e-5", "a,b",
      "a\"b", "a\r\nb", "a\nb", "",   "Ünï", "--",  "'q",   " =1", "-1e5", "=HYPERLINK(\"x\")",
      "NaN"};
  std::vector<std::string> ids;
  for (const auto& text : texts)
    ids.push_back(task(api, {{"name", "n"}, {"params", {{"=k,\"", text}}}}));
  ids.push_back(task(api, {{"name", "last"}, {"state", "running"}}));
  api("POST", "/api/v1/tasks/" + ids.back() + "/log",
      {{"metrics",
        {{{"key", "m"}, {"points", {{1, 5, "-Infinity"}, {2, 1'764'000'000'000, 0.1}}}}}}});
  const auto rows =
      parse_csv(api("POST", "/api/v1/tasks/export",
                    {{"columns",
                      {"name", "params.`=k,\"`", "metrics.m", "metrics.m.min",
                       "metrics.m.last_time", "archived", "tags", "project.name", "params.none"}},
                     {"order", {"created"}}})
                    .text);
  REQUIRE(rows.size() == std::size(texts) + 2);
  CHECK(rows[0][1] == "params.`=k,\"`");
  for (std::size_t i = 0; i < std::size(texts); ++i) {
    const std::string& text = texts[i];
    const bool number = text == "-0.5" || text == "+3" || text == "-1e5";
    const bool guarded =
        !text.empty() && std::string("=+-@\t\r").find(text[0]) != std::string::npos && !number;
    CHECK(rows[i + 1][1] == (guarded ? "'" + text : text));
  }
  CHECK(rows.back() == std::vector<std::string>{"last", "", "0.1", "-Infinity",
                                                "2025-11-24T16:00:00Z", "false", "{}", "Default",
                                                ""});
  // An empty text is told from nothing, and the whole is what it was in JSON lines.
  const std::string raw = api("POST", "/api/v1/tasks/export",
                              {{"columns", {"params.`=k,\"`"}}, {"filter", "params.`=k,\"` = ''"}})
                              .text;
  CHECK(raw == "\"params.`=k,\"\"`\"\r\n\"\"\r\n");
  const auto lines = api("POST", "/api/v1/tasks/export",
                         {{"format", "jsonl"},
                          {"columns", {"id", "params", "metrics.m.min"}},
                          {"order", {"created"}}});
  std::size_t at = 0, n = 0;
  for (; at < lines.text.size(); ++n) {
    const std::size_t end = lines.text.find('\n', at);
    const Json row = Json::parse(lines.text.substr(at, end - at));
    CHECK(row["id"] == ids[n]);
    if (n < std::size(texts)) CHECK(row["params"]["=k,\""] == texts[n]);
    at = end + 1;
  }
  CHECK(n == ids.size());
}

TEST_CASE("an export has no cap, follows a listing, and can be a link") {
  Host h;
  Api api(h);
  const Ordinal project = h.store->find(h.store->collection("projects"), "0");
  for (int i = 0; i < 1203; ++i) h.task(project);
  const auto whole = api("POST", "/api/v1/tasks/export", {{"columns", {"id"}}});
  CHECK(whole.blocks == 3);
  CHECK(parse_csv(whole.text).size() == 1204);
  const auto first = api("POST", "/api/v1/tasks/query",
                         {{"columns", {"id"}}, {"offset", 0}, {"order", {"id desc"}}})
                         .json;
  task(api, {{"name", "new"}});
  // What is on screen: the listing's rows, also when others came.
  const auto some = parse_csv(api("POST", "/api/v1/tasks/export",
                                  {{"columns", {"id"}},
                                   {"order", {"id desc"}},
                                   {"listing", first["listing"]},
                                   {"offset", 1},
                                   {"limit", 2}})
                                  .text);
  CHECK(some == std::vector<std::vector<std::string>>{{"id"},
                                                      {first["rows"][1][0].get<std::string>()},
                                                      {first["rows"][2][0].get<std::string>()}});
  const auto linked = parse_csv(
      api("GET", "/api/v1/tasks/export?project=0&cols=name,state&where=name%20=%20%27new%27").text);
  CHECK(linked == std::vector<std::vector<std::string>>{{"name", "state"}, {"new", "draft"}});
  CHECK(parse_csv(api("GET", "/api/v1/tasks/export?format=csv&scope=project").text).size() == 1205);
  CHECK(error_of([&] { api("GET", "/api/v1/tasks/export?colour=red"); }).code() ==
        ErrorCode::invalid);
  CHECK(error_of([&] { api("GET", "/api/v1/tasks/export?format=pdf"); }).field() == "format");
}

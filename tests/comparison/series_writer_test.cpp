#include "series_writer.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "podium/json.hpp"
#include "support.hpp"

using namespace podium;
using namespace podium::comparison;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

/// The bytes as docs/comparison.md tells them.
struct Read {
  Json header;
  std::vector<double> column(std::size_t series, const char* name) const {
    const Json& c = header.at("series").at(series).at("columns").at(name);
    const std::size_t n = c.at("n"), offset = c.at("offset");
    const bool small = c.at("type") == "u32";
    std::vector<double> out;
    for (std::size_t i = 0; i < n; ++i) {
      if (small) {
        std::uint32_t v = 0;
        std::memcpy(&v, data.data() + offset + i * sizeof v, sizeof v);
        out.push_back(static_cast<double>(v) + c.at("base").get<double>());
      } else {
        double v = 0;
        std::memcpy(&v, data.data() + offset + i * sizeof v, sizeof v);
        out.push_back(v);
      }
    }
    return out;
  }
  std::string type(const char* name) const {
    return header.at("series").at(0).at("columns").at(name).at("type");
  }
  std::string data;
};

Read read(const std::string& bytes) {
  REQUIRE(bytes.substr(0, 8) == "PODSERI1");
  std::uint32_t length = 0, zero = 1;
  std::memcpy(&length, bytes.data() + 8, 4);
  std::memcpy(&zero, bytes.data() + 12, 4);
  CHECK((length % 8 == 0 && zero == 0));
  Read out;
  out.header = Json::parse(bytes.substr(16, length));
  out.data = bytes.substr(16 + length);
  CHECK(out.data.size() % 8 == 0);
  return out;
}

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0);
}

SeriesAnswer answer_of(Curve line) {
  SeriesAnswer a;
  ComparedTask task;
  task.id = "0193a5";
  task.name = task.label = "a \"name\"";
  task.color = "#4c78a8";
  a.selected.tasks = {task};
  comparison::Series s;
  s.key = "loss";
  s.of = 7;
  s.line = std::move(line);
  a.series.push_back(std::move(s));
  return a;
}

}  // namespace

TEST_CASE("the binary form comes back bit by bit") {
  const std::vector<std::vector<double>> columns = {
      {},
      {1},
      {0, 1, 2, 4294967295.0},
      {-7, 4294967288.0},
      {-8, 4294967288.0},  // too wide for 32 bits
      {0.0, -0.0},         // a sign that whole numbers do not have
      {1.5, 2},
      {not_a_number, 1},
      {inf, -inf},
      {1.7e12, 1.7e12 + 1},                      // milliseconds
      {9007199254740992.0, 9007199254740994.0},  // beyond what is exact
      {5e-324, 1.7976931348623157e308},
  };
  for (const auto& x : columns) {
    const SeriesAnswer a = answer_of({x, std::vector<double>(x.size(), 0.25)});
    const Read r = read(series_binary(a, {}));
    CHECK(same_bits(r.column(0, "x"), x));
    CHECK(same_bits(r.column(0, "y"), a.series[0].line.y));
  }
  CHECK(read(series_binary(answer_of({columns[2], columns[2]}), {})).type("x") == "u32");
  CHECK(read(series_binary(answer_of({columns[3], columns[3]}), {})).type("x") == "u32");
  CHECK(read(series_binary(answer_of({columns[4], columns[4]}), {})).type("x") == "f64");
  CHECK(read(series_binary(answer_of({columns[9], columns[9]}), {})).type("x") == "u32");
}

TEST_CASE("both forms say the same beside the columns") {
  SeriesAnswer a = answer_of({{0, 1}, {not_a_number, 2.5}});
  a.selected.missing = {"gone"};
  a.series[0].original = {{0}, {1}};
  SeriesQuestion asked;
  asked.originals = true;
  Json json = Json::parse(series_json(a, asked));
  CHECK(json["series"][0]["columns"] ==
        Json{{"x", {0, 1}}, {"y", {"NaN", 2.5}}, {"original_x", {0}}, {"original_y", {1}}});
  const Read r = read(series_binary(a, asked));
  CHECK(r.column(0, "original_y") == std::vector<double>{1});
  Json header = r.header;
  json["series"][0].erase("columns");
  header["series"][0].erase("columns");
  CHECK(json == header);
}

TEST_CASE("groups have a band and counts") {
  SeriesAnswer a = answer_of({{0.5}, {2}});
  a.groups.push_back({{Value{std::string("0.1")}, Value{}}, {0}, "params.lr=0.1", "#000000"});
  a.series[0].low = {1};
  a.series[0].high = {3};
  a.series[0].tasks = {2};
  SeriesQuestion asked;
  asked.group_by = {"params.lr", "tags.team"};
  const Json json = Json::parse(series_json(a, asked));
  CHECK(json["groups"][0]["values"] == Json{"0.1", nullptr});
  CHECK(json["series"][0]["columns"] ==
        Json{{"x", {0.5}}, {"y", {2}}, {"tasks", {2}}, {"low", {1}}, {"high", {3}}});
  CHECK(json["series"][0]["group"] == 0);
  CHECK(!json["series"][0].contains("task"));
  asked.band = Band::none;
  CHECK(!Json::parse(series_json(a, asked))["series"][0]["columns"].contains("low"));
}

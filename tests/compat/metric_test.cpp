#include "fixture.hpp"

using namespace podium::test;

namespace {

void log(Podium& podium, const std::string& run, int from, int to) {
  for (int start = from; start < to; start += 1000) {
    Json metrics = Json::array();
    for (int i = start; i < std::min(start + 1000, to); ++i)
      metrics.push_back({{"key", "m"}, {"value", i * 0.5}, {"timestamp", 1000 + i}, {"step", i}});
    podium.call("/runs/log-batch", {{"run_id", run}, {"metrics", metrics}});
  }
}

}  // namespace

TEST_CASE("history: by time, whole or in pages") {
  Podium podium;
  const std::string run = podium.run();
  log(podium, run, 0, 2500);
  const std::string path = "/metrics/get-history?metric_key=m&run_id=" + run;
  const Json all = podium.ok("GET", path)["metrics"];
  REQUIRE(all.size() == 2500);
  CHECK(all[1] == Json{{"key", "m"}, {"value", 0.5}, {"timestamp", 1001}, {"step", 1}});

  Json paged = Json::array();
  std::string token;
  int pages = 0;
  do {
    const Json page = podium.ok("GET", path + "&max_results=1000&page_token=" + token);
    for (const Json& m : page["metrics"]) paged.push_back(m);
    token = page.value("next_page_token", "");
    ++pages;
  } while (!token.empty());
  CHECK(pages == 3);
  CHECK(paged == all);
  CHECK_FALSE(podium.ok("GET", path + "&max_results=2500").contains("next_page_token"));

  CHECK(podium.ok("GET", "/metrics/get-history?metric_key=zz&run_id=" + run) == Json::object());
  CHECK(podium.ok("GET", "/metrics/get-history?metric_key=m&run_id=zz") == Json::object());
  CHECK(podium.get(std::string(api) + path + "&max_results=0").message() ==
        "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer.");
  CHECK(podium.get(std::string(api) + path + "&max_results=1&page_token=xx").message() ==
        "Invalid page token, could not base64-decode");
}

TEST_CASE("history of several runs") {
  Podium podium;
  const std::string a = podium.run(), b = podium.run();
  log(podium, a, 0, 3);
  log(podium, b, 0, 3);
  podium.call("/runs/log-metric",
              {{"run_id", b}, {"key", "m"}, {"value", "NaN"}, {"timestamp", 9999}});
  const std::string path =
      "/ajax-api/2.0/mlflow/metrics/get-history-bulk?metric_key=m&run_id=" + b + "&run_id=" + a;
  const Answer all = podium.get(path);
  CHECK(all.body.find("\"value\":NaN") != std::string::npos);
  const Json few = podium.get(path + "&max_results=4").json()["metrics"];
  REQUIRE(few.size() == 4);
  CHECK(few[0]["run_id"] == std::min(a, b));
  CHECK(few[3]["run_id"] == std::max(a, b));
  CHECK(podium.get("/ajax-api/2.0/mlflow/metrics/get-history-bulk?metric_key=m").message() ==
        "GetMetricHistoryBulk request must specify at least one run_id.");
  CHECK(podium.get("/ajax-api/2.0/mlflow/metrics/get-history-bulk?run_id=" + a).message() ==
        "GetMetricHistoryBulk request must specify a metric_key.");
  CHECK(podium.get("/ajax-api/2.0/mlflow/metrics/get-history-bulk?metric_key=m&run_id=zz").body ==
        "{\"metrics\":[]}");
}

TEST_CASE("bulk interval: the first of each run of rows, and the last") {
  Podium podium;
  const std::string run = podium.run();
  log(podium, run, 0, 11);
  const auto steps = [&](const std::string& more) {
    std::vector<int> out;
    const Json answer =
        podium.ok("GET", "/metrics/get-history-bulk-interval?metric_key=m&run_ids=" + run + more);
    for (const Json& m : answer.value("metrics", Json::array())) out.push_back(m["step"]);
    return out;
  };
  CHECK(steps("&max_results=4") == std::vector{0, 3, 6, 10});
  CHECK(steps("&max_results=1") == std::vector{10});
  CHECK(steps("").size() == 11);
  CHECK(steps("&start_step=2&end_step=5") == std::vector{2, 3, 4, 5});
  CHECK(steps("&run_ids=zz").size() == 11);
  const auto refused = [&](const std::string& more) {
    return podium
        .get(std::string(api) + "/metrics/get-history-bulk-interval?metric_key=m&run_ids=" + run +
             more)
        .message();
  };
  CHECK(refused("&start_step=2") ==
        "If either start step or end step are specified, both must be specified.");
  CHECK(refused("&start_step=2&end_step=1") ==
        "end_step must be greater than start_step. Found start_step=2 and end_step=1.");
  CHECK(refused("&max_results=2501").find("max_results must be between 1 and 2500.") == 0);
  std::string many;
  for (int i = 0; i < 100; ++i) many += "&run_ids=x";
  CHECK(refused(many).find("GetMetricHistoryBulkInterval request must specify at most 100 run_ids. "
                           "Received 101 run_ids.") == 0);
}

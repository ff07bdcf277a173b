// Load for the bench: N keep-alive connections, a thread each, that send one kind of request and
// wait for its answer.
//
//   bench_load PORT KIND CLIENTS REQUESTS [name=value ...]
//
// KIND: log-metric, log-metric-step0   one metric
//       batch, batch-one-key, batch-step0   1000 metrics: of 20 keys, of one, of one at step 0
//       batch-10                            10 metrics
//       run-lifecycle   create with 20 tags, log 20 params, finish: three requests, counted as one
//       fill-runs       create and log the runs that the searches look for; see values.hpp. With
//                       finish=1 they are finished, too
//       trackio-metric, trackio-batch   the same points by Trackio's bulk endpoint
//       call            whatever method=, path= and body= (a file) say
//                       first, with touch= (a task's id), changing that task: nothing is kept
// Names: key= (of batch-one-key; loss), accept= (a media type), experiment=0, run= (else each
// connection makes its own), first=0 (number of the first request), token= (Trackio's).
//
// Prints "ready" when all are connected, waits for a line, works, and prints one line of JSON:
// requests, failures, the first failure, wall seconds, p50 and p99 in ms, bytes of the last answer.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "http_connection.hpp"
#include "values.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using bench::Connection;
using std::to_string;

const std::string prefix = "/api/2.0/mlflow/";
constexpr std::int64_t epoch_ms = 1'700'000'000'000;

struct Options {
  int port = 0;
  std::string kind;
  int clients = 1, requests = 1;
  std::map<std::string, std::string> named;
  std::string body;

  std::string name(const char* key, const char* otherwise = "") const {
    const auto found = named.find(key);
    return found == named.end() ? otherwise : found->second;
  }
};

std::string create_run(Connection& c, const std::string& experiment, std::int64_t start,
                       const std::string& tags) {
  const int status =
      c.call("POST", prefix + "runs/create",
             "{\"experiment_id\":\"" + experiment + "\",\"start_time\":" + to_string(start) +
                 ",\"tags\":[" + tags + "]}");
  const auto at = c.body.find("\"run_id\"");
  if (status != 200 || at == std::string::npos) throw std::runtime_error("create run: " + c.body);
  const auto quote = c.body.find('"', c.body.find(':', at)) + 1;
  return c.body.substr(quote, c.body.find('"', quote) - quote);
}

std::string metric(const std::string& key, double value, std::int64_t time, std::int64_t step) {
  return "{\"key\":\"" + key + "\",\"value\":" + to_string(value) +
         ",\"timestamp\":" + to_string(time) + ",\"step\":" + to_string(step) + "}";
}

std::string pair(const std::string& key, const std::string& value) {
  return "{\"key\":\"" + key + "\",\"value\":\"" + value + "\"}";
}

template <class Item>
std::string list(int count, Item item) {
  std::string out = "[";
  for (int i = 0; i < count; ++i) (out += i ? "," : "") += item(i);
  return out + "]";
}

/// One connection's work.
class Client {
 public:
  Client(const Options& o, const std::string& headers) : o_(o), c_(o.port, headers) {
    run_ = o.name("run");
    // One after another: some servers refuse to make many runs at once.
    static std::mutex one_at_a_time;
    const std::lock_guard lock(one_at_a_time);
    if (run_.empty() && (o.kind.starts_with("log-") || o.kind.starts_with("batch")))
      run_ = create_run(c_, o.name("experiment", "0"), epoch_ms, "");
  }

  /// Sends request number `n`; returns the status.
  int send(int n) {
    const std::string& kind = o_.kind;
    if (kind == "log-metric" || kind == "log-metric-step0") {
      const int step = kind == "log-metric" ? n : 0;
      std::string body = metric("loss", 1.0 / (1 + n), epoch_ms + n, step);
      return post("runs/log-metric", "{\"run_id\":\"" + run_ + "\"," + body.substr(1));
    }
    if (kind.starts_with("batch")) return batch(n);
    if (kind == "run-lifecycle") return lifecycle(n);
    if (kind == "fill-runs") return fill(n);
    if (kind.starts_with("trackio-")) return trackio(n);
    if (const std::string touched = o_.name("touch"); !touched.empty())
      c_.call("POST", "/api/v1/tasks/" + touched + "/log",
              "{\"tags\":{\"touched\":\"" + to_string(n) + "\"}}");
    return c_.call(o_.name("method", "POST").c_str(), o_.name("path"), o_.body);
  }
  const std::string& answer() const { return c_.body; }

 private:
  int post(const char* path, const std::string& body) {
    return c_.call("POST", prefix + path, body);
  }

  int batch(int n) {
    const auto metrics = [&](int count, auto item) {
      return post("runs/log-batch",
                  "{\"run_id\":\"" + run_ + "\",\"metrics\":" + list(count, item) + "}");
    };
    if (o_.kind == "batch-10")
      return metrics(10, [&](int m) { return metric("m" + to_string(m), m + n, epoch_ms + n, n); });
    if (o_.kind == "batch")
      return metrics(1000, [&](int m) {
        return metric("m" + to_string(m % 20), 0.001 * m + n, epoch_ms + n * 1000 + m,
                      n * 50 + m / 20);
      });
    return metrics(1000, [&](int m) {
      const std::int64_t at = std::int64_t{n} * 1000 + m;
      return metric(o_.name("key", "loss"), bench::loss_at(at), epoch_ms + at,
                    o_.kind == "batch-step0" ? 0 : at);
    });
  }

  int lifecycle(int n) {
    const auto text = [&](int i) {
      return to_string(static_cast<double>((n * 7919L + i * 104729L) % 1000) / 1000);
    };
    const std::string tags = list(20, [&](int i) { return pair("tag" + to_string(i), text(i)); });
    const std::string id =
        create_run(c_, o_.name("experiment", "0"), epoch_ms + n, tags.substr(1, tags.size() - 2));
    const int status =
        post("runs/log-batch", "{\"run_id\":\"" + id + "\",\"params\":" + list(20, [&](int i) {
                                 return pair("param" + to_string(i), text(i));
                               }) + "}");
    if (status != 200) return status;
    return post("runs/update", "{\"run_id\":\"" + id + "\",\"status\":\"FINISHED\",\"end_time\":" +
                                   to_string(epoch_ms + n + 1000) + "}");
  }

  int fill(int n) {
    const auto number = static_cast<std::uint64_t>(n);
    const std::string tags = list(
        bench::tags, [&](int i) { return pair("tag" + to_string(i), bench::tag_text(number, i)); });
    const std::string id =
        create_run(c_, o_.name("experiment", "0"), epoch_ms + n, tags.substr(1, tags.size() - 2));
    const int logged = post(
        "runs/log-batch",
        "{\"run_id\":\"" + id + "\",\"params\":" +
            list(bench::params,
                 [&](int i) { return pair(bench::param_name(i), bench::param_text(number, i)); }) +
            ",\"metrics\":" +
            list(bench::metrics,
                 [&](int i) {
                   return metric(bench::metric_name(i), bench::metric_value(number, i), epoch_ms,
                                 0);
                 }) +
            "}");
    if (logged != 200 || o_.name("finish").empty()) return logged;
    return post("runs/update", "{\"run_id\":\"" + id + "\",\"status\":\"FINISHED\",\"end_time\":" +
                                   to_string(epoch_ms + n + 1000) + "}");
  }

  int trackio(int n) {
    const bool one = o_.kind == "trackio-metric";
    const auto entry = [&](int i) {
      const int step = one ? n : n * 50 + i;
      std::string values;
      for (int k = 0; k < (one ? 1 : 20); ++k)
        values += (k ? ",\"m" : "\"m") + to_string(k) + "\":" + to_string(0.001 * k + step);
      return "{\"project\":\"bench\",\"run\":\"" + o_.name("run", "one") +
             "\",\"step\":" + to_string(step) + ",\"metrics\":{" + values + "},\"config\":null}";
    };
    return c_.call("POST", "/api/bulk_log",
                   "{\"logs\":" + list(one ? 1 : 50, entry) + ",\"hf_token\":null}");
  }

  const Options& o_;
  Connection c_;
  std::string run_;
};

struct Outcome {
  std::vector<double> milliseconds;
  int failures = 0;
  std::string first_failure;
  std::size_t bytes = 0;
};

Options read_options(int argc, char** argv) {
  Options o;
  o.port = std::atoi(argv[1]);
  o.kind = argv[2];
  o.clients = std::atoi(argv[3]);
  o.requests = std::atoi(argv[4]);
  for (int i = 5; i < argc; ++i) {
    const std::string text = argv[i];
    const auto equals = text.find('=');
    if (equals == std::string::npos) throw std::runtime_error("not name=value: " + text);
    o.named[text.substr(0, equals)] = text.substr(equals + 1);
  }
  if (const std::string file = o.name("body"); !file.empty()) {
    std::ifstream in(file, std::ios::binary);
    o.body.assign(std::istreambuf_iterator<char>(in), {});
  }
  return o;
}

void report(const std::vector<Outcome>& outcomes, double seconds) {
  std::vector<double> all;
  int failures = 0;
  std::string failure;
  std::size_t bytes = 0;
  for (const auto& one : outcomes) {
    all.insert(all.end(), one.milliseconds.begin(), one.milliseconds.end());
    failures += one.failures;
    bytes = std::max(bytes, one.bytes);
    if (failure.empty()) failure = one.first_failure;
  }
  std::sort(all.begin(), all.end());
  const auto at = [&](double q) {
    return all.empty() ? 0.0
                       : all[static_cast<std::size_t>(q * static_cast<double>(all.size() - 1))];
  };
  for (auto& ch : failure)
    if (ch == '"' || ch == '\\' || static_cast<unsigned char>(ch) < 0x20) ch = '\'';
  std::printf(
      "{\"requests\":%zu,\"failures\":%d,\"failure\":\"%s\",\"seconds\":%.6f,\"p50\":%.4f,"
      "\"p99\":%.4f,\"bytes\":%zu}\n",
      all.size(), failures, failure.c_str(), seconds, at(0.5), at(0.99), bytes);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) return std::fputs("usage: see the head of load.cpp\n", stderr), 2;
  const Options o = read_options(argc, argv);
  std::string headers =
      "Content-Type: " +
      o.name("type", o.name("method") == "PUT" ? "application/octet-stream" : "application/json") +
      "\r\n";
  if (const std::string type = o.name("accept"); !type.empty())
    headers += "Accept: " + type + "\r\n";
  if (const std::string token = o.name("token"); !token.empty())
    headers += "X-Trackio-Write-Token: " + token + "\r\n";
  const int first = std::atoi(o.name("first", "0").c_str());
  std::atomic<int> next{first}, ready{0};
  std::atomic<bool> go{false};
  std::vector<Outcome> outcomes(static_cast<std::size_t>(o.clients));
  std::vector<std::thread> threads;
  for (int w = 0; w < o.clients; ++w)
    threads.emplace_back([&, w] {
      Outcome& mine = outcomes[static_cast<std::size_t>(w)];
      bool counted = false;
      try {
        Client client(o, headers);
        counted = true;
        ++ready;
        go.wait(false);
        for (int n; (n = next++) < first + o.requests;) {
          const auto started = Clock::now();
          const int status = client.send(n);
          mine.milliseconds.push_back(
              std::chrono::duration<double, std::milli>(Clock::now() - started).count());
          mine.bytes = client.answer().size();
          if (status != 200 && mine.failures++ == 0)
            mine.first_failure = to_string(status) + " " + client.answer().substr(0, 300);
        }
      } catch (const std::exception& e) {
        if (!counted) ++ready;
        if (mine.failures++ == 0) mine.first_failure = e.what();
      }
    });
  while (ready < o.clients) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  std::printf("ready\n");
  std::fflush(stdout);
  char line[16];
  if (!std::fgets(line, sizeof line, stdin)) std::_Exit(2);  // the bench reads the clock first
  const auto begun = Clock::now();
  go = true;
  go.notify_all();
  for (auto& t : threads) t.join();
  report(outcomes, std::chrono::duration<double>(Clock::now() - begun).count());
}

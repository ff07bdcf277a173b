// Load for the bench: N keep-alive connections, a thread each, that send one kind of MLflow request
// and wait for its answer. Prints one JSON line: requests, failures, wall seconds, p50 and p99 in
// ms.
//
//   bench_load HOST PORT KIND CLIENTS REQUESTS EXPERIMENT [BODY_FILE | RUN]
//
// KIND: log-metric, log-metric-step0, log-batch-1000, run-lifecycle, create-runs, post PATH, get
// PATH.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

/// A blocking HTTP/1.1 connection that reads whole answers (Content-Length or chunked).
class Connection {
 public:
  Connection(const char* host, int port) : host_(host) {
    fd_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    inet_pton(AF_INET, host, &address.sin_addr);
    int one = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("cannot connect");
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { close(fd_); }

  /// Sends a request; the answer's body is in `body` afterwards. Returns the status.
  int call(const char* method, const std::string& path, const std::string& text) {
    request_.assign(method).append(" ").append(path).append(" HTTP/1.1\r\nHost: ").append(host_);
    request_.append("\r\nContent-Type: application/json\r\nContent-Length: ");
    request_.append(std::to_string(text.size())).append("\r\n\r\n").append(text);
    for (std::size_t sent = 0; sent < request_.size();) {
      const auto n = send(fd_, request_.data() + sent, request_.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) throw std::runtime_error("connection lost while sending");
      sent += static_cast<std::size_t>(n);
    }
    std::size_t head = std::string::npos;
    while ((head = buffer_.find("\r\n\r\n")) == std::string::npos) fill();
    const std::string header = buffer_.substr(0, head + 2);
    buffer_.erase(0, head + 4);
    const int status = std::atoi(header.c_str() + 9);
    body.clear();
    if (const auto length = find(header, "content-length:"); length != std::string::npos) {
      const auto n = static_cast<std::size_t>(std::atoll(header.c_str() + length));
      while (buffer_.size() < n) fill();
      body.assign(buffer_, 0, n);
      buffer_.erase(0, n);
    } else if (find(header, "transfer-encoding:") != std::string::npos) {
      for (;;) {
        std::size_t end;
        while ((end = buffer_.find("\r\n")) == std::string::npos) fill();
        const auto n = static_cast<std::size_t>(std::strtoull(buffer_.c_str(), nullptr, 16));
        while (buffer_.size() < end + 2 + n + 2) fill();
        body.append(buffer_, end + 2, n);
        buffer_.erase(0, end + 2 + n + 2);
        if (n == 0) break;
      }
    }
    return status;
  }
  std::string body;

 private:
  static std::size_t find(const std::string& header, const char* name) {
    const auto at = std::search(header.begin(), header.end(), name, name + std::strlen(name),
                                [](char a, char b) { return std::tolower(a) == b; });
    return at == header.end() ? std::string::npos
                              : static_cast<std::size_t>(at - header.begin()) + std::strlen(name);
  }
  void fill() {
    char bytes[65536];
    const auto n = recv(fd_, bytes, sizeof bytes, 0);
    if (n <= 0) throw std::runtime_error("connection lost while reading");
    buffer_.append(bytes, static_cast<std::size_t>(n));
  }
  std::string host_, request_, buffer_;
  int fd_;
};

const std::string prefix = "/api/2.0/mlflow/";

std::string create_run(Connection& c, const std::string& experiment, const std::string& tags) {
  const int status = c.call("POST", prefix + "runs/create",
                            "{\"experiment_id\":\"" + experiment +
                                "\",\"start_time\":1700000000000,\"tags\":[" + tags + "]}");
  const auto at = c.body.find("\"run_id\"");
  if (status != 200 || at == std::string::npos) throw std::runtime_error("create run: " + c.body);
  const auto quote = c.body.find('"', c.body.find(':', at)) + 1;
  return c.body.substr(quote, c.body.find('"', quote) - quote);
}

std::string pairs(const char* name, int count, std::uint64_t salt) {
  std::string list;
  for (int i = 0; i < count; ++i)
    list += (i ? ",{\"key\":\"" : "{\"key\":\"") + std::string(name) + std::to_string(i) +
            "\",\"value\":\"" +
            std::to_string(
                static_cast<double>((salt * 7919 + static_cast<std::uint64_t>(i) * 104729) % 1000) /
                1000) +
            "\"}";
  return list;
}

struct Worker {
  std::vector<double> milliseconds;
  int failures = 0;
  std::string first_failure;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 7) return std::fputs("usage: see the head of load.cpp\n", stderr), 2;
  const char* host = argv[1];
  const int port = std::atoi(argv[2]);
  const std::string kind = argv[3];
  const int clients = std::atoi(argv[4]), requests = std::atoi(argv[5]);
  const std::string experiment = argv[6], path = argc > 7 ? argv[7] : "",
                    file = argc > 8 ? argv[8] : "";
  std::string fixed;
  if (!file.empty()) {
    std::ifstream in(file);
    fixed.assign(std::istreambuf_iterator<char>(in), {});
  }
  std::atomic<int> next{0};
  std::vector<Worker> workers(static_cast<std::size_t>(clients));
  std::vector<std::thread> threads;
  std::atomic<int> ready{0};
  std::atomic<bool> go{false};
  for (int w = 0; w < clients; ++w)
    threads.emplace_back([&, w] {
      auto& me = workers[static_cast<std::size_t>(w)];
      try {
        Connection c(host, port);
        std::string run;
        if (kind.starts_with("log-")) run = create_run(c, experiment, "");
        ++ready;
        while (!go) std::this_thread::yield();
        for (int i; (i = next++) < requests;) {
          const auto started = Clock::now();
          int status = 200;
          if (kind == "log-metric" || kind == "log-metric-step0") {
            status = c.call("POST", prefix + "runs/log-metric",
                            "{\"run_id\":\"" + run +
                                "\",\"key\":\"loss\",\"value\":" + std::to_string(1.0 / (1 + i)) +
                                ",\"timestamp\":" + std::to_string(1700000000000 + i) +
                                ",\"step\":" + std::to_string(kind == "log-metric" ? i : 0) + "}");
          } else if (kind == "log-batch-1000") {
            std::string body = "{\"run_id\":\"" + run + "\",\"metrics\":[";
            for (int m = 0; m < 1000; ++m)
              body += (m ? ",{\"key\":\"m" : "{\"key\":\"m") + std::to_string(m % 20) +
                      "\",\"value\":" + std::to_string(0.001 * m + i) +
                      ",\"timestamp\":" + std::to_string(1700000000000 + i * 1000 + m) +
                      ",\"step\":" + std::to_string(i * 50 + m / 20) + "}";
            status = c.call("POST", prefix + "runs/log-batch", body + "]}");
          } else if (kind == "run-lifecycle" || kind == "create-runs") {
            const auto id =
                create_run(c, experiment, pairs("tag", 20, static_cast<std::uint64_t>(i)));
            status =
                c.call("POST", prefix + "runs/log-batch",
                       "{\"run_id\":\"" + id + "\",\"params\":[" +
                           pairs("param", 20, static_cast<std::uint64_t>(i)) + "]" +
                           (kind == "create-runs"
                                ? ",\"metrics\":[{\"key\":\"acc\",\"value\":" +
                                      std::to_string(((i * 7919) % 100003) / 100003.0) +
                                      ",\"timestamp\":1,\"step\":0},{\"key\":\"loss\",\"value\":" +
                                      std::to_string(((i * 104729) % 100019) / 100019.0) +
                                      ",\"timestamp\":1,\"step\":0}]"
                                : "") +
                           "}");
            if (status == 200)
              status = c.call(
                  "POST", prefix + "runs/update",
                  "{\"run_id\":\"" + id + "\",\"status\":\"FINISHED\",\"end_time\":1700000001000}");
          } else {
            status = c.call(kind == "get" ? "GET" : "POST", path, fixed);
          }
          me.milliseconds.push_back(
              std::chrono::duration<double, std::milli>(Clock::now() - started).count());
          if (status != 200 && me.failures++ == 0)
            me.first_failure = std::to_string(status) + " " + c.body.substr(0, 300);
        }
      } catch (const std::exception& e) {
        ++ready;
        ++me.failures;
        if (me.first_failure.empty()) me.first_failure = e.what();
      }
    });
  while (ready < clients) std::this_thread::yield();
  std::printf("ready\n");
  std::fflush(stdout);
  char line[16];
  if (!std::fgets(line, sizeof line, stdin))
    return 2;  // the bench reads the server's CPU clock first
  go = true;
  const auto begun = Clock::now();
  for (auto& t : threads) t.join();
  const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  std::vector<double> all;
  int failures = 0;
  std::string failure;
  for (const auto& w : workers) {
    all.insert(all.end(), w.milliseconds.begin(), w.milliseconds.end());
    failures += w.failures;
    if (failure.empty()) failure = w.first_failure;
  }
  std::sort(all.begin(), all.end());
  const auto at = [&](double q) {
    return all.empty() ? 0.0
                       : all[static_cast<std::size_t>(q * static_cast<double>(all.size() - 1))];
  };
  for (auto& ch : failure)
    if (ch == '"' || ch == '\\' || static_cast<unsigned char>(ch) < 0x20) ch = '\'';
  std::printf(
      "{\"requests\":%zu,\"failures\":%d,\"failure\":\"%s\",\"seconds\":%.6f,\"p50\":%.4f,\"p99\":%"
      ".4f}\n",
      all.size(), failures, failure.c_str(), seconds, at(0.5), at(0.99));
}

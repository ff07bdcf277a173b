#include "host.hpp"

#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

#include "podium/error.hpp"
#include "podium/front_kit/local_podium.hpp"

namespace podium::kernel {
namespace {

constexpr int most_threads = 4;

/// One call: made on the kernel's thread, carried out on another.
struct Job {
  HttpCall call;
  HostAddress address;
  int generation = 0;
  std::function<void()> finished;  ///< on the other thread

  std::mutex mutex;
  HttpClient* running = nullptr;
  bool cancelled = false;
  std::atomic<bool> done{false};
  HttpAnswer answer;
  std::exception_ptr error;

  void cancel() {
    const std::lock_guard lock(mutex);
    cancelled = true;
    if (running != nullptr) running->stop();
  }
  /// False when it was cancelled.
  bool begin(HttpClient& client) {
    const std::lock_guard lock(mutex);
    if (!cancelled) running = &client;
    return !cancelled;
  }
  void end() {
    const std::lock_guard lock(mutex);
    running = nullptr;
  }
};

HttpAnswer carry_out(HttpClient& client, const HttpCall& call) {
  if (!call.body.empty()) return client.post(call.path, call.body);
  if (call.most == 0) return client.get(call.path);
  std::string body;
  HttpAnswer answer = client.download(call.path, [&](std::string_view piece) {
    body.append(piece.substr(0, call.most - body.size()));
    return body.size() < call.most;
  });
  if (answer.status == 200) answer.body = std::move(body);
  return answer;
}

}  // namespace

/// Threads are made as they are needed. One that still waits for a host when the kernel ends is
/// left alone.
class Host::Pool : public std::enable_shared_from_this<Host::Pool> {
 public:
  void run(std::shared_ptr<Job> job) {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
    if (idle_ < static_cast<int>(jobs_.size()) && threads_ < most_threads) {
      ++threads_;
      std::thread([self = shared_from_this()] { self->work(); }).detach();
    }
    some_.notify_one();
  }
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    jobs_.clear();
    for (auto& job : running_) job->cancel();
    some_.notify_all();
  }

 private:
  std::shared_ptr<Job> next() {
    std::unique_lock lock(mutex_);
    ++idle_;
    some_.wait(lock, [&] { return closed_ || !jobs_.empty(); });
    --idle_;
    if (closed_) return nullptr;
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    running_.push_back(job);
    return job;
  }
  void work() {
    std::unique_ptr<HttpClient> client;  // its connection is kept
    int generation = -1;
    while (const auto job = next()) {
      try {
        if (client == nullptr || generation != job->generation) {
          client = std::make_unique<HttpClient>(job->address);
          generation = job->generation;
        }
        if (job->begin(*client)) job->answer = carry_out(*client, job->call);
      } catch (...) {
        job->error = std::current_exception();
        client.reset();
      }
      job->end();
      const std::lock_guard lock(mutex_);
      std::erase(running_, job);
      job->done = true;
      if (!closed_ && job->finished) job->finished();
    }
  }

  std::mutex mutex_;
  std::condition_variable some_;
  std::deque<std::shared_ptr<Job>> jobs_;
  std::vector<std::shared_ptr<Job>> running_;
  int threads_ = 0, idle_ = 0;
  bool closed_ = false;
};

Host::Host(Notebook& notebook) : notebook_(notebook), pool_(std::make_shared<Pool>()) {
  try {
    address_ = front::find_host({});
  } catch (const Error&) {
    // A wrong PODIUM_URL is said by the first command.
    address_ = {};
  }
}

Host::~Host() { pool_->close(); }

void Host::connect(HostAddress address) {
  address_ = std::move(address);
  ++generation_;
}

HttpAnswer Host::ask(const HttpCall& call, std::chrono::milliseconds most) {
  if (address_.url.empty()) address_ = front::find_host({});
  auto job = std::make_shared<Job>();
  job->call = call;
  job->address = address_;
  job->generation = generation_;
  job->finished = [this] { notebook_.post([] {}); };
  pool_->run(job);
  using Clock = std::chrono::steady_clock;
  const auto until = most.count() == 0 ? Clock::time_point::max() : Clock::now() + most;
  const auto ended = [&] { return job->done.load() || Clock::now() >= until; };
  const auto period = most.count() == 0 ? std::chrono::milliseconds(1000) : most;
  if (!notebook_.wait(ended, period)) {
    job->cancel();
    throw Interrupted();
  }
  if (!job->done) {
    job->cancel();
    throw Error(ErrorCode::timeout, address_.url + " did not answer in time");
  }
  if (job->error) std::rethrow_exception(job->error);
  return std::move(job->answer);
}

void Host::ask_later(const HttpCall& call, Then then) {
  auto job = std::make_shared<Job>();
  job->call = call;
  job->address = address_;
  job->generation = generation_;
  // Held by itself until the kernel's thread has taken the answer.
  job->finished = [this, job, then = std::move(then)]() mutable {
    notebook_.post([job = std::move(job), then = std::move(then)] {
      std::string problem;
      if (job->error) {
        try {
          std::rethrow_exception(job->error);
        } catch (const std::exception& e) {
          problem = e.what();
        }
      }
      then(job->error ? nullptr : &job->answer, problem);
      job->finished = nullptr;
    });
  };
  pool_->run(job);
}

// ---- events

/// The thread has its own hold of this, so that dropping it never waits for a connection.
class Host::Stream : public std::enable_shared_from_this<Host::Stream> {
 public:
  Stream(Notebook& notebook, HostAddress address, std::string topics,
         std::chrono::milliseconds pace, std::function<void(const Json&)> event,
         std::function<void(bool)> alive)
      : notebook_(notebook),
        client_(std::make_unique<HttpClient>(address)),
        topics_(std::move(topics)),
        pace_(pace),
        event_(std::move(event)),
        alive_(std::move(alive)) {}

  static std::shared_ptr<Stream> start(std::unique_ptr<Stream> made) {
    // Two owners: the one who listens, and the thread. Whoever listens lets go by `Stop`.
    std::shared_ptr<Stream> inner(std::move(made));
    std::thread([inner] { inner->work(); }).detach();
    return {inner.get(), [inner](Stream*) { inner->stop(); }};
  }

 private:
  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    event_ = nullptr;
    alive_ = nullptr;
    client_->stop();
    changed_.notify_all();
  }
  bool stopped() {
    const std::lock_guard lock(mutex_);
    return stopped_;
  }
  void work() {
    using std::chrono::milliseconds;
    constexpr milliseconds shortest{500}, longest{30'000};
    milliseconds pause = shortest;
    while (!stopped()) {
      try {
        client_->download(
            reader_.begin(topics_, pace_),
            [&](std::string_view piece) {
              pause = shortest;
              alive(true);
              reader_.take(piece, [this](Json message) { tell(std::move(message)); });
              return !stopped();
            },
            "text/event-stream");
      } catch (const std::exception&) {
        // Nobody answers: again, a little later.
      }
      if (pause > shortest) alive(false);  // not the first try
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, pause, [&] { return stopped_; });
      pause = std::min(pause * 2, longest);
    }
  }
  void alive(bool is) {
    const std::lock_guard lock(mutex_);
    if (stopped_ || !alive_ || told_ == is) return;
    told_ = is;
    notebook_.post([self = shared_from_this(), say = alive_, is] {
      if (!self->stopped()) say(is);
    });
  }
  void tell(Json message) {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    notebook_.post([self = shared_from_this(), event = event_, message = std::move(message)] {
      if (!self->stopped()) event(message);
    });
  }

  Notebook& notebook_;
  std::unique_ptr<HttpClient> client_;
  const std::string topics_;
  const std::chrono::milliseconds pace_;
  std::function<void(const Json&)> event_;
  std::function<void(bool)> alive_;
  std::optional<bool> told_;  ///< what `alive_` heard last
  front::EventReader reader_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
};

std::shared_ptr<Host::Stream> Host::follow(const std::string& topics,
                                           std::chrono::milliseconds pace,
                                           std::function<void(const Json&)> event,
                                           std::function<void(bool)> alive) {
  return Stream::start(std::make_unique<Stream>(notebook_, address_, topics, pace, std::move(event),
                                                std::move(alive)));
}

// ---- a podium of one's own

class Host::Local : public front::LocalPodium {};

void Host::start_local() {
  auto local = std::make_unique<Local>();
  const std::string url = local->start(
      [this](const std::function<bool()>& done, std::chrono::milliseconds period) {
        return notebook_.wait(done, period);
      },
      STDERR_FILENO);
  if (url.empty()) throw Interrupted();
  local_ = std::move(local);
  connect(front::find_host(url));
}

}  // namespace podium::kernel

#pragma once
// The podium that the kernel talks to, over its HTTP API.
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "notebook.hpp"
#include "podium/front_kit/events.hpp"
#include "podium/front_kit/http_client.hpp"

namespace podium::kernel {

using front::HostAddress;
using front::HttpAnswer;
using front::HttpClient;

/// Thrown where a person interrupted.
struct Interrupted {};

struct HttpCall {
  std::string path, body = {};  ///< no body: GET
  std::size_t most = 0;         ///< a body that is longer is cut there; 0: it is not
};

/// Calls run on threads of their own, so that the notebook is served meanwhile. All of it is called
/// on the kernel's thread.
class Host {
 public:
  explicit Host(Notebook&);
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  const HostAddress& address() const { return address_; }
  /// Goes elsewhere from the next call on.
  void connect(HostAddress);
  /// How often it went elsewhere: what belongs to another host says so.
  int generation() const { return generation_; }

  /// Waits for the answer. Throws Interrupted within a moment of an interrupt, Error `timeout` when
  /// `most` has passed (0: it may take any time), and what HttpClient throws.
  HttpAnswer ask(const HttpCall&, std::chrono::milliseconds most = {});
  /// `then` gets the answer on the kernel's thread, or what went wrong.
  using Then = std::function<void(const HttpAnswer*, const std::string& problem)>;
  void ask_later(const HttpCall&, Then then);

  /// An event stream, until `handle` is dropped. `event` is called on the kernel's thread with the
  /// data of each event, at most once a `pace`; a cut is mended by itself. `alive` is told when
  /// events arrive, and when that takes longer than a moment again.
  class Stream;
  std::shared_ptr<Stream> follow(const std::string& topics, std::chrono::milliseconds pace,
                                 std::function<void(const Json&)> event,
                                 std::function<void(bool)> alive = {});

  /// Starts a podium on this machine with the store of this folder and goes there, or goes to the
  /// one that runs already. Throws Error.
  void start_local();

 private:
  class Pool;
  class Local;
  Notebook& notebook_;
  HostAddress address_;
  int generation_ = 0;
  std::shared_ptr<Pool> pool_;
  std::unique_ptr<Local> local_;
};

}  // namespace podium::kernel

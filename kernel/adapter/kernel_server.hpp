#pragma once
// The sockets of the kernel on xeus 2.4: what its own server does wrong is answered here (see
// README.md), and requests are served while a cell waits.
#include <atomic>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <vector>
#include <xeus/xserver_zmq.hpp>

#include "notebook.hpp"

namespace podium::kernel {

class KernelServer final : public xeus::xserver_zmq, public Notebook {
 public:
  using Handler = std::function<void(const CommMessage&)>;

  KernelServer(zmq::context_t&, const xeus::xconfiguration&, nlohmann::json::error_handler_t);
  ~KernelServer() override;

  /// Called for each message of a comm, also while a cell waits.
  void on_comm(Handler handler) { on_comm_ = std::move(handler); }
  /// Which comms there are, as comm_info_reply tells it, of a target or ("") all.
  void on_comm_info(std::function<Json(const std::string& target)> comms) {
    comms_ = std::move(comms);
  }

  /// A cell begins: what it publishes belongs to `parent`.
  void begin(const nlohmann::json& parent, int count, bool silent, bool allow_stdin);
  void end();
  /// Any thread: what waits in a cell stops waiting.
  void interrupt();
  /// Any thread: the kernel ends as if it had been told to.
  void shut_down();

  void display(const Bundle&, const std::string& display_id) override;
  void update(const Bundle&, const std::string& display_id) override;
  void result(const Bundle&) override;
  void print(const std::string& text, bool error) override;
  void send(const CommMessage&) override;
  bool somebody_is_there() const override { return allow_stdin_ && in_cell_; }
  std::optional<std::string> ask(const std::string& prompt, bool password) override;
  bool wait(const std::function<bool()>& done, std::chrono::milliseconds period) override;
  bool interrupted() const override;
  std::string cell() const override { return cell_; }
  void post(std::function<void()> what) override;
  Json parent() const override;
  void within(const Json& parent, const std::function<void()>& what) override;
  void publish_error(const std::string& name, const std::string& value,
                     const std::vector<std::string>& trace);

 protected:
  void start_impl(xeus::xpub_message) override;
  void send_stdin_impl(xeus::xmessage) override;
  void abort_queue_impl(const listener&, long polling_interval) override;

 private:
  enum class Waiting { nothing, cell, input };

  /// Waits for at most `most` and serves what came.
  void step(std::chrono::milliseconds most, Waiting);
  void serve_shell(xeus::xmessage, Waiting);
  void serve_control(xeus::xmessage);
  bool serve_comm(const xeus::xmessage&);
  void run_posted();
  void wake() const;
  void flush();
  bool client_is_gone() const;
  void publish_own(const std::string& type, nlohmann::json content,
                   nlohmann::json metadata = nlohmann::json::object());
  void publish_status(const char* state);
  void reply(const xeus::xmessage& request, const std::string& type, nlohmann::json content);
  std::optional<xeus::xmessage> receive(zmq::socket_t&);

  Handler on_comm_;
  std::function<Json(const std::string&)> comms_;
  std::string topic_, session_, user_;
  nlohmann::json parent_ = nlohmann::json::object(), request_ = nlohmann::json::object();
  xeus::xmessage::guid_list asker_;  ///< who sent the request that runs
  std::string cell_;                 ///< its cell, as the front end calls it
  int count_ = 0;
  bool silent_ = false, allow_stdin_ = false, in_cell_ = false;
  std::deque<xeus::xmessage> later_;  ///< requests that came while a cell waited
  std::optional<std::string> input_;
  std::string input_id_;  ///< of the input_request that waits
  std::string printed_;   ///< not yet sent
  bool printed_error_ = false;
  std::chrono::steady_clock::time_point printed_at_;

  int wake_ = -1;  ///< an eventfd in the poll set
  mutable std::mutex mutex_;
  std::vector<std::function<void()>> posted_;
  std::atomic<bool> interrupted_{false};
  int client_ = 0;  ///< the process that started the kernel, while it is its parent
};

}  // namespace podium::kernel

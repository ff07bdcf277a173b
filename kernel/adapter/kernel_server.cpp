#include "adapter/kernel_server.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iostream>
#include <xeus/xzmq_serializer.hpp>

namespace podium::kernel {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds longest_step{1000};  ///< the client's death is noticed so soon
constexpr milliseconds longest_unsent{50};  ///< that printed text waits for more
constexpr std::size_t most_unsent = 64 * 1024;

std::string type_of(const xeus::xmessage& message) {
  return message.header().value("msg_type", std::string());
}

nlohmann::json header_of(const std::string& type, const std::string& user,
                         const std::string& session) {
  return xeus::make_header(type, user, session);
}

/// JPY_PARENT_PID, when that is who started this process.
int client_process() {
  const char* text = std::getenv("JPY_PARENT_PID");
  const int told = text == nullptr ? 0 : std::atoi(text);
  return told > 1 && told == getppid() ? told : 0;
}

}  // namespace

KernelServer::KernelServer(zmq::context_t& context, const xeus::xconfiguration& config,
                           nlohmann::json::error_handler_t handler)
    : xserver_zmq(context, config, handler),
      wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      client_(client_process()) {}

KernelServer::~KernelServer() {
  if (wake_ >= 0) close(wake_);
}

// ---- requests

void KernelServer::start_impl(xeus::xpub_message message) {
  session_ = message.header().value("session", std::string());
  user_ = message.header().value("username", std::string());
  topic_ = message.topic().substr(0, message.topic().rfind('.') + 1);
  start_publisher_thread();
  start_heartbeat_thread();
  m_request_stop = false;
  publish(std::move(message), xeus::channel::SHELL);
  // Unlike the server of xeus this returns, so that what the kernel holds is let go in order.
  while (!m_request_stop) step(longest_step, Waiting::nothing);
  flush();
  stop_channels();
}

std::optional<xeus::xmessage> KernelServer::receive(zmq::socket_t& socket) {
  zmq::multipart_t wire;
  if (!wire.recv(socket, ZMQ_DONTWAIT)) return std::nullopt;
  try {
    return xeus::xzmq_serializer::deserialize(wire, *p_auth);
  } catch (const std::exception& e) {
    std::cerr << "podium-kernel: a message that cannot be read: " << e.what() << std::endl;
    return std::nullopt;
  }
}

void KernelServer::step(milliseconds most, Waiting waiting) {
  if (client_is_gone()) {
    m_request_stop = true;
    return;
  }
  if (waiting == Waiting::nothing && !later_.empty()) {
    xeus::xmessage next = std::move(later_.front());
    later_.pop_front();
    serve_shell(std::move(next), waiting);
    return;
  }
  most = std::min(most, longest_step);
  if (!printed_.empty()) {
    const auto age = std::chrono::duration_cast<milliseconds>(steady_clock::now() - printed_at_);
    if (age >= longest_unsent)
      flush();
    else
      most = std::min(most, longest_unsent - age);
  }
  std::array<zmq::pollitem_t, 4> items = {{{m_controller.handle(), 0, ZMQ_POLLIN, 0},
                                           {m_shell.handle(), 0, ZMQ_POLLIN, 0},
                                           {m_stdin.handle(), 0, ZMQ_POLLIN, 0},
                                           {nullptr, wake_, ZMQ_POLLIN, 0}}};
  try {
    zmq::poll(items.data(), items.size(), most);
  } catch (const zmq::error_t& e) {
    if (e.num() == EINTR) return;
    throw;
  }
  run_posted();
  if (items[0].revents & ZMQ_POLLIN)
    if (auto message = receive(m_controller)) serve_control(std::move(*message));
  if (items[2].revents & ZMQ_POLLIN) {
    // An answer that nobody waits for any more is dropped. Not every client says what it answers.
    const auto message = receive(m_stdin);
    const std::string of = message ? message->parent_header().value("msg_id", "") : "";
    if (message && waiting == Waiting::input && (of.empty() || of == input_id_))
      input_ = message->content().value("value", std::string());
  }
  if (!m_request_stop && (items[1].revents & ZMQ_POLLIN))
    if (auto message = receive(m_shell)) serve_shell(std::move(*message), waiting);
}

void KernelServer::serve_control(xeus::xmessage message) {
  if (type_of(message) == "interrupt_request") interrupt();
  notify_control_listener(std::move(message));
}

void KernelServer::serve_shell(xeus::xmessage message, Waiting waiting) {
  if (serve_comm(message)) return;
  if (waiting != Waiting::nothing) {
    later_.push_back(std::move(message));
    return;
  }
  interrupted_ = false;  // of a request before, or of none
  asker_ = message.identities();
  const auto cell = message.metadata().find("cellId");
  cell_ = cell != message.metadata().end() && cell->is_string() ? cell->get<std::string>() : "";
  notify_shell_listener(std::move(message));
}

/// Comms are served here and not by xeus, whose comm objects are not safe to keep, and which would
/// let them wait for the cell.
bool KernelServer::serve_comm(const xeus::xmessage& message) {
  const std::string type = type_of(message);
  const bool info = type == "comm_info_request";
  CommMessage comm;
  if (type == "comm_open")
    comm.kind = CommMessage::Kind::open;
  else if (type == "comm_msg")
    comm.kind = CommMessage::Kind::message;
  else if (type == "comm_close")
    comm.kind = CommMessage::Kind::close;
  else if (!info)
    return false;
  within(Json(message.header()), [&] {
    publish_status("busy");
    try {
      const Json content = message.content();
      comm.target = content.value("target_name", "");
      if (info) {
        reply(message, "comm_info_reply",
              {{"status", "ok"},
               {"comms", comms_ ? nlohmann::json(comms_(comm.target)) : nlohmann::json::object()}});
      } else {
        comm.id = content.value("comm_id", "");
        comm.data = content.value("data", Json::object());
        comm.metadata = Json(message.metadata());
        if (on_comm_) on_comm_(comm);
      }
    } catch (const std::exception& e) {
      std::cerr << "podium-kernel: a message of a widget: " << e.what() << std::endl;
    }
    flush();
    publish_status("idle");
  });
  return true;
}

void KernelServer::abort_queue_impl(const listener&, long) {
  while (auto message = receive(m_shell)) {
    if (!serve_comm(*message)) later_.push_back(std::move(*message));
  }
  std::deque<xeus::xmessage> kept;
  for (auto& message : later_) {
    if (type_of(message) != "execute_request") {
      kept.push_back(std::move(message));
      continue;
    }
    within(Json(message.header()), [&] {
      publish_status("busy");
      reply(message, "execute_reply", {{"status", "aborted"}});
      publish_status("idle");
    });
  }
  later_ = std::move(kept);
}

void KernelServer::reply(const xeus::xmessage& request, const std::string& type,
                         nlohmann::json content) {
  send_shell(xeus::xmessage(request.identities(), header_of(type, user_, session_),
                            request.header(), nlohmann::json::object(), std::move(content), {}));
}

// ---- interrupts and other threads

void KernelServer::interrupt() {
  interrupted_ = true;
  wake();
}

void KernelServer::shut_down() {
  post([this] { m_request_stop = true; });
}

void KernelServer::post(std::function<void()> what) {
  {
    const std::lock_guard lock(mutex_);
    posted_.push_back(std::move(what));
  }
  wake();
}

void KernelServer::wake() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(wake_, &one, sizeof one);
}

void KernelServer::run_posted() {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = read(wake_, &count, sizeof count);
  std::vector<std::function<void()>> posted;
  {
    const std::lock_guard lock(mutex_);
    posted.swap(posted_);
  }
  for (const auto& what : posted) {
    try {
      what();
    } catch (const std::exception& e) {
      std::cerr << "podium-kernel: " << e.what() << std::endl;
    }
  }
}

bool KernelServer::client_is_gone() const { return client_ != 0 && getppid() != client_; }

bool KernelServer::interrupted() const { return interrupted_ || m_request_stop; }

bool KernelServer::wait(const std::function<bool()>& done, milliseconds period) {
  while (!done()) {
    if (interrupted()) return false;
    step(period, Waiting::cell);
  }
  return true;
}

// ---- stdin

std::optional<std::string> KernelServer::ask(const std::string& prompt, bool password) {
  if (!allow_stdin_ || !in_cell_) return std::nullopt;
  flush();
  nlohmann::json header = header_of("input_request", user_, session_);
  input_id_ = header.value("msg_id", "");
  send_stdin(xeus::xmessage(asker_, std::move(header), request_, nlohmann::json::object(),
                            {{"prompt", prompt}, {"password", password}}, {}));
  return std::exchange(input_, std::nullopt);
}

void KernelServer::send_stdin_impl(xeus::xmessage message) {
  input_.reset();
  while (receive(m_stdin)) {  // to a question before, which was interrupted
  }
  xeus::xzmq_serializer::serialize(std::move(message), *p_auth, m_error_handler).send(m_stdin);
  while (!input_ && !interrupted()) step(longest_step, Waiting::input);
}

// ---- what is published

void KernelServer::begin(const nlohmann::json& parent, int count, bool silent, bool allow_stdin) {
  parent_ = request_ = parent;
  count_ = count;
  silent_ = silent;
  allow_stdin_ = allow_stdin;
  in_cell_ = true;
}

void KernelServer::end() {
  flush();
  in_cell_ = false;
}

Json KernelServer::parent() const { return Json(parent_); }

void KernelServer::within(const Json& parent, const std::function<void()>& what) {
  flush();
  struct Restore {
    nlohmann::json& into;
    nlohmann::json before;
    ~Restore() { into = std::move(before); }
  } restore{parent_, std::exchange(parent_, nlohmann::json(parent))};
  what();
  flush();
}

void KernelServer::publish_own(const std::string& type, nlohmann::json content,
                               nlohmann::json metadata) {
  publish(xeus::xpub_message(topic_ + type, header_of(type, user_, session_), parent_,
                             std::move(metadata), std::move(content), {}),
          xeus::channel::SHELL);
}

void KernelServer::publish_status(const char* state) {
  publish_own("status", {{"execution_state", state}});
}

namespace {
nlohmann::json content_of(const Bundle& bundle, const std::string& display_id) {
  nlohmann::json transient = bundle.transient;
  if (!display_id.empty()) transient["display_id"] = display_id;
  return {{"data", bundle.data}, {"metadata", bundle.metadata}, {"transient", transient}};
}
}  // namespace

void KernelServer::display(const Bundle& bundle, const std::string& display_id) {
  flush();
  publish_own("display_data", content_of(bundle, display_id));
}

void KernelServer::update(const Bundle& bundle, const std::string& display_id) {
  flush();
  publish_own("update_display_data", content_of(bundle, display_id));
}

void KernelServer::result(const Bundle& bundle) {
  flush();
  if (silent_) return;
  nlohmann::json content = content_of(bundle, {});
  content["execution_count"] = count_;
  publish_own("execute_result", std::move(content));
}

void KernelServer::print(const std::string& text, bool error) {
  if (error != printed_error_) flush();
  if (printed_.empty()) printed_at_ = steady_clock::now();
  printed_error_ = error;
  printed_ += text;
  if (printed_.size() >= most_unsent) flush();
}

void KernelServer::flush() {
  if (printed_.empty()) return;
  publish_own("stream", {{"name", printed_error_ ? "stderr" : "stdout"},
                         {"text", std::exchange(printed_, std::string())}});
}

void KernelServer::publish_error(const std::string& name, const std::string& value,
                                 const std::vector<std::string>& trace) {
  flush();
  publish_own("error", {{"ename", name}, {"evalue", value}, {"traceback", trace}});
}

void KernelServer::send(const CommMessage& message) {
  flush();
  nlohmann::json content = {{"comm_id", message.id}, {"data", message.data}};
  if (message.kind == CommMessage::Kind::open) content["target_name"] = message.target;
  const char* type = message.kind == CommMessage::Kind::open      ? "comm_open"
                     : message.kind == CommMessage::Kind::message ? "comm_msg"
                                                                  : "comm_close";
  publish_own(type, std::move(content), nlohmann::json(message.metadata));
}

}  // namespace podium::kernel

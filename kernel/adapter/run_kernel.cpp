#include "adapter/run_kernel.hpp"

#include <signal.h>

#include <filesystem>
#include <stdexcept>
#include <thread>
#include <xeus/xkernel.hpp>
#include <xeus/xkernel_configuration.hpp>

#include "adapter/history.hpp"
#include "adapter/interpreter_adapter.hpp"
#include "adapter/kernel_server.hpp"

namespace podium::kernel {
namespace {

std::unique_ptr<xeus::xserver> make_server(xeus::xcontext& context,
                                           const xeus::xconfiguration& config,
                                           nl::json::error_handler_t handler) {
  return std::make_unique<KernelServer>(context.get_wrapped_context<zmq::context_t>(), config,
                                        handler);
}

/// Takes SIGINT and SIGTERM, which every thread blocks: a system call that a signal ended would be
/// the end of an idle kernel.
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGUSR1);  // ends the thread
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    signal(SIGPIPE, SIG_IGN);
  }
  ~Signals() {
    if (!thread_.joinable()) return;
    pthread_kill(thread_.native_handle(), SIGUSR1);
    thread_.join();
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  void serve(KernelServer& server) {
    thread_ = std::thread([this, &server] {
      for (int received = 0; sigwait(&set_, &received) == 0 && received != SIGUSR1;) {
        if (received == SIGINT)
          server.interrupt();
        else
          server.shut_down();
      }
    });
  }

 private:
  sigset_t set_{};
  std::thread thread_;
};

}  // namespace

void run_kernel(const std::string& connection_file,
                const std::function<std::unique_ptr<Interpreter>(Notebook&)>& make_interpreter) {
  Signals signals;
  if (!std::filesystem::is_regular_file(connection_file))
    throw std::runtime_error("there is no connection file '" + connection_file + "'");
  const xeus::xconfiguration config = xeus::load_configuration(connection_file);
  auto adapter = std::make_unique<InterpreterAdapter>();
  InterpreterAdapter& attached = *adapter;
  // Names and logs are other people's bytes: what is no UTF-8 is replaced, nothing throws.
  xeus::xkernel kernel(config, xeus::get_user_name(), xeus::make_context<zmq::context_t>(),
                       std::move(adapter), make_server, std::make_unique<History>(), nullptr,
                       xeus::make_null_debugger, nl::json::object(),
                       nl::json::error_handler_t::replace);
  auto& server = dynamic_cast<KernelServer&>(kernel.get_server());
  const auto interpreter = make_interpreter(server);
  attached.attach(server, *interpreter);
  server.on_comm([&](const CommMessage& message) { interpreter->on_comm(message); });
  server.on_comm_info([&](const std::string& target) { return interpreter->comms(target); });
  signals.serve(server);
  kernel.start();
}

}  // namespace podium::kernel

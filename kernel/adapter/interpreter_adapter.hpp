#pragma once
// The interpreter as xeus 2.4 asks for it.
#include <xeus/xinterpreter.hpp>

#include "adapter/kernel_server.hpp"
#include "interpreter.hpp"

namespace podium::kernel {

class InterpreterAdapter final : public xeus::xinterpreter {
 public:
  /// The server is made by the kernel later than this: `attach` it before the kernel starts.
  void attach(KernelServer& server, Interpreter& interpreter) {
    server_ = &server;
    interpreter_ = &interpreter;
  }

 private:
  void configure_impl() override {}
  nl::json execute_request_impl(int count, const std::string& code, bool silent, bool store_history,
                                nl::json user_expressions, bool allow_stdin) override;
  nl::json complete_request_impl(const std::string& code, int cursor) override;
  nl::json inspect_request_impl(const std::string& code, int cursor, int detail) override;
  nl::json is_complete_request_impl(const std::string& code) override;
  nl::json kernel_info_request_impl() override;
  void shutdown_request_impl() override;

  KernelServer* server_ = nullptr;
  Interpreter* interpreter_ = nullptr;
};

}  // namespace podium::kernel

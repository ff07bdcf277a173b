#include "adapter/interpreter_adapter.hpp"

#include "text.hpp"

namespace podium::kernel {

// Replies are built here as they stand in the protocol: xeus' create_error_reply takes its
// arguments in another order than it declares them.

nl::json InterpreterAdapter::execute_request_impl(int count, const std::string& code, bool silent,
                                                  bool, nl::json user_expressions,
                                                  bool allow_stdin) {
  server_->begin(parent_header(), count, silent, allow_stdin);
  const std::optional<Failure> failure = interpreter_->execute(code);
  nl::json reply;
  if (failure) {
    if (!silent) server_->publish_error(failure->name, failure->value, failure->trace);
    reply = {{"status", "error"},
             {"ename", failure->name},
             {"evalue", failure->value},
             {"traceback", failure->trace}};
  } else {
    reply = {{"status", "ok"}, {"payload", nl::json::array()}};
    reply["user_expressions"] = nl::json::object();
    if (user_expressions.is_object())
      for (const auto& [name, expression] : user_expressions.items())
        if (expression.is_string())
          reply["user_expressions"][name] =
              nl::json(interpreter_->evaluate(expression.get<std::string>()));
  }
  server_->end();
  return reply;
}

nl::json InterpreterAdapter::complete_request_impl(const std::string& code, int cursor) {
  // The protocol counts characters, podium bytes.
  const std::size_t at = cursor < 0 ? code.size() : byte_of(code, static_cast<std::size_t>(cursor));
  const Completion found = interpreter_->complete(code, at);
  nl::json matches = nl::json::array(), types = nl::json::array();
  const auto begin = character_of(code, found.begin), end = character_of(code, found.end);
  for (const auto& m : found.matches) {
    matches.push_back(m.text);
    types.push_back({{"start", begin},
                     {"end", end},
                     {"text", m.text},
                     {"type", m.kind},
                     {"signature", m.note}});
  }
  return {{"status", "ok"},
          {"matches", matches},
          {"cursor_start", begin},
          {"cursor_end", end},
          {"metadata", {{"_jupyter_types_experimental", types}}}};
}

nl::json InterpreterAdapter::inspect_request_impl(const std::string& code, int cursor, int) {
  const std::size_t at = cursor < 0 ? code.size() : byte_of(code, static_cast<std::size_t>(cursor));
  const Json data = interpreter_->inspect(code, at);
  return {{"status", "ok"},
          {"found", !data.empty()},
          {"data", nl::json(data)},
          {"metadata", nl::json::object()}};
}

nl::json InterpreterAdapter::is_complete_request_impl(const std::string& code) {
  if (interpreter_->is_complete(code)) return {{"status", "complete"}};
  return {{"status", "incomplete"}, {"indent", "  "}};
}

nl::json InterpreterAdapter::kernel_info_request_impl() {
  return {{"status", "ok"},
          {"protocol_version", "5.3"},
          {"implementation", "podium"},
          {"implementation_version", PODIUM_VERSION},
          {"banner", std::string("podium ") + PODIUM_VERSION + ": help lists the commands"},
          {"debugger", false},
          {"help_links", nl::json::array()},
          {"language_info",
           {{"name", "podium"},
            {"version", PODIUM_VERSION},
            {"mimetype", "text/x-podium"},
            {"file_extension", ".podium"},
            {"pygments_lexer", "text"},
            {"codemirror_mode", "text/x-sql"},
            {"nbconvert_exporter", ""}}}};
}

void InterpreterAdapter::shutdown_request_impl() { interpreter_->shut_down(); }

}  // namespace podium::kernel

#pragma once
// Errors in MLflow's words and format.
#include <optional>
#include <string>
#include <string_view>

#include "podium/error.hpp"
#include "podium/http/message.hpp"

namespace podium::mlflow {

/// MLflow's error codes, those that this plugin answers with.
enum class Code {
  invalid_parameter_value,
  resource_does_not_exist,
  resource_already_exists,
  bad_request,
  invalid_state,
  internal_error,
  not_implemented,
  temporarily_unavailable,
  deadline_exceeded,
  resource_exhausted,
  cancelled,
  data_loss,
  permission_denied,
  unauthenticated,
};

/// An Error that carries MLflow's code in its detail, so that `answer` repeats it. `error_class` is
/// "" for the one that belongs to the code.
Error error(Code, const std::string& message, std::string_view error_class = {});

/// The Error of a service or the store as MLflow would name it; one that carries a code stays as it
/// is.
Error translated(const Error&);

/// The answer for an Error of a handler (it carries a code) or of the host (it does not): then an
/// unknown path and a wrong method are answered with pages, for MLflow's clients take a 404 without
/// an `error_code` as "this server does not have that endpoint".
Response answer(const Error&, int status);

inline Error invalid(const std::string& message) {
  return error(Code::invalid_parameter_value, message);
}
inline Error missing(const std::string& message) {
  return error(Code::resource_does_not_exist, message);
}

Error no_such_run(std::string_view id);
/// For a run or an experiment (`what`) that is archived.
Error not_active(std::string_view what, std::string_view id);

}  // namespace podium::mlflow

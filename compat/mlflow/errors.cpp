#include "errors.hpp"

#include <fmt/format.h>

#include "podium/http/json_writer.hpp"

namespace podium::mlflow {
namespace {

struct Row {
  Code code;
  std::string_view name;
  int status;
  ErrorCode podium;
  std::string_view sqlstate, error_class;  ///< as MLflow derives them; "" when it has none
};

constexpr Row table[] = {
    {Code::invalid_parameter_value, "INVALID_PARAMETER_VALUE", 400, ErrorCode::invalid, "KAM00",
     "INVALID_PARAMETER_VALUE"},
    {Code::resource_does_not_exist, "RESOURCE_DOES_NOT_EXIST", 404, ErrorCode::not_found, "KAM00",
     "RESOURCE_NOT_FOUND"},
    {Code::resource_already_exists, "RESOURCE_ALREADY_EXISTS", 400, ErrorCode::exists, "KAM00",
     "RESOURCE_ALREADY_EXISTS"},
    {Code::bad_request, "BAD_REQUEST", 400, ErrorCode::invalid, "KAM00", "INVALID_PARAMETER_VALUE"},
    {Code::invalid_state, "INVALID_STATE", 500, ErrorCode::conflict, "XXM00",
     "CLIENT_INTERNAL_ERROR"},
    // Not `internal`: what MLflow answers so is no defect of ours.
    {Code::internal_error, "INTERNAL_ERROR", 500, ErrorCode::invalid, "XXM00",
     "CLIENT_INTERNAL_ERROR"},
    {Code::not_implemented, "NOT_IMPLEMENTED", 501, ErrorCode::unsupported, "", ""},
    {Code::temporarily_unavailable, "TEMPORARILY_UNAVAILABLE", 503, ErrorCode::unavailable, "XXM00",
     "CLIENT_INTERNAL_ERROR"},
    {Code::deadline_exceeded, "DEADLINE_EXCEEDED", 504, ErrorCode::timeout, "", ""},
    {Code::resource_exhausted, "RESOURCE_EXHAUSTED", 429, ErrorCode::busy, "", ""},
    {Code::cancelled, "CANCELLED", 499, ErrorCode::cancelled, "", ""},
    {Code::data_loss, "DATA_LOSS", 500, ErrorCode::corrupt, "", ""},
    {Code::permission_denied, "PERMISSION_DENIED", 403, ErrorCode::denied, "KAM00",
     "PERMISSION_DENIED"},
    {Code::unauthenticated, "UNAUTHENTICATED", 401, ErrorCode::unauthenticated, "", ""},
};

const Row& row_of(Code code) {
  for (const Row& row : table)
    if (row.code == code) return row;
  return table[0];
}

constexpr std::string_view code_key = "{\"error_code\":\"";
constexpr std::string_view class_key = "\"error_class\":\"";

const Row* row_in(const Error& e) {
  if (e.detail().compare(0, code_key.size(), code_key) != 0) return nullptr;
  const auto end = e.detail().find('"', code_key.size());
  const std::string_view name(e.detail().data() + code_key.size(), end - code_key.size());
  for (const Row& row : table)
    if (row.name == name) return &row;
  return nullptr;
}

Code code_for(ErrorCode code) {
  switch (code) {
    case ErrorCode::unauthenticated:
      return Code::unauthenticated;
    case ErrorCode::denied:
      return Code::permission_denied;
    case ErrorCode::not_found:
    case ErrorCode::gone:
      return Code::resource_does_not_exist;
    case ErrorCode::exists:
      return Code::resource_already_exists;
    case ErrorCode::invalid:
    case ErrorCode::conflict:
    case ErrorCode::too_large:
    case ErrorCode::too_expensive:
    case ErrorCode::too_old:
      return Code::invalid_parameter_value;
    case ErrorCode::busy:
    case ErrorCode::out_of_space:
      return Code::resource_exhausted;
    case ErrorCode::cancelled:
      return Code::cancelled;
    case ErrorCode::corrupt:
      return Code::data_loss;
    case ErrorCode::unsupported:
      return Code::not_implemented;
    case ErrorCode::unavailable:
      return Code::temporarily_unavailable;
    case ErrorCode::timeout:
      return Code::deadline_exceeded;
    case ErrorCode::internal:
    case ErrorCode::misuse:
      break;
  }
  return Code::internal_error;
}

Response page(int status, std::string_view title, std::string_view text) {
  Response response;
  response.status = status;
  response.content_type = "text/html; charset=utf-8";
  response.body = fmt::format(
      "<!doctype html>\n<html lang=en>\n<title>{0} {1}</title>\n<h1>{1}</h1>\n<p>{2}</p>\n", status,
      title, text);
  return response;
}

}  // namespace

Error error(Code code, const std::string& message, std::string_view error_class) {
  const Row& row = row_of(code);
  std::string detail = fmt::format("{}{}\"", code_key, row.name);
  if (!error_class.empty()) detail += fmt::format(",{}{}\"", class_key, error_class);
  detail += '}';
  return Error(row.podium, message).with(std::move(detail));
}

Error translated(const Error& e) {
  // A full disk keeps the host's 507: by MLflow's 429 its client would try again and again.
  if (row_in(e) || e.code() == ErrorCode::out_of_space) return e;
  return error(code_for(e.code()), e.what()).in(e.field()).at(e.position());
}

Response answer(const Error& e, int status) {
  const Row* row = row_in(e);
  if (!row && status == 404)
    return page(404, "Not Found", "There is nothing at this address; see the list of endpoints.");
  if (!row && status == 405)
    return page(405, "Method Not Allowed", "The method is not allowed for the requested URL.");
  Response response;
  // An error of the host keeps the host's status: 413 and 507 have no name in MLflow.
  response.status = row ? row->status : status;
  if (!row) row = &row_of(code_for(e.code()));
  std::string_view error_class = row->error_class, sqlstate = row->sqlstate;
  if (const auto at = e.detail().find(class_key); at != std::string::npos) {
    const auto from = at + class_key.size();
    error_class = std::string_view(e.detail()).substr(from, e.detail().find('"', from) - from);
    if (error_class == "ATTRIBUTE_NOT_FOUND") sqlstate = "KAM04";
  }
  JsonWriter w(response.body);
  w.object().key("error_code").value(row->name).key("message").value(std::string_view(e.what()));
  if (!sqlstate.empty()) w.key("sqlstate").value(sqlstate);
  if (!error_class.empty()) w.key("error_class").value(error_class);
  w.end_object();
  return response;
}

Error no_such_run(std::string_view id) {
  return missing(fmt::format("Run with id={} not found", id));
}

Error not_active(std::string_view what, std::string_view id) {
  return invalid(
      fmt::format("The {} {} must be in the 'active' state. Current state is deleted.", what, id));
}

}  // namespace podium::mlflow

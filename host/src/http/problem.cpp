#include "http/problem.hpp"

#include "podium/http/json_writer.hpp"

namespace podium::host {

int http_status(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::invalid:
      return 400;
    case ErrorCode::unauthenticated:
      return 401;
    case ErrorCode::denied:
      return 403;
    case ErrorCode::not_found:
      return 404;
    case ErrorCode::exists:
    case ErrorCode::conflict:
      return 409;
    case ErrorCode::gone:
    case ErrorCode::too_old:
      return 410;
    case ErrorCode::too_large:
      return 413;
    case ErrorCode::too_expensive:
      return 422;
    case ErrorCode::busy:
      return 429;
    case ErrorCode::cancelled:
      return 499;
    case ErrorCode::internal:
    case ErrorCode::misuse:
    case ErrorCode::corrupt:
      return 500;
    case ErrorCode::unsupported:
      return 501;
    case ErrorCode::unavailable:
      return 503;
    case ErrorCode::timeout:
      return 504;
    case ErrorCode::out_of_space:
      return 507;
  }
  return 500;
}

std::string_view status_text(int status) noexcept {
  switch (status) {
    case 100:
      return "Continue";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 426:
      return "Upgrade Required";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 499:
      return "Client Closed Request";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    case 507:
      return "Insufficient Storage";
    default:
      return "Unknown";
  }
}

Response problem(const Error& error, int status) {
  Response response;
  response.status = status;
  response.content_type = "application/problem+json";
  JsonWriter w(response.body);
  w.object();
  w.key("type").value("about:blank");
  w.key("title").value(status_text(status));
  w.key("status").value(status);
  w.key("code").value(name(error.code()));
  w.key("detail").value(error.what());
  if (!error.field().empty()) w.key("field").value(error.field());
  if (error.position() >= 0) w.key("position").value(error.position());
  if (!error.detail().empty()) w.key("facts").raw(error.detail());
  if (const auto* conflict = dynamic_cast<const ConflictError*>(&error)) {
    w.key("conflicts").array();
    for (const auto& c : conflict->conflicts()) {
      w.object();
      w.key("key").value(c.key);
      w.key("old").value(c.old_text);
      w.key("new").value(c.new_text);
      w.end_object();
    }
    w.end_array();
  }
  w.end_object();
  return response;
}

}  // namespace podium::host

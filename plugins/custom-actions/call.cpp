#include "call.hpp"

#include <algorithm>
#include <charconv>
#include <random>
#include <thread>

#include "clock.hpp"
#include "podium/http/json_depth.hpp"
#include "podium/http/opened_link.hpp"
#include "signature.hpp"

namespace podium::custom {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

std::string_view header(const IncomingAnswer& answer, std::string_view name) {
  for (const auto& [key, value] : answer.headers)
    if (key.size() == name.size() &&
        std::equal(key.begin(), key.end(), name.begin(),
                   [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; }))
      return value;
  return {};
}

/// 250 ms, 500 ms, 1 s ... with some jitter; what the server asks for, if that is not too long.
milliseconds pause_after(int attempt, const IncomingAnswer* answer) {
  if (answer) {
    const std::string_view asked = header(*answer, "retry-after");
    std::int64_t seconds = 0;
    const auto [end, failure] = std::from_chars(asked.data(), asked.data() + asked.size(), seconds);
    if (!asked.empty() && failure == std::errc() && end == asked.data() + asked.size())
      return std::min(longest_pause, milliseconds(1000 * std::clamp<std::int64_t>(seconds, 0, 5)));
  }
  thread_local std::minstd_rand random(std::random_device{}());
  const int base = 250 << std::min(attempt - 1, 4);
  return milliseconds(base / 2 + static_cast<int>(random() % static_cast<unsigned>(base / 2 + 1)));
}

/// False when it was cancelled.
bool pause(milliseconds length, const Cancel& cancel) {
  const auto end = Clock::now() + length;
  while (Clock::now() < end) {
    if (cancel.cancelled()) return false;
    std::this_thread::sleep_for(std::min<Clock::duration>(milliseconds(20), end - Clock::now()));
  }
  return !cancel.cancelled();
}

ErrorCode code_of(int status) {
  switch (status) {
    case 401:
    case 403:
      return ErrorCode::denied;
    case 404:
    case 410:
      return ErrorCode::not_found;
    case 409:
      return ErrorCode::conflict;
    case 429:
      return ErrorCode::busy;
    default:
      return status >= 500 ? ErrorCode::unavailable : ErrorCode::invalid;
  }
}

/// The text or number behind a pointer, without secrets; "" when there is none.
std::string told(const Json& body, const std::string& pointer,
                 const std::vector<std::string>& secrets) {
  if (pointer.empty()) return {};
  const Json::json_pointer at(pointer);
  if (!body.contains(at)) return {};
  const Json& value = body[at];
  if (value.is_string()) return redacted(value.get<std::string>(), secrets);
  return value.is_primitive() && !value.is_null() ? redacted(value.dump(), secrets) : std::string();
}

/// On one line, at most 300 bytes.
std::string sentence(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  if (text.size() > 300) {
    std::size_t end = 297;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    text = text.substr(0, end) + "...";
  }
  return text;
}

void read_answer(const Definition& definition, const IncomingAnswer& answer,
                 const std::vector<std::string>& secrets, Called& out) {
  Json body;
  if ((!definition.toast.empty() || !definition.open_url.empty()) && json_depth_ok(answer.body)) {
    body = Json::parse(answer.body, nullptr, false);
    if (body.is_discarded()) body = nullptr;
  }
  const std::string toast = sentence(told(body, definition.toast, secrets));
  if (!definition.is_ok(answer.status)) {
    out.error = code_of(answer.status);
    out.message = "the other server answered " + std::to_string(answer.status);
    if (answer.status >= 300 && answer.status < 400)
      out.message += ", a redirect, which is not followed";
    if (!toast.empty()) out.message += ": " + toast;
    return;
  }
  out.error.reset();
  out.message = toast;
  const std::string url = told(body, definition.open_url, secrets);
  if (may_be_opened(url))
    out.open_url = url;
  else if (!url.empty())
    out.message += std::string(out.message.empty() ? "" : "; ") +
                   "its link is not opened: it is neither https:// nor a path on this host";
}

/// Sends until it went well, or repeating it would not be safe.
void attempt_all(HttpClient& client, const Definition& definition, const std::string& secret,
                 Rendered& rendered, const std::string& key, const Cancel& cancel, Called& out) {
  for (;;) {
    ++out.attempts;
    bool again = false;
    std::optional<IncomingAnswer> answer;
    OutgoingRequest request = rendered.request;
    sign(request, definition, secret, key, now() / 1000);
    try {
      answer = client.send(request, cancel);
      out.status = answer->status;
      read_answer(definition, *answer, rendered.secrets, out);
      again = out.error && (out.status == 429 || out.status >= 500);
    } catch (const Error& e) {
      out.status = 0;
      out.error = e.code();
      out.message = e.what();
      again = e.code() == ErrorCode::unavailable;
    }
    if (!again || out.attempts > definition.retries) return;
    if (!pause(pause_after(out.attempts, answer ? &*answer : nullptr), cancel)) return;
  }
}

}  // namespace

void sign(OutgoingRequest& request, const Definition& definition, const std::string& secret,
          const std::string& key, std::int64_t time) {
  request.headers.emplace_back("Idempotency-Key", key);
  if (definition.sign.empty()) return;
  request.headers.emplace_back("Podium-Timestamp", std::to_string(time));
  request.headers.emplace_back("Podium-Signature", signature(secret, time, request.body));
}

Called call(HttpClient& client, const Definition& definition, const Secrets& secrets,
            const Scene& scene, const std::string& key, const Cancel& cancel) {
  Called out;
  Rendered rendered;
  const auto begun = Clock::now();
  try {
    rendered = render(definition, secrets, scene);
    std::string secret;
    if (!definition.sign.empty()) {
      secret = secrets.value(definition.sign);
      rendered.secrets.push_back(secret);
    }
    attempt_all(client, definition, secret, rendered, key, cancel, out);
  } catch (const Error& e) {
    out.error = e.code();
    out.message = e.what();
  } catch (const std::exception& e) {
    out.error = ErrorCode::internal;
    out.message = e.what();
  }
  out.message = redacted(std::move(out.message), rendered.secrets);
  out.milliseconds = std::chrono::duration_cast<milliseconds>(Clock::now() - begun).count();
  return out;
}

}  // namespace podium::custom

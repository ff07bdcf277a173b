#include "http/exchange.hpp"

#include <algorithm>
#include <cstring>

#include "http/problem.hpp"

namespace podium::host {
namespace {

/// The inline handler that runs on this thread. A Reply that is destroyed while it unwinds must not
/// answer before the exception that unwinds it is seen.
thread_local const Exchange* calling = nullptr;
thread_local bool dropped_while_calling = false;

class ReplySink final : public Reply::Sink {
 public:
  explicit ReplySink(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
  void send(Response response) noexcept override { exchange_->send(std::move(response)); }
  void fail(const Error& error) noexcept override { exchange_->fail(error); }
  void dropped() noexcept override { exchange_->dropped(); }

 private:
  std::shared_ptr<Exchange> exchange_;
};

bool header_safe(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

/// Why an answer must not go out; null when it may.
const char* fault_of(const Response& response) {
  const bool upgrade = response.status == 101 && response.channel;
  if ((response.status < 200 && !upgrade) || response.status > 599)
    return "answered with an impossible status";
  if (!header_safe(response.content_type)) return "answered with a line break in Content-Type";
  for (const auto& [name, value] : response.headers)
    if (name.empty() || !header_safe(name) || !header_safe(value) ||
        name.find_first_of(": ") != std::string::npos)
      return "answered with a malformed header";
  return nullptr;
}

}  // namespace

void Exchange::answer(Response&& response) noexcept {
  answer_ = std::move(response);
  const auto to = taker;
  if (to) to->answered(shared_from_this());
}

void Exchange::send(Response response) noexcept {
  const char* fault = fault_of(response);
  if (!fault && checked && entry && response.status < 300 && entry->route.permission != "public" &&
      !checked->load(std::memory_order_relaxed))
    fault = "answered without asking whether the caller may see the object";
  if (fault) {
    const Error error(ErrorCode::misuse, (entry ? entry->where : path) + " " + fault);
    if (group && group->owner) {
      group->owner->faults.fetch_add(1, std::memory_order_relaxed);
      if (group->owner->report)
        group->owner->report(*group->owner, entry ? entry->where : path, fault);
    }
    let_go(response);
    return fail(error);
  }
  if (claim()) return answer(std::move(response));
  let_go(response);
}

Exchange::~Exchange() { let_go(answer_); }

void Exchange::let_go(Response& response) const noexcept {
  const auto user = std::move(response.channel);
  if (!user || !group) return;
  try {
    contained(*group->owner, path, [&] { user->closed(); });
  } catch (const Error&) {  // counted and reported
  }
}

void Exchange::fail(const Error& error) noexcept { fail(error, http_status(error.code())); }

void Exchange::fail(const Error& error, int status) noexcept {
  if (claim()) answer(format(error, status));
}

void Exchange::dropped() noexcept {
  if (calling == this) {
    dropped_while_calling = true;
    return;
  }
  if (claimed()) return;
  if (group && group->owner &&
      !cancelled()) {  // when the client has gone, nobody misses the answer
    group->owner->faults.fetch_add(1, std::memory_order_relaxed);
    if (group->owner->report)
      group->owner->report(*group->owner, entry->where, "dropped its Reply");
  }
  fail(Error(ErrorCode::internal, entry->where + " gave no answer"));
}

Response Exchange::format(const Error& error, int status) const noexcept {
  if (group && group->owner) {
    try {
      const HttpRequest request(shared_from_this());
      auto response = contained(*group->owner, "the error format", [&] {
        return group->routes->error(error, status, head.method().empty() ? nullptr : &request);
      });
      if (response && !fault_of(*response)) return std::move(*response);
    } catch (
        const Error&) {  // counted and reported; the host's own format says what went wrong first
    }
  }
  return problem(error, status);
}

void Exchange::call(std::unique_ptr<Request> request) {
  const auto self = shared_from_this();
  calling = this;
  dropped_while_calling = false;
  const auto& handler = std::get<InlineHandler>(entry->route.handler);
  try {
    contained(*group->owner, entry->where,
              [&] { handler(std::move(request), Reply(std::make_unique<ReplySink>(self))); });
    calling = nullptr;
    if (dropped_while_calling) dropped();
  } catch (const Error& error) {
    calling = nullptr;
    fail(error);
  }
}

Body::~Body() {
  if (in_flight_) in_flight_->fetch_sub(capacity_, std::memory_order_relaxed);
}

bool Body::reserve(std::size_t capacity, std::size_t bound) {
  if (capacity <= capacity_) return true;
  const auto more = capacity - capacity_;
  if (in_flight_) {
    if (in_flight_->fetch_add(more, std::memory_order_relaxed) + more > bound) {
      in_flight_->fetch_sub(more, std::memory_order_relaxed);
      return false;
    }
  }
  auto bigger = std::unique_ptr<char[]>(new char[capacity + padding]);
  if (size > 0) std::memcpy(bigger.get(), data_.get(), size);
  std::memset(bigger.get() + capacity, 0, padding);
  data_ = std::move(bigger);
  capacity_ = capacity;
  return true;
}

std::string_view HttpRequest::segment(std::string_view name) const {
  for (const auto& [key, value] : exchange_->segments)
    if (key == name) return value;
  return {};
}

}  // namespace podium::host

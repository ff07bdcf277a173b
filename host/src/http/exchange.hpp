#pragma once
// One request and the one answer it gets, whoever gives it and whenever.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "http/parser.hpp"
#include "http/router.hpp"
#include "podium/http/message.hpp"

namespace podium::host {

class Exchange;

/// Who takes the answer to the wire.
class AnswerTaker {
 public:
  virtual ~AnswerTaker() = default;
  /// Called once an exchange, on any thread, when its answer can be taken.
  virtual void answered(const std::shared_ptr<Exchange>&) noexcept = 0;
};

/// What a request and its answer share: the head, who calls, where it goes, and the answer. The
/// first answer counts; those that come later (after a time limit, after the client has gone) are
/// dropped.
class Exchange final : public Cancel, public std::enable_shared_from_this<Exchange> {
 public:
  using Clock = std::chrono::steady_clock;

  Exchange() = default;
  ~Exchange() override;

  // Filled by the server before a handler sees it, then read only.
  RequestHead head;
  std::string path;  ///< decoded
  std::vector<std::pair<std::string, std::string>> query;
  std::string remote;
  std::uint64_t number = 0;
  Clock::time_point started;
  std::shared_ptr<const Router> router;  ///< keeps `entry` and `group` alive
  const RouteEntry* entry = nullptr;
  const RouteGroup* group = nullptr;  ///< whose error format holds; may be null
  Segments segments;
  Principal who;
  std::shared_ptr<AnswerTaker> taker;
  std::shared_ptr<std::atomic<bool>> checked;  ///< set when the object check is demanded

  // Answering; thread-safe, all of them but the first do nothing.
  void send(Response) noexcept;
  void fail(const Error&) noexcept;
  /// With a status that is not the code's own (404, 405, 408, 431).
  void fail(const Error&, int status) noexcept;
  /// A Reply was destroyed without an answer.
  void dropped() noexcept;
  /// Whether an answer was given (and perhaps taken).
  bool claimed() const noexcept { return claimed_.load(std::memory_order_acquire); }

  bool cancelled() const noexcept override { return cancelled_.load(std::memory_order_relaxed); }
  void cancel() noexcept { cancelled_.store(true, std::memory_order_relaxed); }

  /// The answer, for the taker; once.
  Response take() { return std::move(answer_); }
  /// The error in the group's format, or as problem details. Never throws.
  Response format(const Error&, int status) const noexcept;

  /// Calls an inline handler; what it throws before it moved its Reply away is answered.
  void call(std::unique_ptr<Request>);

 private:
  bool claim() noexcept { return !claimed_.exchange(true, std::memory_order_acq_rel); }
  void answer(Response&&) noexcept;
  /// Tells the channel of an answer that will not go out.
  void let_go(Response&) const noexcept;

  std::atomic<bool> cancelled_{false}, claimed_{false};
  Response answer_;
};

/// Bytes of a body with 64 readable zeros behind them. Its memory counts against the server's bound
/// of bodies in flight, until it is destroyed.
class Body {
 public:
  static constexpr std::size_t padding = 64;
  Body() = default;
  explicit Body(std::shared_ptr<std::atomic<std::size_t>> in_flight)
      : in_flight_(std::move(in_flight)) {}
  Body(Body&&) noexcept = default;
  Body& operator=(Body&&) = delete;
  ~Body();
  /// Makes room for `capacity` bytes in all; false when more than `bound` would be in flight.
  bool reserve(std::size_t capacity, std::size_t bound);
  char* data() { return data_.get(); }
  std::size_t capacity() const { return capacity_; }
  std::size_t size = 0;
  std::string_view view() const { return {data_ ? data_.get() : nothing, size}; }

 private:
  static constexpr char nothing[padding] = {};
  std::shared_ptr<std::atomic<std::size_t>> in_flight_;
  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
};

/// The Request that a handler gets.
class HttpRequest final : public Request {
 public:
  explicit HttpRequest(std::shared_ptr<const Exchange> exchange, Body body = {},
                       std::unique_ptr<BlobWriter> upload = nullptr)
      : exchange_(std::move(exchange)), body_(std::move(body)), upload_(std::move(upload)) {}

  std::string_view method() const override { return exchange_->head.method(); }
  std::string_view target() const override { return exchange_->head.target(); }
  std::string_view path() const override { return exchange_->path; }
  std::string_view header(std::string_view name) const override {
    return exchange_->head.field(name).value_or(std::string_view{});
  }
  bool has_header(std::string_view name) const override {
    return exchange_->head.field(name).has_value();
  }
  std::string_view segment(std::string_view name) const override;
  const std::vector<std::pair<std::string, std::string>>& query() const override {
    return exchange_->query;
  }
  std::string_view body() const override { return body_.view(); }
  std::unique_ptr<BlobWriter> upload() override { return std::move(upload_); }
  const Principal& who() const override { return exchange_->who; }
  const Cancel& cancel() const override { return *exchange_; }
  std::string_view remote_address() const override { return exchange_->remote; }
  std::uint64_t number() const override { return exchange_->number; }

 private:
  std::shared_ptr<const Exchange> exchange_;
  Body body_;
  std::unique_ptr<BlobWriter> upload_;
};

}  // namespace podium::host

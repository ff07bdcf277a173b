#pragma once
// The reading half of a connection. Included by server.cpp alone.
#include "http/connection.hpp"
#include "http/percent.hpp"
#include "http/problem.hpp"
#include "log/log.hpp"

namespace podium::host {

inline void Address::answered(const std::shared_ptr<Exchange>& exchange) noexcept {
  if (current_io == io_) {
    if (connection_) connection_->answered(exchange);
    return;
  }
  mailbox_->post([self = shared_from_this(), exchange] {
    if (self->connection_) self->connection_->answered(exchange);
  });
}

inline void Address::pool_done() {
  mailbox_->post([self = shared_from_this()] {
    if (self->connection_) self->connection_->pool_done();
  });
}

inline Task<void> Connection::wait() {
  if (!signalled_) {
    auto initiate = [this](auto handler) {
      waiter_ = [resume = std::move(handler)]() mutable { std::move(resume)(); };
    };
    co_await asio::async_initiate<const Token, void()>(initiate, Token{});
  }
  signalled_ = false;
}

/// May run the coroutine to its end: touch nothing of the connection after it.
inline void Connection::signal() {
  if (!waiter_) {
    signalled_ = true;
    return;
  }
  auto resume = std::move(waiter_);
  resume();
}

inline void Connection::enter(Phase phase, Clock::time_point deadline) {
  phase_ = phase;
  deadline_ = deadline;
}

inline Task<bool> Connection::on_pool(const RouteGroup* group, Pool::Job job) {
  pool_done_ = false;
  const PluginOwner* owner = group ? group->owner : &core_.owner;
  Pool::Job all = [job = std::move(job), address = address_]() mutable {
    job();
    job = nullptr;  // destroyed here, not on the io thread
    address->pool_done();
  };
  if (!core_.pool.submit_always(owner, !group || group->first_party, std::move(all)))
    co_return false;
  while (!pool_done_) co_await wait();
  co_return true;
}

inline void Connection::answered(const std::shared_ptr<Exchange>& exchange) {
  if (exchange != current_) return;
  answered_ = true;
  signal();
}

inline void Connection::pool_done() {
  pool_done_ = true;
  signal();
}

inline void Connection::close_now() {
  if (current_) current_->cancel();
  closed_ = true;
  error_code ignored;
  socket_.close(ignored);
  signal();
}

inline void Connection::on_drain() {
  if (channel_) {
    channel_->close(1001, "the server stops");
  } else if (phase_ == Phase::idle) {
    close_now();
  }
}

inline void Connection::on_deadline(Clock::time_point now) {
  switch (phase_) {
    case Phase::channel:
      return;
    case Phase::idle:
    case Phase::writing:
    case Phase::lingering:
      return close_now();
    case Phase::body: {
      const auto& limits = core_.options.limits;
      const auto enough =
          static_cast<std::size_t>(limits.body_window.count()) * limits.body_rate / 1000;
      if (std::exchange(window_bytes_, 0) >= enough) {
        deadline_ = now + limits.body_window;
        return;
      }
      [[fallthrough]];
    }
    case Phase::head:
      timed_out_ = true;
      deadline_ = never;
      return signal();
    case Phase::working: {
      deadline_ = never;
      const auto exchange = current_;
      if (!exchange) return;
      exchange->cancel();
      exchange->fail(
          Error(ErrorCode::timeout, exchange->entry->where + " took longer than its time limit"));
      return;
    }
  }
}

inline void Connection::consume(std::size_t n) {
  begin_ += n;
  if (begin_ == end_ && (!reading_ || direct_)) begin_ = end_ = 0;
}

inline bool Connection::read_ahead() {
  if (capacity_ == 0) {
    capacity_ = core_.options.limits.header_bytes + 1024;
    buffer_ = std::unique_ptr<char[]>(new char[capacity_]);
  }
  if (begin_ > 0) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == capacity_) return false;
  start_read(buffer_.get() + end_, capacity_ - end_, false);
  return true;
}

inline void Connection::start_read(char* to, std::size_t room, bool direct) {
  reading_ = true;
  direct_ = direct;
  direct_got_ = 0;
  socket_.async_read_some(asio::buffer(to, room),
                          [self = shared_from_this()](const error_code& error, std::size_t n) {
                            self->on_read(error, n);
                          });
}

inline void Connection::on_read(const error_code& error, std::size_t n) {
  reading_ = false;
  request_bytes_ += n;
  window_bytes_ += n;
  if (direct_) {
    direct_got_ = n;
  } else {
    end_ += n;
  }
  if (error && !(stopping_read_ && error == asio::error::operation_aborted)) {
    eof_ = true;
    if (current_ && phase_ == Phase::working) current_->cancel();
  }
  signal();
}

inline Task<bool> Connection::read_head(Exchange& exchange) {
  const auto& limits = core_.options.limits;
  parser_.begin(exchange.head);
  // What was read ahead counts from now on.
  if (begin_ == end_) {
    enter(Phase::idle, Clock::now() + limits.idle);
    if (core_.draining) co_return false;
  }
  bool started = false;
  for (;;) {
    if (begin_ != end_) {
      if (!started) {
        started = true;
        exchange.started = Clock::now();
        enter(Phase::head, exchange.started + limits.header_deadline);
      }
      std::size_t used = 0;
      const auto step = parser_.head(unread(), used);
      consume(used);
      if (step == RequestParser::Step::done) co_return true;
      if (step == RequestParser::Step::refused) {
        const auto& why = parser_.refusal();
        const auto code = why.status == 431   ? ErrorCode::too_large
                          : why.status == 501 ? ErrorCode::unsupported
                                              : ErrorCode::invalid;
        unframed_ = true;
        exchange.fail(Error(code, why.what), why.status);
        co_return true;
      }
    }
    if (timed_out_) {
      unframed_ = true;
      exchange.fail(Error(ErrorCode::timeout, "the request's header did not come in time"), 408);
      co_return true;
    }
    if (lost()) co_return false;
    if (!reading_ && !read_ahead()) {
      unframed_ = true;
      exchange.fail(Error(ErrorCode::too_large, "a line of the request's header is too long"), 431);
      co_return true;
    }
    co_await wait();
  }
}

inline Task<bool> Connection::fill(Exchange& exchange, char* to, std::size_t room,
                                   std::size_t& got) {
  got = 0;
  while (!body_done_ && got < room) {
    if (chunked_) {
      std::size_t used = 0, some = 0;
      const auto step = parser_.chunks(unread(), used, to + got, room - got, some);
      consume(used);
      got += some;
      if (step == RequestParser::Step::refused) {
        unframed_ = true;
        exchange.fail(Error(ErrorCode::invalid, parser_.refusal().what), parser_.refusal().status);
        co_return false;
      }
      body_done_ = step == RequestParser::Step::done;
      if (body_done_ || got == room) break;
    } else {
      const auto n = static_cast<std::size_t>(
          std::min<std::uint64_t>({body_left_, end_ - begin_, room - got}));
      if (n > 0) std::memcpy(to + got, buffer_.get() + begin_, n);
      consume(n);
      got += n;
      body_left_ -= n;
      body_done_ = body_left_ == 0;
      if (body_done_ || got == room) break;
    }
    if (lost()) {
      unframed_ = true;
      if (timed_out_)
        exchange.fail(Error(ErrorCode::timeout, "the request's body came too slowly"), 408);
      co_return false;
    }
    if (chunked_ || reading_) {
      if (!reading_ && !read_ahead()) {
        unframed_ = true;
        exchange.fail(Error(ErrorCode::invalid, "a chunk's header is too long"), 400);
        co_return false;
      }
      co_await wait();
      continue;
    }
    // The bulk of a body goes straight to where it belongs. The read has to end before `to` goes.
    start_read(to + got, static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, room - got)),
               true);
    bool stopped = false;
    while (reading_) {
      co_await wait();
      if (reading_ && (timed_out_ || closed_) && !std::exchange(stopped, true)) {
        error_code ignored;
        socket_.cancel(ignored);
      }
    }
    direct_ = false;
    got += direct_got_;
    body_left_ -= direct_got_;
    body_done_ = body_left_ == 0;
  }
  co_return true;
}

inline Task<bool> Connection::read_text(Exchange& exchange, Body& body) {
  const auto& limits = core_.options.limits;
  const auto& route = exchange.entry->route;
  const auto limit = route.body_limit ? route.body_limit : limits.body_bytes;
  // A length is a claim: memory is taken as the bytes come.
  const std::size_t most = chunked_ ? limit + 1 : static_cast<std::size_t>(body_left_);
  std::size_t room = std::min<std::size_t>(most, chunked_ ? 16 * 1024 : 1024 * 1024);
  while (!body_done_) {
    if (!body.reserve(room, limits.bodies_in_flight)) {
      unframed_ = true;
      exchange.fail(
          Error(ErrorCode::unavailable, "too many request bodies are in flight; try again"));
      co_return false;
    }
    std::size_t got = 0;
    if (!co_await fill(exchange, body.data() + body.size, body.capacity() - body.size, got))
      co_return false;
    body.size += got;
    if (body.size > limit) {
      unframed_ = true;
      exchange.fail(Error(ErrorCode::too_large,
                          "the request's body is larger than " + std::to_string(limit) + " bytes"));
      co_return false;
    }
    room = std::min(most, room * 2);
  }
  if (body.data()) std::memset(body.data() + body.size, 0, Body::padding);
  co_return true;
}

inline Task<bool> Connection::skip_body(Exchange& exchange) {
  const auto limit = core_.options.limits.body_bytes;
  std::unique_ptr<char[]> scratch;
  std::size_t total = 0;
  while (!body_done_) {
    if (!scratch) scratch = std::unique_ptr<char[]>(new char[16 * 1024]);
    std::size_t got = 0;
    if (!co_await fill(exchange, scratch.get(), 16 * 1024, got)) co_return false;
    total += got;
    if (total > limit) {
      unframed_ = true;
      exchange.fail(Error(ErrorCode::too_large, exchange.entry->where + " takes no body"));
      co_return false;
    }
  }
  co_return true;
}

inline Task<bool> Connection::read_upload(Exchange& exchange, std::unique_ptr<BlobWriter>& upload) {
  const auto& limits = core_.options.limits;
  const auto limit = exchange.entry->route.body_limit;
  const std::size_t room =
      chunked_ ? piece : static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, piece));
  std::unique_ptr<char[]> bytes(new char[room + 1]);
  std::size_t got = 0;
  std::optional<Error> failed;
  do {
    enter(Phase::body, Clock::now() + limits.body_window);
    window_bytes_ = 0;
    bool whole = co_await fill(exchange, bytes.get(), room, got);
    if (whole) {
      enter(Phase::working, never);
      Pool::Job write = [&] {
        try {
          if (!upload) upload = core_.options.blobs->create();
          if (limit && upload->size() + got > limit)
            throw Error(ErrorCode::too_large,
                        "the upload is larger than " + std::to_string(limit) + " bytes");
          upload->write({bytes.get(), got});
        } catch (const Error& error) {
          failed = error;
        } catch (const std::exception& error) {
          failed = Error(ErrorCode::internal, error.what());
        } catch (...) {
          failed = Error(ErrorCode::internal, "the blob store failed");
        }
      };
      whole = co_await on_pool(nullptr, std::move(write)) && !failed;
    }
    if (!whole) {
      unframed_ = unframed_ || !body_done_;
      if (failed) exchange.fail(*failed);
      if (upload) {  // removing what was spooled blocks
        Pool::Job drop = [&] { upload.reset(); };
        co_await on_pool(nullptr, std::move(drop));
      }
      co_return false;
    }
  } while (!body_done_);
  co_return true;
}

inline Task<bool> Connection::send_continue() {
  co_return co_await write("HTTP/1.1 100 Continue\r\n\r\n");
}

/// Counts a request while it is served.
class InFlight {
 public:
  explicit InFlight(std::atomic<std::size_t>& count) : count_(count) { ++count_; }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;
  ~InFlight() { --count_; }

 private:
  std::atomic<std::size_t>& count_;
};

inline Task<bool> Connection::serve_one() {
  auto exchange = std::make_shared<Exchange>();
  exchange->taker = address_;
  answered_ = timed_out_ = unframed_ = false;
  current_ = exchange;
  request_bytes_ = end_ - begin_;
  answer_bytes_ = 0;
  if (!co_await read_head(*exchange)) co_return false;
  exchange->remote = remote_;
  exchange->number = core_.numbers.fetch_add(1, std::memory_order_relaxed) + 1;
  if (exchange->started == Clock::time_point{}) exchange->started = Clock::now();
  const InFlight in_flight(core_.in_flight);

  keep_ = exchange->head.keep_alive;
  chunked_ = exchange->head.chunked;
  body_left_ = exchange->head.content_length.value_or(0);
  body_done_ = !chunked_ && body_left_ == 0;

  bool admitted = !exchange->claimed() && admit(*exchange);
  if (admitted && !body_done_ && exchange->head.field("Expect") && begin_ == end_)
    admitted = co_await send_continue();
  Body body(core_.bodies);
  std::unique_ptr<BlobWriter> upload;
  if (admitted) {
    const auto kind = exchange->entry->route.body;
    if (kind == BodyKind::spooled) {
      admitted = co_await read_upload(*exchange, upload);
    } else if (!body_done_) {
      enter(Phase::body, Clock::now() + core_.options.limits.body_window);
      window_bytes_ = 0;
      if (kind == BodyKind::text) {
        admitted = co_await read_text(*exchange, body);
      } else {
        admitted = co_await skip_body(*exchange);
      }
    }
  } else if (!body_done_) {
    unframed_ = true;
  }
  if (admitted) {
    const auto& route = exchange->entry->route;
    const auto limit =
        route.time_limit.count() > 0 ? route.time_limit : core_.options.limits.time_limit;
    const bool pooled = std::holds_alternative<Handler>(route.handler);
    enter(Phase::working, pooled ? Clock::now() + limit : never);
    dispatch(exchange, std::make_unique<HttpRequest>(exchange, std::move(body), std::move(upload)));
  }
  while (!answered_ && !closed_ && (admitted || exchange->claimed())) {
    // Reading ahead tells when the client goes, and fetches the next request meanwhile.
    if (!reading_ && !eof_) read_ahead();
    co_await wait();
  }
  bool more = false;
  if (answered_ && !closed_) {
    more = co_await write_answer(*exchange);
  } else {
    exchange->cancel();
    account(*exchange, 499);
  }
  current_.reset();
  co_return more;
}

inline Task<void> Connection::linger() {
  // What the client still sends is taken for a moment: closing at once could destroy the answer on
  // its way.
  error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  enter(Phase::lingering, Clock::now() + std::min<std::chrono::milliseconds>(
                                             std::chrono::seconds(2), core_.options.limits.idle));
  std::uint64_t budget = std::uint64_t{8} << 20;
  while (!eof_ && !closed_ && budget > 0) {
    budget -= std::min<std::uint64_t>(budget, end_ - begin_);
    if (!reading_) {
      begin_ = end_ = 0;
      read_ahead();
    }
    co_await wait();
  }
}

inline Task<void> Connection::run(std::shared_ptr<Connection> self) {
  self->address_ = std::make_shared<Address>(self->io_.mailbox, self.get(), &self->io_);
  self->io_.connections.insert(self.get());
  try {
    while (co_await self->serve_one()) {
    }
    const bool unread = self->unframed_ || self->begin_ != self->end_;
    if (unread && !self->closed_) co_await self->linger();
  } catch (
      const std::exception& error) {  // no memory, most likely: this client goes, the others stay
    log(LogLevel::error, "http", std::string("a connection failed: ") + error.what());
  }
  if (self->current_) self->current_->cancel();
  self->current_.reset();
  self->address_->gone();
  self->closed_ = true;
  error_code ignored;
  self->socket_.close(ignored);
  self->io_.connections.erase(self.get());
  self->core_.leave(self->remote_);
}

}  // namespace podium::host

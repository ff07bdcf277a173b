#pragma once
// The writing half of a connection. Included by server.cpp alone.
#include <sys/sendfile.h>

#include <array>
#include <charconv>

#include "http/connection.hpp"
#include "http/gzip.hpp"
#include "log/log.hpp"

namespace podium::host {

inline Task<bool> Connection::write(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    if (closed_) co_return false;
    const std::array<asio::const_buffer, 2> buffers = {asio::buffer(a), asio::buffer(b)};
    error_code error;
    const auto n = socket_.write_some(buffers, error);
    if (error == asio::error::would_block) {
      enter(Phase::writing, Clock::now() + core_.options.limits.write_stall);
      co_await socket_.async_wait(Socket::wait_write, asio::redirect_error(Token{}, error));
      if (error) co_return false;
      continue;
    }
    if (error) co_return false;
    answer_bytes_ += n;
    const auto first = std::min(n, a.size());
    a.remove_prefix(first);
    b.remove_prefix(n - first);
  }
  co_return true;
}

inline void Connection::append_answer_head(const Exchange& exchange, const Response& response,
                                           std::optional<std::uint64_t> length) {
  AnswerFrame frame;
  frame.date = io_.now_date();
  if (core_.options.x_frame_options != "NONE")
    frame.x_frame_options = core_.options.x_frame_options;
  frame.keep_alive = keep_;
  frame.http11 = exchange.head.http11;
  if (core_.options.check_host_and_origin) {
    const auto origin = exchange.head.field("Origin");
    if (origin && !origin->empty() && core_.rules.origin_allowed(*origin)) {
      frame.allow_origin = core_.rules.any_origin() ? std::string_view("*") : *origin;
      frame.credentials = !core_.rules.any_origin();
    }
  }
  append_head(out_, response, length, frame);
}

inline Task<void> Connection::compress(Exchange& exchange, Response& response) {
  const auto& options = core_.options;
  if (!options.gzip || response.body.size() < options.gzip_from ||
      !compressible(response.content_type))
    co_return;
  for (const auto& header : response.headers)
    if (header.first == "Content-Encoding") co_return;
  response.headers.emplace_back("Vary", "Accept-Encoding");
  const auto accepted = exchange.head.field("Accept-Encoding");
  if (!accepted || !accepts_gzip(*accepted) || exchange.head.method() == "HEAD") co_return;
  std::optional<std::string> smaller;
  constexpr std::size_t inline_most = 16 * 1024;
  if (response.body.size() <= inline_most) {
    smaller = gzip(response.body);
  } else {
    enter(Phase::working, never);
    Pool::Job job = [&] { smaller = gzip(response.body); };
    co_await on_pool(nullptr, std::move(job));
  }
  if (!smaller || smaller->size() >= response.body.size()) co_return;
  response.body = std::move(*smaller);
  response.headers.emplace_back("Content-Encoding", "gzip");
}

inline Task<bool> Connection::write_answer(Exchange& exchange) {
  Response response = exchange.take();
  enter(Phase::writing, Clock::now() + core_.options.limits.write_stall);
  if (unframed_ || core_.draining) keep_ = false;
  const bool head_only = exchange.head.method() == "HEAD";
  const auto part = apply_conditions(response, exchange);
  if (response.status == 503) response.headers.emplace_back("Retry-After", "1");
  if (response.status == 405 && !allow_.empty()) response.headers.emplace_back("Allow", allow_);
  allow_.clear();
  out_.clear();
  const int status = response.status;
  bool sent = false;
  if (response.channel) {
    sent = co_await write_channel(exchange, response, head_only);
  } else if (response.stream) {
    sent = co_await write_stream(exchange, response, head_only);
  } else if (response.blob) {
    append_answer_head(exchange, response, part.size);
    if (head_only) {
      sent = co_await write(out_);
    } else {
      sent = co_await write_blob(exchange, response, part);
    }
  } else {
    co_await compress(exchange, response);
    append_answer_head(exchange, response, response.body.size());
    const bool bodiless = head_only || status == 204 || status == 304;
    constexpr std::size_t copied = 16 * 1024;  // one buffer is cheaper to send than two
    if (bodiless) {
      sent = co_await write(out_);
    } else if (response.body.size() <= copied) {
      out_ += response.body;
      sent = co_await write(out_);
    } else {
      sent = co_await write(out_, response.body);
    }
  }
  if (out_.capacity() > 64 * 1024) out_ = {};
  account(exchange, status);
  co_return sent&& keep_ && !closed_;
}

inline Task<bool> Connection::write_stream(Exchange& exchange, Response& response, bool head_only) {
  auto generator = std::move(response.stream);
  std::string block;
  bool more = true, begun = false, good = true;
  std::optional<Error> failed;
  if (!exchange.head.http11) keep_ = false;  // such a client reads until the end
  while (good && more && !head_only) {
    enter(Phase::working, never);
    if (!reading_ && !eof_) read_ahead();
    block.clear();
    Pool::Job next = [&] {
      try {
        more = contained(*exchange.group->owner, exchange.entry->where,
                         [&] { return generator->next(block); });
        if (!more) generator.reset();
      } catch (const Error& error) {
        failed = error;
      } catch (...) {  // the generator's destructor
        failed = Error(ErrorCode::internal, "the answer's generator failed");
      }
    };
    if (!co_await on_pool(exchange.group, std::move(next)) || closed_) good = false;
    if (failed || !good) break;
    if (!more && !begun) break;  // small after all: it goes with its length
    char size[24];
    const auto end = std::to_chars(size, size + sizeof size - 2, block.size(), 16).ptr;
    end[0] = '\r', end[1] = '\n';
    if (!begun) {
      out_.clear();
      append_answer_head(exchange, response, std::nullopt);
    }
    if (exchange.head.http11 && !block.empty())
      out_.append(size, static_cast<std::size_t>(end + 2 - size));
    good = co_await write(out_, block);
    begun = true;
    out_.clear();
    if (exchange.head.http11 && !block.empty()) out_ += "\r\n";
    if (!more && exchange.head.http11) out_ += "0\r\n\r\n";
  }
  if (generator) {  // it may hold a reader of the store
    Pool::Job drop = [&] { generator.reset(); };
    co_await on_pool(exchange.group, std::move(drop));
  }
  if (head_only) {
    append_answer_head(exchange, response, std::nullopt);
    co_return co_await write(out_);
  }
  if (failed && begun) {
    // The answer has begun and cannot be taken back: a missing end tells the client.
    log(LogLevel::warning, "http",
        exchange.entry->where + " broke off its answer: " + failed->what());
    co_return false;
  }
  if (!good) co_return false;
  if (!begun) {
    if (failed) {
      response = exchange.format(*failed, http_status(failed->code()));
    } else {
      response.body = std::move(block);
    }
    co_await compress(exchange, response);
    out_.clear();
    append_answer_head(exchange, response, response.body.size());
    co_return co_await write(out_, response.body);
  }
  co_return co_await write(out_);
}

/// Sends from a file without copying it here. False when the client is gone; what is left stays in
/// `part` when the kernel cannot send from this kind of file.
inline Task<bool> Connection::write_file(int descriptor, BlobPart& part) {
  constexpr std::uint64_t at_once = 1024 * 1024;
  std::uint64_t burst = 0;
  while (part.size > 0) {
    if (closed_) co_return false;
    auto offset = static_cast<off_t>(part.offset);
    const auto n = ::sendfile(socket_.native_handle(), descriptor, &offset,
                              static_cast<std::size_t>(std::min(part.size, at_once)));
    if (n > 0) {
      part.offset += static_cast<std::uint64_t>(n);
      part.size -= static_cast<std::uint64_t>(n);
      answer_bytes_ += static_cast<std::uint64_t>(n);
      burst += static_cast<std::uint64_t>(n);
      if (burst < 4 * at_once) continue;
    } else if (n == 0) {
      co_return false;  // the file has shrunk
    } else if (errno == EINTR) {
      continue;
    } else if (errno == EINVAL || errno == ENOSYS) {
      co_return true;
    } else if (errno != EAGAIN && errno != EWOULDBLOCK) {
      co_return false;
    }
    burst = 0;  // the socket is full, or the others of this thread have waited long enough
    enter(Phase::writing, Clock::now() + core_.options.limits.write_stall);
    error_code error;
    co_await socket_.async_wait(Socket::wait_write, asio::redirect_error(Token{}, error));
    if (error) co_return false;
  }
  co_return true;
}

inline Task<bool> Connection::write_blob(Exchange& exchange, Response& response, BlobPart part) {
  if (!co_await write(out_)) co_return false;
  const auto blob = response.blob;
  if (const int descriptor = blob->native_handle(); descriptor >= 0) {
    if (!co_await write_file(descriptor, part)) co_return false;
  }
  std::unique_ptr<char[]> bytes;
  while (part.size > 0) {
    if (!bytes) bytes = std::unique_ptr<char[]>(new char[piece]);
    std::size_t got = 0;
    enter(Phase::working, never);
    if (!reading_ && !eof_) read_ahead();
    Pool::Job read = [&] {
      try {
        got = contained(*exchange.group->owner, exchange.entry->where, [&] {
          return blob->read(
              part.offset,
              {bytes.get(), static_cast<std::size_t>(std::min<std::uint64_t>(part.size, piece))});
        });
      } catch (const Error& error) {
        log(LogLevel::warning, "http",
            exchange.entry->where + " broke off its answer: " + error.what());
      }
    };
    if (!co_await on_pool(nullptr, std::move(read)) || got == 0) co_return false;
    if (!co_await write({bytes.get(), got})) co_return false;
    part.offset += got;
    part.size -= got;
  }
  co_return true;
}

inline void Connection::account(const Exchange& exchange, int status) {
  const std::chrono::duration<double> took = Clock::now() - exchange.started;
  core_.bytes_in.fetch_add(request_bytes_, std::memory_order_relaxed);
  core_.bytes_out.fetch_add(answer_bytes_, std::memory_order_relaxed);
  if (exchange.entry) {
    exchange.entry->statuses.add(status);
    exchange.entry->seconds.add(took.count());
  } else {
    core_.unrouted.add(status);
  }
  if (!would_log(LogLevel::info)) return;
  log(LogLevel::info, "http", "request",
      {{"number", std::to_string(exchange.number), true},
       {"remote", remote_},
       {"who", exchange.who.id},
       {"method", std::string(exchange.head.method())},
       {"path", exchange.path},
       {"route", exchange.entry ? exchange.entry->route.path : std::string()},
       {"status", std::to_string(status), true},
       {"ms", std::to_string(took.count() * 1000), true},
       {"in", std::to_string(request_bytes_), true},
       {"out", std::to_string(answer_bytes_), true}});
}

}  // namespace podium::host

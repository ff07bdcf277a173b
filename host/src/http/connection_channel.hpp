#pragma once
// A connection that stays open: pushed answers and WebSockets. Included by server.cpp alone.
#include <charconv>

#include "http/connection.hpp"
#include "http/websocket.hpp"

namespace podium::host {

inline void Address::channel_ready() {
  mailbox_->post([self = shared_from_this()] {
    if (self->connection_) self->connection_->channel_ready();
  });
}

inline void Connection::channel_ready() {
  if (websocket_) {
    websocket_->wake();
  } else {
    signal();
  }
}

/// Ends a read that is under way; what it brought stays in the buffer.
inline Task<void> Connection::stop_reading() {
  if (!reading_) co_return;
  stopping_read_ = true;
  error_code ignored;
  socket_.cancel(ignored);
  while (reading_) co_await wait();
  stopping_read_ = false;
}

/// Calls the channel's user; a throw of it closes the channel.
template <class F>
void Connection::call_user(const Exchange& exchange, F&& fn) {
  try {
    contained(*exchange.group->owner, exchange.entry->where, std::forward<F>(fn));
  } catch (const Error& error) {
    if (channel_) channel_->close(1011, error.what());
  }
}

inline Task<bool> Connection::write_channel(Exchange& exchange, Response& response,
                                            bool head_only) {
  const auto user = std::move(response.channel);
  co_await stop_reading();
  bool done = false;
  if (!closed_ && !eof_) {
    if (response.status == 101) {
      done = co_await write_websocket(exchange, response, user);
    } else if (head_only) {
      append_answer_head(exchange, response, std::nullopt);
      done = co_await write(out_);
    } else {
      keep_ = false;
      co_await write_pushed(exchange, response, user);
    }
  }
  if (channel_) channel_->shut();
  channel_.reset();
  try {
    contained(*exchange.group->owner, exchange.entry->where, [&] { user->closed(); });
  } catch (const Error&) {  // counted and reported
  }
  co_return done;
}

inline Task<void> Connection::write_pushed(Exchange& exchange, Response& response,
                                           std::shared_ptr<ChannelUser> user) {
  // Little is kept for an idle one, here and in the system, so that a slow client is known soon.
  error_code ignored;
  socket_.set_option(asio::socket_base::send_buffer_size(64 * 1024), ignored);
  if (begin_ == end_) {
    constexpr std::size_t enough = 256;
    buffer_ = std::unique_ptr<char[]>(new char[enough]);
    capacity_ = enough;
    begin_ = end_ = 0;
  }
  channel_ = std::make_shared<ChannelQueue>([address = address_] { address->channel_ready(); });
  if (core_.draining) channel_->close(1001, "the server stops");
  append_answer_head(exchange, response, std::nullopt);
  if (!co_await write(out_)) co_return;
  call_user(exchange, [&] { user->opened(channel_); });
  const bool chunked = exchange.head.http11;
  for (;;) {
    auto taken = channel_->take();
    out_.clear();
    std::size_t bytes = 0;
    for (const auto& text : taken.pieces) bytes += text.size();
    if (bytes > 0) {
      char size[24];
      const auto end = std::to_chars(size, size + sizeof size, bytes, 16).ptr;
      if (chunked) out_.append(size, end).append("\r\n");
      for (const auto& text : taken.pieces) out_ += text;
      if (chunked) out_ += "\r\n";
      taken.pieces.clear();
      if (!co_await write(out_)) co_return;
      if (channel_->sent(bytes)) call_user(exchange, [&] { user->drained(); });
      continue;
    }
    if (out_.capacity() > 16 * 1024) out_ = {};
    if (taken.closing) {
      if (chunked) co_await write("0\r\n\r\n");
      co_return;
    }
    if (eof_ || closed_) co_return;
    enter(Phase::channel, never);
    if (!reading_) read_ahead();
    co_await wait();
  }
}

inline Task<bool> Connection::write_websocket(Exchange& exchange, Response& response,
                                              std::shared_ptr<ChannelUser> user) {
  auto [status, fault] = handshake_fault(exchange.head);
  if (status == 0 && begin_ != end_)
    std::tie(status, fault) = std::pair(400, "frames came before the handshake was answered");
  if (status != 0) {
    response = exchange.format(Error(ErrorCode::invalid, fault), status);
    if (status == 426) response.headers.emplace_back("Sec-WebSocket-Version", "13");
    append_answer_head(exchange, response, response.body.size());
    co_return co_await write(out_, response.body);
  }
  keep_ = false;
  buffer_.reset();
  capacity_ = 0;
  error_code ignored;
  socket_.set_option(asio::socket_base::send_buffer_size(64 * 1024), ignored);
  channel_ = std::make_shared<ChannelQueue>([address = address_] { address->channel_ready(); });
  if (core_.draining) channel_->close(1001, "the server stops");
  WebSocket::Calls calls;
  calls.opened = [&] { call_user(exchange, [&] { user->opened(channel_); }); };
  calls.received = [&](std::string_view text) {
    call_user(exchange, [&] { user->received(text); });
  };
  calls.drained = [&] { call_user(exchange, [&] { user->drained(); }); };
  websocket_ =
      WebSocket::make(socket_, shared_from_this(), exchange.head, std::move(response.headers),
                      channel_, std::move(calls), core_.options.limits.websocket_idle);
  enter(Phase::channel, never);
  co_await websocket_->run();
  websocket_.reset();
  co_return false;
}

}  // namespace podium::host

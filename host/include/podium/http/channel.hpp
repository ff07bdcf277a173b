#pragma once
// A connection that stays open: an answer that is pushed piece by piece, or a WebSocket.
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace podium {

/// The server's end. Thread-safe, never blocks; may be kept longer than the connection lives.
class Channel {
 public:
  virtual ~Channel() = default;
  /// Queues a piece of the answer, or one text message of a WebSocket. False, and nothing is
  /// queued, when the channel is closed or more than its limit (1 MiB) is queued already.
  virtual bool send(std::string piece) = 0;
  /// Bytes that the system has not taken yet. Who sees it grow sends less.
  virtual std::size_t queued() const noexcept = 0;
  /// Ends the answer behind what is queued. Code and reason (at most 123 bytes) are told on a
  /// WebSocket only.
  virtual void close(int code = 1000, std::string_view reason = {}) noexcept = 0;
};

/// The handler's end. Its calls come one at a time, on an io thread, and must not block; what they
/// throw closes the channel. No thread is held between them, so thousands may idle.
class ChannelUser {
 public:
  virtual ~ChannelUser() = default;
  /// The first call: the head of the answer is on its way.
  virtual void opened(std::shared_ptr<Channel>) = 0;
  /// A text message came over the WebSocket (at most 64 KiB; others the server refuses).
  virtual void received(std::string_view) {}
  /// All that was queued has been taken by the system.
  virtual void drained() {}
  /// The last call, also when `opened` never came: the client has gone, or the channel was closed.
  virtual void closed() noexcept {}
};

}  // namespace podium

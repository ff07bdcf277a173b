#pragma once
// A connection that goes on as a WebSocket. Included by server.cpp and websocket.cpp alone.
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "http/channel_queue.hpp"
#include "http/io_thread.hpp"

namespace podium::host {

/// Why the handshake of a request cannot be met: a status and a sentence; 0 when it can.
std::pair<int, std::string> handshake_fault(const RequestHead&);

/// One WebSocket over a connection's socket, on its io thread.
class WebSocket {
 public:
  struct Calls {  ///< on the io thread; they throw nothing
    std::function<void()> opened;
    std::function<void(std::string_view)> received;
    std::function<void()> drained;
  };
  virtual ~WebSocket() = default;
  /// From the answer to the handshake to the end of the connection.
  virtual Task<void> run() = 0;
  /// Something was queued, or the queue was closed.
  virtual void wake() = 0;

  /// `keeps` keeps the socket alive while an operation on it runs.
  static std::shared_ptr<WebSocket> make(Socket&, std::shared_ptr<void> keeps, const RequestHead&,
                                         std::vector<std::pair<std::string, std::string>> headers,
                                         std::shared_ptr<ChannelQueue>, Calls,
                                         std::chrono::milliseconds idle);
};

}  // namespace podium::host

#include "http/websocket.hpp"

#include <algorithm>
#include <boost/asio/bind_executor.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

namespace podium::host {
namespace {

namespace beast = boost::beast;
namespace websocket = beast::websocket;

constexpr std::size_t largest_message = 64 * 1024;

/// Whether a comma-separated list of tokens has one, without case.
bool lists(std::string_view list, std::string_view token) {
  const auto lower = [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  };
  while (!list.empty()) {
    const auto comma = list.find(',');
    auto item = list.substr(0, comma);
    while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
    while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
    if (item.size() == token.size() &&
        std::equal(item.begin(), item.end(), token.begin(),
                   [&](char a, char b) { return lower(a) == lower(b); }))
      return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
  return false;
}

class BeastWebSocket final : public WebSocket, public std::enable_shared_from_this<BeastWebSocket> {
 public:
  BeastWebSocket(Socket& socket, std::shared_ptr<void> keeps, std::string handshake,
                 std::vector<std::pair<std::string, std::string>> headers,
                 std::shared_ptr<ChannelQueue> queue, Calls calls, std::chrono::milliseconds idle)
      : keeps_(std::move(keeps)),
        ws_(socket),
        handshake_(std::move(handshake)),
        queue_(std::move(queue)),
        calls_(std::move(calls)),
        in_(largest_message) {
    websocket::stream_base::timeout limits{};
    limits.handshake_timeout = std::chrono::seconds(10);
    limits.idle_timeout = idle;
    limits.keep_alive_pings = true;  // half of `idle` after the last sign of life
    ws_.set_option(limits);
    ws_.set_option(websocket::stream_base::decorator(
        [headers = std::move(headers)](websocket::response_type& response) {
          for (const auto& [name, value] : headers) response.set(name, value);
        }));
    ws_.read_message_max(largest_message);
    ws_.write_buffer_bytes(512);
    ws_.auto_fragment(false);
  }

  Task<void> run() override {
    const auto self = shared_from_this();
    error_code error;
    co_await ws_.async_accept(asio::buffer(handshake_), asio::redirect_error(Token{}, error));
    if (error) co_return;
    open_ = true;
    calls_.opened();
    pump();
    for (;;) {
      co_await ws_.async_read(in_, asio::redirect_error(Token{}, error));
      if (error) break;
      if (!ws_.got_text()) {
        queue_->close(websocket::close_code::unknown_data, "messages are texts");
      } else {
        const auto bytes = in_.cdata();
        calls_.received({static_cast<const char*>(bytes.data()), bytes.size()});
      }
      in_.consume(in_.size());
    }
    open_ = false;
  }

  void wake() override {
    if (open_) pump();
  }

 private:
  /// Writes the next message, if none is being written.
  void pump() {
    if (writing_ || ended_) return;
    if (next_ == sending_.size()) {
      auto taken = queue_->take();
      sending_ = std::move(taken.pieces);
      next_ = 0;
      if (sending_.empty()) {
        if (taken.closing) end();
        return;
      }
    }
    writing_ = true;
    ws_.async_write(
        asio::buffer(sending_[next_]),
        [self = shared_from_this()](const error_code& error, std::size_t) { self->wrote(error); });
  }
  void wrote(const error_code& error) {
    writing_ = false;
    if (error || !open_) return;  // the read ends with an error too
    if (queue_->sent(sending_[next_++].size())) calls_.drained();
    pump();
  }
  void end() {
    ended_ = true;
    const auto [code, reason] = queue_->farewell();
    ws_.async_close(websocket::close_reason(static_cast<websocket::close_code>(code), reason),
                    [self = shared_from_this()](const error_code&) {});
  }

  const std::shared_ptr<void> keeps_;
  websocket::stream<Socket&> ws_;
  const std::string handshake_;
  const std::shared_ptr<ChannelQueue> queue_;
  const Calls calls_;
  beast::flat_buffer in_;
  std::vector<std::string> sending_;
  std::size_t next_ = 0;
  bool open_ = false, writing_ = false, ended_ = false;
};

}  // namespace

std::pair<int, std::string> handshake_fault(const RequestHead& head) {
  const auto field = [&](std::string_view name) { return head.field(name).value_or(""); };
  if (head.method() != "GET" || !head.http11 || !lists(field("Upgrade"), "websocket") ||
      !lists(field("Connection"), "upgrade") || head.count("Sec-WebSocket-Key") != 1)
    return {400,
            "a WebSocket begins with GET, 'Connection: Upgrade', 'Upgrade: websocket' and one "
            "Sec-WebSocket-Key"};
  const auto key = field("Sec-WebSocket-Key");
  constexpr std::size_t key_size = 24;  // 16 bytes in base64
  if (key.size() != key_size || !key.ends_with("==") ||
      std::any_of(key.begin(), key.end() - 2,
                  [](unsigned char c) { return !std::isalnum(c) && c != '+' && c != '/'; }))
    return {400, "Sec-WebSocket-Key must be 16 bytes in base64"};
  if (field("Sec-WebSocket-Version") != "13")
    return {426, "the only version of WebSocket here is 13"};
  return {0, {}};
}

std::shared_ptr<WebSocket> WebSocket::make(Socket& socket, std::shared_ptr<void> keeps,
                                           const RequestHead& head,
                                           std::vector<std::pair<std::string, std::string>> headers,
                                           std::shared_ptr<ChannelQueue> queue, Calls calls,
                                           std::chrono::milliseconds idle) {
  // The request was read and checked already: its handshake is told to the library once more.
  std::string handshake =
      "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ";
  handshake += head.field("Sec-WebSocket-Key").value_or("");
  handshake += "\r\n\r\n";
  return std::make_shared<BeastWebSocket>(socket, std::move(keeps), std::move(handshake),
                                          std::move(headers), std::move(queue), std::move(calls),
                                          idle);
}

}  // namespace podium::host

#pragma once
// A client that says exactly what it is told to, byte by byte.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <map>
#include <string>
#include <string_view>

#include "support.hpp"

namespace podium::test {

struct Answer {
  int status = 0;
  std::string head;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;                            ///< chunks put together
  bool complete = false;                       ///< false: the connection ended before it did
};

class Client {
 public:
  explicit Client(std::uint16_t port, int receive_buffer = 0) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_buffer)
      ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    const int one = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    const timeval patience{60, 0};  // a test that hangs shall fail, not hang
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  }
  Client(Client&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)),
        connected_(other.connected_),
        unread_(std::move(other.unread_)) {}
  Client& operator=(Client&&) = delete;
  ~Client() { close(); }

  bool connected() const { return connected_; }
  void close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }
  /// Closes so that the server sees a reset.
  void reset() {
    const linger now{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }
  void finish_sending() { ::shutdown(socket_, SHUT_WR); }
  /// False when the server has closed.
  bool send(std::string_view text) {
    while (!text.empty()) {
      const auto n = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  /// Reads one answer. `head_only`: as to HEAD, without a body whatever its length says.
  Answer receive(bool head_only = false) {
    Answer answer;
    while (unread_.find("\r\n\r\n") == std::string::npos)
      if (!more()) return answer;
    const auto end = unread_.find("\r\n\r\n");
    answer.head = unread_.substr(0, end + 2);
    unread_.erase(0, end + 4);
    parse_head(answer);
    if (answer.status == 100) return answer.complete = true, answer;
    if (head_only || answer.status == 204 || answer.status == 304)
      return answer.complete = true, answer;
    if (answer.headers.count("transfer-encoding")) {
      read_chunks(answer);
    } else if (const auto length = answer.headers.find("content-length");
               length != answer.headers.end()) {
      const auto size = std::stoull(length->second);
      while (unread_.size() < size && more()) {
      }
      answer.complete = unread_.size() >= size;
      answer.body = unread_.substr(0, size);
      unread_.erase(0, answer.body.size());
    } else {
      while (more()) {
      }
      answer.body = std::move(unread_);
      unread_.clear();
      answer.complete = true;
    }
    return answer;
  }
  Answer ask(std::string_view text, bool head_only = false) {
    send(text);
    return receive(head_only);
  }
  Answer get(std::string_view target, std::string_view headers = {}) {
    return ask("GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" +
               std::string(headers) + "\r\n");
  }
  /// Waits until the server closes; false when it sends something instead.
  bool closed() {
    if (!unread_.empty()) return false;
    return !more();
  }
  /// Reads until at least `n` bytes are unread, and takes them.
  std::string take(std::size_t n) {
    while (unread_.size() < n && more()) {
    }
    auto out = unread_.substr(0, n);
    unread_.erase(0, out.size());
    return out;
  }
  int descriptor() const { return socket_; }

 private:
  bool more() {
    char buffer[64 * 1024];
    const auto n = ::recv(socket_, buffer, sizeof buffer, 0);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
      FAIL("the server said nothing for a minute");
    if (n <= 0) return false;
    unread_.append(buffer, static_cast<std::size_t>(n));
    return true;
  }
  static void parse_head(Answer& answer) {
    std::string_view text = answer.head;
    answer.status = std::stoi(std::string(text.substr(text.find(' ') + 1, 3)));
    text.remove_prefix(text.find("\r\n") + 2);
    while (!text.empty()) {
      const auto line = text.substr(0, text.find("\r\n"));
      text.remove_prefix(line.size() + 2);
      const auto colon = line.find(": ");
      std::string name(line.substr(0, colon));
      for (auto& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      answer.headers[name] = std::string(line.substr(colon + 2));
    }
  }
  void read_chunks(Answer& answer) {
    for (;;) {
      while (unread_.find("\r\n") == std::string::npos)
        if (!more()) return;
      const auto size = std::stoull(unread_, nullptr, 16);
      unread_.erase(0, unread_.find("\r\n") + 2);
      while (unread_.size() < size + 2)
        if (!more()) return;
      answer.body += unread_.substr(0, size);
      unread_.erase(0, size + 2);
      if (size == 0) {
        answer.complete = true;
        return;
      }
    }
  }

  int socket_ = -1;
  bool connected_ = false;
  std::string unread_;
};

}  // namespace podium::test

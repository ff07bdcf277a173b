#pragma once
// Servers for tests: one that says byte by byte what it is told to, on a free port of 127.0.0.1.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "podium/http/message.hpp"

namespace podium::test {

class Never final : public Cancel {
 public:
  bool cancelled() const noexcept override { return false; }
};

class Flag final : public Cancel {
 public:
  bool cancelled() const noexcept override { return set; }
  std::atomic<bool> set{false};
};

class ScriptedServer {
 public:
  /// One conversation, with the head of the request that was read already.
  using Script = std::function<void(int socket, const std::string& request)>;

  explicit ScriptedServer(Script script) : script_(std::move(script)) {
    std::signal(SIGPIPE, SIG_IGN);
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&at), size) != 0 ||
        ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size) != 0)
      throw std::runtime_error("no port to listen on");
    port_ = ntohs(at.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~ScriptedServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

  std::uint16_t port() const { return port_; }
  std::string origin() const { return "http://127.0.0.1:" + std::to_string(port_); }
  int connections() const { return connections_; }
  std::string last_request() const {
    const std::lock_guard lock(mutex_);
    return request_;
  }

 private:
  void serve() {
    for (;;) {
      const int socket = ::accept(listener_, nullptr, nullptr);
      if (socket < 0) return;
      ++connections_;
      std::string head;
      char byte = 0;
      while (head.find("\r\n\r\n") == head.npos && ::recv(socket, &byte, 1, 0) == 1) head += byte;
      {
        const std::lock_guard lock(mutex_);
        request_ = head;
      }
      script_(socket, head);
      ::close(socket);
    }
  }

  Script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::thread thread_;
  std::atomic<int> connections_{0};
  mutable std::mutex mutex_;
  std::string request_;
};

/// False when the other end has gone.
inline bool say(int socket, std::string_view text) {
  while (!text.empty()) {
    const auto n = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

/// Says the same, byte by byte with pauses, until the other end has gone.
inline void dribble(int socket, std::string_view text) {
  for (std::size_t i = 0; say(socket, text.substr(i % text.size(), 1)); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
}

}  // namespace podium::test

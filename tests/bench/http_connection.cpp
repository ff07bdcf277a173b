#include "http_connection.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace bench {
namespace {

std::size_t behind(const std::string& header, const char* name) {
  const auto at = std::search(header.begin(), header.end(), name, name + std::strlen(name),
                              [](char a, char b) { return std::tolower(a) == b; });
  return at == header.end() ? std::string::npos
                            : static_cast<std::size_t>(at - header.begin()) + std::strlen(name);
}

}  // namespace

Connection::Connection(int port, std::string headers) : port_(port), headers_(std::move(headers)) {
  open();
}

void Connection::open() {
  if (fd_ >= 0) close(fd_);
  fd_ = socket(AF_INET, SOCK_STREAM, 0);
  buffer_.clear();
  used_ = 0;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port_));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int one = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("cannot connect");
}

/// Whether the server has closed the connection, which no answer is awaited on.
bool Connection::stale() const {
  char byte;
  return recv(fd_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

Connection::~Connection() { close(fd_); }

int Connection::call(const char* method, const std::string& path, const std::string& text) {
  request_.assign(method).append(" ").append(path).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n");
  request_.append(headers_).append("Content-Length: ").append(std::to_string(text.size()));
  request_.append("\r\n\r\n");
  if (text.size() < 1'000'000) request_.append(text);
  if (stale()) open();
  put(request_);
  if (text.size() >= 1'000'000) put(text);
  std::size_t head = std::string::npos;
  while ((head = buffer_.find("\r\n\r\n", used_)) == std::string::npos) fill();
  const std::string header = buffer_.substr(used_, head + 2 - used_);
  used_ = head + 4;
  body.clear();
  if (const auto length = behind(header, "content-length:"); length != std::string::npos) {
    take(static_cast<std::size_t>(std::atoll(header.c_str() + length)));
  } else if (behind(header, "transfer-encoding:") != std::string::npos) {
    for (;;) {
      std::size_t end;
      while ((end = buffer_.find("\r\n", used_)) == std::string::npos) fill();
      const auto n = static_cast<std::size_t>(std::strtoull(buffer_.c_str() + used_, nullptr, 16));
      used_ = end + 2;
      take(n);
      while (buffer_.size() < used_ + 2) fill();
      used_ += 2;
      if (n == 0) break;
    }
  }
  return std::atoi(header.c_str() + 9);
}

void Connection::put(const std::string& bytes) {
  for (std::size_t sent = 0; sent < bytes.size();) {
    const auto n = send(fd_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) throw std::runtime_error("connection lost while sending");
    sent += static_cast<std::size_t>(n);
  }
}

/// Moves the next `n` bytes of the answer into the body.
void Connection::take(std::size_t n) {
  for (;;) {
    const std::size_t have = std::min(n, buffer_.size() - used_);
    body.append(buffer_, used_, have);
    used_ += have;
    n -= have;
    if (n == 0) return;
    fill();
  }
}

void Connection::fill() {
  if (used_ == buffer_.size()) {
    buffer_.clear();
    used_ = 0;
  }
  char bytes[65536];
  const auto n = recv(fd_, bytes, sizeof bytes, 0);
  if (n <= 0) throw std::runtime_error("connection lost while reading");
  buffer_.append(bytes, static_cast<std::size_t>(n));
}

}  // namespace bench

// A blocking HTTP/1.1 client of the bench: as little work as possible on this side of the socket.
#pragma once

#include <cstddef>
#include <string>

namespace bench {

/// One keep-alive connection to 127.0.0.1, for one thread. Errors of the socket are thrown as
/// std::runtime_error; a status other than 200 is the caller's to judge. A connection that the
/// server closed while it was idle is opened again, as every client does.
class Connection {
 public:
  /// `headers` are whole lines, each with its CRLF, sent with every request.
  Connection(int port, std::string headers);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// Sends a request and waits for its whole answer (Content-Length or chunked); returns the
  /// status.
  int call(const char* method, const std::string& path, const std::string& text);

  std::string body;  ///< of the last answer

 private:
  void open();
  void put(const std::string& bytes);
  bool stale() const;
  void fill();
  void take(std::size_t n);
  int port_;
  std::string headers_, request_, buffer_;
  std::size_t used_ = 0;  ///< bytes of the buffer that were read already
  int fd_ = -1;
};

}  // namespace bench

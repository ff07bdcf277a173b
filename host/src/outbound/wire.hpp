#pragma once
// One connection to a checked address, with TLS or without.
#include <cstddef>
#include <memory>
#include <span>

#include "outbound/patience.hpp"
#include "outbound/url.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace podium::host {

/// The certificates that the machine trusts (SSL_CERT_FILE and SSL_CERT_DIR are honoured). Null
/// when OpenSSL cannot be set up. Shared by all connections.
std::shared_ptr<ssl_ctx_st> make_tls_context();

/// Calls throw `unavailable` when the connection is none or breaks off, and as Patience::check.
class Wire {
 public:
  /// Connects to the first of the addresses that answers. With TLS the certificate must be good for
  /// the URL's host.
  Wire(const Url&, std::span<const Address>, ssl_ctx_st* tls, const Patience&);
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  ~Wire();

  /// At least one byte, or 0 at the end.
  std::size_t read(char* to, std::size_t most);
  void write(const char* from, std::size_t size);
  int descriptor() const { return socket_; }

 private:
  void connect(const Address&);
  void shake_hands(ssl_ctx_st* tls);
  void wait_for_tls(int result, const char* what);

  const Url& url_;
  const Patience& patience_;
  int socket_ = -1;
  ssl_st* tls_ = nullptr;
};

}  // namespace podium::host

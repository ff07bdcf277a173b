#include "outbound/wire.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace podium::host {
namespace {

Error no_connection(const Url& url, const std::string& why) {
  return Error(ErrorCode::unavailable, "no connection to " + origin_of(url) + ": " + why);
}

std::string reason(int number) { return std::error_code(number, std::system_category()).message(); }

}  // namespace

std::shared_ptr<ssl_ctx_st> make_tls_context() {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  if (!context || SSL_CTX_set_default_verify_paths(context.get()) != 1 ||
      SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1)
    return nullptr;
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return context;
}

Wire::Wire(const Url& url, std::span<const Address> addresses, ssl_ctx_st* tls,
           const Patience& patience)
    : url_(url), patience_(patience) {
  for (std::size_t i = 0; socket_ < 0; ++i) {
    try {
      connect(addresses[i]);
    } catch (const Error& e) {
      if (socket_ >= 0) ::close(std::exchange(socket_, -1));
      if (e.code() != ErrorCode::unavailable || i + 1 == addresses.size()) throw;
    }
  }
  if (!url.tls) return;
  try {
    shake_hands(tls);
  } catch (...) {
    SSL_free(tls_);
    ::close(socket_);
    throw;
  }
}

Wire::~Wire() {
  if (tls_) SSL_free(tls_);
  if (socket_ >= 0) ::close(socket_);
}

void Wire::connect(const Address& address) {
  socket_ =
      ::socket(address.v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket_ < 0) throw no_connection(url_, reason(errno));
  const int one = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  sockaddr_storage to{};
  socklen_t size = 0;
  if (address.v6) {
    sockaddr_in6 in{};
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(url_.port);
    std::memcpy(&in.sin6_addr, address.bytes.data(), 16);
    std::memcpy(&to, &in, size = sizeof in);
  } else {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(url_.port);
    std::memcpy(&in.sin_addr, address.bytes.data(), 4);
    std::memcpy(&to, &in, size = sizeof in);
  }
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), size) == 0) return;
  if (errno != EINPROGRESS) throw no_connection(url_, reason(errno));
  patience_.wait(socket_, POLLOUT);
  int failure = 0;
  size = sizeof failure;
  ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &failure, &size);
  if (failure) throw no_connection(url_, reason(failure));
}

void Wire::shake_hands(ssl_ctx_st* tls) {
  tls_ = tls ? SSL_new(tls) : nullptr;
  if (!tls_ || SSL_set_fd(tls_, socket_) != 1) throw no_connection(url_, "TLS is not available");
  // Literal addresses are looked for among the certificate's addresses, and told nobody by SNI.
  const bool named =
      url_.address ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls_), url_.host.c_str()) == 1
                   : SSL_set1_host(tls_, url_.host.c_str()) == 1 &&
                         SSL_set_tlsext_host_name(tls_, url_.host.c_str()) == 1;
  if (!named) throw no_connection(url_, "TLS is not available");
  for (;;) {
    ERR_clear_error();
    const int result = SSL_connect(tls_);
    if (result == 1) return;
    const long verdict = SSL_get_verify_result(tls_);
    if (verdict != X509_V_OK)
      throw no_connection(url_, std::string("its certificate is not trusted (") +
                                    X509_verify_cert_error_string(verdict) + ")");
    wait_for_tls(result, "TLS failed");
  }
}

/// Waits for what the last call of OpenSSL needs; throws `unavailable` when it failed.
void Wire::wait_for_tls(int result, const char* what) {
  switch (SSL_get_error(tls_, result)) {
    case SSL_ERROR_WANT_READ:
      return patience_.wait(socket_, POLLIN);
    case SSL_ERROR_WANT_WRITE:
      return patience_.wait(socket_, POLLOUT);
    default: {
      const char* why = ERR_reason_error_string(ERR_peek_error());
      throw no_connection(url_, std::string(what) + (why ? std::string(" (") + why + ")" : ""));
    }
  }
}

std::size_t Wire::read(char* to, std::size_t most) {
  for (;;) {
    patience_.check();
    if (tls_) {
      ERR_clear_error();
      std::size_t got = 0;
      const int result = SSL_read_ex(tls_, to, most, &got);
      if (result == 1) return got;
      if (SSL_get_error(tls_, result) == SSL_ERROR_ZERO_RETURN) return 0;
      wait_for_tls(result, "it broke off");
      continue;
    }
    const ssize_t got = ::recv(socket_, to, most, 0);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno == EAGAIN || errno == EWOULDBLOCK)
      patience_.wait(socket_, POLLIN);
    else if (errno != EINTR)
      throw no_connection(url_, "it broke off (" + reason(errno) + ")");
  }
}

void Wire::write(const char* from, std::size_t size) {
  while (size > 0) {
    patience_.check();
    std::size_t sent = 0;
    if (tls_) {
      ERR_clear_error();
      const int result = SSL_write_ex(tls_, from, size, &sent);
      if (result != 1) {
        wait_for_tls(result, "it broke off");
        continue;
      }
    } else {
      const ssize_t n = ::send(socket_, from, size, MSG_NOSIGNAL);
      if (n < 0) {
        if (errno == EAGAIN || errno == EWOULDBLOCK)
          patience_.wait(socket_, POLLOUT);
        else if (errno != EINTR)
          throw no_connection(url_, "it broke off (" + reason(errno) + ")");
        continue;
      }
      sent = static_cast<std::size_t>(n);
    }
    from += sent;
    size -= sent;
  }
}

}  // namespace podium::host

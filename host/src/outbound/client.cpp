// The only file beside cli/http_client.cpp with cpp-httplib, which does the HTTP/1.1 here: the
// connection below it is ours, so that the checked address, the time limit over all phases and the
// limits of size hold for every byte.
#include "outbound/client.hpp"

#include <httplib.h>
#include <unistd.h>

#include <array>
#include <mutex>
#include <optional>

#include "outbound/look_up.hpp"
#include "outbound/rules.hpp"
#include "outbound/wire.hpp"

namespace podium::host {
namespace {

constexpr std::size_t most_head = 64 * 1024;
constexpr std::size_t most_line = 8 * 1024;
constexpr std::size_t most_status_line = 512;  // httplib matches it by a recursive expression

/// What httplib reads from and writes to. Nothing is thrown through httplib: what went wrong is
/// kept.
class WireStream final : public httplib::Stream {
 public:
  WireStream(Wire& wire, std::size_t most_body) : wire_(wire), most_body_(most_body) {}

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  ssize_t read(char* to, std::size_t size) override {
    if (failure) return -1;
    try {
      if (at_ == filled_) fill();
    } catch (const Error& e) {
      failure = e;
      return -1;
    }
    const std::size_t n = std::min(size, filled_ - at_);
    std::copy_n(buffer_.data() + at_, n, to);
    at_ += n;
    return static_cast<ssize_t>(n);
  }
  ssize_t write(const char* from, std::size_t size) override {
    if (failure) return -1;
    try {
      wire_.write(from, size);
    } catch (const Error& e) {
      failure = e;
      return -1;
    }
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return wire_.descriptor(); }

  std::optional<Error> failure;

 private:
  void fill() {
    at_ = filled_ = 0;
    filled_ = wire_.read(buffer_.data(), buffer_.size());
    total_ += filled_;
    for (std::size_t i = 0; i < filled_ && !in_body_; ++i) read_head(buffer_[i]);
    // Chunks of a byte each, endless extensions and trailers: several bytes carry one.
    const std::size_t most = in_body_ ? most_head + 2 * most_body_ : most_head;
    if (total_ > most + buffer_.size())
      throw Error(ErrorCode::too_large, in_body_ ? "the answer is larger than the call allows"
                                                 : "the headers of the answer are too long");
  }
  void read_head(char c) {
    if (c == '\n') {
      in_body_ = line_ == 1 && before_ == '\r';
      first_line_ = false;
      line_ = 0;
    } else {
      if (first_line_ && line_ == 9 && c == '1')
        throw Error(ErrorCode::unavailable, "the other server answers before it was asked to");
      if (++line_ > (first_line_ ? most_status_line : most_line))
        throw Error(ErrorCode::too_large, "a header of the answer is too long");
    }
    before_ = c;
  }

  Wire& wire_;
  const std::size_t most_body_;
  std::array<char, 16 * 1024> buffer_;
  std::size_t at_ = 0, filled_ = 0, total_ = 0, line_ = 0;
  bool first_line_ = true, in_body_ = false;
  char before_ = 0;
};

class Exchange final : public httplib::ClientImpl {
 public:
  Exchange(Wire& wire, WireStream& stream) : ClientImpl("wire", 80), wire_(wire), stream_(stream) {}

 private:
  /// httplib closes what it is given here: a name of our socket of its own.
  bool create_and_connect_socket(Socket& socket, httplib::Error& error) override {
    socket.sock = ::dup(wire_.descriptor());
    if (socket.sock < 0) error = httplib::Error::Connection;
    return socket.sock >= 0;
  }
  bool process_socket(const Socket&, std::function<bool(httplib::Stream&)> exchange) override {
    return exchange(stream_);
  }

  Wire& wire_;
  WireStream& stream_;
};

bool is_token(std::string_view text) {
  for (const char c : text)
    if (!std::isalnum(static_cast<unsigned char>(c)) &&
        std::string_view("!#$%&'*+-.^_`|~").find(c) == std::string_view::npos)
      return false;
  return !text.empty();
}

void check_request(const OutgoingRequest& request) {
  constexpr std::string_view methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
  if (std::find(std::begin(methods), std::end(methods), request.method) == std::end(methods))
    throw Error(ErrorCode::invalid, "the method must be GET, HEAD, POST, PUT, PATCH or DELETE");
  constexpr std::string_view ours[] = {"accept-encoding",
                                       "connection",
                                       "content-length",
                                       "expect",
                                       "host",
                                       "keep-alive",
                                       "proxy-authorization",
                                       "proxy-connection",
                                       "te",
                                       "trailer",
                                       "transfer-encoding",
                                       "upgrade"};
  std::size_t size = 0;
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name)) throw Error(ErrorCode::invalid, "a header's name is none");
    std::string plain = name;
    for (char& c : plain) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (std::find(std::begin(ours), std::end(ours), plain) != std::end(ours))
      throw Error(ErrorCode::invalid, "the header " + name + " is podium's to set");
    for (const char c : value)
      if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f)
        throw Error(ErrorCode::invalid,
                    "the header " + name + " has a line break or another control character");
    size += name.size() + value.size();
  }
  if (size > most_head) throw Error(ErrorCode::invalid, "the headers are longer than 64 KiB");
}

class OutboundClient final : public HttpClient {
 public:
  explicit OutboundClient(OutboundOptions options)
      : rules_(options), look_up_(std::move(options.look_up)) {}

  void check(std::string_view url) const override { (void)rules_.allowed(url); }

  IncomingAnswer send(const OutgoingRequest& request, const Cancel& cancel) override {
    check_request(request);
    const Url url = rules_.allowed(request.url);
    const Patience patience(request.time_limit, cancel);
    std::vector<Address> addresses;
    if (url.address)
      addresses.push_back(*url.address);
    else
      addresses = look_up(url.host, look_up_, patience);
    for (const Address& address : addresses) rules_.check(url, address);
    Wire wire(url, addresses, url.tls ? tls() : nullptr, patience);
    auto answer = exchange(request, url, wire);
    answer.took = patience.took();
    return answer;
  }

 private:
  static IncomingAnswer exchange(const OutgoingRequest& request, const Url& url, Wire& wire) {
    WireStream stream(wire, request.most);
    Exchange client(wire, stream);
    client.set_url_encode(false);
    client.set_decompress(false);
    httplib::Request out;
    out.method = request.method;
    out.path = url.target;
    out.body = request.body;
    for (const auto& [name, value] : request.headers) out.headers.emplace(name, value);
    out.headers.emplace("Host", authority_of(url));
    out.headers.emplace("Accept-Encoding", "identity");  // what is small on the wire stays small
    if (!out.has_header("User-Agent")) out.headers.emplace("User-Agent", "podium");

    IncomingAnswer answer;
    bool too_large = false, no_body = false;
    out.response_handler = [&](const httplib::Response& head) {
      no_body = head.status == 304;
      return !no_body;
    };
    out.content_receiver = [&](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
      too_large = size > request.most - answer.body.size();
      if (!too_large) answer.body.append(data, size);
      return !too_large;
    };
    httplib::Response in;
    auto error = httplib::Error::Success;
    const bool done = client.send(out, in, error);
    if (stream.failure) throw *stream.failure;
    if (too_large) throw Error(ErrorCode::too_large, "the answer is larger than the call allows");
    if (!done && !no_body)
      throw Error(ErrorCode::unavailable,
                  "the answer of " + origin_of(url) + " is no HTTP, or breaks off");
    answer.status = in.status;
    answer.headers.assign(in.headers.begin(), in.headers.end());
    return answer;
  }

  ssl_ctx_st* tls() {
    std::call_once(tls_made_, [&] { tls_ = make_tls_context(); });
    return tls_.get();
  }

  const OutboundRules rules_;
  const LookUp look_up_;
  std::once_flag tls_made_;
  std::shared_ptr<ssl_ctx_st> tls_;
};

}  // namespace

std::unique_ptr<HttpClient> make_http_client(OutboundOptions options) {
  return std::make_unique<OutboundClient>(std::move(options));
}

}  // namespace podium::host

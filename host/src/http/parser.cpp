#include "http/parser.hpp"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <cctype>
#include <cstring>

namespace podium::host {

namespace http = boost::beast::http;
using boost::beast::error_code;

namespace {

bool equal_without_case(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return x == y || (std::tolower(static_cast<unsigned char>(x)) ==
                             std::tolower(static_cast<unsigned char>(y)));
         });
}

/// Whether a line goes on in the next, which begins with a blank: the library joins them, other
/// readers take them for two.
bool folded(std::string_view lines) noexcept {
  for (auto at = lines.find('\n'); at != std::string_view::npos; at = lines.find('\n', at + 1))
    if (at + 1 < lines.size() && (lines[at + 1] == ' ' || lines[at + 1] == '\t')) return true;
  return false;
}

std::string_view std_view(boost::beast::string_view text) { return {text.data(), text.size()}; }

/// The last step of a chunked body is at least this long, and the library's parser wants it whole.
constexpr std::size_t least_chunk = 5;

}  // namespace

std::optional<std::string_view> RequestHead::field(std::string_view name) const noexcept {
  for (const auto& f : fields_)
    if (equal_without_case(view(f.name), name)) return view(f.value);
  return std::nullopt;
}

std::size_t RequestHead::count(std::string_view name) const noexcept {
  return static_cast<std::size_t>(
      std::count_if(fields_.begin(), fields_.end(),
                    [&](const Field& f) { return equal_without_case(view(f.name), name); }));
}

RequestHead::Piece RequestHead::keep(std::string_view text) {
  const Piece piece{static_cast<std::uint32_t>(text_.size()),
                    static_cast<std::uint32_t>(text.size())};
  text_ += text;
  return piece;
}

struct ParserImpl {
  /// One message. The library's parser cannot be used again, so it is made anew for each.
  class Message final : public http::basic_parser<true> {
   public:
    explicit Message(ParserImpl& all) : all_(all) { body_limit(boost::none); }
    char* to = nullptr;
    std::size_t room = 0, got = 0;

   private:
    void on_request_impl(http::verb, boost::beast::string_view method,
                         boost::beast::string_view target, int version, error_code&) override {
      auto& head = *all_.head;
      head.http11 = version >= 11;
      head.text_.reserve(512);
      head.method_ = head.keep(std_view(method));
      head.target_ = head.keep(std_view(target));
    }
    void on_response_impl(int, boost::beast::string_view, int, error_code&) override {}
    void on_field_impl(http::field, boost::beast::string_view name, boost::beast::string_view value,
                       error_code& ec) override {
      auto& head = *all_.head;
      if (all_.head_done) {  // a trailer: counted, not kept
        all_.trailer_bytes += name.size() + value.size() + 4;
        if (all_.trailer_bytes > all_.limits.header_bytes) refuse_size(ec);
        return;
      }
      if (head.fields_.size() >= all_.limits.header_fields) return refuse_size(ec);
      RequestHead::Field field;
      field.name = head.keep(std_view(name));
      field.value = head.keep(std_view(value));
      head.fields_.push_back(field);
    }
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override {}
    std::size_t on_body_impl(boost::beast::string_view, error_code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view body,
                                   error_code&) override {
      const auto n = std::min(body.size(), room - got);
      if (n > 0) std::memcpy(to + got, body.data(), n);
      got += n;
      return n;
    }
    void on_finish_impl(error_code&) override {}
    void refuse_size(error_code& ec) { ec = http::error::header_limit; }

    ParserImpl& all_;
  };

  RequestParser::Limits limits;
  RequestHead* head = nullptr;
  std::optional<Message> message;
  bool head_done = false;
  std::size_t head_bytes = 0, trailer_bytes = 0;
  RequestParser::Refusal refusal;

  RequestParser::Step refuse(int status, std::string what) {
    refusal = {status, std::move(what)};
    return RequestParser::Step::refused;
  }
  RequestParser::Step refuse(const error_code& ec) {
    if (ec == http::error::header_limit)
      return refuse(431, "the request's header is larger than " +
                             std::to_string(limits.header_bytes) + " bytes or has more than " +
                             std::to_string(limits.header_fields) + " fields");
    if (ec == http::error::bad_version)
      return refuse(505, "the request is not in HTTP/1.1 or HTTP/1.0");
    return refuse(400, "the request is malformed: " + ec.message());
  }

  /// What the library lets pass and two readers of one message could understand differently.
  RequestParser::Step check_framing() {
    auto& h = *head;
    const auto encodings = h.count("Transfer-Encoding");
    const auto lengths = h.count("Content-Length");
    if (encodings > 0) {
      if (encodings > 1 || lengths > 0 || !h.http11)
        return refuse(400, "the request's length is told in two ways");
      if (!equal_without_case(*h.field("Transfer-Encoding"), "chunked"))
        return refuse(501, "the only transfer encoding is 'chunked'");
    }
    if (lengths > 1) return refuse(400, "the request has more than one Content-Length");
    if (lengths == 1) {
      const auto text = *h.field("Content-Length");
      if (text.empty() ||
          !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
        return refuse(400, "Content-Length is not a number");
    }
    if (h.count("Host") > 1) return refuse(400, "the request has more than one Host");
    if (h.http11 && h.count("Host") == 0) return refuse(400, "the request has no Host");
    return RequestParser::Step::done;
  }
};

RequestParser::RequestParser(Limits limits) : impl_(std::make_unique<ParserImpl>()) {
  impl_->limits = limits;
}
RequestParser::~RequestParser() = default;

void RequestParser::begin(RequestHead& head) {
  auto& p = *impl_;
  p.head = &head;
  p.head_done = false;
  p.head_bytes = p.trailer_bytes = 0;
  p.message.emplace(p);
  p.message->header_limit(static_cast<std::uint32_t>(p.limits.header_bytes) + 1);
  p.message->eager(false);
}

RequestParser::Step RequestParser::head(std::string_view text, std::size_t& used) {
  auto& p = *impl_;
  used = 0;
  while (!p.message->is_header_done()) {
    if (used == text.size()) return Step::more;
    error_code ec;
    const auto n = p.message->put({text.data() + used, text.size() - used}, ec);
    if (folded(text.substr(used, n)))
      return p.refuse(400, "a line of the request's header begins with a blank");
    used += n;
    p.head_bytes += n;
    // The library limits what it looks at together; the sum is limited here, however it comes.
    if (p.head_bytes > p.limits.header_bytes) ec = http::error::header_limit;
    if (ec == http::error::need_more) return Step::more;
    if (ec) return p.refuse(ec);
  }
  p.head_done = true;
  auto& head = *p.head;
  head.keep_alive = p.message->keep_alive();
  head.chunked = p.message->chunked();
  if (const auto length = p.message->content_length()) head.content_length = *length;
  return p.check_framing();
}

RequestParser::Step RequestParser::chunks(std::string_view text, std::size_t& used, char* to,
                                          std::size_t room, std::size_t& got) {
  auto& p = *impl_;
  auto& message = *p.message;
  used = 0;
  message.to = to;
  message.room = room;
  message.got = 0;
  while (!message.is_done()) {
    if (text.size() - used < least_chunk) break;
    error_code ec;
    const auto before = message.got;
    const auto n = message.put({text.data() + used, text.size() - used}, ec);
    used += n;
    got = message.got;
    if (ec == http::error::need_more) return Step::more;
    if (ec) return p.refuse(ec);
    if (n == 0 && message.got == before) break;  // no room
  }
  got = message.got;
  return message.is_done() ? Step::done : Step::more;
}

const RequestParser::Refusal& RequestParser::refusal() const { return impl_->refusal; }

}  // namespace podium::host

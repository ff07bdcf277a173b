#pragma once
// The text of a request into its head and its body. No sockets; the library's parser is behind it.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace podium::host {

/// The head of a request as it came. Views live as long as the head and move with it never: it is
/// filled in place and stays where it is.
class RequestHead {
 public:
  std::string_view method() const { return view(method_); }
  std::string_view target() const { return view(target_); }
  /// The value of the first field of this name, without case; nothing when absent.
  std::optional<std::string_view> field(std::string_view name) const noexcept;
  std::size_t count(std::string_view name) const noexcept;
  bool http11 = true;
  bool keep_alive = true;
  bool chunked = false;
  std::optional<std::uint64_t> content_length;

 private:
  friend struct ParserImpl;
  struct Piece {
    std::uint32_t begin = 0, size = 0;
  };
  struct Field {
    Piece name, value;
  };
  std::string_view view(Piece p) const { return std::string_view(text_).substr(p.begin, p.size); }
  Piece keep(std::string_view);

  std::string text_;
  Piece method_, target_;
  std::vector<Field> fields_;
};

/// One message after another. A refused message ends the connection: nothing can be parsed behind
/// it.
class RequestParser {
 public:
  struct Limits {
    std::size_t header_bytes = 16 * 1024;  ///< of the whole head, as sent
    std::size_t header_fields = 100;
  };
  /// Why a message was refused.
  struct Refusal {
    int status = 0;
    std::string what;
  };

  explicit RequestParser(Limits);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  enum class Step { more, done, refused };
  /// Begins a message whose head is written to `head`, which outlives the message.
  void begin(RequestHead& head);
  /// Parses what of `text` belongs to the head; `used` is how much. `text` begins where the last
  /// call stopped using it. The framing is checked: conflicting lengths and encodings are refused.
  Step head(std::string_view text, std::size_t& used);
  /// Parses a chunked body into `to`, up to `room` bytes; `got` is how many. `more` with a full
  /// `to` asks for more room, else for more text.
  Step chunks(std::string_view text, std::size_t& used, char* to, std::size_t room,
              std::size_t& got);
  const Refusal& refusal() const;

 private:
  std::unique_ptr<struct ParserImpl> impl_;
};

}  // namespace podium::host

#include "key.hpp"

#include <bit>
#include <charconv>
#include <cmath>

#include "podium/error.hpp"
#include "podium/storage_kit/text.hpp"

namespace podium::leaderboard {
namespace {

void append_size(std::string& out, std::size_t n) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(n >> shift));
}

void append_text(std::string& out, std::string_view text) {
  append_size(out, text.size());
  out += text;
}

void append_part(std::string& key, KeyPart::Kind kind, std::string_view name,
                 std::optional<std::string_view> text, std::optional<double> number) {
  key.push_back(static_cast<char>(kind));
  append_text(key, name);
  if (!text) {
    key.push_back('0');
  } else if (number) {
    key.push_back('n');
    const auto bits = std::bit_cast<std::uint64_t>(*number == 0 ? 0.0 : *number);
    for (int shift = 56; shift >= 0; shift -= 8) key.push_back(static_cast<char>(bits >> shift));
  } else {
    key.push_back('s');
    append_text(key, *text);
  }
}

class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : rest_(bytes) {}
  bool empty() const { return rest_.empty(); }
  std::string_view take(std::size_t n) {
    if (rest_.size() < n) throw Error(ErrorCode::corrupt, "the key of a candidate is cut off");
    const auto out = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return out;
  }
  std::uint64_t number(std::size_t bytes) {
    std::uint64_t out = 0;
    for (const char c : take(bytes)) out = out << 8 | static_cast<unsigned char>(c);
    return out;
  }
  std::string text() { return std::string(take(number(4))); }

 private:
  std::string_view rest_;
};

}  // namespace

std::string spelled(double value) {
  // Whole numbers that a double holds exactly are told without exponent and point.
  char buffer[40];
  const bool whole = std::trunc(value) == value && std::fabs(value) < 9007199254740992.0;
  const auto end =
      whole ? std::to_chars(buffer, buffer + sizeof buffer, static_cast<std::int64_t>(value)).ptr
            : std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return std::string(buffer, end);
}

KeyPart key_part(KeyPart::Kind kind, std::string name, std::optional<std::string_view> text) {
  KeyPart part{kind, std::move(name), {}, {}};
  if (!text) return part;
  part.number = kit::number_of(*text);
  part.text = part.number ? spelled(*part.number) : std::string(*text);
  return part;
}

void append(std::string& key, const KeyPart& part) {
  append_part(key, part.kind, part.name, part.text, part.number);
}

void append(std::string& key, KeyPart::Kind kind, std::string_view name,
            std::optional<std::string_view> text) {
  append_part(key, kind, name, text, text ? kit::number_of(*text) : std::nullopt);
}

std::vector<KeyPart> parts_of(std::string_view key) {
  std::vector<KeyPart> out;
  for (Bytes bytes(key); !bytes.empty();) {
    KeyPart part;
    part.kind = static_cast<KeyPart::Kind>(bytes.take(1).front());
    part.name = bytes.text();
    switch (bytes.take(1).front()) {
      case 'n':
        part.number = std::bit_cast<double>(bytes.number(8));
        part.text = spelled(*part.number);
        break;
      case 's':
        part.text = bytes.text();
        break;
      default:
        break;
    }
    out.push_back(std::move(part));
  }
  return out;
}

std::string label_of(std::string_view key) {
  std::string out;
  for (const KeyPart& part : parts_of(key)) {
    if (part.kind == KeyPart::Kind::task) continue;
    if (part.kind == KeyPart::Kind::team) return part.text.value_or("");
    out += (out.empty() ? "" : ", ") + part.name + (part.text ? "=" + *part.text : " missing");
  }
  return out;
}

std::string id_of_key(std::string_view key) {
  // Two runs of FNV-1a with different beginnings.
  std::uint64_t hash[2] = {0xcbf29ce484222325u, 0x84222325cbf29ce4u};
  for (const char c : key)
    for (std::uint64_t& h : hash) {
      h ^= static_cast<unsigned char>(c);
      h *= 0x100000001b3u;
      h ^= h >> 29;
    }
  static constexpr char hex[] = "0123456789abcdef";
  std::string out;
  for (int i = 60; i >= 0; i -= 4) out.push_back(hex[hash[0] >> i & 15]);
  for (int i = 60; i >= 32; i -= 4) out.push_back(hex[hash[1] >> i & 15]);
  return out;
}

}  // namespace podium::leaderboard

// Cursors: printable texts that hold the sort keys of a row.
#include <array>
#include <bit>
#include <type_traits>
#include <variant>

#include "podium/error.hpp"
#include "podium/storage_kit/values.hpp"

namespace podium::kit {
namespace {

/// FNV-1a over 64 bits with a final mix; not against attackers, who gain nothing from a cursor.
class Hash {
 public:
  void bytes(std::string_view text) {
    number(text.size());
    for (const char c : text) byte(static_cast<unsigned char>(c));
  }
  void number(std::uint64_t v) {
    for (int shift = 0; shift < 64; shift += 8) byte(static_cast<unsigned char>(v >> shift));
  }
  std::uint64_t value() const {
    std::uint64_t h = state_;
    h ^= h >> 33;
    h *= 0xff51afd7ed558ccdu;
    return h ^ (h >> 33);
  }

 private:
  void byte(unsigned char c) { state_ = (state_ ^ c) * 0x100000001b3u; }
  std::uint64_t state_ = 0xcbf29ce484222325u;
};

void hash(Hash& h, const Path& path) {
  h.number(static_cast<std::uint64_t>(path.kind));
  h.bytes(path.name);
  h.bytes(path.key);
  h.bytes(path.scope);
  h.number(static_cast<std::uint64_t>(path.statistic));
}

void hash(Hash& h, const Value& value) {
  h.number(value.index());
  std::visit(
      [&](const auto& v) {
        using T = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<T, bool>) h.number(v);
        if constexpr (std::is_same_v<T, std::int64_t>) h.number(static_cast<std::uint64_t>(v));
        if constexpr (std::is_same_v<T, double>) h.number(std::bit_cast<std::uint64_t>(v));
        if constexpr (std::is_same_v<T, std::string>) h.bytes(v);
      },
      value);
}

void hash(Hash& h, const Filter& filter) {
  h.number(static_cast<std::uint64_t>(filter.op));
  h.number(static_cast<std::uint64_t>(filter.cmp));
  h.number(filter.negated);
  hash(h, filter.path);
  h.number(filter.values.size());
  for (const Value& value : filter.values) hash(h, value);
  h.bytes(filter.child);
  h.number(filter.children.size());
  for (const Filter& child : filter.children) hash(h, child);
}

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string base64(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t held = 0;
  int bits = 0;
  for (const char c : bytes) {
    held = (held << 8) | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 6; bits -= 6) out.push_back(alphabet[(held >> (bits - 6)) & 63]);
  }
  if (bits > 0) out.push_back(alphabet[(held << (6 - bits)) & 63]);
  return out;
}

[[noreturn]] void refuse() {
  throw Error(ErrorCode::invalid,
              "the cursor is not one of this store's, or belongs to another question; start again "
              "without a cursor");
}

std::string from_base64(std::string_view text) {
  static const auto digits = [] {
    std::array<signed char, 256> table{};
    table.fill(-1);
    for (std::size_t i = 0; i < alphabet.size(); ++i)
      table[static_cast<unsigned char>(alphabet[i])] = static_cast<signed char>(i);
    return table;
  }();
  if (text.size() % 4 == 1) refuse();
  std::string out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t held = 0;
  int bits = 0;
  for (const char c : text) {
    const int digit = digits[static_cast<unsigned char>(c)];
    if (digit < 0) refuse();
    held = (held << 6) | static_cast<std::uint32_t>(digit);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out.push_back(static_cast<char>(held >> bits));
    }
  }
  if ((held & ((1u << bits) - 1)) != 0) refuse();
  return out;
}

void put(std::string& out, std::uint64_t v, int bytes = 8) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(v >> (8 * i)));
}

std::uint64_t take(std::string_view& from, std::size_t bytes = 8) {
  if (from.size() < bytes) refuse();
  std::uint64_t v = 0;
  for (std::size_t i = 0; i < bytes; ++i)
    v |= std::uint64_t{static_cast<unsigned char>(from[i])} << (8 * i);
  from.remove_prefix(bytes);
  return v;
}

/// Binds the cursor's bytes to the question.
std::uint64_t seal(std::uint64_t fingerprint, std::string_view bytes) {
  Hash h;
  h.number(fingerprint);
  h.bytes(bytes);
  return h.value();
}

// What a key holds beside its rank, which are the two lowest bits.
constexpr unsigned has_integer = 4, has_number = 8, has_text = 16;

}  // namespace

std::uint64_t fingerprint(std::string_view collection, const Filter& filter, const Order& order) {
  Hash h;
  h.bytes(collection);
  hash(h, filter);
  h.number(order.size());
  for (const OrderKey& key : order) {
    hash(h, key.path);
    h.number(key.descending ? 1 : 0);
    h.number(key.as_text ? 1 : 0);
  }
  return h.value();
}

std::string encode_cursor(std::uint64_t fingerprint, const std::vector<SortKey>& keys,
                          Ordinal ordinal) {
  std::string bytes;
  put(bytes, static_cast<std::uint64_t>(ordinal));
  for (const SortKey& key : keys) {
    unsigned tag = static_cast<unsigned>(key.rank) & 3u;
    if (key.exact) {
      tag |= has_integer;
    } else if (std::bit_cast<std::uint64_t>(key.number) != 0) {
      tag |= has_number;
    }
    if (!key.text.empty()) tag |= has_text;
    bytes.push_back(static_cast<char>(tag));
    if (tag & has_integer) put(bytes, static_cast<std::uint64_t>(key.integer));
    if (tag & has_number) put(bytes, std::bit_cast<std::uint64_t>(key.number));
    if (tag & has_text) {
      put(bytes, key.text.size(), 4);
      bytes += key.text;
    }
  }
  std::string sealed;
  put(sealed, seal(fingerprint, bytes));
  return base64(sealed + bytes);
}

Cursor decode_cursor(std::string_view text, std::uint64_t fingerprint) {
  const std::string decoded = from_base64(text);
  std::string_view rest = decoded;
  const std::uint64_t expected = take(rest);
  if (expected != seal(fingerprint, rest)) refuse();
  Cursor cursor;
  cursor.ordinal = static_cast<Ordinal>(take(rest));
  while (!rest.empty()) {
    const auto tag = static_cast<unsigned>(take(rest, 1));
    SortKey key;
    key.rank = static_cast<int>(tag & 3u);
    if (tag & has_integer) {
      key.exact = true;
      key.integer = static_cast<std::int64_t>(take(rest));
      key.number = static_cast<double>(key.integer);
    }
    if (tag & has_number) key.number = std::bit_cast<double>(take(rest));
    if (tag & has_text) {
      const std::size_t size = take(rest, 4);
      if (size > rest.size()) refuse();
      key.text = rest.substr(0, size);
      rest.remove_prefix(size);
    }
    cursor.keys.push_back(std::move(key));
  }
  return cursor;
}

}  // namespace podium::kit

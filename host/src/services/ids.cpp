#include "services/ids.hpp"

#include <algorithm>
#include <string_view>

namespace podium::host {
namespace {

// clang-format off
// At most 7 and 8 letters, so that a name has at most 20 characters.
constexpr std::string_view adjectives[] = {
    "agile",  "amber",  "ample",  "azure",  "bold",   "brave",  "breezy", "bright", "brisk",  "calm",
    "candid", "civil",  "clear",  "clever", "cosmic", "cozy",   "crisp",  "daring", "deft",   "eager",
    "early",  "exact",  "fair",   "fancy",  "fast",   "fine",   "fleet",  "fond",   "frank",  "fresh",
    "gentle", "glad",   "golden", "grand",  "handy",  "happy",  "hardy",  "honest", "humble", "jolly",
    "keen",   "kind",   "large",  "level",  "light",  "lively", "loyal",  "lucid",  "lucky",  "mellow",
    "merry",  "mighty", "mild",   "modest", "neat",   "nimble", "noble",  "patient", "plain", "polite",
    "prime",  "proud",  "quick",  "quiet",  "rapid",  "rare",   "ready",  "regal",  "rich",   "robust",
    "rosy",   "royal",  "rural",  "serene", "sharp",  "shiny",  "silent", "silver", "simple", "sleek",
    "smart",  "smooth", "snappy", "snug",   "solid",  "sonic",  "spry",   "stable", "steady", "still",
    "sturdy", "subtle", "sunny",  "super",  "sure",   "swift",  "tidy",   "tender", "true",   "upbeat",
    "valiant", "vast",  "vivid",  "warm",   "whole",  "wise",   "witty",  "young",  "zesty"};
constexpr std::string_view nouns[] = {
    "acorn",  "anchor", "apple",  "arrow",  "aspen",  "badger", "bamboo", "beacon", "birch",  "bison",
    "breeze", "bridge", "brook",  "canyon", "castle", "cedar",  "cloud",  "clover", "comet",  "condor",
    "coral",  "crane",  "creek",  "dawn",   "delta",  "dolphin", "dune",  "eagle",  "ember",  "falcon",
    "fern",   "finch",  "fjord",  "forest", "fox",    "garden", "geyser", "glacier", "grove", "harbor",
    "hawk",   "heron",  "hill",   "iris",   "island", "jaguar", "juniper", "kestrel", "kite", "lagoon",
    "lake",   "larch",  "lark",   "lemon",  "lilac",  "lotus",  "lynx",   "maple",  "marten", "meadow",
    "mesa",   "meteor", "moon",   "moose",  "nebula", "oak",    "ocean",  "olive",  "orchid", "otter",
    "owl",    "panda",  "pebble", "pine",   "planet", "plum",   "poplar", "prairie", "puffin", "quartz",
    "raven",  "reef",   "ridge",  "river",  "robin",  "saddle", "salmon", "sequoia", "shore", "sparrow",
    "spruce", "star",   "stone",  "stream", "summit", "swan",   "thistle", "tiger", "trout",  "tulip",
    "valley", "violet", "walnut", "wave",   "willow", "wren",   "yarrow", "zebra"};
// clang-format on

template <std::size_t N>
constexpr std::size_t longest(const std::string_view (&words)[N]) {
  std::size_t n = 0;
  for (auto w : words) n = std::max(n, w.size());
  return n;
}
static_assert(longest(adjectives) + 1 + longest(nouns) + 1 + 3 <= 20);

void append_hex(std::string& out, std::uint64_t value, int digits) {
  static constexpr char hex[] = "0123456789abcdef";
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
    out.push_back(hex[(value >> shift) & 15]);
}

}  // namespace

IdMaker::IdMaker(std::function<std::int64_t()> now) : now_(std::move(now)) {
  std::random_device device;
  std::seed_seq seed{device(), device(), device(), device(),
                     device(), device(), device(), device()};
  random_.seed(seed);
}

std::string IdMaker::id() {
  const auto time = static_cast<std::uint64_t>(now_()) << 12;
  const std::lock_guard lock(mutex_);
  last_ = std::max(last_ + 1, time);
  std::string out;
  out.reserve(32);
  append_hex(out, last_ >> 12, 12);
  out.push_back('7');
  append_hex(out, last_ & 0xfff, 3);
  append_hex(out, (random_() >> 2) | (std::uint64_t{1} << 63), 16);
  return out;
}

std::string IdMaker::name() {
  const std::lock_guard lock(mutex_);
  const auto pick = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_);
  };
  std::string out(adjectives[pick(std::size(adjectives))]);
  out += '-';
  out += nouns[pick(std::size(nouns))];
  out += '-';
  out += std::to_string(pick(1000));
  return out;
}

}  // namespace podium::host

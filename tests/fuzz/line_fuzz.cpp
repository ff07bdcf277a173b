// Any bytes as a command, as what a shell split, as a cell: refused with a position, or understood,
// printed and understood the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "commands/line.hpp"
#include "commands/place.hpp"
#include "podium/error.hpp"
#include "podium/front_kit/cell.hpp"

using namespace podium;
using host::commands::ParsedLine;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

/// One verb with every kind of clause.
class OneVerb final : public host::commands::VerbList {
 public:
  OneVerb() {
    using Kind = ClauseSpec::Kind;
    usage_.arguments = "TASKS";
    usage_.most = 2;
    usage_.clauses = {clauses::in(),
                      clauses::where(),
                      clauses::show(),
                      clauses::sort(),
                      clauses::limit(),
                      {"group by", Kind::list, "NAMES", ""},
                      {"timeout", Kind::duration, "TIME", ""},
                      clauses::all(),
                      clauses::yes()};
  }
  std::optional<Verb::Usage> usage(std::string_view verb) const override {
    return verb == "t" ? std::optional(usage_) : std::nullopt;
  }
  std::vector<std::string> words() const override { return {"t"}; }

 private:
  Verb::Usage usage_;
};

std::string understood(const ParsedLine& parsed) {
  std::string out = parsed.verb.text;
  for (const auto& a : parsed.arguments) out += '\x1f' + a.text;
  for (const auto& c : parsed.clauses) {
    out += '\x1e' + c.name;
    for (const auto& w : c.words) out += '\x1f' + w.text;
  }
  return out;
}

/// A filter with a quote that is not closed is refused behind this, by the query language.
bool has_open_text(const ParsedLine& parsed) {
  const auto* filter = parsed.clause("where");
  if (filter == nullptr) return false;
  const std::string& text = filter->words.front().text;
  for (const char quote : {'\'', '"', '`'})
    if (std::count(text.begin(), text.end(), quote) % 2 != 0) return true;
  return false;
}

template <class F>
void parse_and_print(F&& parse, std::size_t size, const OneVerb& verbs) {
  ParsedLine parsed;
  try {
    parsed = parse();
  } catch (const Error& e) {
    require(e.code() == ErrorCode::invalid || e.code() == ErrorCode::too_large);
    require(size == 0 || e.position() <= static_cast<std::int64_t>(size));
    return;
  }
  if (has_open_text(parsed)) return;
  const std::string printed = print(parsed);
  const ParsedLine again = parse_line(printed, verbs);
  require(understood(again) == understood(parsed));
  require(print(again) == printed);
}

/// Words and commands stand in order within their text.
void read_cell(std::string_view text) {
  std::size_t before = 0;
  for (const auto& command : front::commands_of(text)) {
    require(command.at >= before && command.at + command.line.size() <= text.size() + 1);
    before = command.at;
    std::size_t end = 0;
    for (const auto& word : front::words_of(command.line)) {
      require(word.begin >= end && word.end > word.begin && word.end <= command.line.size());
      end = word.end;
    }
  }
  front::is_whole(text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const OneVerb verbs;
  if (size == 0) return 0;
  const std::size_t cursor = data[0];
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  parse_and_print([&] { return host::commands::parse_line(text, verbs); }, text.size(), verbs);
  std::vector<std::string> argv;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    argv.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  // Its errors stand in the line that was made of the words.
  parse_and_print([&] { return host::commands::parse_arguments(argv, verbs); }, 0, verbs);
  const auto place = host::commands::place_in(text, cursor, verbs);
  require(place.begin <= place.end && place.end <= text.size());
  read_cell(text);
  const auto at = front::command_at(text, cursor);
  require(at.at <= cursor && at.at + at.line.size() <= text.size() + 1);
  return 0;
}

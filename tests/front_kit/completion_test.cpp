#include "podium/front_kit/completion.hpp"

#include <nlohmann/json.hpp>

#include "support.hpp"

using namespace podium::front;

namespace {

constexpr OwnWord own[] = {{"connect", "goes elsewhere"}, {"exit", "ends"}};

Json answer(std::size_t start, std::size_t end, std::initializer_list<const char*> texts) {
  Json matches = Json::array();
  for (const char* text : texts) matches.push_back({{"text", text}, {"kind", "verb"}});
  return {{"start", start}, {"end", end}, {"matches", matches}};
}

std::vector<std::string> texts(const Completion& found) {
  std::vector<std::string> out;
  for (const auto& match : found.matches) out.push_back(match.text);
  return out;
}
using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("own words stand where a verb does, also without a host") {
  CHECK(texts(completion_of(nullptr, "co", 2, own)) == Texts{"connect"});
  CHECK(completion_of(nullptr, "  co", 4, own).begin == 2);
  CHECK(texts(completion_of(nullptr, "", 0, own)) == Texts{"connect", "exit"});
  CHECK(texts(completion_of(nullptr, "tasks co", 8, own)).empty());
  CHECK(texts(completion_of(nullptr, "tasks ", 6, own)).empty());
  CHECK(texts(completion_of(answer(0, 1, {"compare"}), "c", 1, own)) ==
        Texts{"compare", "connect"});
}

TEST_CASE("places are within the line, whatever the host says") {
  const Completion found = completion_of(answer(90, 99, {"x"}), "tasks in v", 50, own);
  CHECK(found.begin <= found.end);
  CHECK(found.end <= 10);
}

TEST_CASE("what all matches begin with is put there, when it is more") {
  const auto common = [](std::string_view line, std::initializer_list<const char*> all) {
    return common_beginning(completion_of(answer(0, line.size(), all), line, line.size(), {}),
                            line);
  };
  CHECK(common("un", {"untag", "untie"}) == "unt");
  CHECK(common("un", {"untag", "undo"}).empty());
  CHECK(common("acc", {"metrics.acc"}) == "metrics.acc");  // the only one replaces what was typed
  CHECK(common("acc", {"metrics.acc", "metrics.accuracy"}).empty());
  CHECK(common("", {}).empty());
  // Between characters, not within one: \u00e4 and \u00f6 begin with the same byte.
  CHECK(common("", {"a\u00e4", "a\u00f6"}) == "a");
}

#include "parts.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "podium/json.hpp"

namespace podium::leaderboard {

Error unknown(const VerbCall& call, const CommandWord& word, const std::string& sentence,
              const std::string& near, const std::string& near_as_word) {
  const std::string line(call.line());
  Json facts = {{"line", line}};
  if (!near.empty()) {
    const auto begin = static_cast<std::size_t>(word.position);
    std::size_t end = begin + word.text.size();
    if (word.quoted && begin < line.size()) {
      end = begin + 1;
      while (end < line.size() && line[end] != line[begin]) ++end;
      ++end;
    }
    facts["nearest"] = near;
    if (end <= line.size())
      facts["corrected"] = line.substr(0, begin) + near_as_word + line.substr(end);
  }
  Error e(ErrorCode::not_found,
          near.empty() ? sentence : sentence + "; did you mean '" + near + "'?");
  e.at(word.position).in("board").with(facts.dump());
  return e;
}

Answer with_notices(Answer answer, const std::vector<std::string>& notices) {
  for (const std::string& sentence : notices) answer.notice(sentence);
  return answer;
}

std::int64_t rows_of(const VerbCall& call, std::int64_t usual, std::int64_t most) {
  const std::int64_t rows = call.number("limit").value_or(usual);
  if (rows < 1 || rows > most)
    throw call.wrong(call.words("limit").front(), "'limit' is from 1 to " + std::to_string(most));
  return rows;
}

bool all_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace podium::leaderboard

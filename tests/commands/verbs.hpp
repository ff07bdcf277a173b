#pragma once
// Verbs with every kind of clause, that do nothing.
#include <map>
#include <string>
#include <vector>

#include "commands/line.hpp"
#include "support.hpp"

namespace podium::test {

class SomeVerbs final : public host::commands::VerbList {
 public:
  SomeVerbs() {
    using Kind = ClauseSpec::Kind;
    Verb::Usage tasks;
    tasks.clauses = {clauses::in(),
                     clauses::where(),
                     clauses::show(),
                     clauses::sort(),
                     clauses::limit(),
                     {"group by", Kind::list, "NAMES", ""},
                     {"timeout", Kind::duration, "TIME", ""},
                     {"any", Kind::flag, "", ""},
                     clauses::all()};
    verbs_["tasks"] = tasks;
    Verb::Usage tag;
    tag.arguments = "TASKS KEY=VALUE ...";
    tag.least = 2;
    tag.most = 3;
    tag.clauses = {{"why", Kind::word, "TEXT", ""}};
    verbs_["tag"] = tag;
    Verb::Usage best;
    best.clauses = {{"by", Kind::word, "METRIC", "", true}, clauses::in()};
    verbs_["best"] = best;
  }
  std::optional<Verb::Usage> usage(std::string_view verb) const override {
    const auto found = verbs_.find(std::string(verb));
    if (found == verbs_.end()) return std::nullopt;
    return found->second;
  }
  std::vector<std::string> words() const override {
    std::vector<std::string> all;
    for (const auto& [word, usage] : verbs_) all.push_back(word);
    return all;
  }

 private:
  std::map<std::string, Verb::Usage> verbs_;
};

/// What was understood: `verb|argument|...` and a `clause:word,word` for each clause.
inline std::string understood(const host::commands::ParsedLine& parsed) {
  std::string out = parsed.verb.text;
  for (const auto& a : parsed.arguments) out += "|" + a.text;
  for (const auto& c : parsed.clauses) {
    out += " " + c.name + ":";
    for (std::size_t i = 0; i < c.words.size(); ++i) out += (i ? "," : "") + c.words[i].text;
  }
  return out;
}

}  // namespace podium::test

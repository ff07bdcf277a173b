// help
#include <fmt/format.h>

#include <algorithm>

#include "commands/verbs/verbs.hpp"
#include "podium/storage_kit/declaration.hpp"

namespace podium::host::commands {
namespace {

std::string page(const std::string& verb, const Verb::Usage& usage) {
  std::string text = fmt::format("{}: {}\n\n  {}\n", verb, usage.summary, usage_line(verb, usage));
  std::size_t widest = 0;
  for (const auto& c : usage.clauses) widest = std::max(widest, written(c).size());
  if (!usage.clauses.empty()) text += "\nClauses, in any order:\n";
  for (const auto& c : usage.clauses)
    text += fmt::format("  {:<{}}  {}\n", written(c), widest, c.help);
  if (!usage.examples.empty()) text += "\nExamples:\n";
  for (const auto& e : usage.examples) text += fmt::format("  {}\n      {}\n", e.line, e.means);
  return text;
}

class HelpVerb final : public Verb {
 public:
  explicit HelpVerb(const Commands& commands) : Verb("help"), commands_(commands) {}
  Usage usage() const override {
    Usage u;
    u.summary = "The commands there are, or one of them with its clauses and examples";
    u.arguments = "VERB";
    u.most = 1;
    u.examples = {{"help tasks", "how 'tasks' is written"}};
    return u;
  }
  Answer run(const VerbCall& call) override {
    // Nothing of anybody's is shown: GET /api/v1/commands tells it to everybody.
    call.who().mark_checked();
    if (!call.arguments().empty()) {
      const CommandWord& word = call.arguments().front();
      if (const auto usage = commands_.usage(word.text)) return AnswerText{page(word.text, *usage)};
      const std::string near = kit::nearest(word.text, commands_.words());
      const Error wrong = call.wrong(
          word, fmt::format("there is no command '{}'{}", word.text,
                            near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
      Error error(ErrorCode::not_found, wrong.what());
      error.at(wrong.position()).in("verb").with(wrong.detail());
      throw error;
    }
    AnswerTable table;
    table.column("verb").column("summary").column("plugin");
    for (const auto& verb : commands_.all())
      table.row(
          {verb.word, verb.usage.summary, verb.plugin.empty() ? Value{} : Value{verb.plugin}});
    table.of = static_cast<std::int64_t>(table.rows.size());
    return table;
  }
  std::vector<Suggestion> complete(const Principal&, const TypedWord& typed) const override {
    std::vector<Suggestion> found;
    if (typed.clause.empty())
      for (const auto& verb : commands_.all()) found.push_back({verb.word, verb.usage.summary});
    return found;
  }

 private:
  const Commands& commands_;
};

}  // namespace

std::unique_ptr<Verb> make_help_verb(const Commands& commands) {
  return std::make_unique<HelpVerb>(commands);
}

}  // namespace podium::host::commands

#include "commands/commands.hpp"

#include <algorithm>

#include "commands/action_verbs.hpp"
#include "commands/answer_json.hpp"
#include "commands/front_members.hpp"

namespace podium::host::commands {

Commands::Found Commands::find(std::string_view word) const {
  for (const auto& added : registry_.all())
    if (added.extension->id() == word)
      if (auto* verb = dynamic_cast<Verb*>(added.extension)) return {added.owner, verb};
  if (parts_.catalogue != nullptr)
    if (auto action = parts_.catalogue->find(word); action != nullptr && action->word == word)
      return {nullptr, nullptr, std::move(action)};
  return {};
}

std::optional<Verb::Usage> Commands::usage(std::string_view verb) const {
  const Found found = find(verb);
  if (found.action != nullptr) return ActionVerb(parts_, found.action).usage();
  if (found.verb == nullptr) return std::nullopt;
  return contained(*found.owner, "usage", [&] { return found.verb->usage(); });
}

std::vector<std::string> Commands::words() const {
  std::vector<std::string> words;
  registry_.each<Verb>([&](PluginOwner&, Verb& verb) { words.push_back(verb.id()); });
  if (parts_.catalogue != nullptr)
    for (const auto& action : parts_.catalogue->all()) words.push_back(action->word);
  std::sort(words.begin(), words.end());
  return words;
}

std::vector<Commands::Described> Commands::all() const {
  std::vector<Described> all;
  registry_.each<Verb>([&](PluginOwner& owner, Verb& verb) {
    all.push_back(
        {verb.id(), owner.id, {}, contained(owner, "usage", [&] { return verb.usage(); })});
  });
  if (parts_.catalogue != nullptr)
    for (const auto& action : parts_.catalogue->all())
      all.push_back(
          {action->word, action->owner->id, action->id, ActionVerb(parts_, action).usage()});
  std::sort(all.begin(), all.end(),
            [](const Described& a, const Described& b) { return a.word < b.word; });
  return all;
}

std::vector<Verb::Suggestion> Commands::suggestions(std::string_view verb, const Principal& who,
                                                    const TypedWord& typed) const {
  const Found found = find(verb);
  if (found.verb == nullptr) return {};
  return contained(*found.owner, "complete", [&] { return found.verb->complete(who, typed); });
}

std::optional<Answer> Commands::inspected(std::string_view verb, const Principal& who,
                                          const TypedWord& typed) const {
  const Found found = find(verb);
  if (found.verb == nullptr) return std::nullopt;
  return contained(*found.owner, "inspect", [&] { return found.verb->inspect(who, typed); });
}

ParsedLine Commands::parse(const CommandRequest& request) const {
  return request.argv.empty() ? parse_line(request.line, *this)
                              : parse_arguments(request.argv, *this);
}

CommandResult Commands::run(const CommandRequest& request, const Principal& who,
                            const Cancel& cancel) const {
  const Call call(parts_, parse(request), request, who, cancel);
  const std::string& word = call.parsed().verb.text;
  const Found found = find(word);
  const auto carried_out = [&]() -> Answer {
    if (found.action != nullptr) return ActionVerb(parts_, found.action).run(call);
    if (found.verb == nullptr)
      throw Error(ErrorCode::unavailable, "what offered '" + word + "' has gone a moment ago");
    const auto usage = contained(*found.owner, "usage", [&] { return found.verb->usage(); });
    parts_.core->access.require(who, usage.changes ? "task.write" : "task.read");
    return contained(*found.owner, "run", [&] { return found.verb->run(call); });
  };
  Answer answer = carried_out();
  fit(answer, request.budget);
  std::string members = front_members(parts_, call, answer);
  return {std::move(answer), word, call.parsed().line, std::move(members)};
}

}  // namespace podium::host::commands

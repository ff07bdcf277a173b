// tag, untag
#include <fmt/format.h>

#include "commands/call.hpp"
#include "commands/verbs/verbs.hpp"

namespace podium::host::commands {
namespace {

/// A tag as it is typed: `team=cv`, or `reviewed` for a word.
struct TagWord {
  std::string key, text;
};

TagWord tag_of(const VerbCall& call, const CommandWord& word) {
  const std::size_t equals = word.text.find('=');
  TagWord tag{word.text.substr(0, equals),
              equals == word.text.npos ? "" : word.text.substr(equals + 1)};
  if (tag.key.empty()) throw call.wrong(word, "a tag needs a name before the '='");
  return tag;
}

/// Sets or removes tags of the tasks that the first argument names: of all of them or of none.
class TagVerb final : public Verb {
 public:
  TagVerb(const Parts& parts, bool sets)
      : Verb(sets ? "tag" : "untag"), parts_(parts), sets_(sets) {}

  Usage usage() const override {
    Usage u;
    u.summary = sets_ ? "Sets tags of tasks" : "Takes tags off tasks";
    u.arguments = sets_ ? "TASKS KEY=VALUE ..." : "TASKS KEY ...";
    u.least = 2;
    u.most = 1000;
    u.clauses = {{"why", ClauseSpec::Kind::word, "TEXT", "a reason, for the history"}};
    u.changes = true;
    u.examples = sets_ ? std::vector<Example>{{"tag 0193a5,0193a7 team=cv reviewed",
                                               "a tag with a value, and a word"}}
                       : std::vector<Example>{{"untag best team", "off every task of a result"}};
    return u;
  }

  Answer run(const VerbCall& call) override {
    const auto tasks = call.tasks_named(call.arguments().front());
    std::vector<TagWord> tags;
    for (const CommandWord& word : call.arguments().subspan(1)) tags.push_back(tag_of(call, word));
    std::vector<std::string> ids;
    parts_.tasks->get(parts_.core->store, call.who(), tasks, {}, [&](const Row& row) {
      ids.emplace_back(row.id());
      return true;
    });
    const std::string why = call.text("why");
    std::int64_t changed = 0;
    const auto work = [&](Transaction& t) {
      changed = 0;
      std::vector<Tasks::Head> heads;
      for (const std::string& id : ids) heads.push_back(parts_.tasks->require(t, call.who(), id));
      for (const Tasks::Head& head : heads) {
        Patch patch;
        bool differs = false;
        std::vector<Column> columns;
        for (const TagWord& tag : tags) columns.push_back(value_of(entry("tags", tag.key)));
        t.get(parts_.core->in.tasks, head.ordinal, columns, [&](const Row& row) {
          for (std::size_t i = 0; i < tags.size(); ++i) {
            const Cell cell = row.cell(i);
            const auto* now = std::get_if<std::string_view>(&cell);
            if (sets_ ? now == nullptr || *now != tags[i].text : now != nullptr) {
              differs = true;
              if (sets_)
                patch.put("tags", tags[i].key, tags[i].text);
              else
                patch.remove("tags", tags[i].key);
            }
          }
        });
        if (!differs) continue;
        ++changed;
        if (!call.dry_run()) parts_.tasks->edit(t, call.who(), head, patch, why);
      }
    };
    parts_.core->store.transact(work);
    AnswerDetails answer;
    answer.field("tasks", static_cast<std::int64_t>(ids.size()), CellType::integer);
    answer.field("changed", changed, CellType::integer);
    answer.field("dry_run", call.dry_run(), CellType::boolean);
    return answer;
  }

 private:
  const Parts& parts_;
  const bool sets_;
};

}  // namespace

std::unique_ptr<Verb> make_tag_verb(const Parts& parts) {
  return std::make_unique<TagVerb>(parts, true);
}
std::unique_ptr<Verb> make_untag_verb(const Parts& parts) {
  return std::make_unique<TagVerb>(parts, false);
}

}  // namespace podium::host::commands

#pragma once
// The question that an action asks before it is carried out, and its token.
#include "commands/call.hpp"
#include "services/actions/catalogue.hpp"

namespace podium::host::commands {

struct Asked {
  AnswerQuestion question;
  std::int64_t affected() const noexcept { return question.affected; }
};

/// What carrying the action out would mean now. The token stands for the action, its parameters and
/// exactly the tasks that it would affect. Throws `invalid` for more tasks than the action takes.
Asked ask(const Parts&, const KnownAction&, const ActionSelection&, const Json& parameters,
          const Principal&);

/// Throws `conflict` unless the word is the question's token, `invalid` when it is none at all.
void check_token(const Asked&, const CommandWord& token, const VerbCall&);

}  // namespace podium::host::commands

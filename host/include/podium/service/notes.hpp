#pragma once
// Typed notes on tasks: what a person or a loop keeps as its memory.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "podium/service/records.hpp"
#include "podium/service/tasks.hpp"
#include "podium/store/store.hpp"

namespace podium {

/// The kinds that podium knows. A kind of one's own leads with its owner, "acme/review"
/// ([a-z0-9._-] on both sides of the '/'), so that a misspelt known one is refused.
inline constexpr std::string_view note_kinds[] = {
    "note", "hypothesis", "verdict", "decision", "observation", "question", "warning"};

struct NewNote {
  std::string_view text;           ///< 1..65,536 code points
  std::string_view kind = "note";  ///< one of `note_kinds`, or OWNER/WORD
};

/// What of a note changes; what is not given stays.
struct NoteEdit {
  std::optional<std::string_view> text = {}, kind = {};
};

/// Which notes; every part that is given must hold.
struct NoteSearch {
  std::optional<std::vector<Ordinal>> projects = {};  ///< of the tasks
  std::optional<std::vector<Ordinal>> tasks = {};
  std::vector<std::string> kinds = {};  ///< one of these
  std::string who = {};                 ///< who wrote it
  std::string text = {};  ///< is part of its text, in any case of letters; % and _ as in ILIKE
  std::optional<std::int64_t> from = {}, to = {};  ///< created, milliseconds UTC, both included
};

/// Collection "notes": text ids. Fields: task (reference, cascade), kind, text, who, who_kind
/// (text: the kind of principal), created, updated (times). Keys "task" (task, created), "kind"
/// (kind, created).
///
/// A note may be written in every state of its task, also published or archived: it is about the
/// task, not of it, and leaves the task's version and `updated` alone. Adding, editing and removing
/// are entries of the task's history (entity "note", `subject` the note's id), with the old text.
/// Writes run inside a given Transaction and throw before they write: `not_found`, `invalid`,
/// `denied`.
class Notes : public Records {
 public:
  virtual ~Notes() = default;
  virtual Ordinal add(Transaction&, const Principal&, const Tasks::Head& task, const NewNote&) = 0;

  struct Head {
    Ordinal ordinal = 0;
    Ordinal task = 0;
    std::int64_t version = 0;
  };
  /// The note, locked, that exists and may be written by `who`.
  virtual Head require(Transaction&, const Principal&, std::string_view id) = 0;
  virtual void edit(Transaction&, const Principal&, const Head&, const NoteEdit&) = 0;
  virtual void remove(Transaction&, const Principal&, const Head&) = 0;

  /// The search as a filter for `query`. With projects given it looks up which of their tasks have
  /// such notes, so it is good for this moment only.
  virtual Filter matching(const Reader&, const Principal&, const NoteSearch&) const = 0;
};

}  // namespace podium

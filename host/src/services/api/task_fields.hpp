#pragma once
// The members of a body that creating, editing and cloning a task share.
#include <optional>
#include <string>

#include "podium/http/input.hpp"
#include "services/api/api.hpp"

namespace podium::host {

/// Reads them; references stay text ids until the transaction. `removals`: null clears.
class TaskFields {
 public:
  TaskFields(Members& body, bool removals);
  /// The whole patch, with the references found. It views into this.
  Patch resolve(Transaction&, const Core&, const Principal&) const;
  std::optional<std::string> type;

 private:
  struct Reference {
    std::string_view name;
    std::optional<std::string> id;
    bool clear = false;
  };
  Patch fields_;
  std::vector<std::pair<std::string_view, Entries>> maps_;
  std::vector<Reference> references_;
  std::string body_;
};

}  // namespace podium::host

#pragma once
// The notes service.
#include "podium/service/notes.hpp"
#include "services/records.hpp"

namespace podium::host {

class NoteService final : public Readable<Notes> {
 public:
  explicit NoteService(const Core& core) : Readable(core, core.in.notes, "notes") {}

  Ordinal add(Transaction&, const Principal&, const Tasks::Head&, const NewNote&) override;
  Head require(Transaction&, const Principal&, std::string_view id) override;
  void edit(Transaction&, const Principal&, const Head&, const NoteEdit&) override;
  void remove(Transaction&, const Principal&, const Head&) override;
  Filter matching(const Reader&, const Principal&, const NoteSearch&) const override;
};

}  // namespace podium::host

#include "services/actions/when.hpp"

#include <algorithm>

#include "services/only.hpp"

namespace podium::host {

bool asks_fields_only(const Filter& f, std::vector<std::string>& fields) {
  switch (f.op) {
    case Filter::Op::all:
    case Filter::Op::none:
      return true;
    case Filter::Op::and_:
    case Filter::Op::or_:
    case Filter::Op::not_:
      return std::all_of(f.children.begin(), f.children.end(),
                         [&](const Filter& child) { return asks_fields_only(child, fields); });
    case Filter::Op::any:
      return false;
    default:
      break;
  }
  if (f.path.kind != Path::Kind::field) return false;
  if (std::find(fields.begin(), fields.end(), f.path.name) == fields.end())
    fields.push_back(f.path.name);
  return true;
}

kit::Seen FieldsAccess::value(const Path& path) {
  for (std::size_t i = 0; i < fields_.size(); ++i)
    if (fields_[i] == path.name) return {cells[i], std::nullopt, false};
  return {};
}

WhenTest::WhenTest(const Core& core, const Filter& visible, const Filter& when)
    : core_(core),
      visible_(visible),
      when_(when),
      plain_(asks_fields_only(when, fields_)),
      record_(fields_),
      holds_(when) {
  if (plain_)
    for (const auto& name : fields_) columns_.push_back(value_of(field(name)));
}

WhenTest::Verdict WhenTest::operator()(Transaction& t, Ordinal task, std::string& id) {
  bool holds = false;
  const bool there = t.get(core_.in.tasks, task, columns_, [&](const Row& row) {
    id = row.id();
    if (!plain_) return;
    for (std::size_t i = 0; i < columns_.size(); ++i) record_.cells[i] = row.cell(i);
    holds = holds_(record_);
  });
  if (!there || visible_.op == Filter::Op::none) return Verdict::absent;
  // An empty patch changes nothing and counts the records that satisfy `still`.
  if (visible_.op != Filter::Op::all &&
      t.update(core_.in.tasks, only(task), visible_, Patch{}) == 0)
    return Verdict::absent;
  if (!plain_) holds = t.update(core_.in.tasks, only(task), when_, Patch{}) != 0;
  return holds ? Verdict::holds : Verdict::does_not;
}

}  // namespace podium::host

// Groups and folds: where counts do not come from indexes, each record that matches is looked at.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "aggregate_counts.hpp"
#include "aggregate_distinct.hpp"
#include "podium/storage_kit/planner.hpp"
#include "podium/storage_kit/values.hpp"
#include "reader_engine.hpp"

namespace podium::sqlite {
namespace {

class Aggregation {
 public:
  Aggregation(const ReadContext& context, const CollectionInfo& info, const Aggregate& question,
              Groups& groups)
      : context_(context),
        info_(info),
        question_(question),
        groups_(groups),
        meter_(question.budget) {}

  void run() {
    if (question_.folds.empty() && IndexDistinct(context_, info_, question_, groups_, meter_).run())
      return;
    const bool counts = std::all_of(question_.folds.begin(), question_.folds.end(),
                                    [](const Fold& f) { return f.kind == Fold::Kind::count; });
    if (counts && context_.tombstones.empty() &&
        IndexCounts(context_, info_, question_, groups_, meter_).run())
      return;
    if (groups_by_keys(question_))
      look_at_keys();
    else
      look_at_each();
  }

 private:
  void look_at_keys() {
    SqliteEngine engine(context_, info_);
    KeyCounter counter(context_, info_, question_.groups[0], groups_, meter_);
    kit::Planner(engine, question_.filter, {}, meter_)
        .run(nullptr, std::numeric_limits<std::uint64_t>::max(),
             [&](std::span<const Ordinal> block) {
               for (const Ordinal o : block) counter.add(o, 1);
               return true;
             });
  }

  void look_at_each() {
    if (checked_first(meter_))
      if (const PlaceAndRest asked(question_.filter, info_); asked.rest.empty())
        meter_.afford(static_cast<std::uint64_t>(asked.records(context_, info_, meter_)));
    SqliteEngine engine(context_, info_);
    // The planner may move its engine's record while it looks ahead; this one is for the values.
    SqliteEngine values(context_, info_);
    std::vector<kit::Seen> seen(question_.groups.size());
    std::vector<std::string> texts(seen.size());  // a view lasts until the next value is asked for
    kit::Planner(engine, question_.filter, {}, meter_)
        .run(nullptr, std::numeric_limits<std::uint64_t>::max(),
             [&](std::span<const Ordinal> block) {
               for (const Ordinal o : block) {
                 if (!values.seek(o)) continue;
                 for (std::size_t i = 0; i < seen.size(); ++i) {
                   seen[i] = values.value(question_.groups[i]);
                   if (const auto* text = std::get_if<std::string_view>(&seen[i].cell)) {
                     texts[i] = *text;
                     seen[i].cell = std::string_view(texts[i]);
                   }
                 }
                 Group& group = groups_.at(seen);
                 ++group.count;
                 for (std::size_t f = 0; f < question_.folds.size(); ++f) {
                   if (question_.folds[f].kind == Fold::Kind::count) continue;
                   if (const auto number = number_of(values.value(question_.folds[f].path)))
                     group.folds[f].add(question_.folds[f].kind, *number);
                 }
               }
               return true;
             });
  }

  static std::optional<double> number_of(const kit::Seen& seen) {
    if (seen.dual) return seen.number;
    if (const auto* real = std::get_if<double>(&seen.cell))
      return std::isnan(*real) ? std::nullopt : std::optional(*real);
    if (const auto* integer = std::get_if<std::int64_t>(&seen.cell))
      return static_cast<double>(*integer);
    return std::nullopt;
  }

  const ReadContext& context_;
  const CollectionInfo& info_;
  const Aggregate& question_;
  Groups& groups_;
  kit::Meter meter_;
};

// What can be a group or be folded, as the kit knows it of orders.
void check_path(const Path& path, const CollectionInfo& info) {
  kit::check(Order{{path, false, false}}, info.declaration);
}

}  // namespace

void SnapshotReader::aggregate(const Aggregate& question, GroupSink sink) const {
  const CollectionInfo& info = collection(question.collection);
  kit::check(question.filter, info.declaration, context_.catalog);
  const bool keys = groups_by_keys(question);
  if (keys && (question.groups.size() != 1 ||
               std::any_of(question.folds.begin(), question.folds.end(),
                           [](const Fold& f) { return f.kind != Fold::Kind::count; })))
    throw Error(ErrorCode::invalid, "the keys of a map or series are the only group, and counted");
  for (const Path& path : question.groups) check_path(path, info);
  for (const Fold& fold : question.folds)
    if (fold.kind != Fold::Kind::count) check_path(fold.path, info);
  if (question.order_by_fold >= static_cast<int>(question.folds.size()))
    throw Error(ErrorCode::invalid, fmt::format("the groups are ordered by fold {}, of {}",
                                                question.order_by_fold, question.folds.size()));
  Groups groups(question);
  Aggregation(context_, info, question, groups).run();
  groups.give(sink);
}

}  // namespace podium::sqlite

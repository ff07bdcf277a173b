// Two-valued evaluation on a record in memory.
#include "podium/storage_kit/evaluate.hpp"

#include <limits>
#include <map>

#include "podium/storage_kit/text.hpp"
#include "support.hpp"

using namespace podium;
using namespace podium::kit;

namespace {

/// Fields by name; entries of the map "params" by key.
class Memory final : public RecordAccess {
 public:
  std::map<std::string, Value> fields;
  std::map<std::string, std::string> params;
  int asked_any = 0;

  Seen value(const Path& path) override {
    if (path.kind == Path::Kind::map) {
      const auto it = params.find(path.key);
      if (it == params.end()) return {};
      return {Cell(std::string_view(it->second)), number_of(it->second), true};
    }
    const auto it = fields.find(path.name);
    if (it == fields.end()) return {};
    return std::visit(
        [](const auto& v) -> Seen {
          if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::string>)
            return {Cell(std::string_view(v)), std::nullopt, false};
          else
            return {Cell(v), std::nullopt, false};
        },
        it->second);
  }
  bool any(const std::string& child, const std::string& reference, const Filter& inner) override {
    ++asked_any;
    return child == "inputs" && reference == "task" && inner.op == Filter::Op::all;
  }
};

}  // namespace

TEST_CASE("filters are two-valued") {
  Memory record;
  record.fields["name"] = Value("resnet");
  record.fields["n"] = std::int64_t{3};
  record.fields["loss"] = std::numeric_limits<double>::quiet_NaN();
  record.params["lr"] = "1e-1";
  record.params["opt"] = "adam";
  const auto holds = [&](const Filter& f) { return Evaluator(f)(record); };
  using Op = Filter::Op;
  const Path gone = field("gone"), lr = entry("params", "lr"), opt = entry("params", "opt"),
             loss = field("loss");

  CHECK(holds({}));
  CHECK_FALSE(holds(none()));
  CHECK(holds(eq(field("n"), std::int64_t{3})));
  CHECK_FALSE(holds(eq(gone, std::int64_t{3})));
  CHECK_FALSE(holds(compare(gone, Compare::ne, std::int64_t{3})));
  CHECK(holds(not_(compare(gone, Compare::ne, std::int64_t{3}))));
  CHECK(holds(not_(eq(gone, std::int64_t{3}))));
  CHECK(holds(is_null(gone)));
  CHECK_FALSE(holds(is_null(gone, true)));
  CHECK_FALSE(holds(is_null(loss)));
  CHECK(holds(is_null(loss, true)));
  CHECK(holds(compare(loss, Compare::ne, 1.0)));
  CHECK_FALSE(holds(compare(loss, Compare::le, 1.0)));
  CHECK_FALSE(holds(in(loss, {Value(std::numeric_limits<double>::quiet_NaN())})));
  CHECK(holds(in(loss, {Value(std::numeric_limits<double>::quiet_NaN())}, true)));
  CHECK(holds(in(field("n"), {Value(std::int64_t{1}), Value(3.0)})));
  CHECK_FALSE(holds(in(field("n"), {})));
  CHECK(holds(in(field("n"), {}, true)));
  CHECK_FALSE(holds(in(gone, {}, true)));
  CHECK_FALSE(holds(in(gone, {Value("a")}, true)));
  CHECK(holds(in(lr, {Value(0.1)})));
  CHECK_FALSE(holds(in(lr, {Value("0.1")})));
  CHECK(holds(in(lr, {Value("0.1"), Value(0.2)}, true)));
  CHECK_FALSE(holds(in(opt, {Value(0.1)}, true)));  // spells no number: differs from none
  CHECK(holds(in(opt, {Value("sgd")}, true)));
  CHECK(holds(pattern(Op::like, field("name"), "res%")));
  CHECK_FALSE(holds(pattern(Op::like, field("name"), "RES%")));
  CHECK(holds(pattern(Op::like, field("name"), "RES%", true)));
  CHECK(holds(pattern(Op::ilike, field("name"), "RES%")));
  CHECK(holds(pattern(Op::matches, field("name"), "s.e")));
  CHECK(holds(pattern(Op::like, lr, "1e%")));
  CHECK_FALSE(holds(pattern(Op::like, gone, "%")));
  CHECK_FALSE(holds(pattern(Op::like, gone, "x", true)));
  CHECK(holds(not_(pattern(Op::like, gone, "%"))));
  Filter empty_and, empty_or;
  empty_and.op = Op::and_;
  empty_or.op = Op::or_;
  CHECK(holds(empty_and));
  CHECK_FALSE(holds(empty_or));
  const Filter yes = eq(field("n"), 3.0), no = eq(field("n"), 4.0);
  CHECK(holds(all_of({yes, yes})));
  CHECK_FALSE(holds(all_of({yes, no})));
  CHECK(holds(any_of({no, yes})));
  CHECK_FALSE(holds(any_of({no, no})));
  CHECK(holds(any("inputs", "task", {})));
  CHECK_FALSE(holds(any("inputs", "task", none())));
  CHECK(record.asked_any == 2);
}

TEST_CASE("patterns are compiled once, and only those asked of the record") {
  CHECK(test::error_of([] { Evaluator(pattern(Filter::Op::matches, field("a"), "(")); }).code() ==
        ErrorCode::invalid);
  const Filter inside = any("inputs", "task", pattern(Filter::Op::matches, field("a"), "("));
  CHECK_NOTHROW(Evaluator(inside));
}

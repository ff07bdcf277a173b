// A plugin that keeps crates, once as of version 1 of its collection and once as of version 2,
// which adds a field, two indexes and a map: the crash test fills the one and is killed while the
// other migrates.
#include <fmt/format.h>

#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "podium/http/json_writer.hpp"
#include "podium/http/routes.hpp"
#include "podium/plugin.hpp"
#include "podium/service/records.hpp"
#include "podium/store/store.hpp"

namespace {

using namespace podium;

constexpr const char* crates = "test.crates/crates";

Collection declaration() {
  Collection c;
  c.name = crates;
  c.version = CRATES_VERSION;
  c.sequence = true;
  c.fields = {{"label", Type::text}, {"weight", Type::real}};
  c.readers = "all";
  if (c.version >= 2) {
    c.fields.push_back({"owner", Type::text});
    c.keys = {{"label", {"label"}, true}, {"weight", {"weight", "label"}, false}};
    c.maps = {{"stickers", true}};
    Step step;
    step.to = 2;
    step.added_fields = {"owner"};
    step.added_keys = {"label", "weight"};
    step.added_maps = {"stickers"};
    c.steps = {step};
  }
  return c;
}

std::string label_of(std::int64_t number) { return fmt::format("crate {:07}", number); }

class CrateRoutes final : public Routes {
 public:
  explicit CrateRoutes(PluginContext& context) : Routes("test.crates"), context_(context) {}
  std::vector<std::string> prefixes() const override { return {"/api/v1/x/test.crates"}; }
  std::vector<Route> routes() override {
    std::vector<Route> table;
    Route add;
    add.method = "POST";
    add.path = "/api/v1/x/test.crates/{count}";
    add.permission = "public";
    add.summary = "Adds so many crates in one transaction";
    add.handler = Handler([this](Request& request) { return fill(request); });
    table.push_back(std::move(add));
    Route look;
    look.method = "GET";
    look.path = "/api/v1/x/test.crates";
    look.permission = "public";
    look.summary =
        "How many crates there are, counted, and found one by one by what version 2 can ask";
    look.body = BodyKind::none;
    look.handler = Handler([this](Request&) { return count(); });
    table.push_back(std::move(look));
    return table;
  }

 private:
  Response fill(Request& request) {
    std::int64_t wanted = 0;
    const auto text = request.segment("count");
    std::from_chars(text.data(), text.data() + text.size(), wanted);
    auto& store = context_.store();
    const auto collection = store.collection(crates);
    store.transact([&](Transaction& t) {
      for (std::int64_t i = 0; i < wanted; ++i) {
        NewRecord record;
        const std::string label = label_of(i);
        record.content.set("label", label);
        record.content.set("weight", static_cast<double>(i % 97));
        t.insert(collection, record);
      }
    });
    return {};
  }

  Response count() {
    auto& store = context_.store();
    Query query;
    query.collection = store.collection(crates);
    query.columns = {value_of(field("label"))};
    if (CRATES_VERSION >= 2) query.order = {{field("label"), false}};
    std::int64_t rows = 0, in_order = 0;
    store.query(query, [&](const Row& row) {
      const auto cell = row.cell(0);
      const auto* label = std::get_if<std::string_view>(&cell);
      in_order += label != nullptr && *label == label_of(rows) ? 1 : 0;
      ++rows;
      return true;
    });
    Response response;
    JsonWriter w(response.body);
    w.object().key("version").value(CRATES_VERSION).key("rows").value(rows);
    w.key("in_order").value(in_order).end_object();
    return response;
  }

  PluginContext& context_;
};

class Crates final : public Plugin {
 public:
  void load(PluginContext& context) override {
    context.declare(declaration());
    context.add(std::make_unique<CrateRoutes>(context));
  }
};

}  // namespace

PODIUM_PLUGIN(Crates, .id = "test.crates", .version = "1.0.0",
              .summary = "Crates, to be migrated in the crash tests")

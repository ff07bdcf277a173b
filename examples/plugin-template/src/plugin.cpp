// The plugin itself: what it adds to the host. Everything else is in the two files beside it.
#include "podium/plugin.hpp"

#include "finished.hpp"
#include "notes.hpp"

namespace {

class AcmeNotes final : public podium::Plugin {
 public:
  std::string config_schema() const override {
    return R"({
      "type": "object",
      "properties": {
        "longest_note": {"type": "integer", "minimum": 1, "maximum": 10000,
                         "description": "bytes of a note at most; 1000 by default"}
      },
      "additionalProperties": false
    })";
  }

  void load(podium::PluginContext& context) override {
    context.declare(acme::notes_collection());
    context.declare(acme::finished_collection());
    context.add(std::make_unique<acme::NotesRoutes>(context));
    context.add(std::make_unique<acme::FinishedListener>(context));
  }
};

}  // namespace

PODIUM_PLUGIN(AcmeNotes, .id = "acme.notes", .version = "2.0.0",
              .summary = "Notes for everybody, and how many tasks have finished")

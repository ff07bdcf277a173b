#pragma once
// Notes that everybody can read and write: a collection with a migration, and the routes to it.
#include <string>
#include <vector>

#include "podium/http/routes.hpp"
#include "podium/plugin.hpp"
#include "podium/store/schema.hpp"

namespace acme {

/// Version 1 had text and time of writing; version 2 adds the author.
podium::Collection notes_collection();

/// GET  /api/v1/x/acme.notes/notes[?limit=N]   the newest first
/// POST /api/v1/x/acme.notes/notes             {"text": ..., "author": ...}
/// GET  /api/v1/x/acme.notes/finished          tasks that have ended, by state
class NotesRoutes final : public podium::Routes {
 public:
  explicit NotesRoutes(podium::PluginContext& context);
  std::vector<std::string> prefixes() const override;
  std::vector<podium::Route> routes() override;

 private:
  podium::Response list(const podium::Request&);
  podium::Response write(const podium::Request&);
  podium::Response finished(const podium::Request&);

  podium::PluginContext& context_;
  const std::size_t longest_note_;
};

}  // namespace acme

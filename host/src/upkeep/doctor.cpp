#include "upkeep/doctor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "app/data_folder.hpp"
#include "app/host.hpp"
#include "podium/error.hpp"
#include "podium/http/json_writer.hpp"
#include "podium/store/store.hpp"
#include "upkeep/progress.hpp"

namespace podium::host {
namespace {

namespace fs = std::filesystem;
using Level = Finding::Level;

const char* name(Level level) {
  return level == Level::error ? "error" : level == Level::warning ? "warning" : "note";
}

void check_plugins(const PluginManager& plugins, Findings& findings) {
  for (const auto& info : plugins.list()) {
    if (info.state != PluginState::incompatible && info.state != PluginState::failed) continue;
    findings.push_back({info.required ? Level::error : Level::warning, "plugins",
                        fmt::format("{} is {}: {}", info.id.empty() ? info.file.string() : info.id,
                                    host::name(info.state), info.reason),
                        fmt::format("`podium plugins verify {}` tries it alone; build it anew for "
                                    "this podium, or remove it",
                                    info.file.string())});
  }
  for (const auto& problem : plugins.problems())
    findings.push_back({Level::warning, "plugins", problem, "see `podium plugins list`"});
}

/// The advice that goes with what the store threw.
const char* advice_for(ErrorCode code) {
  switch (code) {
    case ErrorCode::corrupt:
      return "stop podium and restore a backup (`podium restore`) into a new folder";
    case ErrorCode::unsupported:
      return "use the podium that wrote it, or a newer one";
    case ErrorCode::not_found:
      return "name the data folder with --data; `podium serve` makes a new one";
    default:
      return "see what the sentence names, then run podium doctor again";
  }
}

void check_store(const Store& store, Findings& findings, Progress& progress) {
  progress.begin("store");
  for (auto& found : store.check([&](double fraction) { return progress.at(fraction); }))
    findings.push_back({found.fault ? Level::error : Level::note, "store", std::move(found.what),
                        found.fault ? advice_for(ErrorCode::corrupt) : "nothing to do"});
  if (!progress.at(1)) throw Error(ErrorCode::cancelled, "interrupted");
  progress.end();
}

/// Runs one examination; what it throws becomes a finding.
template <class Check>
void contain(const char* area, Findings& findings, Check&& check) {
  try {
    check();
  } catch (const Error& e) {
    if (e.code() == ErrorCode::cancelled) throw;
    findings.push_back({Level::error, area, e.what(), advice_for(e.code())});
  } catch (const std::exception& e) {
    findings.push_back({Level::error, area, e.what(), advice_for(ErrorCode::internal)});
  }
}

}  // namespace

Findings examine(const Settings& settings, Progress& progress) {
  Findings findings;
  const fs::path data = fs::absolute(settings.text("data"));
  const bool there = fs::is_directory(data);
  contain("settings", findings, [&] { check_settings(settings, findings); });
  if (there)
    contain("data folder", findings, [&] { check_folder(data, findings); });
  else
    findings.push_back({Level::error, "data folder",
                        fmt::format("there is no folder {}", data.string()),
                        advice_for(ErrorCode::not_found)});
  if (fs::exists(data / restoring_name))
    findings.push_back({Level::error, "data folder", "a restore into it was not finished",
                        "wait for it, or run `podium restore` again"});
  look_at_state(settings, [&](const PluginManager& plugins, const LookAtStore& look) {
    check_plugins(plugins, findings);
    if (!there) return;
    std::unique_ptr<const Store> store;
    contain("store", findings, [&] {
      store = look(data);
      check_store(*store, findings, progress);
    });
    if (!store) return;
    contain("clock", findings, [&] { check_clock(*store, findings); });
    contain("artifacts", findings,
            [&] { check_artifacts(*store, artifacts_folder(settings, data), findings, progress); });
  });
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding& a, const Finding& b) { return a.level < b.level; });
  return findings;
}

bool is_healthy(const Findings& findings) {
  return std::all_of(findings.begin(), findings.end(),
                     [](const Finding& f) { return f.level == Level::note; });
}

void print_findings(const Findings& findings, bool as_json, std::ostream& out) {
  if (as_json) {
    std::string text;
    JsonWriter w(text);
    w.object().key("healthy").value(is_healthy(findings)).key("findings").array();
    for (const auto& f : findings)
      w.object()
          .key("level")
          .value(std::string_view(name(f.level)))
          .key("area")
          .value(f.area)
          .key("what")
          .value(f.what)
          .key("advice")
          .value(f.advice)
          .end_object();
    w.end_array().end_object();
    out << text << '\n';
    return;
  }
  for (const auto& f : findings)
    out << name(f.level) << ", " << f.area << ": " << f.what << "\n    " << f.advice << '\n';
  out << (is_healthy(findings) ? "podium is well\n" : "see above for what to do\n");
}

}  // namespace podium::host

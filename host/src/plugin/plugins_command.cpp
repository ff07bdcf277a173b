#include "plugin/plugins_command.hpp"

#include <algorithm>
#include <array>
#include <ostream>
#include <vector>

#include "podium/http/json_writer.hpp"

namespace podium::host {
namespace {

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

void write(JsonWriter& w, const PluginInfo& info) {
  w.object().key("id").value(info.id).key("version").value(info.version);
  w.key("summary").value(info.summary).key("state").value(name(info.state));
  w.key("reason").value(info.reason).key("file").value(info.file.string());
  w.key("abi_tag").value(info.abi_tag).key("depends_on").array();
  for (const auto& id : info.depends_on) w.value(id);
  w.end_array().key("first_party").value(info.first_party).key("required").value(info.required);
  w.key("faults").value(static_cast<std::int64_t>(info.faults)).key("extensions").array();
  for (const auto& [kind, id] : info.extensions)
    w.object().key("kind").value(kind).key("id").value(id).end_object();
  w.end_array().end_object();
}

}  // namespace

std::string plugins_json(const PluginManager& manager) {
  std::string text;
  JsonWriter w(text);
  w.object().key("plugins").array();
  for (const auto& info : manager.list()) write(w, info);
  w.end_array().key("problems").array();
  for (const auto& problem : manager.problems()) w.value(problem);
  w.end_array().end_object();
  return text;
}

int plugins_list(const PluginManager& manager, bool json, std::ostream& out) {
  if (json) {
    out << plugins_json(manager) << '\n';
    return 0;
  }
  std::vector<std::array<std::string, 4>> rows{{"ID", "VERSION", "STATE", "WHAT"}};
  for (const auto& info : manager.list())
    rows.push_back({info.id.empty() ? info.file.filename().string() : info.id, info.version,
                    std::string(name(info.state)),
                    info.reason.empty() ? info.summary : info.reason});
  std::array<std::size_t, 3> widths{};
  for (const auto& row : rows)
    for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < widths.size(); ++i)
      out << row[i] << std::string(widths[i] - row[i].size() + 2, ' ');
    out << row.back() << '\n';
  }
  for (const auto& problem : manager.problems()) out << "note: " << problem << '\n';
  return 0;
}

int plugins_info(const PluginManager& manager, std::string_view id, std::ostream& out,
                 std::ostream& errors) {
  bool found = false;
  for (const auto& info : manager.list()) {
    if (info.id != id) continue;
    if (found) out << '\n';
    found = true;
    out << "id          " << info.id << "\nversion     " << info.version << "\nsummary     "
        << info.summary << "\nfile        " << info.file.string() << "\nabi tag     "
        << info.abi_tag << "\ndepends on  " << joined(info.depends_on) << "\nfirst party "
        << (info.first_party ? "yes" : "no") << "\nrequired    " << (info.required ? "yes" : "no")
        << "\nstate       " << name(info.state) << '\n';
    if (!info.reason.empty()) out << "reason      " << info.reason << '\n';
    for (const auto& [kind, extension] : info.extensions)
      out << "adds        " << kind << " '" << extension << "'\n";
    out << "config      " << (info.config.empty() ? "{}" : info.config) << '\n';
  }
  if (found) return 0;
  errors << "podium: no plugin has the id '" << id << "'; `podium plugins list` shows them\n";
  return 1;
}

int plugins_verify(const std::filesystem::path& file, const VerifyOptions& options,
                   std::ostream& out, std::ostream& errors) {
  const auto result = verify(file, options);
  (result.good ? out : errors) << file.string() << ": " << result.text << '\n';
  return result.good ? 0 : 1;
}

}  // namespace podium::host

// Any bytes as an artifact's path: refused, or a name below its root that the blob store takes or
// refuses; and what is made of names for headers and URIs.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "artifact_store.hpp"
#include "blob/blob_name.hpp"
#include "errors.hpp"
#include "http/percent.hpp"
#include "podium/http/percent.hpp"
#include "refusals.hpp"
#include "uri.hpp"
#include "validation.hpp"

using namespace podium;
using namespace podium::mlflow;
using podium::test::taken;

namespace {

bool climbs(std::string_view path) {
  for (std::size_t at = 0; at <= path.size();) {
    const auto slash = std::min(path.find('/', at), path.size());
    if (path.substr(at, slash - at) == "..") return true;
    at = slash + 1;
  }
  return false;
}

void path(std::string_view text) {
  std::string safe;
  if (!taken([&] { safe = safe_path(text); })) return;
  if (climbs(safe) || (!safe.empty() && safe.front() == '/')) std::abort();
  if (safe.find_first_of(std::string_view("\\#\0\n\r", 5)) != std::string::npos) std::abort();
  const std::string name = blob_name("7/run/artifacts", safe);
  if (name != "7/run/artifacts" && name.compare(0, 16, "7/run/artifacts/") != 0) std::abort();
  const std::string root = blob_name("", safe);
  if (climbs(root) || (!root.empty() && (root.front() == '/' || root.back() == '/'))) std::abort();
  // What the blob store takes is taken whole, wherever it stands.
  const bool plain = !root.empty() && taken([&] { host::check_blob_name(root); });
  if (plain && name.size() <= 4096 && !taken([&] { host::check_blob_name(name); })) std::abort();
  taken([&] { check_file_name(safe); });
}

void header(std::string_view text) {
  const std::string value = content_disposition(base_name(text));
  for (const char c : value)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) std::abort();
  (void)content_type_of(text);
}

void uri(std::string_view text) {
  const Uri parsed = parse_uri(text);
  if (parsed.path.size() + parsed.query.size() + parsed.fragment.size() > text.size()) std::abort();
  const std::string once = normal_path(parsed.path);
  if (normal_path(once) != once) std::abort();
  taken([&] { (void)checked_artifact_location(text, "mlflow-artifacts:/"); });
  if (percent_decoded(percent_encoded(text, "/")) != text) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  path(text);
  if (const auto decoded = host::percent_decode(text)) path(*decoded);
  header(text);
  uri(text);
  return 0;
}

#include "artifact_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "podium/http/percent.hpp"
#include "python_text.hpp"
#include "uri.hpp"
#include "validation.hpp"

namespace podium::mlflow {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view proxy_path = "/api/2.0/mlflow-artifacts/artifacts/";

/// A file outside the BlobStore, open.
class LocalFile final : public BlobReader {
 public:
  LocalFile(int fd, const struct stat& info)
      : fd_(fd),
        size_(static_cast<std::uint64_t>(info.st_size)),
        modified_(static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1000 +
                  info.st_mtim.tv_nsec / 1'000'000) {}
  LocalFile(const LocalFile&) = delete;
  LocalFile& operator=(const LocalFile&) = delete;
  ~LocalFile() override { ::close(fd_); }
  std::uint64_t size() const override { return size_; }
  std::int64_t modified() const override { return modified_; }
  std::size_t read(std::uint64_t offset, std::span<char> buffer) override {
    const ssize_t n = ::pread(fd_, buffer.data(), buffer.size(), static_cast<off_t>(offset));
    if (n < 0) throw Error(ErrorCode::internal, "an artifact's file could not be read");
    return static_cast<std::size_t>(n);
  }
  int native_handle() const noexcept override { return fd_; }

 private:
  int fd_;
  std::uint64_t size_;
  std::int64_t modified_;
};

bool is_below(const fs::path& path, const fs::path& root) {
  const auto [end, ignored] = std::mismatch(root.begin(), root.end(), path.begin(), path.end());
  return end == root.end();
}

/// With symbolic links resolved, so that what leads out of a root is seen.
fs::path resolved(const fs::path& path) {
  std::error_code failure;
  const fs::path real = fs::weakly_canonical(path, failure);
  return failure ? fs::path() : real;
}

/// The path of a local URI, or "".
std::string local_path(std::string_view text) {
  const Uri uri = parse_uri(text);
  if (uri.scheme.empty())
    return uri.path.substr(0, 1) == "/" ? std::string(uri.path) : std::string();
  const bool here = uri.authority.empty() || uri.authority == "localhost" || uri.authority == ".";
  return uri.scheme == "file" && here ? percent_decoded(uri.path) : std::string();
}

std::vector<fs::path> allowed_roots(const Api& api) {
  std::vector<fs::path> roots;
  const auto add = [&](std::string_view text) {
    if (const std::string path = local_path(text); !path.empty()) roots.push_back(resolved(path));
  };
  add(api.context.host().default_artifact_root);
  add(api.context.host().artifacts_destination);
  const Json& config = api.context.config();
  if (config.is_object() && config.contains("local_artifact_roots"))
    for (const Json& root : config["local_artifact_roots"])
      if (root.is_string()) add(root.get_ref<const std::string&>());
  std::erase_if(roots, [](const fs::path& p) { return p.empty() || p == p.root_path(); });
  return roots;
}

/// The path in a folder, refused when it leads out of it.
fs::path inside(const ArtifactPlace& place, std::string_view path) {
  const fs::path base = resolved(place.base);
  const fs::path full = resolved(fs::path(place.base) / fs::path(blob_name("", path)));
  if (base.empty() || full.empty() || !is_below(full, base)) throw invalid("Invalid path");
  return full;
}

Error no_such_artifact(std::string_view path) {
  return missing(fmt::format("No such artifact: '{}'", path));
}
Error is_directory(std::string_view path) {
  return invalid(fmt::format("Artifact path refers to a directory, not a file: '{}'", path));
}

std::shared_ptr<BlobReader> open_local(const ArtifactPlace& place, std::string_view path) {
  const fs::path full = inside(place, path);
  const int fd = ::open(full.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) throw no_such_artifact(path);
  struct stat info {};
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    ::close(fd);
    throw is_directory(path);
  }
  return std::make_shared<LocalFile>(fd, info);
}

std::shared_ptr<BlobReader> open_blob(const Api& api, const std::string& name) {
  const auto info = name.empty() ? std::nullopt : api.blobs.stat(name);
  if (!info) throw no_such_artifact(name);
  if (info->directory) throw is_directory(name);
  std::shared_ptr<BlobReader> blob = api.blobs.open(name);
  if (!blob) throw no_such_artifact(name);
  return blob;
}

std::string trimmed_slashes(std::string_view path) {
  while (!path.empty() && path.front() == '/') path.remove_prefix(1);
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  return std::string(path);
}

}  // namespace

std::string_view base_name(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string blob_name(std::string_view base, std::string_view path) {
  const std::string name = normal_path(joined_path(base, path));
  return name == "." ? std::string() : trimmed_slashes(name);
}

void write_files(JsonWriter& w, const std::vector<BlobInfo>& files, std::string_view prefix) {
  if (files.empty()) return;
  w.key("files").array();
  for (const BlobInfo& info : files) {
    w.object().key("path").value(joined_path(prefix, info.name));
    w.key("is_dir").value(info.directory);
    if (!info.directory && info.size > 0)
      w.key("file_size").value(static_cast<std::int64_t>(info.size));
    w.end_object();
  }
  w.end_array();
}

void check_file_name(std::string_view path) {
  constexpr std::string_view reserved = ".artifact.uploading.";
  const std::string_view name = base_name(path);
  if (name.substr(0, reserved.size()) == reserved)
    throw invalid(fmt::format(
        "Invalid artifact file name: '{}'. Artifact names starting with '{}' are reserved.", name,
        reserved));
}

ArtifactPlace place_of(const Api& api, std::string_view text) {
  const Uri uri = parse_uri(text);
  if (uri.scheme == "mlflow-artifacts") return {false, trimmed_slashes(percent_decoded(uri.path))};
  if (uri.scheme == "http" || uri.scheme == "https")
    if (const auto at = uri.path.find(proxy_path); at != std::string_view::npos)
      return {false, trimmed_slashes(percent_decoded(uri.path.substr(at + proxy_path.size())))};
  const std::string path = local_path(text);
  if (path.empty())
    throw error(
        Code::not_implemented,
        fmt::format(
            "This server does not open artifacts at '{}'; the client reads and writes them itself.",
            text));
  const fs::path real = resolved(path);
  if (const fs::path served = resolved(api.context.host().artifacts_destination);
      !served.empty() && is_below(real, served)) {
    const std::string below = real.lexically_relative(served).generic_string();
    return {false, below == "." ? std::string() : below};
  }
  for (const fs::path& root : allowed_roots(api))
    if (!real.empty() && is_below(real, root)) return {true, real.string()};
  throw error(
      Code::permission_denied,
      fmt::format("This server may not read the artifacts at '{}': add a folder above them to "
                  "local_artifact_roots in the configuration of the plugin mlflow.",
                  text));
}

std::vector<BlobInfo> list_artifacts(const Api& api, const ArtifactPlace& place,
                                     std::string_view path) {
  if (!place.local) {
    std::vector<BlobInfo> all = api.blobs.list(blob_name(place.base, path));
    std::erase_if(all, [](const BlobInfo& info) {
      return info.name.compare(0, 20, ".artifact.uploading.") == 0;
    });
    return all;
  }
  std::vector<BlobInfo> out;
  std::error_code failure;
  for (fs::directory_iterator i(inside(place, path), failure), end; !failure && i != end;
       i.increment(failure)) {
    BlobInfo info;
    info.name = i->path().filename().string();
    std::error_code gone;
    info.directory = i->is_directory(gone);
    if (!info.directory) info.size = i->file_size(gone);
    if (!gone) out.push_back(std::move(info));
  }
  std::sort(out.begin(), out.end(),
            [](const BlobInfo& a, const BlobInfo& b) { return a.name < b.name; });
  return out;
}

Response send_artifact(const Api& api, const ArtifactPlace& place, std::string_view path) {
  Response response;
  response.blob =
      place.local ? open_local(place, path) : open_blob(api, blob_name(place.base, path));
  response.content_type = content_type_of(path);
  // Always as an attachment: a browser must not run what somebody logged.
  response.headers.emplace_back("Content-Disposition", content_disposition(base_name(path)));
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  return response;
}

void keep_artifact(const Api& api, const ArtifactPlace& place, std::string_view path,
                   std::unique_ptr<BlobWriter> upload) {
  check_file_name(path);
  if (place.local)
    throw error(Code::not_implemented,
                "This server writes artifacts below its artifacts destination only; the client "
                "writes those in other folders itself.");
  api.blobs.commit(std::move(upload), blob_name(place.base, path));
}

std::string_view content_type_of(std::string_view path) {
  constexpr std::string_view text[] = {
      "txt",  "log",   "err",  "cfg",  "conf", "cnf",   "cf",      "ini",       "properties",
      "prop", "hocon", "toml", "yaml", "yml",  "xml",   "json",    "js",        "py",
      "py3",  "csv",   "tsv",  "md",   "rst",  "ipynb", "MLmodel", "mlproject", "MLproject"};
  struct Type {
    std::string_view extension, type;
  };
  constexpr Type types[] = {{"png", "image/png"},        {"jpg", "image/jpeg"},
                            {"jpeg", "image/jpeg"},      {"gif", "image/gif"},
                            {"svg", "image/svg+xml"},    {"webp", "image/webp"},
                            {"bmp", "image/bmp"},        {"ico", "image/vnd.microsoft.icon"},
                            {"tif", "image/tiff"},       {"tiff", "image/tiff"},
                            {"html", "text/html"},       {"htm", "text/html"},
                            {"css", "text/css"},         {"pdf", "application/pdf"},
                            {"zip", "application/zip"},  {"tar", "application/x-tar"},
                            {"wav", "audio/x-wav"},      {"mp3", "audio/mpeg"},
                            {"mp4", "video/mp4"},        {"webm", "video/webm"},
                            {"mov", "video/quicktime"},  {"avi", "video/x-msvideo"},
                            {"sh", "application/x-sh"},  {"h5", "application/x-hdf5"},
                            {"bat", "text/plain"},       {"c", "text/plain"},
                            {"h", "text/plain"},         {"mjs", "text/javascript"},
                            {"wasm", "application/wasm"}};
  const std::string_view name = base_name(path);
  const auto dot = name.rfind('.');
  const std::string_view extension =
      dot == std::string_view::npos || dot == 0 ? name : name.substr(dot + 1);
  if (std::find(std::begin(text), std::end(text), extension) != std::end(text)) return "text/plain";
  const std::string lower = lower_ascii(extension);
  if (dot != std::string_view::npos)
    for (const Type& type : types)
      if (type.extension == lower) return type.type;
  return "application/octet-stream";
}

std::string content_disposition(std::string_view name) {
  const bool ascii = std::all_of(name.begin(), name.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  std::string plain;
  for (const char c : name)
    if (static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f) plain += c;
  if (plain.empty() || (!ascii && plain.front() == '.')) plain = "download" + plain;
  const bool token = std::all_of(plain.begin(), plain.end(), [](char c) {
    return std::string_view("()<>@,;:\\\"/[]?={} \t").find(c) == std::string_view::npos;
  });
  std::string quoted;
  for (const char c : plain) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  std::string out = token ? fmt::format("attachment; filename={}", plain)
                          : fmt::format("attachment; filename=\"{}\"", quoted);
  if (!ascii) out += "; filename*=UTF-8''" + percent_encoded(name, "!#$&+-.^_`|~");
  return out;
}

}  // namespace podium::mlflow

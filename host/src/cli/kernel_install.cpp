#include "cli/kernel_install.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <ostream>

#include "podium/error.hpp"

namespace podium::host::cli {
namespace {

namespace fs = std::filesystem;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

/// As Jupyter finds it.
fs::path data_folder_of_user() {
  if (const std::string told = environment("JUPYTER_DATA_DIR"); !told.empty()) return told;
  if (const std::string told = environment("XDG_DATA_HOME"); !told.empty())
    return fs::path(told) / "jupyter";
  const std::string home = environment("HOME");
  if (home.empty())
    throw Error(ErrorCode::invalid, "HOME is not set; say with --prefix where Jupyter looks");
  return fs::path(home) / ".local/share/jupyter";
}

fs::path data_folder(const KernelPlace& place) {
  if (place.user + place.sys_prefix + !place.prefix.empty() > 1)
    throw Error(ErrorCode::invalid, "--user, --sys-prefix and --prefix exclude each other");
  if (!place.prefix.empty()) return fs::absolute(place.prefix) / "share/jupyter";
  if (!place.sys_prefix) return data_folder_of_user();
  for (const char* name : {"VIRTUAL_ENV", "CONDA_PREFIX"})
    if (const std::string prefix = environment(name); !prefix.empty())
      return fs::path(prefix) / "share/jupyter";
  throw Error(ErrorCode::invalid,
              "no Python environment is active (VIRTUAL_ENV, CONDA_PREFIX); say --prefix");
}

}  // namespace

int install_kernel(const KernelPlace& place, std::ostream& out) {
  const fs::path bin = fs::read_symlink("/proc/self/exe").parent_path();
  const fs::path program = bin / "podium-kernel";
  if (!fs::exists(program))
    throw Error(ErrorCode::not_found,
                program.string() + " is not there: this podium was built without xeus 2.4");
  const fs::path from = bin.parent_path() / "share/jupyter/kernels/podium";
  const fs::path to = data_folder(place) / "kernels/podium";
  std::ifstream source(from / "kernel.json");
  nlohmann::ordered_json spec = nlohmann::ordered_json::parse(source, nullptr, false);
  if (!spec.is_object())
    throw Error(ErrorCode::not_found, (from / "kernel.json").string() + " cannot be read");
  spec["argv"][0] = program.string();
  std::error_code error;
  fs::create_directories(to, error);
  for (const char* logo : {"logo-32x32.png", "logo-64x64.png", "logo-svg.svg"})
    if (!error && fs::exists(from / logo) && !fs::equivalent(from, to, error))
      fs::copy_file(from / logo, to / logo, fs::copy_options::overwrite_existing, error);
  std::ofstream file(to / "kernel.json", std::ios::trunc);
  file << spec.dump(2) << '\n';
  file.close();
  if (error || !file)
    throw Error(ErrorCode::internal, "cannot write to " + to.string() +
                                         (error ? ": " + error.message() : std::string()));
  out << "the kernel podium is installed in " << to.string() << '\n';
  return 0;
}

}  // namespace podium::host::cli

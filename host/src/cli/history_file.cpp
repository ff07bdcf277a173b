#include "cli/history_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace podium::host::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_kept = 2000, most_in_file = 4000;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

void write_all(const std::string& file, int flags, const std::string& text) {
  const int f = open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
  if (f < 0) return;
  [[maybe_unused]] const auto written = write(f, text.data(), text.size());
  close(f);
}

}  // namespace

HistoryFile::HistoryFile() {
  if (const char* told = std::getenv("PODIUM_HISTORY")) {
    file_ = told;
    return;
  }
  fs::path state = environment("XDG_STATE_HOME");
  if (state.empty() && !environment("HOME").empty())
    state = fs::path(environment("HOME")) / ".local/state";
  if (state.empty()) return;
  file_ = (state / "podium/history").string();
}

std::vector<std::string> HistoryFile::read() {
  std::vector<std::string> lines;
  std::ifstream file(file_);
  for (std::string line; std::getline(file, line);)
    if (!line.empty()) lines.push_back(line);
  const std::size_t all = lines.size();
  if (all > most_kept)
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(most_kept));
  if (all > most_in_file) {
    std::string text;
    for (const std::string& line : lines) text += line + '\n';
    const std::string fresh = file_ + "." + std::to_string(getpid());
    write_all(fresh, O_TRUNC, text);
    std::error_code error;
    fs::rename(fresh, file_, error);
  }
  return lines;
}

void HistoryFile::add(const std::string& line) {
  if (file_.empty() || line.empty() || line.front() == ' ' || has_secret(line)) return;
  const fs::path folder = fs::path(file_).parent_path();
  std::error_code error;
  if (!folder.empty() && !fs::exists(folder, error)) {
    fs::create_directories(folder.parent_path(), error);
    mkdir(folder.c_str(), 0700);
  }
  std::string one = line;
  std::replace(one.begin(), one.end(), '\n', ' ');
  write_all(file_, O_APPEND, one + '\n');
}

bool has_secret(const std::string& line) {
  for (std::size_t at = 0; (at = line.find("://", at)) != line.npos; at += 3) {
    const std::size_t end = line.find_first_of(" \t", at + 3);
    if (line.substr(at + 3, end == line.npos ? end : end - at - 3).find('@') != line.npos)
      return true;
  }
  return false;
}

}  // namespace podium::host::cli

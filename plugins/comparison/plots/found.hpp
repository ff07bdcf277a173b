#pragma once
// Plots in the artifacts of tasks: which there are, and their figures.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plots/overlay.hpp"
#include "selection.hpp"

namespace podium {
class BlobStore;
class Cancel;
}  // namespace podium

namespace podium::comparison {

/// A file that may hold a figure.
struct PlotFile {
  std::string path;
  std::optional<long long> iteration;
  std::uint64_t size = 0;
};
struct FoundPlots {
  /// By the plot's name (`plot_name`), the newest iteration of each task that has it.
  std::map<std::string, std::vector<std::optional<PlotFile>>> plots;
  std::vector<std::optional<std::string>> prefixes;  ///< of each task's blobs
  std::vector<std::size_t> unread;                   ///< tasks whose artifacts podium does not keep
  bool truncated = false;                            ///< there are more files
};
FoundPlots find_plots(PluginContext&, const Reader&, const Principal&, const Selected&,
                      const Cancel&);

/// Reads figures, and counts what it has read.
class PlotReader {
 public:
  static constexpr std::uint64_t largest_file = 16 << 20, most_read = 256 << 20;
  /// Of JSON at a time: as objects in memory it is ten times that.
  static constexpr std::size_t most_json = 24 << 20;
  explicit PlotReader(const BlobStore& blobs) : blobs_(blobs) {}

  /// Throws `invalid`, `too_large` or `not_found` with a sentence that says why there is none.
  Json read(const std::string& prefix, const PlotFile&);
  bool full() const { return left_ == 0; }
  /// What was read before is no longer in memory.
  void forget() { json_ = most_json; }

 private:
  const BlobStore& blobs_;
  std::uint64_t left_ = most_read;
  std::size_t json_ = most_json;
};

}  // namespace podium::comparison

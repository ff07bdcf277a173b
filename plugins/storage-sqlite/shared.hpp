#pragma once
// What the writer and the readers of one open store share.
#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "catalog.hpp"
#include "dictionary.hpp"
#include "podium/error.hpp"
#include "podium/store/store.hpp"

namespace podium::sqlite {

/// Whether the calling thread is inside the `fn` of a write.
inline bool& inside_write() noexcept {
  static thread_local bool inside = false;
  return inside;
}
inline void refuse_nested() {
  if (inside_write())
    throw Error(ErrorCode::misuse,
                "a write called its store from inside; use the Transaction it was given");
}

/// Thread-safe.
class Shared {
 public:
  explicit Shared(const StoreOptions& given)
      : options(given), file(given.directory / "podium.db") {}

  const StoreOptions options;
  const std::filesystem::path file;
  Dictionary dictionary;
  std::atomic<Revision> revision{0};  ///< of the newest commit

  /// Take it before a snapshot is opened: the snapshot then has everything that the catalog names.
  std::shared_ptr<const Catalog> catalog() const {
    const std::lock_guard lock(mutex_);
    return catalogs_.back();
  }
  /// Old catalogs are kept: `Store::declaration` gave references into them.
  void replace(std::shared_ptr<const Catalog> catalog) {
    const std::lock_guard lock(mutex_);
    catalogs_.push_back(std::move(catalog));
  }
  /// Levels as in podium::LogLevel.
  void log(int level, std::string_view message) const {
    if (options.log) options.log(level, message);
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<const Catalog>> catalogs_{
      std::make_shared<const Catalog>(std::vector<Catalog::Stored>{})};
};

}  // namespace podium::sqlite

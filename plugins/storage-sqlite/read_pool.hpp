#pragma once
// Reading connections, handed out one a call at a time.
#include <memory>
#include <mutex>
#include <vector>

#include "shared.hpp"

namespace podium::sqlite {

/// Thread-safe. As many connections as there are calls at once; a few are kept for the next ones,
/// with their statements and pages.
class ReadPool {
 public:
  explicit ReadPool(Shared& shared) : shared_(shared) {}
  Shared& shared() const { return shared_; }

  /// A connection with an open snapshot, for as long as it lives. It knows the catalog that the
  /// snapshot has at least. Throws `unavailable` when the file cannot be opened.
  class Snapshot {
   public:
    explicit Snapshot(ReadPool&);
    ~Snapshot();
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

    Connection& connection() const { return *connection_; }
    Shared& shared() const { return pool_.shared_; }
    const Catalog& catalog() const { return *catalog_; }

   private:
    ReadPool& pool_;
    std::shared_ptr<const Catalog> catalog_;
    std::unique_ptr<Connection> connection_;
  };

 private:
  std::unique_ptr<Connection> take();
  void give_back(std::unique_ptr<Connection>) noexcept;

  static constexpr std::size_t most_idle = 8;
  Shared& shared_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>>
      idle_;  // the last used at the back: its pages are the freshest
};

}  // namespace podium::sqlite

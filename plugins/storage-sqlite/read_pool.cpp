#include "read_pool.hpp"

namespace podium::sqlite {

std::unique_ptr<Connection> ReadPool::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  // The file is not mapped into memory: that saves a third of a scan of blobs and little elsewhere,
  // but turns a disk's error into a signal that ends the process.
  return std::make_unique<Connection>(shared_.file, Connection::Role::reader);
}

void ReadPool::give_back(std::unique_ptr<Connection> connection) noexcept {
  try {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < most_idle) idle_.push_back(std::move(connection));
  } catch (...) {
    // It is closed instead.
  }
}

ReadPool::Snapshot::Snapshot(ReadPool& pool)
    : pool_(pool), catalog_(pool.shared_.catalog()), connection_(pool.take()) {
  connection_->prepare("BEGIN").run();
}

ReadPool::Snapshot::~Snapshot() {
  try {
    connection_->prepare("COMMIT").run();
    pool_.give_back(std::move(connection_));
  } catch (...) {
    // A connection that cannot end its transaction is closed.
  }
}

}  // namespace podium::sqlite

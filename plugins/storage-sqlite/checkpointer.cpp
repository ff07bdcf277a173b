#include "checkpointer.hpp"

#include <memory>

#include "sqlite.hpp"

namespace podium::sqlite {

Checkpointer::Checkpointer(Shared& shared) : shared_(shared), thread_([this] { loop(); }) {}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Checkpointer::wake() {
  {
    const std::lock_guard lock(mutex_);
    if (wanted_) return;
    wanted_ = true;
  }
  wake_.notify_one();
}

void Checkpointer::loop() {
  std::unique_ptr<Connection> connection;
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return wanted_ || stopping_; });
    if (stopping_) return;
    wanted_ = false;
    lock.unlock();
    try {
      if (!connection) {
        connection = std::make_unique<Connection>(shared_.file, Connection::Role::reader);
        connection->execute("PRAGMA synchronous = FULL; PRAGMA cache_size = -256");
      }
      const int result = sqlite3_wal_checkpoint_v2(connection->handle(), nullptr,
                                                   SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
      if (result != SQLITE_OK && result != SQLITE_BUSY) connection->fail(result);
    } catch (const std::exception& e) {
      // A failed fsync is not tried again on the same descriptor.
      connection.reset();
      shared_.log(3, std::string("a checkpoint failed and will be repeated: ") + e.what());
    }
    lock.lock();
  }
}

}  // namespace podium::sqlite

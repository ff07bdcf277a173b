#pragma once
// Copies the WAL back into the file beside the writer: passive, on a thread and a connection of its
// own.
#include <condition_variable>
#include <mutex>
#include <thread>

#include "shared.hpp"

namespace podium::sqlite {

class Checkpointer {
 public:
  explicit Checkpointer(Shared&);
  ~Checkpointer();
  /// There is something to copy. Returns at once.
  void wake();

 private:
  void loop();
  Shared& shared_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool wanted_ = false, stopping_ = false;
  std::thread thread_;
};

}  // namespace podium::sqlite

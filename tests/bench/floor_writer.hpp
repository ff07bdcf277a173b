// The writing half of the floor: one thread, everything that waits in one transaction, answered
// after the commit.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace bench {

struct Job {
  int fd;  ///< the socket that waits for the answer
  std::string target, body;
};

class FloorWriter {
 public:
  /// Makes the tables and starts the thread, which runs until the process ends.
  explicit FloorWriter(const char* database);
  /// From any thread.
  void push(Job job);

 private:
  class Store;
  void work();
  std::shared_ptr<Store> store_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Job> queue_;
};

}  // namespace bench

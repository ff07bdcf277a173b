#pragma once
// A podium that a front end starts on this machine and that ends with it.
#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>

namespace podium::front {

class LocalPodium {
 public:
  /// Waits until `done`, which is looked at each `period`; false: interrupted.
  using Wait = std::function<bool(const std::function<bool()>& done, std::chrono::milliseconds)>;

  LocalPodium() = default;
  ~LocalPodium();  ///< ends it
  LocalPodium(const LocalPodium&) = delete;
  LocalPodium& operator=(const LocalPodium&) = delete;

  /// Starts `podium serve`, the program beside this one or on PATH, in this folder, on the usual
  /// port when it is free. Returns its address once it answers, "" when the waiting was
  /// interrupted. What it logs is written to `log`; -1: nowhere. Throws Error with what it said
  /// when it does not start.
  std::string start(const Wait&, int log);

 private:
  struct Complaints;
  pid_t process_ = -1;
};

}  // namespace podium::front

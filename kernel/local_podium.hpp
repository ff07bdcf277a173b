#pragma once
// A podium that the kernel starts on this machine and that ends with it.
#include <sys/types.h>

#include <string>

#include "notebook.hpp"

namespace podium::kernel {

class LocalPodium {
 public:
  LocalPodium() = default;
  ~LocalPodium();  ///< ends it
  LocalPodium(const LocalPodium&) = delete;
  LocalPodium& operator=(const LocalPodium&) = delete;

  /// Starts `podium serve`, the program beside this one or on PATH, in this folder, on the usual
  /// port when it is free. Returns its address once it answers. Throws Error with what it said when
  /// it does not start, Interrupted.
  std::string start(Notebook&);

 private:
  struct Complaints;
  pid_t process_ = -1;
};

}  // namespace podium::kernel

#pragma once
// podium kernel install: makes the Jupyter kernel known to Jupyter.
#include <iosfwd>
#include <string>

namespace podium::host::cli {

/// Where a kernel is made known: exactly one is said, or none, which is `user`.
struct KernelPlace {
  bool user = false;        ///< this person's
  bool sys_prefix = false;  ///< the Python environment that is active
  std::string prefix;       ///< this prefix
};

/// Writes share/jupyter/kernels/podium there and says so. Throws Error `invalid` for a place that
/// is none, `not_found` when the kernel is not installed beside this program.
int install_kernel(const KernelPlace&, std::ostream& out);

}  // namespace podium::host::cli

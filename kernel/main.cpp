// podium-kernel: what Jupyter starts. Everything else is in the parts.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string_view>

#include "adapter/run_kernel.hpp"
#include "interpreter.hpp"

namespace {

/// The front end of the widgets: PODIUM_ELEMENTS, or the file that is installed beside the program.
std::string elements_file() {
  if (const char* told = std::getenv("PODIUM_ELEMENTS")) return told;
  std::error_code error;
  const auto bin = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  return (bin.parent_path() / "share/podium/podium-elements.js").string();
}

int run(int argc, char** argv) {
  std::string file;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--version") {
      std::printf("podium-kernel %s\n", PODIUM_VERSION);
      return 0;
    }
    if (word != "-f") file = word;
  }
  if (file.empty()) {
    std::cerr << "usage: podium-kernel -f CONNECTION_FILE\n"
                 "Jupyter starts it; `podium kernel install` makes it known there.\n";
    return 2;
  }
  try {
    podium::kernel::run_kernel(file, [](podium::kernel::Notebook& notebook) {
      return std::make_unique<podium::kernel::Interpreter>(notebook, elements_file());
    });
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "podium-kernel: " << e.what() << '\n';
    return 1;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int code = run(argc, argv);
  std::fflush(nullptr);
  // Threads that still wait for a host are left where they are: nothing is destroyed below them.
  std::_Exit(code);
}

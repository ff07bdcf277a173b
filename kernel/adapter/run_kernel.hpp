#pragma once
// The only way into adapter/, the only folder that knows xeus.
#include <functional>
#include <memory>
#include <string>

namespace podium::kernel {

class Interpreter;
class Notebook;

/// Serves the connection of a file that Jupyter wrote until it is told to end. SIGINT interrupts
/// what runs, SIGTERM ends. Call it before any thread is made. Throws std::runtime_error for a
/// file that is none.
void run_kernel(const std::string& connection_file,
                const std::function<std::unique_ptr<Interpreter>(Notebook&)>& make_interpreter);

}  // namespace podium::kernel

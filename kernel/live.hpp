#pragma once
// Outputs that follow what happens: the command is asked again and its output replaced in place.
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "host.hpp"
#include "notebook.hpp"

namespace podium::kernel {

class Live {
 public:
  Live(Notebook& notebook, Host& host) : notebook_(notebook), host_(host) {}
  ~Live();

  struct Following {
    std::string request;                        ///< the body of the command
    std::function<Bundle(const Json&)> draw{};  ///< makes the output of an answer
    /// Asked behind each answer: one without rows is the last one but one. No path: it never ends.
    HttpCall still{};
    std::function<void(const Bundle&)> also{};  ///< hears of each output
    std::function<void()> ended{};              ///< it follows no more
  };
  /// Outputs are replaced at most as often as the answer's pace tells, and not while one is on its
  /// way.
  void follow(const std::string& display_id, const Json& answer, Following);
  /// The outputs of a cell are replaced: those of before follow no more.
  void drop(const std::string& cell);
  std::size_t count() const { return outputs_.size(); }

 private:
  struct Output;
  void changed(const std::shared_ptr<Output>&);
  void ask(const std::shared_ptr<Output>&);
  void show(Output&, const HttpAnswer&);
  void ask_still(const std::shared_ptr<Output>&);
  void end(const std::shared_ptr<Output>&);

  Notebook& notebook_;
  Host& host_;
  std::deque<std::shared_ptr<Output>> outputs_;  ///< the oldest stop
};

}  // namespace podium::kernel

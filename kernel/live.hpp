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

  /// `request` is the body of the command; `draw` makes the output of its answer. Outputs are
  /// replaced at most as often as events are told, and not while an answer is on its way.
  void follow(const std::string& display_id, const std::string& topics, const std::string& request,
              std::function<Bundle(const Json& answer)> draw);
  /// The outputs of a cell are replaced: those of before follow no more.
  void drop(const std::string& cell);
  std::size_t count() const { return outputs_.size(); }

 private:
  struct Output;
  void changed(const std::shared_ptr<Output>&);
  void ask(const std::shared_ptr<Output>&);

  Notebook& notebook_;
  Host& host_;
  std::deque<std::shared_ptr<Output>> outputs_;  ///< the oldest stop
};

/// The topics of a list of tasks or projects, as the address of /api/v1/events has them; "" when
/// there are none or too many.
std::string topics_of(const std::vector<std::string>& topics);

}  // namespace podium::kernel

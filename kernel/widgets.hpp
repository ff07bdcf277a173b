#pragma once
// Live tables: the kernel's side of the anywidget protocol. A widget's state is the question of its
// table and how it is viewed; rows travel as messages, in answer to what the front end asks. The
// module that draws them is the state of one widget more, which the tables take it from: so it goes
// over the wire once, and a notebook that keeps its widgets holds it once.
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "host.hpp"
#include "notebook.hpp"

namespace podium::kernel {

class Widgets {
 public:
  /// `esm_file` holds the module that draws the tables.
  Widgets(Notebook&, Host&, std::string esm_file);
  ~Widgets();
  Widgets(const Widgets&) = delete;
  Widgets& operator=(const Widgets&) = delete;

  /// Why there are none; "" there are.
  std::string why_not();

  struct Table {
    Json question;       ///< as /api/v1/tasks/query has it, without the view
    Json state;          ///< columns and order at first
    std::string name;    ///< of the result, "" has none
    std::string events;  ///< topics that it follows, "" follows none
    std::string text;    ///< what stands for it where there is no widget
    bool seen = false;   ///< somebody waits for it: what it asks at first comes with it
  };
  /// An id for a table that is to be opened; its snapshot carries it.
  static std::string new_id();
  /// Makes the widget and returns its view, which is shown below the snapshot. What comes with it
  /// hides the snapshot before that is laid out: so show it afterwards. Throws Interrupted.
  Bundle open(const std::string& id, Table);

  /// A widget of a few lines beside an output, such as a button.
  struct Small {
    const char* kind;    ///< "cancel"
    const char* module;  ///< draws it
    Json state = Json::object();
    std::function<void(const Json& message)> hear;  ///< what its page sends
  };
  Bundle open(const std::string& id, Small);
  /// Sends a message to the page of a widget, if it is still open.
  void tell(const std::string& id, const Json& message);
  /// A widget whose output is gone.
  void close(const std::string& id);

  /// Called when a selection in the table of a named result changes.
  void on_selection(std::function<void(const std::string& name, const Json& selection)> f) {
    selected_ = std::move(f);
  }
  /// Called when a task of a table is to be shown, which is displayed under `table` below the cell
  /// that `parent` is the request of.
  using Opened =
      std::function<void(const std::string& task, const std::string& table, const Json& parent)>;
  void on_open(Opened f) { opened_ = std::move(f); }
  /// Called when an action that can be undone was done by a table.
  void on_run(std::function<void(const std::string& run)> f) { ran_ = std::move(f); }

  /// The outputs of a cell are replaced: its tables are closed, so that a long session does not
  /// gather them.
  void drop(const std::string& cell);

  void on_comm(const CommMessage&);
  Json comms(const std::string& target) const;
  std::size_t count() const { return models_.size(); }

 private:
  struct Model;
  void on_message(Model&, const Json& data);
  void on_custom(Model&, const Json& content);
  void send(const std::string& id, Json data);
  void alive(const std::string& id, bool live);
  void news(const std::string& id, const Json& message);
  /// The model that holds the front end's module once for all tables.
  void open_library();
  void open_comm(const Model&);
  void close_oldest();
  std::shared_ptr<Model> make(const std::string& id, const char* kind, const std::string& module);
  Bundle view_of(const std::string& id, const std::string& text) const;
  Json first_answers(const Table&);
  void keep_rows(const std::string& id, const Json& window);
  void keep_run(const std::string& id, const Json& run);

  Notebook& notebook_;
  Host& host_;
  const std::string esm_file_;
  std::string esm_;
  std::function<void(const std::string&, const Json&)> selected_;
  Opened opened_;
  std::function<void(const std::string&)> ran_;
  std::map<std::string, std::shared_ptr<Model>> models_;  ///< by the comm's id
  std::map<std::string, std::string> controls_;           ///< comms that the front end opened
  std::string library_;  ///< the id of its comm; "" it is not open yet
  std::uint64_t made_ = 0;
};

}  // namespace podium::kernel

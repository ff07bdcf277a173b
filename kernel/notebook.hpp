#pragma once
// What the kernel can do to the notebook that talks to it. No type of xeus: adapter/ implements it.
#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace podium::kernel {

using Json = nlohmann::ordered_json;

/// One output in several forms; a front end shows the richest that it knows.
struct Bundle {
  Json data = Json::object();      ///< by MIME type
  Json metadata = Json::object();  ///< by MIME type
  Json transient = Json::object();
};

/// A message of a comm, either way.
struct CommMessage {
  enum class Kind { open, message, close } kind = Kind::message;
  std::string id, target;
  Json data = Json::object(), metadata = Json::object();
};

/// All calls on the kernel's thread, but for `post` and `interrupt`. What is published is told to
/// belong to `parent`: the request that runs, unless `within` says another.
class Notebook {
 public:
  virtual ~Notebook() = default;

  virtual void display(const Bundle&, const std::string& display_id = {}) = 0;
  /// Replaces what was displayed under the id, wherever it stands.
  virtual void update(const Bundle&, const std::string& display_id) = 0;
  /// The value of the cell.
  virtual void result(const Bundle&) = 0;
  /// Many small pieces are sent as few messages.
  virtual void print(const std::string& text, bool error = false) = 0;
  virtual void send(const CommMessage&) = 0;

  /// Whether the cell that runs may ask: a program that runs a notebook answers nothing.
  virtual bool somebody_is_there() const = 0;
  /// A line from the person at the notebook; nothing when there is none or it was interrupted.
  virtual std::optional<std::string> ask(const std::string& prompt, bool password) = 0;

  /// Serves the notebook until `done`, which is looked at after each posted function and each
  /// `period`. False: interrupted.
  virtual bool wait(const std::function<bool()>& done,
                    std::chrono::milliseconds period = std::chrono::seconds(1)) = 0;
  virtual bool interrupted() const = 0;
  /// The cell that runs, as its front end calls it; "" when it does not say.
  virtual std::string cell() const = 0;

  /// Any thread: `what` runs on the kernel's thread as soon as it is free.
  virtual void post(std::function<void()> what) = 0;

  /// The request that runs, to publish under it later.
  virtual Json parent() const = 0;
  virtual void within(const Json& parent, const std::function<void()>& what) = 0;
};

}  // namespace podium::kernel

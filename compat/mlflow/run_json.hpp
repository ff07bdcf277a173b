#pragma once
// Tasks, written as MLflow's runs.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api.hpp"
#include "podium/http/json_writer.hpp"

namespace podium::mlflow {

/// MLflow's status of a state.
std::string_view run_status(TaskState);
/// The state that a client's status number means.
TaskState state_of_status(int status);

/// The projection that a RunInfo needs.
std::span<const Column> run_info_columns();
/// The projection of a whole run: run_info_columns() first.
std::span<const Column> run_columns();

/// `project_id` is the text id.
void write_run_info(JsonWriter&, const Row&, std::string_view project_id);

/// Writes runs. First `add` for each row, then `finish`, which reads what several runs share
/// (parents, inputs, model links) with one query each.
class RunsWriter {
 public:
  explicit RunsWriter(const Api& api) : api_(api) {}
  /// A row with run_columns().
  void add(const Row&);
  /// The runs as JSON objects, one after the other, in the order they were added. `model_inputs`:
  /// whether models that a run read are told (a search does not).
  std::vector<std::string> finish(const Reader&, const Principal&, bool model_inputs);
  /// The one run of a create, which has neither inputs nor outputs.
  std::string finish_new(Transaction&);
  std::size_t size() const { return pieces_.size(); }

 private:
  struct Piece {
    Ordinal task = 0, project = 0, parent = 0;
    std::string info_head, info_tail;  ///< around the project's id
    std::string data;                  ///< up to the last tag, the array left open
    bool tagged = false;
    std::string dataset_inputs, model_inputs, model_outputs;  ///< members of the arrays
  };
  void read_inputs(const Reader&, const Principal&);
  void read_links(const Reader&, const Principal&);
  std::string assemble(const Piece&, std::string_view project_id, std::string_view parent_id,
                       bool model_inputs, bool outputs) const;

  const Api& api_;
  std::vector<Piece> pieces_;
};

}  // namespace podium::mlflow

// Any bytes as a file that may hold a figure of Plotly: read, or refused with a sentence; what was
// read can be laid over itself, and is JSON of bounded depth.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plots/figure.hpp"
#include "plots/overlay.hpp"
#include "podium/error.hpp"

using namespace podium;
using namespace podium::comparison;

namespace {

void require(bool so) {
  if (!so) std::abort();
}

std::optional<Json> figure(std::string_view bytes, bool html) {
  try {
    return read_figure(bytes, html);
  } catch (const Error& e) {
    require(e.code() == ErrorCode::invalid && !std::string_view(e.what()).empty());
    return std::nullopt;
  }
}

void within(std::string_view whole, std::string_view part) {
  require(part.empty() || (part.data() >= whole.data() &&
                           part.data() + part.size() <= whole.data() + whole.size()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto call = plotly_call(bytes)) {
    within(bytes, call->data);
    within(bytes, call->layout);
    require(!call->data.empty());
  }
  require(without_nan(bytes).size() <= 2 * bytes.size());
  const PlotName name = plot_name(bytes);
  require(!name.iteration || *name.iteration >= 0);
  require(name.iteration ? name.plot.find('*') != std::string::npos : name.plot == bytes);
  for (const bool html : {false, true}) {
    const auto read = figure(bytes, html);
    if (!read) continue;
    require(read->size() == 2 && read->at("data").is_array() && read->at("layout").is_object());
    const std::size_t traces = read->at("data").size();
    std::vector<TaskFigure> tasks = {{"a", "a", "#4c78a8", read}, {"b", "b", "red", std::nullopt}};
    tasks.push_back(tasks.front());
    why_apart(tasks);
    const Json laid = overlay(std::move(tasks));
    require(laid.at("data").size() == 2 * std::max<std::size_t>(traces, 1) + 1);
    const std::string text = laid.dump(-1, ' ', false, Json::error_handler_t::replace);
    require(Json::accept(text));
  }
  return 0;
}

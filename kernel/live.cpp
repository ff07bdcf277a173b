#include "live.hpp"

namespace podium::kernel {
namespace {
constexpr std::size_t most_outputs = 16;
}  // namespace

struct Live::Output {
  std::string display_id, cell;
  Following of;
  Json parent;
  int generation = 0;
  bool asking = false, again = false;
  bool over = false;  ///< what it tells changes no more: once again, for the last of it
  std::shared_ptr<Host::Stream> events;
};

Live::~Live() = default;

void Live::follow(const std::string& display_id, const Json& answer, Following following) {
  while (outputs_.size() >= most_outputs) end(std::shared_ptr<Output>(outputs_.front()));
  auto output = std::make_shared<Output>();
  output->display_id = display_id;
  output->of = std::move(following);
  output->parent = notebook_.parent();
  output->cell = notebook_.cell();
  output->generation = host_.generation();
  // An event that comes while an answer is on its way asks once more behind it.
  std::weak_ptr<Output> weak = output;
  output->events = host_.follow(front::topics_of_answer(answer), front::pace_of_answer(answer),
                                [this, weak](const Json&) {
                                  if (const auto told = weak.lock()) changed(told);
                                });
  outputs_.push_back(std::move(output));
}

void Live::drop(const std::string& cell) {
  if (!cell.empty())
    std::erase_if(outputs_, [&](const auto& output) { return output->cell == cell; });
}

void Live::changed(const std::shared_ptr<Output>& output) {
  if (output->generation != host_.generation()) return;
  if (output->asking)
    output->again = true;
  else
    ask(output);
}

void Live::ask(const std::shared_ptr<Output>& output) {
  output->asking = true;
  output->again = false;
  std::weak_ptr<Output> weak = output;
  host_.ask_later({"/api/v1/commands", output->of.request},
                  [this, weak](const HttpAnswer* got, const std::string&) {
                    const auto told = weak.lock();
                    if (told == nullptr) return;
                    if (got != nullptr && got->status == 200) show(*told, *got);
                    if (told->over) return end(told);
                    if (!told->of.still.path.empty()) return ask_still(told);
                    told->asking = false;
                    if (told->again) ask(told);
                  });
}

void Live::show(Output& output, const HttpAnswer& got) {
  const Json answer = Json::parse(got.body, nullptr, false);
  if (!answer.is_object() || !answer.contains("kind")) return;
  notebook_.within(output.parent, [&] {
    const Bundle bundle = output.of.draw(answer);
    notebook_.update(bundle, output.display_id);
    if (output.of.also) output.of.also(bundle);
  });
}

void Live::ask_still(const std::shared_ptr<Output>& output) {
  std::weak_ptr<Output> weak = output;
  host_.ask_later(output->of.still, [this, weak](const HttpAnswer* got, const std::string&) {
    const auto told = weak.lock();
    if (told == nullptr) return;
    told->asking = false;
    const Json found = got == nullptr ? Json() : Json::parse(got->body, nullptr, false);
    // What came between the last answer and the end of it is in one answer more.
    told->over = found.is_object() && found.contains("rows") && found.at("rows").empty();
    if (told->again || told->over) ask(told);
  });
}

void Live::end(const std::shared_ptr<Output>& output) {
  std::erase(outputs_, output);
  if (output->of.ended) notebook_.within(output->parent, output->of.ended);
}

}  // namespace podium::kernel

#include "live.hpp"

namespace podium::kernel {
namespace {
constexpr std::size_t most_outputs = 16;
}  // namespace

struct Live::Output {
  std::string display_id, request, cell;
  std::function<Bundle(const Json&)> draw;
  Json parent;
  int generation = 0;
  bool asking = false, again = false;
  std::shared_ptr<Host::Stream> events;
};

Live::~Live() = default;

void Live::follow(const std::string& display_id, const Json& answer, const std::string& request,
                  std::function<Bundle(const Json&)> draw) {
  while (outputs_.size() >= most_outputs) outputs_.pop_front();
  auto output = std::make_shared<Output>();
  output->display_id = display_id;
  output->request = request;
  output->draw = std::move(draw);
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
  host_.ask_later({"/api/v1/commands", output->request},
                  [this, weak](const HttpAnswer* got, const std::string&) {
                    const auto told = weak.lock();
                    if (told == nullptr) return;
                    told->asking = false;
                    if (got != nullptr && got->status == 200) {
                      const Json answer = Json::parse(got->body, nullptr, false);
                      if (answer.is_object() && answer.contains("kind"))
                        notebook_.within(told->parent, [&] {
                          notebook_.update(told->draw(answer), told->display_id);
                        });
                    }
                    if (told->again) ask(told);
                  });
}

}  // namespace podium::kernel

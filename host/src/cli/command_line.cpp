#include "cli/command_line.hpp"

#include <unistd.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/exit_codes.hpp"
#include "cli/follow.hpp"
#include "cli/options.hpp"
#include "cli/show.hpp"
#include "podium/error.hpp"
#include "podium/front_kit/answer_text.hpp"

namespace podium::host::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Thrown: Ctrl-C ended the watching of a job.
struct LeftAlone {
  std::string job;
};

/// Answers what a command asks while it is carried out: on the terminal, where there is one.
class Person final : public front::Attendant {
 public:
  Person(front::HttpClient& host, const Options& options) : host_(host), options_(options) {}

  front::HttpAnswer post(const std::string& path, const std::string& body) override {
    return host_.post(path, body);
  }
  bool confirm(const Json& question) override {
    if (isatty(STDIN_FILENO) == 0 || isatty(STDERR_FILENO) == 0) return false;
    asked_ = true;
    front::DrawOptions drawn;
    drawn.width = options_.width > 0 ? options_.width : 80;
    drawn.local_time = !options_.utc;
    // Beside the answer, which goes to stdout.
    std::cerr << front::text_of(question, drawn) << "Do it? [y/N] " << std::flush;
    std::string reply;
    std::getline(std::cin, reply);
    return reply == "y" || reply == "Y" || reply == "yes";
  }
  bool watch(const Json& progress) override {
    if (options_.detach) return false;
    const std::string job = progress.at("job");
    const Interrupts interrupts;
    if (!follow(host_, job, interrupts)) throw LeftAlone{job};
    return true;
  }
  /// Somebody was asked.
  bool asked() const { return asked_; }

 private:
  front::HttpClient& host_;
  const Options& options_;
  bool asked_ = false;
};

int run(const CommandLine& line) {
  const Options& options = line.options;
  front::HttpClient host(front::find_host(options.url));
  Person person(host, options);
  Json request = members_of(options);
  request["argv"] = line.argv;
  try {
    const front::CarriedOut done = front::carry_out(person, std::move(request));
    const Json& answer = done.answer;
    const bool question = answer.at("kind") == "question" && !options.dry_run;
    if (question && person.asked()) {
      std::cerr << "podium: nothing was done\n";
      return exit_question;
    }
    show_answer(done, options, host);
    if (question) {
      std::cerr << "podium: nothing was done; say --yes to do it";
      if (answer.contains("token"))
        std::cerr << ", or --yes=" << answer.at("token").get<std::string>()
                  << " to do exactly this";
      std::cerr << '\n';
      return exit_question;
    }
    if (answer.at("kind") == "progress") std::cerr << how_to_go_on(answer.at("job"));
    return exit_code_of_outcome(answer.value("outcome", "done"));
  } catch (const front::Refused& refused) {
    return say_problem(refused, options, "podium ");
  } catch (const LeftAlone& left) {
    std::cerr << how_to_go_on(left.job);
    return exit_interrupted;
  }
}

}  // namespace

int run_command(const std::vector<std::string>& words) {
  try {
    return run(read_command_line(words));
  } catch (const Error& e) {
    std::cerr << "podium: " << e.what() << '\n';
    return exit_code_of(name(e.code()));
  } catch (const std::exception& e) {
    std::cerr << "podium: " << e.what() << '\n';
    return exit_failed;
  }
}

}  // namespace podium::host::cli

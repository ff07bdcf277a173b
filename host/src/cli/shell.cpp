#include "cli/shell.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <iostream>

#include "cli/command_line.hpp"
#include "cli/exit_codes.hpp"
#include "cli/follow.hpp"
#include "cli/live_answer.hpp"
#include "cli/show.hpp"
#include "podium/error.hpp"
#include "podium/front_kit/answer_text.hpp"
#include "podium/front_kit/undo.hpp"

namespace podium::host::cli {
namespace {

using front::Json;
using front::safe;

constexpr const char* local_address = "http://127.0.0.1:5000";
constexpr std::chrono::seconds patience{2};  // of somebody who presses Tab

constexpr front::OwnWord own_words[] = {
    {"connect",
     "goes to a podium: connect http://HOST:PORT, connect local; alone: which one it is"},
    {"select",
     "selects of a named table: select best 1,3-5 (rows), ids, all, none; then best.selected"},
    {"exit", "ends the shell, as Ctrl-D does"},
    {"quit", "ends the shell, as Ctrl-D does"}};

constexpr const char* own_help = R"(
In this shell also:
  COMMAND as NAME     calls the result NAME; then NAME and NAME.selected stand for its tasks
  COMMAND live        shows the answer as it changes, until Ctrl-C
  COMMAND --csv, --json, --jsonl, --out FILE, --bind NAME=VALUE, --dry-run, --detach, ...
  a backslash at its end continues a line; '#' begins a remark
)";

Error wrong(const std::string& sentence) { return Error(ErrorCode::invalid, sentence); }

/// Thrown where Ctrl-C ended a command.
struct Interrupted {};
/// Thrown where it ended the watching of a job.
struct LeftAlone {
  std::string job;
};

std::string listed_own_words() {
  std::string out = own_help;
  for (const auto& word : own_words) out += fmt::format("  {:<18}  {}\n", word.text, word.note);
  return out;
}

bool ends_open(std::string_view line) { return !front::is_whole(line); }

/// "3" or "3-5": rows, counted from 1; the first is 0 for what is neither.
std::pair<std::size_t, std::size_t> rows_of(std::string_view text) {
  const std::string_view from = text.substr(0, text.find('-'));
  const std::string_view to = from.size() == text.size() ? from : text.substr(from.size() + 1);
  const auto number = [](std::string_view digits) -> std::size_t {
    std::size_t n = 0;
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
    return code == std::errc() && end == digits.data() + digits.size() && digits.size() < 6 ? n : 0;
  };
  return {number(from), number(to)};
}

}  // namespace

Shell::Shell(Options usual, bool person)
    : usual_(std::move(usual)),
      person_(person),
      results_(
          [this](const std::string& path, const std::string& body) { return post(path, body); }) {
  signal(SIGPIPE, SIG_IGN);
  go_to(front::find_host(usual_.url));
  if (!person_) return;
  editor_ = std::make_unique<LineEditor>(
      interrupts_,
      [this](std::string_view line, std::size_t cursor) { return complete(line, cursor); });
  for (const std::string& line : history_.read()) editor_->remember(line);
}

Shell::~Shell() = default;

void Shell::go_to(front::HostAddress address) {
  address_ = std::move(address);
  host_ = std::make_unique<front::HttpClient>(address_);
  quick_ = std::make_unique<front::HttpClient>(address_, patience);
}

// ---- what an Attendant does

front::HttpAnswer Shell::post(const std::string& path, const std::string& body) {
  if (interrupts_.happened()) throw Interrupted();
  const Interrupts::Guard guard(interrupts_, [this] { host_->stop(); });
  try {
    return host_->post(path, body);
  } catch (const Error& e) {
    if (interrupts_.happened()) throw Interrupted();
    if (e.code() != ErrorCode::unavailable) throw;
    throw Error(
        ErrorCode::unavailable,
        "no podium answers at " + address_.url +
            "; 'connect local' starts one here, 'connect http://HOST:PORT' goes to another");
  }
}

bool Shell::confirm(const Json& question) {
  if (!person_) return false;
  if (interrupts_.happened()) throw Interrupted();
  asked_ = true;
  std::cout << front::text_of(question, draw_options(now_)) << std::flush;
  std::string reply;
  if (editor_->read("Do it? [y/N] ", reply, true) == LineEditor::End::interrupted)
    throw Interrupted();
  return reply == "y" || reply == "Y" || reply == "yes";
}

bool Shell::watch(const Json& progress) {
  if (now_.detach) return false;
  const std::string job = progress.at("job");
  if (!follow(*host_, job, interrupts_)) throw LeftAlone{job};
  return true;
}

// ---- commands

Options Shell::with_usual(Options options) const {
  if (options.width == 0) options.width = usual_.width;
  options.utc = options.utc || usual_.utc;
  const bool form = options.json || options.jsonl || options.csv;
  if (!form) options.json = usual_.json, options.jsonl = usual_.jsonl, options.csv = usual_.csv;
  if (options.budget == 0) options.budget = usual_.budget;
  options.binds.insert(options.binds.begin(), usual_.binds.begin(), usual_.binds.end());
  options.dry_run = options.dry_run || usual_.dry_run;
  options.detach = options.detach || usual_.detach;
  return options;
}

int Shell::execute(std::string line) {
  asked_ = false;
  now_ = usual_;
  try {
    const Options given = take_options(line);
    if (!given.url.empty()) throw wrong("--url is for the program; here 'connect' goes elsewhere");
    now_ = with_usual(given);
    const auto commands = front::commands_of(line);
    if (commands.empty()) return exit_ok;
    if (run_own(front::words_of(commands.front().line))) return exit_ok;
    return carry_out(commands.front(), now_);
  } catch (const front::Refused& refused) {
    return say_problem(refused, now_, {});
  } catch (const Interrupted&) {
    std::cerr << "podium: interrupted; what the host had begun by then may be done\n";
    return exit_interrupted;
  } catch (const LeftAlone& left) {
    std::cerr << how_to_go_on(left.job, {});
    return exit_interrupted;
  } catch (const Error& e) {
    std::cerr << "podium: " << e.what() << '\n';
    return exit_code_of(name(e.code()));
  } catch (const std::exception& e) {
    std::cerr << "podium: " << e.what() << '\n';
    return exit_failed;
  }
}

int Shell::carry_out(const front::Command& command, const Options& options) {
  const bool drawn = !options.json && !options.jsonl && !options.csv && options.out.empty();
  if (command.live && (!person_ || !drawn))
    throw wrong(
        "'live' shows an answer on a terminal as it changes; here it is asked once: leave it out");
  Json request = members_of(options);
  request["line"] = front::undo_of(command.line, last_run_);
  if (const Json named = results_.spoken_of(command.line); !named.empty())
    request["selections"] = named;
  const front::CarriedOut done = front::carry_out(*this, std::move(request));
  const Json& answer = done.answer;
  front::keep_undoable(answer, last_run_);
  const bool question = answer.at("kind") == "question" && !options.dry_run;
  if (question && asked_) {
    std::cerr << "podium: nothing was done\n";
    return exit_question;
  }
  if (!command.name.empty()) {
    results_.bind(command.name, answer);
    remember_rows(command.name, answer);
  }
  if (command.live) {
    follow_answer(done, options, address_, interrupts_);
    return exit_ok;
  }
  {
    const Interrupts::Guard guard(interrupts_, [this] { host_->stop(); });
    show_answer(done, options, *host_);
  }
  if (question) {
    std::cerr << "podium: nothing was done; say yes to do it";
    if (answer.contains("token"))
      std::cerr << ", or yes " << answer.at("token").get<std::string>() << " to do exactly this";
    std::cerr << '\n';
    return exit_question;
  }
  if (answer.at("kind") == "progress") std::cerr << how_to_go_on(answer.at("job"), {});
  if (command.line == "help" && drawn) std::cout << listed_own_words();
  return exit_code_of_outcome(answer.value("outcome", "done"));
}

bool Shell::run_own(const std::vector<front::Word>& words) {
  const std::string& first = words.front().text;
  if (first == "exit" || first == "quit") {
    if (words.size() > 1) throw wrong("'" + first + "' stands alone");
    ended_ = true;
  } else if (first == "connect") {
    if (words.size() > 2) throw wrong("'connect' takes one address, or the word 'local'");
    if (words.size() == 2) connect(words[1].text);
    std::cout << "connected to " << address_.url << '\n';
  } else if (first == "select") {
    if (words.size() < 3)
      throw wrong("'select' takes the name of a result and rows of it: select best 1,3-5");
    std::string which;
    for (std::size_t i = 2; i < words.size(); ++i) which += words[i].text + ",";
    select(words[1].text, which);
  } else if (first == "help" && words.size() == 2) {
    const auto own = std::find_if(std::begin(own_words), std::end(own_words),
                                  [&](const auto& w) { return words[1].text == w.text; });
    if (own == std::end(own_words)) return false;
    std::cout << own->text << ": " << own->note << '\n';
  } else {
    return false;
  }
  return true;
}

void Shell::connect(const std::string& where) {
  const front::HostAddress before = address_;
  try {
    go_to(front::find_host(where == "local" ? local_address : where));
    front::HttpAnswer answer;
    const auto ask = [&] {
      const Interrupts::Guard guard(interrupts_, [this] { host_->stop(); });
      answer = host_->get("/api/v1/commands");
    };
    try {
      ask();
    } catch (const Error&) {
      if (interrupts_.happened()) throw Interrupted();
      if (where != "local") throw;
      auto local = std::make_unique<front::LocalPodium>();
      const std::string url = local->start(
          [this](const std::function<bool()>& done, std::chrono::milliseconds period) {
            while (!done())
              if (interrupts_.wait(period)) return false;
            return true;
          },
          -1);
      if (url.empty()) throw Interrupted();
      local_ = std::move(local);
      go_to(front::find_host(url));
      ask();
    }
    if (answer.status == 401 || answer.status == 403) {
      // Typed where nobody sees it, and no history keeps it.
      std::string token;
      if (!person_ ||
          editor_->read_secret("Token for " + address_.url + ": ", token) != LineEditor::End::line)
        throw Error(ErrorCode::denied, "this podium wants a token: set PODIUM_TOKEN");
      front::HostAddress with = address_;
      with.authorization = "Bearer " + token;
      go_to(std::move(with));
      ask();
    }
    front::told(answer);
  } catch (...) {
    go_to(before);
    throw;
  }
}

// ---- names

void Shell::remember_rows(const std::string& name, const Json& answer) {
  std::vector<std::string>& ids = rows_[name];
  ids.clear();
  if (answer.at("kind") != "table") return;
  std::size_t at = 0;
  for (const Json& column : answer.at("columns")) {
    if (column.at("name") == "id") break;
    ++at;
  }
  if (at < answer.at("columns").size())
    for (const Json& row : answer.at("rows")) ids.push_back(row.at(at).get<std::string>());
}

void Shell::select(const std::string& name, const std::string& which) {
  const auto known = rows_.find(name);
  if (known == rows_.end())
    throw wrong("no result is called '" + name + "'; say COMMAND as " + name);
  const std::vector<std::string>& ids = known->second;
  if (ids.empty()) throw wrong("the result '" + name + "' shows no ids to select by");
  Json selected = Json::array();
  const auto take = [&](const std::string& id) {
    if (std::find(selected.begin(), selected.end(), Json(id)) == selected.end())
      selected.push_back(id);
  };
  for (std::size_t begin = 0, end; begin < which.size(); begin = end + 1) {
    end = which.find(',', begin);
    const std::string part = which.substr(begin, end - begin);
    if (part.empty() || part == "none") continue;
    if (part == "all") {
      for (const std::string& id : ids) take(id);
      continue;
    }
    const auto [first, last] = rows_of(part);
    if (first > 0 && last >= first) {
      if (last > ids.size())
        throw wrong(fmt::format("'{}' has {} rows, there is no row {}", name, ids.size(), last));
      for (std::size_t row = first; row <= last; ++row) take(ids[row - 1]);
      continue;
    }
    const auto id = std::find_if(ids.begin(), ids.end(), [&](const std::string& i) {
      return part.size() >= 6 && i.starts_with(part);
    });
    if (id == ids.end())
      throw wrong("'" + safe(part) + "' is neither a row of '" + name + "' nor an id in it");
    take(*id);
  }
  const std::size_t count = selected.size();
  results_.select(name, {{"ids", std::move(selected)}});
  std::cout << fmt::format("{}.selected: {} of {} rows\n", name, count, ids.size());
}

front::Completion Shell::complete(std::string_view line, std::size_t cursor) {
  Json answer;
  try {
    const Interrupts::Guard guard(interrupts_, [this] { quick_->stop(); });
    const Json request = {{"line", line}, {"cursor", cursor}, {"selections", results_.all()}};
    answer = front::told(quick_->post(
        "/api/v1/commands/complete", request.dump(-1, ' ', false, Json::error_handler_t::replace)));
  } catch (...) {
    // Nobody answers, or it took too long.
  }
  return front::completion_of(answer, line, cursor, own_words);
}

// ---- lines

Shell::Next Shell::read(std::string& line) {
  line.clear();
  while (true) {
    std::string piece;
    if (editor_ != nullptr) {
      const auto end = editor_->read(line.empty() ? "podium> " : "   ...> ", piece);
      if (end == LineEditor::End::interrupted) return Next::again;
      if (end == LineEditor::End::closed) return line.empty() ? Next::end : Next::command;
    } else if (!std::getline(std::cin, piece)) {
      return line.empty() ? Next::end : Next::command;
    }
    const bool open = ends_open(piece);
    if (open) piece[piece.rfind('\\')] = ' ';
    line += piece;
    if (!open) return Next::command;
  }
}

int Shell::run() {
  if (person_)
    std::cout << "podium at " << address_.url << "; help lists the commands, Ctrl-D ends\n";
  int code = exit_ok;
  std::string line;
  while (!ended_ && std::cout) {
    const Next next = read(line);
    if (next == Next::end) break;
    if (next == Next::again) continue;
    if (person_ && !front::words_of(line).empty()) {
      if (!has_secret(line)) editor_->remember(line);
      history_.add(line);
    }
    const int ended = execute(line);
    std::cout.flush();
    if (ended != exit_ok) code = ended;
    // Lines that nobody types are a script: Ctrl-C ends it.
    if (!person_ && ended == exit_interrupted) break;
  }
  return person_ ? exit_ok : code;
}

int run_shell(const std::vector<std::string>& words) {
  try {
    const CommandLine line = read_command_line(words);
    if (!line.argv.empty())
      throw wrong("'podium shell' takes options only, not '" + line.argv.front() +
                  "'; a single command is 'podium " + line.argv.front() + "'");
    Shell shell(line.options, isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0);
    return shell.run();
  } catch (const Error& e) {
    std::cerr << "podium: " << e.what() << '\n';
    return exit_code_of(name(e.code()));
  }
}

}  // namespace podium::host::cli

// podium: the program. Subcommands are parsed here (the only file that includes CLI11) and run by
// the parts.
#include <signal.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "app/host.hpp"
#include "cli/command_line.hpp"
#include "cli/exit_codes.hpp"
#include "cli/kernel_install.hpp"
#include "config/settings.hpp"
#include "log/log.hpp"
#include "plugin/plugins_command.hpp"
#include "podium/error.hpp"
#include "upkeep/commands.hpp"

namespace {

using podium::host::flag_of;
using podium::host::Setting;
using podium::host::Settings;

using podium::host::cli::exit_failed;
using podium::host::cli::exit_usage;

/// The flags of a subcommand that takes settings: one for each row of the table, and --config.
struct SettingFlags {
  std::map<std::string, std::string> values;
  std::map<std::string, bool> switches;

  void add(CLI::App& command) {
    command
        .add_option("--config", values["config"],
                    "read this file instead of ./podium.toml (PODIUM_CONFIG)")
        ->type_name("FILE");
    for (const auto& s : podium::host::setting_table()) {
      const std::string key(s.key);
      std::string help(s.help);
      if (!s.fallback.empty() && s.kind != Setting::Kind::boolean)
        help += " [" + std::string(s.fallback) + "]";
      if (s.kind == Setting::Kind::boolean)
        command.add_flag(flag_of(key), switches[key], help);
      else
        command.add_option(flag_of(key), values[key], help)->type_name(std::string(s.value_name));
    }
  }

  Settings load(const CLI::App& command) const {
    std::map<std::string, std::string> given;
    for (const auto& [key, value] : values)
      if (command.count(flag_of(key)) > 0) given[key] = value;
    for (const auto& [key, on] : switches)
      if (command.count(flag_of(key)) > 0) given[key] = on ? "true" : "false";
    return Settings::load(given, [](const char* name) { return std::getenv(name); });
  }
};

void begin_log(const Settings& settings, podium::LogLevel least = podium::LogLevel::debug) {
  const std::map<std::string, podium::LogLevel> levels = {{"debug", podium::LogLevel::debug},
                                                          {"info", podium::LogLevel::info},
                                                          {"warning", podium::LogLevel::warning},
                                                          {"error", podium::LogLevel::error}};
  podium::host::start_log(std::max(least, levels.at(settings.text("log_level"))),
                          settings.text("log_format") == "json" ? podium::host::LogFormat::json
                                                                : podium::host::LogFormat::text);
}

int serve(const Settings& settings, const std::vector<std::string>& plugin_files) {
  // Blocked before any thread is made, so that every thread inherits it and only sigwait sees them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);

  begin_log(settings);
  podium::host::Host host(settings, {plugin_files.begin(), plugin_files.end()});
  host.start();
  std::printf("podium %s listening on %s (state in %s; stop with Ctrl-C)\n", PODIUM_VERSION,
              host.url().c_str(), settings.text("data").c_str());
  std::fflush(stdout);
  int received = 0;
  sigwait(&signals, &received);
  podium::host::log(podium::LogLevel::info, "host",
                    received == SIGINT ? "stopping (interrupted)" : "stopping");
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);  // a second Ctrl-C ends at once
  host.stop();
  return 0;
}

int print_config(const Settings& settings) {
  std::size_t widest = 0;
  for (const auto& s : podium::host::setting_table()) widest = std::max(widest, s.key.size());
  for (const auto& s : podium::host::setting_table()) {
    const auto& origin = settings.origin(s.key);
    std::printf("%-*s = %s  (%s)\n", static_cast<int>(widest), std::string(s.key).c_str(),
                origin.value.c_str(), origin.source.c_str());
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"podium: an experiment tracker that MLflow clients log to unchanged"};
  app.set_version_flag("--version", std::string("podium ") + PODIUM_VERSION);
  app.require_subcommand(1);

  SettingFlags serve_flags, config_flags, plugin_flags;
  std::vector<std::string> plugin_files;
  auto* serve_command = app.add_subcommand("serve", "serve the HTTP API");
  serve_flags.add(*serve_command);
  serve_command
      ->add_option("--plugin", plugin_files, "load this plugin too (for its author; repeatable)")
      ->type_name("FILE");
  auto* config_command = app.add_subcommand("config", "print each setting and where it came from");
  config_flags.add(*config_command);

  auto* plugins_command = app.add_subcommand("plugins", "look at plugins");
  plugins_command->require_subcommand(1);
  plugin_flags.add(*plugins_command);
  bool as_json = false;
  std::string plugin_id, plugin_file;
  auto* list_command =
      plugins_command->add_subcommand("list", "the plugins found, each with its state and reason");
  list_command->add_flag("--json", as_json, "as JSON");
  auto* info_command = plugins_command->add_subcommand("info", "everything known of one plugin");
  info_command->add_option("ID", plugin_id)->required();
  auto* verify_command = plugins_command->add_subcommand(
      "verify", "load a plugin in a process of its own and say how it went");
  verify_command->add_option("FILE", plugin_file)->required();

  SettingFlags upkeep_flags[3];
  std::string backup_to, restore_from;
  bool only_verify = false;
  auto* backup_command = app.add_subcommand(
      "backup", "copy all state into a new folder, also while a server runs on it");
  auto* restore_command =
      app.add_subcommand("restore", "put a backup into an empty data folder, or check it");
  auto* doctor_command = app.add_subcommand(
      "doctor",
      "examine store, artifacts, plugins, disk, clock and settings; exit code 1: findings");
  backup_command->add_option("TO", backup_to, "folder to make")->required();
  restore_command->add_option("FROM", restore_from, "folder that podium backup made")->required();
  restore_command->add_flag("--verify", only_verify,
                            "check the backup and write nothing; exit code 1: it is damaged");
  CLI::App* const upkeep[] = {backup_command, restore_command, doctor_command};
  for (std::size_t i = 0; i < std::size(upkeep); ++i) {
    upkeep_flags[i].add(*upkeep[i]);
    upkeep[i]->add_flag("--json", as_json, "as JSON");
  }

  podium::host::cli::KernelPlace kernel_place;
  auto* kernel_command = app.add_subcommand("kernel", "the Jupyter kernel");
  kernel_command->require_subcommand(1);
  auto* install_command =
      kernel_command->add_subcommand("install", "make the kernel known to Jupyter");
  install_command->add_flag("--user", kernel_place.user, "for this person, the usual place");
  install_command->add_flag("--sys-prefix", kernel_place.sys_prefix,
                            "in the Python environment that is active");
  install_command->add_option("--prefix", kernel_place.prefix, "below this prefix")
      ->type_name("DIR");

  for (auto* command : {list_command, info_command, verify_command}) command->fallthrough();
  app.add_subcommand("completion", "print a completion script: bash, zsh or fish");
  app.add_subcommand("shell",
                     "type commands, with completion and history; or read them, one a line");
  app.footer(
      "Every other word is a command that a running podium answers: podium help, podium tasks ...");

  // What is no subcommand of the program is the host's: see cli/command_line.hpp.
  const std::string first = argc > 1 ? argv[1] : "";
  std::vector<std::string> own;
  for (const auto* command : app.get_subcommands({})) own.push_back(command->get_name());
  if (first == "completion") return podium::host::cli::run_completion({argv + 2, argv + argc}, own);
  if (first == "shell") return podium::host::cli::run_shell({argv + 2, argv + argc});
  if (!first.empty() && first.front() != '-' &&
      std::find(own.begin(), own.end(), first) == own.end())
    return podium::host::cli::run_command({argv + 1, argv + argc});
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const int code = app.exit(e);
    return code == 0 ? 0 : exit_usage;
  }
  try {
    if (*serve_command) return serve(serve_flags.load(*serve_command), plugin_files);
    if (*install_command) return podium::host::cli::install_kernel(kernel_place, std::cout);
    if (*config_command) return print_config(config_flags.load(*config_command));
    for (std::size_t i = 0; i < std::size(upkeep); ++i) {
      if (!*upkeep[i]) continue;
      const Settings settings = upkeep_flags[i].load(*upkeep[i]);
      begin_log(settings, podium::LogLevel::error);  // they tell what the log would
      if (*backup_command)
        return podium::host::backup_command(settings, backup_to, as_json, std::cout, std::cerr);
      if (*restore_command)
        return podium::host::restore_command(settings, restore_from, only_verify, as_json,
                                             std::cout, std::cerr);
      return podium::host::doctor_command(settings, as_json, std::cout, std::cerr);
    }
    const Settings settings = plugin_flags.load(*plugins_command);
    if (*verify_command)
      return podium::host::plugins_verify(plugin_file, podium::host::verify_options(settings),
                                          std::cout, std::cerr);
    begin_log(settings, podium::LogLevel::error);  // the list tells what the log would
    int code = 0;
    podium::host::look_at_plugins(settings, [&](const podium::host::PluginManager& manager) {
      code = *info_command ? podium::host::plugins_info(manager, plugin_id, std::cout, std::cerr)
                           : podium::host::plugins_list(manager, as_json, std::cout);
    });
    return code;
  } catch (const podium::Error& e) {
    std::cerr << "podium: " << e.what() << '\n';
    return e.code() == podium::ErrorCode::invalid ? exit_usage : exit_failed;
  } catch (const std::exception& e) {
    std::cerr << "podium: " << e.what() << '\n';
    return exit_failed;
  }
}

// paragon serve: the whole deployment in one process, with its machines and functions below it.
#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "app/commands.h"
#include "app/exit_status.h"
#include "app/flag_checks.h"
#include "app/serve_config.h"
#include "app/serve_dry_run.h"
#include "app/tuning_flag.h"
#include "serve/deployment.h"

namespace paragon {
namespace {

struct Flags {
  std::string config;
  std::string http;
  std::string metrics;
  std::string catalog;
  std::string models_dir;
  std::string scheme;
  std::vector<std::string> set;  // knob=value
  std::string journal;
  std::string token_file;
  std::string tls_certificate;
  std::string tls_key;
  std::string log_level;
  std::optional<double> budget;
  std::optional<int> machines_min;
  std::optional<int> machines_max;
  bool dry_run = false;
};

// The file first, then the flags over it.
Result<ServeConfig> configure(const Flags& flags) {
  auto loaded = serve_config(flags.config);
  if (!loaded) return loaded.error();
  ServeConfig config = std::move(loaded).value();
  auto over = [](std::string& setting, const std::string& flag) {
    if (!flag.empty()) setting = flag;
  };
  over(config.gateway.http, flags.http);
  over(config.gateway.metrics, flags.metrics);
  over(config.catalog, flags.catalog);
  over(config.models_dir, flags.models_dir);
  over(config.brain.scheme, flags.scheme);
  if (const Status tuned = tune(flags.set, config.brain.scheme, config.brain.tuning); !tuned)
    return tuned.error();
  over(config.journal, flags.journal);
  over(config.gateway.tls_certificate, flags.tls_certificate);
  over(config.gateway.tls_key, flags.tls_key);
  over(config.log_level, flags.log_level);
  if (flags.budget) config.brain.budget_per_hour = dollars(*flags.budget);
  if (flags.machines_min) config.brain.machines_min = *flags.machines_min;
  if (flags.machines_max) config.brain.machines_max = *flags.machines_max;
  if (!flags.token_file.empty()) {
    auto token = read_token(flags.token_file);
    if (!token) return token.error();
    config.gateway.token = *token;
  } else if (const char* token = std::getenv("PARAGON_TOKEN")) {
    config.gateway.token = token;
  }
  return config;
}

int serve(const Flags& flags) {
  spdlog::set_default_logger(spdlog::stderr_logger_st("paragon"));
  spdlog::set_pattern("time=%Y-%m-%dT%H:%M:%S.%e%z level=%l %v");
  auto config = configure(flags);
  Status ran;
  if (config && flags.dry_run) {
    ran = dry_run(*config);
  } else if (config) {
    spdlog::set_level(spdlog::level::from_str(config->log_level));
    ran = run_deployment(std::move(config).value(), [](const std::string& url) {
      fmt::print("listening on {}\n", url);
      std::fflush(stdout);
    });
  } else {
    ran = config.error();
  }
  if (ran.ok()) return 0;
  fmt::print(stderr, "paragon serve: {}\n", ran.error().message);
  return exit_status(ran.error());
}

}  // namespace

void add_serve(CLI::App& app, std::function<int()>& action) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = app.add_subcommand(
      "serve", "Serve models: choose variant, machine or function for each query");
  command->add_option("--config", flags->config, "Configuration file (YAML)")
      ->check(CLI::ExistingFile);
  command->add_option("--http", flags->http, "Address to listen on [127.0.0.1:8000]");
  command->add_option("--metrics", flags->metrics, "Further address that serves /metrics only");
  command->add_option("--catalog", flags->catalog, "Catalog file [the shipped one]")
      ->check(CLI::ExistingFile);
  command->add_option("--models-dir", flags->models_dir, "Where the model files lie")
      ->check(CLI::ExistingDirectory);
  command->add_option("--scheme", flags->scheme,
                      "Procurement scheme, of those that `paragon schemes` lists [paragon]");
  add_tuning_flag(*command, flags->set);
  command
      ->add_option("--budget-usd-per-hour", flags->budget,
                   "Most to spend in an hour, whatever the load [no limit]")
      ->check(zero_or_more());
  command->add_option("--machines-min", flags->machines_min, "Machines kept at least [1]");
  command->add_option("--machines-max", flags->machines_max, "Machines at most [64]");
  command->add_flag(
      "--dry-run", flags->dry_run,
      "On AWS: print the calls that would order machines and make functions, and end");
  command->add_option("--journal", flags->journal, "File that records every input and decision");
  command->add_option("--token-file", flags->token_file,
                      "File with the bearer token all requests must carry [PARAGON_TOKEN]");
  command->add_option("--tls-cert", flags->tls_certificate, "Certificate chain (PEM): serve HTTPS");
  command->add_option("--tls-key", flags->tls_key, "Its private key (PEM)");
  command->add_option("--log-level", flags->log_level, "debug, info, warn, error or off [info]")
      ->check(one_of({"trace", "debug", "info", "warn", "error", "off"}));
  command->footer(
      "Exit status: 0 ended as it was told to, 1 it could not start (a port that is taken, a cloud "
      "that\n"
      "refuses), 2 something given is wrong. The configuration file: docs/serve.md.");
  command->callback([flags, &action] { action = [flags] { return serve(*flags); }; });
}

}  // namespace paragon

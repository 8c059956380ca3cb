#include "app/worker_flags.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>

#include "app/data_dir.h"
#include "app/flag_checks.h"
#include "catalog/load.h"

namespace paragon {
namespace {

Result<http::ServerSettings> address_of(const std::string& listen) {
  http::ServerSettings settings;
  if (listen.starts_with("unix:")) {
    settings.address = listen;
    return settings;
  }
  const auto colon = listen.rfind(':');
  const char* end = listen.data() + listen.size();
  if (colon != std::string::npos) {
    const auto [rest, error] = std::from_chars(listen.data() + colon + 1, end, settings.port);
    settings.address = listen.substr(0, colon);
    if (error == std::errc{} && rest == end && !settings.address.empty()) return settings;
  }
  return {ErrorCode::invalid,
          fmt::format("--listen: got '{}', expected ADDRESS:PORT (port 0 to 65535) or unix:/path",
                      listen)};
}

Status choose_preload(const WorkerFlags& flags, const Catalog& catalog, WorkerSettings& settings) {
  using Preload = WorkerSettings::Preload;
  if (flags.preload == "all") settings.preload = Preload::all;
  if (flags.preload == "none") settings.preload = Preload::none;
  if (flags.preload != "all" && flags.preload != "none") {
    settings.preload = Preload::listed;
    for (const auto& name : CLI::detail::split(flags.preload, ',')) {
      const auto id = catalog.find_variant(name);
      if (!id) {
        return {ErrorCode::invalid,
                fmt::format("--preload: the catalog has no variant '{}'", name)};
      }
      settings.listed.push_back(*id);
    }
  }
  if ((flags.function || flags.lambda) && settings.listed.size() != 1) {
    return {ErrorCode::invalid, fmt::format("{}: name exactly one variant with --preload",
                                            flags.lambda ? "--lambda" : "--function")};
  }
  return {};
}

}  // namespace

void add_worker_flags(CLI::App& command, WorkerFlags& flags) {
  command.add_option("--catalog", flags.catalog, "Catalog file [the shipped garment one]")
      ->check(CLI::ExistingFile);
  command.add_option("--models-dir", flags.models_dir, "Where the model files lie")
      ->check(CLI::ExistingDirectory);
  CLI::Option* listen = command.add_option("--listen", flags.listen, "ADDRESS:PORT or unix:/path")
                            ->capture_default_str();
  command.add_option("--slots", flags.slots, "Networks that run at the same time")
      ->check(between(1, 1024))
      ->capture_default_str();
  command.add_option("--memory-mb", flags.memory_mb, "Memory for variants, 0: no limit")
      ->check(zero_or_more())
      ->capture_default_str();
  command.add_option("--preload", flags.preload, "Variants to load at start: a,b | all | none")
      ->capture_default_str();
  command.add_option("--queue-max", flags.queue_max, "Queries that may wait for a slot")
      ->capture_default_str();
  command.add_flag("--function", flags.function,
                   "Function mode: one slot, only the one preloaded variant");
  CLI::Option* stretch =
      command
          .add_option("--stretch", flags.stretch,
                      "Hold the slot for this many times each query's own compute time")
          ->check(between(1.0, 1e4))
          ->capture_default_str();
  command
      .add_option("--service-times-of", flags.service_times_of,
                  "Hold the slot for the catalog's service time on this resource, such as "
                  "machine:c5.large, where that is longer")
      ->excludes(stretch);
  CLI::Option* orphan =
      command
          .add_option("--orphan-after", flags.orphan_after_s,
                      "Drain and end after this many seconds without a GET /paragon/v1/instance")
          ->check(between(0.001, 1e8));
  CLI::Option* spot = command.add_flag("--spot-notices", flags.spot_notices,
                                       "Ask EC2 instance metadata for spot interruptions, told at "
                                       "/paragon/v1/instance");
  command
      .add_flag("--lambda", flags.lambda,
                "Function mode on AWS Lambda: takes its requests from the Runtime API at "
                "AWS_LAMBDA_RUNTIME_API")
      ->excludes(listen)
      ->excludes(orphan)
      ->excludes(spot);
  command.add_option("--ready-fd", flags.ready_fd, "Write `ready PORT` here when able to answer");
  command.add_option("--lifeline-fd", flags.lifeline_fd, "End at once when this reads its end");
  command.add_option("--log-level", flags.log_level, "error, warn, info or debug")
      ->check(one_of({"error", "warn", "info", "debug"}))
      ->capture_default_str();
}

Result<PreparedWorker> prepare_worker(const WorkerFlags& flags) {
  std::string file = flags.catalog;
  if (file.empty()) {
    auto shipped = find_shipped("data/garment/catalog.yaml");
    if (!shipped) return shipped.error();
    file = *shipped;
  }
  LoadOptions options;
  options.models_dir = flags.models_dir;
  options.check_hashes = false;  // of all files it takes longer than starting
  auto catalog = load_catalog(file, options);
  if (!catalog) return catalog.error();

  WorkerSettings settings;
  auto address = address_of(flags.listen);
  if (!address) return address.error();
  settings.http = *address;
  settings.listens = !flags.lambda;
  settings.version = PARAGON_VERSION;
  settings.slots = flags.slots;
  settings.memory = megabytes(flags.memory_mb);
  settings.queue_max = flags.queue_max;
  settings.pace.stretch = flags.stretch;
  if (!flags.service_times_of.empty()) {
    auto times = service_times_on(*catalog, flags.service_times_of);
    if (!times) return Error{times.error().code, "--service-times-of: " + times.error().message};
    settings.pace.service_times = *std::move(times);
  }
  settings.function = flags.function || flags.lambda;
  if (flags.orphan_after_s > 0) settings.orphan_after = from_seconds(flags.orphan_after_s);
  if (auto status = choose_preload(flags, *catalog, settings); !status) return status.error();
  return PreparedWorker{*std::move(catalog), std::move(settings)};
}

}  // namespace paragon

// paragon worker: variants behind the Open Inference Protocol, one process.
#include <fmt/format.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <memory>
#include <thread>

#include "app/commands.h"
#include "app/data_dir.h"
#include "catalog/load.h"
#include "worker/worker_server.h"

namespace paragon {
namespace {

struct Flags {
  std::string catalog;
  std::string models_dir;
  std::string listen = "127.0.0.1:8100";
  int slots = 1;
  std::int64_t memory_mb = 0;
  std::string preload = "all";
  std::size_t queue_max = 256;
  bool function = false;
  double stretch = 1;
  std::string service_times_of;
  int ready_fd = -1;
  int lifeline_fd = -1;
  std::string log_level = "info";
};

// How long a drain may take before the process ends regardless.
constexpr Duration kDrainMax = std::chrono::seconds(30);

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

Status choose_preload(const Flags& flags, const Catalog& catalog, WorkerSettings& settings) {
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
  if (flags.function && settings.listed.size() != 1) {
    return {ErrorCode::invalid, "--function: name exactly one variant with --preload"};
  }
  return {};
}

// When whoever holds the other end is gone, this process must not go on: nobody would end it.
void hold_lifeline(int fd) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::thread([fd] {
    char byte = 0;
    while (true) {
      const ssize_t got = read(fd, &byte, 1);
      if (got > 0 || (got < 0 && errno == EINTR)) continue;
      _exit(0);
    }
  }).detach();
}

void tell_ready(int fd, std::uint16_t port) {
  if (fd < 0) return;
  const std::string line = fmt::format("ready {}\n", port);
  // A parent that no longer listens is the lifeline's affair.
  [[maybe_unused]] const auto written = write(fd, line.data(), line.size());
  close(fd);
}

Status serve(const Flags& flags) {
  if (flags.lifeline_fd >= 0) hold_lifeline(flags.lifeline_fd);
  std::string file = flags.catalog;
  if (file.empty()) {
    auto shipped = find_shipped("data/garment/catalog.yaml");
    if (!shipped) return shipped.error();
    file = *shipped;
  }
  LoadOptions options;
  options.models_dir = flags.models_dir;
  options.check_hashes = false;  // of all files it takes longer than starting
  const auto catalog = load_catalog(file, options);
  if (!catalog) return catalog.error();

  WorkerSettings settings;
  auto address = address_of(flags.listen);
  if (!address) return address.error();
  settings.http = *address;
  settings.version = PARAGON_VERSION;
  settings.slots = flags.slots;
  settings.memory = megabytes(flags.memory_mb);
  settings.queue_max = flags.queue_max;
  settings.pace.stretch = flags.stretch;
  if (!flags.service_times_of.empty()) {
    auto times = service_times_on(*catalog, flags.service_times_of);
    if (!times) return {times.error().code, "--service-times-of: " + times.error().message};
    settings.pace.service_times = *std::move(times);
  }
  settings.function = flags.function;
  if (auto status = choose_preload(flags, *catalog, settings); !status) return status;

  Loop loop;
  Status outcome;
  std::unique_ptr<WorkerServer> worker;
  auto started = WorkerServer::start(loop, *catalog, settings, [&](Status status) {
    if (!status) {
      outcome = std::move(status);
      return loop.stop();
    }
    const auto port = worker->port();
    if (flags.log_level != "error" && flags.log_level != "warn") {
      fmt::print(stderr, "paragon worker: ready on {}{}\n", settings.http.address,
                 port == 0 ? "" : fmt::format(":{}", port));
    }
    tell_ready(flags.ready_fd, port);
  });
  if (!started) return started.error();
  worker = *std::move(started);

  bool draining = false;
  Loop::Timer limit;
  loop.on_signal([&](int) {
    if (draining) return loop.stop();
    draining = true;
    limit = loop.after(kDrainMax, [&] { loop.stop(); });
    worker->drain([&] { loop.stop(); });
  });
  loop.run();
  worker.reset();  // before the loop it lives on
  return outcome;
}

int run(const Flags& flags) {
  const Status status = serve(flags);
  if (status) return 0;
  fmt::print(stderr, "paragon worker: {}\n", status.error().message);
  return status.error().code == ErrorCode::invalid ? 2 : 1;
}

}  // namespace

void add_worker(CLI::App& app, std::function<int()>& action) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = app.add_subcommand("worker", "Run models behind the Open Inference Protocol");
  command->add_option("--catalog", flags->catalog, "Catalog file [the shipped garment one]")
      ->check(CLI::ExistingFile);
  command->add_option("--models-dir", flags->models_dir, "Where the model files lie")
      ->check(CLI::ExistingDirectory);
  command->add_option("--listen", flags->listen, "ADDRESS:PORT or unix:/path")
      ->capture_default_str();
  command->add_option("--slots", flags->slots, "Networks that run at the same time")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->add_option("--memory-mb", flags->memory_mb, "Memory for variants, 0: no limit")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--preload", flags->preload, "Variants to load at start: a,b | all | none")
      ->capture_default_str();
  command->add_option("--queue-max", flags->queue_max, "Queries that may wait for a slot")
      ->capture_default_str();
  command->add_flag("--function", flags->function,
                    "Function mode: one slot, only the one preloaded variant");
  CLI::Option* stretch =
      command
          ->add_option("--stretch", flags->stretch,
                       "Hold the slot for this many times each query's own compute time")
          ->check(CLI::Range(1.0, 1e4))
          ->capture_default_str();
  command
      ->add_option("--service-times-of", flags->service_times_of,
                   "Hold the slot for the catalog's service time on this resource, such as "
                   "machine:c5.large, where that is longer")
      ->excludes(stretch);
  command->add_option("--ready-fd", flags->ready_fd, "Write `ready PORT` here when able to answer");
  command->add_option("--lifeline-fd", flags->lifeline_fd, "End at once when this reads its end");
  command->add_option("--log-level", flags->log_level, "error, warn, info or debug")
      ->check(CLI::IsMember({"error", "warn", "info", "debug"}))
      ->capture_default_str();
  command->callback([flags, &action] { action = [flags] { return run(*flags); }; });
}

}  // namespace paragon

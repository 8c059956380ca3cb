// paragon worker: variants behind the Open Inference Protocol, one process.
#include <fmt/format.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>

#include "app/commands.h"
#include "app/exit_status.h"
#include "app/worker_flags.h"
#include "app/worker_lambda.h"
#include "cloud/aws/spot_watch.h"

namespace paragon {
namespace {

// How long a drain may take before the process ends regardless.
constexpr Duration kDrainMax = std::chrono::seconds(30);
// Between two questions for a spot notice, as AWS suggests.
constexpr Duration kSpotPause = std::chrono::seconds(5);

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

// Passes on what instance metadata says about this instance's end.
Result<std::unique_ptr<aws::SpotWatch>> watch_for_spot_notices(Loop& loop, WorkerServer& worker) {
  const auto metadata = aws::metadata::endpoint([](const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return std::string(value == nullptr ? "" : value);
  });
  if (!metadata) return metadata.error();
  aws::SpotWatch::Told told;
  told.notice = [&loop, &worker](const std::optional<aws::metadata::SpotAction>& action) {
    if (!action) return worker.interrupted(std::nullopt);
    // In whole seconds, as the notice is: a year far off must not overflow.
    using std::chrono::seconds;
    const auto now = std::chrono::floor<seconds>(std::chrono::system_clock::now());
    const seconds left = std::min<seconds>(action->at - now, std::chrono::hours(24));
    fmt::print(stderr, "paragon worker: the cloud will {} this instance in {} s\n", action->action,
               left.count());
    worker.interrupted(Instance::Interruption{action->action, loop.now() + left});
  };
  told.trouble = [](const Error& error) {
    fmt::print(stderr, "paragon worker: --spot-notices: {}; asking on\n", error.message);
  };
  return std::make_unique<aws::SpotWatch>(loop, *metadata, kSpotPause, std::move(told));
}

Status serve(const WorkerFlags& flags) {
  auto prepared = prepare_worker(flags);
  if (!prepared) return prepared.error();
  WorkerSettings& settings = prepared->settings;

  Loop loop;
  Status outcome;
  std::unique_ptr<WorkerServer> worker;
  bool draining = false;
  Loop::Timer limit;
  const auto drain = [&] {
    draining = true;
    limit = loop.after(kDrainMax, [&] { loop.stop(); });
    worker->drain([&] { loop.stop(); });
  };
  settings.orphaned = [&] {
    fmt::print(stderr,
               "paragon worker: nobody has asked for /paragon/v1/instance for {} s; ending\n",
               flags.orphan_after_s);
    if (!draining) drain();
  };

  auto started = WorkerServer::start(loop, prepared->catalog, settings, [&](Status status) {
    if (!status) {
      outcome = std::move(status);
      return loop.stop();
    }
    const auto port = worker->port();
    if (flags.talkative()) {
      fmt::print(stderr, "paragon worker: ready on {}{}\n", settings.http.address,
                 port == 0 ? "" : fmt::format(":{}", port));
    }
    tell_ready(flags.ready_fd, port);
  });
  if (!started) return started.error();
  worker = *std::move(started);
  std::unique_ptr<aws::SpotWatch> spot;
  if (flags.spot_notices) {
    auto watching = watch_for_spot_notices(loop, *worker);
    if (!watching) return watching.error();
    spot = *std::move(watching);
  }

  loop.on_signal([&](int) {
    if (draining) return loop.stop();
    drain();
  });
  loop.run();
  spot.reset();
  worker.reset();  // before the loop it lives on
  return outcome;
}

int run(const WorkerFlags& flags) {
  if (flags.lifeline_fd >= 0) hold_lifeline(flags.lifeline_fd);
  const Status status = flags.lambda ? run_lambda_worker(flags) : serve(flags);
  if (status) return 0;
  fmt::print(stderr, "paragon worker: {}\n", status.error().message);
  return exit_status(status.error());
}

}  // namespace

void add_worker(CLI::App& app, std::function<int()>& action) {
  auto flags = std::make_shared<WorkerFlags>();
  CLI::App* command = app.add_subcommand("worker", "Run models behind the Open Inference Protocol");
  add_worker_flags(*command, *flags);
  command->callback([flags, &action] { action = [flags] { return run(*flags); }; });
}

}  // namespace paragon

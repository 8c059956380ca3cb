// paragon compare: many schemes on many traces with many seeds, on all cores.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>

#include "app/commands.h"
#include "app/flag_checks.h"
#include "app/in_parallel.h"
#include "app/output_columns.h"
#include "app/output_file.h"
#include "app/run_progress.h"
#include "app/scenario_flags.h"
#include "app/scheme_flag.h"
#include "app/simulation.h"
#include "brain/scheme.h"
#include "report/comparison.h"
#include "report/run_json.h"

namespace paragon {
namespace {

struct Flags {
  ScenarioFlags scenario;
  std::vector<std::string> traces;
  std::vector<std::string> schemes;
  std::uint64_t first_seed = 1;
  int seeds = 1;
  unsigned jobs = 0;  // 0: as many as there are processors
  bool no_bound = false;
  bool json = false;
  bool csv = false;
  bool progress = false;
  std::string report;
};

int refuse(const Error& error) {
  fmt::print(stderr, "paragon compare: {}\n", error.message);
  return 2;
}

// One simulation, or the bound of one trace and seed.
struct Job {
  const KnownTrace* trace = nullptr;
  sim::Scenario scenario;
  bool yardstick = false;
  std::atomic<std::int64_t> simulated_ns{0};
  // Of a yardstick: how long its schedule was in the making, in real time; 0: it is not made yet.
  std::atomic<std::int64_t> scheduling_ns{0};
  // And how long the simulation took, when it has ended.
  std::atomic<std::int64_t> running_ns{0};
  std::optional<Result<SimulatedRun>> run{};
  std::optional<Result<Yardstick>> bound{};

  void work(const ScenarioParts& parts) {
    const sim::OnProgress watch = [this](Time simulated, std::uint64_t) {
      simulated_ns.store(simulated.time_since_epoch().count(), std::memory_order_relaxed);
    };
    auto begun = std::chrono::steady_clock::now();
    const auto since = [&begun] {
      return std::max<std::int64_t>(1, Duration(std::chrono::steady_clock::now() - begun).count());
    };
    if (yardstick) {
      bound = measure_bound(scenario, watch, [&] {
        scheduling_ns = since();
        begun = std::chrono::steady_clock::now();
      });
    } else {
      run = simulate(parts, *trace, scenario, {}, watch);
    }
    running_ns = since();
    simulated_ns.store(trace->length.count(), std::memory_order_relaxed);
  }
};
using Jobs = std::vector<std::unique_ptr<Job>>;

// How much of the work is done. A schedule in the making does not say how far it is, so it counts
// when it is made, for what those before it took beside a simulation; nothing until one is known.
std::optional<double> share_done(const Jobs& jobs) {
  double scheduling = 0, of_scheduled = 0, running = 0, of_run = 0;
  for (const auto& job : jobs) {
    const auto length = static_cast<double>(job->trace->length.count());
    if (const auto took = job->scheduling_ns.load(); took > 0) {
      scheduling += static_cast<double>(took);
      of_scheduled += length;
    }
    if (const auto took = job->running_ns.load(); took > 0) {
      running += static_cast<double>(took);
      of_run += length;
    }
  }
  const bool any = std::ranges::any_of(jobs, [](const auto& job) { return job->yardstick; });
  if (any && (of_scheduled == 0 || of_run == 0)) return std::nullopt;
  // Of a schedule, in simulations of as long a trace.
  const double schedule = any ? scheduling / of_scheduled / (running / of_run) : 0;
  double done = 0, all = 0;
  for (const auto& job : jobs) {
    const auto length = static_cast<double>(job->trace->length.count());
    all += length;
    done += std::min(static_cast<double>(job->simulated_ns.load()), length);
    if (!job->yardstick) continue;
    all += schedule * length;
    if (job->scheduling_ns.load() > 0) done += schedule * length;
  }
  return done / all;
}

// Every job on its own, on `threads` threads; their order in `jobs` is also that of their results.
void run_all(Jobs& jobs, const ScenarioParts& parts, unsigned threads, RunProgress& screen) {
  in_parallel(
      jobs.size(), threads, [&](std::size_t i) { jobs[i]->work(parts); },
      [&](std::size_t done) {
        const std::string text = fmt::format("{} of {} simulations", done, jobs.size());
        if (const auto share = share_done(jobs)) {
          screen.show(*share, text);
        } else {
          screen.show(text + ", the first least possible cost being computed");
        }
      });
}

Result<Jobs> jobs_of(const Flags& flags, const ScenarioParts& parts,
                     const std::vector<KnownTrace>& traces) {
  Jobs jobs;
  const auto add = [&](const KnownTrace& trace, const std::string& scheme, std::uint64_t seed,
                       bool yardstick) -> Status {
    auto scenario = scenario_of(parts, trace.file, scheme, seed);
    if (!scenario) return scenario.error();
    auto job = std::make_unique<Job>();
    job->trace = &trace;
    job->scenario = std::move(*scenario);
    job->yardstick = yardstick;
    jobs.push_back(std::move(job));
    return {};
  };
  for (const KnownTrace& trace : traces) {
    for (int s = 0; s < flags.seeds; ++s) {
      const std::uint64_t seed = flags.first_seed + static_cast<std::uint64_t>(s);
      // A scheme's jobs come right after the bound that they are held against.
      if (!flags.no_bound && flags.scenario.has_bound()) {
        if (const Status ok = add(trace, flags.schemes.front(), seed, true); !ok) return ok.error();
      }
      for (const std::string& scheme : flags.schemes) {
        if (const Status ok = add(trace, scheme, seed, false); !ok) return ok.error();
      }
    }
  }
  return jobs;
}

Result<std::vector<SimulatedRun>> gather(Jobs& jobs) {
  std::vector<SimulatedRun> runs;
  const Yardstick* yardstick = nullptr;
  for (const auto& job : jobs) {
    if (job->yardstick) {
      if (!*job->bound) return job->bound->error();
      yardstick = &job->bound->value();
      continue;
    }
    if (!*job->run) return job->run->error();
    runs.push_back(std::move(job->run->value()));
    if (yardstick != nullptr) compare_with(runs.back(), *yardstick);
  }
  return runs;
}

int compare_all(const Flags& flags) {
  const Status may =
      writable({{"--report", flags.report}}, files_read(flags.scenario, flags.traces));
  if (!may) return refuse(may.error());
  if (const Status known = check_schemes("--schemes", flags.schemes); !known) {
    return refuse(known.error());
  }
  auto parts = read_scenario(flags.scenario, flags.schemes);
  if (!parts) return refuse(parts.error());
  std::vector<KnownTrace> traces;
  for (const std::string& file : flags.traces) {
    auto trace = read_trace(file, parts->shape);
    if (!trace) return refuse(trace.error());
    traces.push_back(std::move(*trace));
  }
  auto jobs = jobs_of(flags, *parts, traces);
  if (!jobs) return refuse(jobs.error());
  const unsigned threads = flags.jobs > 0 ? flags.jobs : processors();
  RunProgress screen(flags.progress);
  run_all(*jobs, *parts, threads, screen);
  screen.end();
  auto runs = gather(*jobs);
  if (!runs) return refuse(runs.error());

  if (!flags.report.empty()) {
    const Status written = write_file(flags.report, html(comparison_page(*runs, this_command())));
    if (!written) return refuse(written.error());
  }
  const std::string text = flags.json  ? json_text(std::span<const SimulatedRun>(*runs))
                           : flags.csv ? csv_text(*runs)
                                       : comparison_text(*runs, output_columns());
  std::fputs(text.c_str(), stdout);
  if (!flags.json && !flags.csv && !flags.report.empty()) {
    fmt::print("\nreport: {}\n", flags.report);
  }
  return 0;
}

}  // namespace

void add_compare(CLI::App& app, std::function<int()>& action) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command =
      app.add_subcommand("compare", "Simulate several schemes on the same traces and compare them");
  command
      ->add_option("--trace,--traces", flags->traces,
                   "Traces (CSV, plain or gzip), separated by commas; may be repeated")
      ->delimiter(',')
      ->required();
  command
      ->add_option("--schemes", flags->schemes,
                   "Schemes, separated by commas, of those that `paragon schemes` lists [all]")
      ->delimiter(',');
  command->add_option("--seeds", flags->seeds, "Runs of each, with so many seeds [1]")
      ->check(between(1, 10'000));
  command->add_option("--seed", flags->first_seed, "The first of the seeds [1]");
  command->add_option("--jobs", flags->jobs, "Simulations at once [one a processor]")
      ->check(between(1, 1024));
  add_scenario_flags(*command, flags->scenario);
  add_provisioned_flag(*command, flags->scenario);
  command->add_flag("--no-bound", flags->no_bound, "Skip the least possible cost")->group("Output");
  auto* json =
      command->add_flag("--json", flags->json, "A JSON list, one entry a run")->group("Output");
  command->add_flag("--csv", flags->csv, "A line of CSV a run")->excludes(json)->group("Output");
  command->add_option("--report", flags->report, "Write a page with plots to this file (HTML)")
      ->group("Output");
  command->add_flag("--progress", flags->progress, "Show progress also where there is no terminal")
      ->group("Output");
  command->footer(
      "Exit status: 0 simulated, 2 something given is wrong (one line says where).\n"
      "Fields, and what is modelled: docs/simulate.md.");
  command->callback([flags, &action] {
    action = [flags] {
      if (flags->schemes.empty()) {
        for (const std::string_view name : deciding_scheme_names()) {
          flags->schemes.emplace_back(name);
        }
      }
      return compare_all(*flags);
    };
  });
}

}  // namespace paragon

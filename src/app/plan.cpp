// paragon plan: what to buy for a load, what it will cost, and what else could be done.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <memory>

#include "app/commands.h"
#include "app/flag_checks.h"
#include "app/in_parallel.h"
#include "app/output_file.h"
#include "app/run_progress.h"
#include "app/scenario_flags.h"
#include "app/scheme_flag.h"
#include "app/simulation.h"
#include "brain/scheme.h"
#include "plan/make.h"
#include "report/number.h"
#include "report/plan_json.h"
#include "report/plan_page.h"
#include "report/plan_tables.h"
#include "sim/run.h"
#include "trace/generate.h"

namespace paragon {
namespace {

constexpr double kRateMost = 1e6;
// Unless a length is asked for: an hour, but not many more requests than these in each simulation.
constexpr double kRequestsUsual = 2e6;
constexpr double kShortest = 600;  // seconds
constexpr double kRequestsMost = 1e9;

struct Flags {
  ScenarioFlags scenario;
  std::optional<double> rate;
  std::string trace;
  std::optional<double> hours;
  std::string objective;
  double missed_most = 0.01;
  std::optional<double> cost_most;
  double spot_share_most = 1;
  std::vector<std::string> schemes = {"newsvendor", "paragon"};
  std::size_t looks = 16;
  int confirmations = 3;
  std::vector<std::string> what_ifs;
  bool no_what_if = false;
  bool no_front = false;
  std::uint64_t seed = 1;
  unsigned jobs = 0;  // 0: as many as there are processors
  bool json = false;
  bool progress = false;
  std::string report;
};

int refuse(const Error& error) {
  fmt::print(stderr, "paragon plan: {}\n", error.message);
  return 2;
}

Error wrong(std::string message) { return {ErrorCode::invalid, std::move(message)}; }

// Simulations on all processors, and how far they are.
class ThreadedRunner final : public plan::Runner {
 public:
  ThreadedRunner(unsigned threads, Duration length, RunProgress& screen)
      : threads_(threads), length_(seconds(length)), screen_(screen) {}

  void tell(std::string_view what, std::size_t still_to_come) override {
    what_ = what;
    to_come_ = still_to_come;
  }

  Result<std::vector<sim::RunResult>> run(const std::vector<sim::Scenario>& scenarios) override {
    std::vector<std::optional<Result<sim::RunResult>>> results(scenarios.size());
    std::atomic<std::int64_t> simulated_ns{0};
    in_parallel(
        scenarios.size(), threads_,
        [&](std::size_t i) {
          std::int64_t until = 0;
          const sim::OnProgress watch = [&](Time now, std::uint64_t) {
            const std::int64_t at = now.time_since_epoch().count();
            simulated_ns += at - until;
            until = at;
          };
          results[i] = sim::run(scenarios[i], {}, watch);
        },
        [&](std::size_t done) {
          const double part = static_cast<double>(simulated_ns) / 1e9 / length_;
          const auto all = static_cast<double>(done_ + std::max(to_come_, scenarios.size()));
          screen_.show((static_cast<double>(done_) + part) / all,
                       fmt::format("{}: {} simulations done", what_, done_ + done));
        });
    done_ += scenarios.size();
    to_come_ -= std::min(to_come_, scenarios.size());
    std::vector<sim::RunResult> out;
    for (auto& result : results) {
      if (!*result) return result->error();
      out.push_back(std::move(**result));
    }
    return out;
  }

 private:
  unsigned threads_;
  double length_;
  RunProgress& screen_;
  std::string what_;
  std::size_t to_come_ = 0;
  std::size_t done_ = 0;
};

struct Load {
  std::string name;
  std::function<Result<ArrivalsPtr>(double factor, std::uint64_t seed)> arrivals;
  Duration length{};
  bool steady = false;
};

Result<Load> steady_load(const Flags& flags) {
  const double rate = *flags.rate;
  if (!std::isfinite(rate) || rate <= 0 || rate > kRateMost) {
    return wrong(fmt::format("--rate: got {}, expected above 0, at most {:.0f} (requests a second)",
                             rate, kRateMost));
  }
  if (flags.hours && !(*flags.hours > 0 && *flags.hours <= 24 * 366)) {
    return wrong(fmt::format("--hours: got {}, expected above 0, at most a year", *flags.hours));
  }
  const double usual = std::clamp(kRequestsUsual / rate, kShortest, 3600.0);
  const double length = flags.hours ? *flags.hours * 3600 : usual;
  if (rate * length > kRequestsMost) {
    return wrong(
        fmt::format("--hours: got {:g} hours of {:g} requests a second, expected at most "
                    "{:.0f} requests in all",
                    length / 3600, rate, kRequestsMost));
  }
  Load load;
  load.name = fmt::format("{:g} requests/s", rate);
  load.length = from_seconds(length);
  load.steady = true;
  load.arrivals = [rate, length = load.length, spacing = flags.scenario.spacing](
                      double factor, std::uint64_t seed) -> Result<ArrivalsPtr> {
    return constant(per_second(rate * factor), length,
                    spacing == "even" ? Spacing::even : Spacing::poisson, seed);
  };
  return load;
}

Result<Load> traced_load(const Flags& flags, const Shape& shape) {
  auto trace = read_trace(flags.trace, shape);
  if (!trace) return trace.error();
  Load load;
  load.name = flags.trace;
  load.length = trace->length;
  load.arrivals = [file = flags.trace, shape](double factor,
                                              std::uint64_t seed) -> Result<ArrivalsPtr> {
    Shape drawn = shape;
    drawn.seed = seed;
    drawn.scale *= factor;
    if (drawn.mean) drawn.mean = *drawn.mean * factor;
    return replay_trace(file, drawn);
  };
  return load;
}

// The mix with another objective for every class.
Mix with_objective(const Mix& mix, const std::string& objective) {
  if (objective.empty()) return mix;
  std::vector<MixClass> classes = mix.classes();
  for (MixClass& c : classes) {
    c.constraints.objective = objective == "fastest"         ? kFastest
                              : objective == "most_accurate" ? kMostAccurate
                                                             : kCheapest;
  }
  return Mix::build(std::move(classes)).value();
}

Status check_bounds(const Flags& flags) {
  if (!(flags.missed_most >= 0 && flags.missed_most <= 1)) {
    return wrong(fmt::format("--max-missed: got {}, expected a share of queries from 0 to 1",
                             flags.missed_most));
  }
  if (!(flags.spot_share_most >= 0 && flags.spot_share_most <= 1)) {
    return wrong(fmt::format("--max-spot-share: got {}, expected a share of capacity from 0 to 1",
                             flags.spot_share_most));
  }
  if (flags.cost_most && !(*flags.cost_most >= 0 && std::isfinite(*flags.cost_most))) {
    return wrong(fmt::format("--max-cost-per-hour: got {}, expected 0 or more", *flags.cost_most));
  }
  return check_schemes("--schemes", flags.schemes);
}

Result<std::vector<plan::WhatIf>> what_ifs_of(const Flags& flags, const Catalog& catalog) {
  const bool spot = std::ranges::any_of(catalog.machine_offers(), [](const MachineOffer& offer) {
    return offer.market == Market::spot;
  });
  std::vector<plan::WhatIf> list;
  if (!flags.no_what_if) list = plan::usual_what_ifs(spot);
  for (const std::string& text : flags.what_ifs) {
    auto what_if = plan::what_if_of(text);
    if (!what_if) return what_if.error();
    if (const auto fits = plan::changed(catalog, *what_if); !fits) return fits.error();
    list.push_back(std::move(*what_if));
  }
  return list;
}

Result<MadePlan> make(const Flags& flags) {
  if (const Status ok = check_bounds(flags); !ok) return ok.error();
  auto parts = read_scenario(flags.scenario, {});
  if (!parts) return parts.error();
  auto load = flags.rate ? steady_load(flags) : traced_load(flags, parts->shape);
  if (!load) return load.error();
  plan::Question question;
  plan::World& world = question.world;
  world.catalog = std::move(parts->catalog);
  world.brain = parts->brain;
  if (world.catalog->machine_offers().empty()) world.brain.machines_max = 0;
  if (world.catalog->function_offers().empty()) world.brain.functions = false;
  if (const Status fits = check(world.brain, *world.catalog); !fits) return fits.error();
  world.mix = with_objective(*parts->mix, flags.objective);
  world.hand_off = parts->hand_off;
  world.arrivals = load->arrivals;
  world.length = load->length;
  world.steady = load->steady;
  question.bounds.missed_most = flags.missed_most;
  if (flags.cost_most) question.bounds.cost_most = per_hour(*flags.cost_most);
  question.bounds.spot_share_most = flags.spot_share_most;
  question.schemes = flags.schemes;
  question.looks_most = flags.looks;
  question.seed = flags.seed;
  question.confirmations = flags.confirmations;
  question.front = !flags.no_front;
  auto what_ifs = what_ifs_of(flags, *world.catalog);
  if (!what_ifs) return what_ifs.error();
  question.what_ifs = std::move(*what_ifs);

  RunProgress screen(flags.progress);
  ThreadedRunner runner(flags.jobs > 0 ? flags.jobs : processors(), world.length, screen);
  const auto begun = std::chrono::steady_clock::now();
  auto plan = plan::make_plan(question, runner);
  screen.end();
  if (!plan) return plan.error();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  return MadePlan{.plan = std::move(*plan),
                  .catalog = world.catalog,
                  .load = load->name,
                  .mix = parts->mix_file,
                  .catalog_file = parts->catalog_file,
                  .bounds = question.bounds,
                  .length = world.length,
                  .seed = flags.seed,
                  .confirmations = flags.confirmations,
                  .wall_s = took.count()};
}

int plan_it(const Flags& flags) {
  const Status may =
      writable({{"--report", flags.report}}, files_read(flags.scenario, {flags.trace}));
  if (!may) return refuse(may.error());
  const auto made = make(flags);
  if (!made) return refuse(made.error());
  if (!flags.report.empty()) {
    const Status written = write_file(flags.report, html(plan_page(*made, this_command())));
    if (!written) return refuse(written.error());
  }
  std::fputs((flags.json ? json_text(*made) : plan_text(*made)).c_str(), stdout);
  if (!flags.json && !flags.report.empty()) fmt::print("\nreport: {}\n", flags.report);
  return made->plan.recommended ? 0 : 1;
}

void add_load_flags(CLI::App& command, Flags& flags) {
  auto* rate =
      command.add_option("--rate", flags.rate, "A steady load, requests a second")->group("Load");
  auto* trace =
      command.add_option("--trace", flags.trace, "Or requests over time (CSV, plain or gzip)")
          ->excludes(rate)
          ->group("Load");
  command
      .add_option("--hours", flags.hours,
                  "How long the steady load is simulated, each time [1, less at many requests]")
      ->needs(rate)
      ->group("Load");
  add_scenario_flags(command, flags.scenario);
  command.remove_option(command.get_option("--set"));  // the plan sets the schemes' knobs
  for (const char* shape :
       {"--from", "--until", "--compress", "--scale", "--mean-rate", "--repeat"}) {
    command.get_option(shape)->needs(trace);
  }
  command
      .add_option("--task", flags.scenario.task,
                  "Plan for this task: its classes of the mix; or, without --mix, one class with "
                  "the task's own constraints")
      ->group("Scenario");
  command
      .add_option("--objective", flags.objective,
                  "What every class makes best: cheapest, fastest or most_accurate [the mix's]")
      ->check(one_of({"cheapest", "fastest", "most_accurate"}))
      ->group("Scenario");
}

void add_plan_flags(CLI::App& command, Flags& flags) {
  command
      .add_option("--max-missed", flags.missed_most,
                  "Share of queries that may be late or refused [0.01]")
      ->group("Bounds");
  command.add_option("--max-cost-per-hour", flags.cost_most, "Dollars an hour [no limit]")
      ->group("Bounds");
  command
      .add_option("--max-spot-share", flags.spot_share_most,
                  "Share of the machines that may be from the spot market [1]")
      ->group("Bounds");
  command
      .add_option("--schemes", flags.schemes,
                  "Schemes that follow the load, by commas [newsvendor,paragon]")
      ->delimiter(',')
      ->group("Search");
  command
      .add_option(
          "--looks", flags.looks,
          "Simulations to search a scheme's settings with, on a trace; 0: as they come [16]")
      ->check(between(0, 1000))
      ->group("Search");
  command
      .add_option("--confirm", flags.confirmations,
                  "Simulations that confirm each alternative, each with another seed [3]")
      ->check(between(1, 100))
      ->group("Search");
  command
      .add_option("--what-if", flags.what_ifs,
                  "One more change to hold the plan against: spot_price=2x, "
                  "provisioning_delay=200s, load=3x, ...; may be repeated")
      ->group("Search");
  command.add_flag("--no-what-if", flags.no_what_if, "Skip the usual changes")->group("Search");
  command.add_flag("--no-front", flags.no_front, "Skip the front of one variant for everything")
      ->group("Search");
  command.add_option("--seed", flags.seed, "Of everything that is drawn [1]")->group("Search");
  command.add_option("--jobs", flags.jobs, "Simulations at once [one a processor]")
      ->check(between(1, 1024))
      ->group("Search");
}

}  // namespace

void add_plan(CLI::App& app, std::function<int()>& action) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = app.add_subcommand(
      "plan", "What to buy for a load: variants, machines, functions; simulated before it is said");
  add_load_flags(*command, *flags);
  add_plan_flags(*command, *flags);
  command->add_flag("--json", flags->json, "One JSON document instead of tables")->group("Output");
  command->add_option("--report", flags->report, "Write a page with plots to this file (HTML)")
      ->group("Output");
  command->add_flag("--progress", flags->progress, "Show progress also where there is no terminal")
      ->group("Output");
  command->footer(
      "Exit status: 0 planned, 1 nothing is within the bounds (the nearest is shown), 2 something\n"
      "given is wrong (one line says where). How it plans, and the fields: docs/plan.md.");
  command->callback([flags, &action] {
    if (!flags->rate && flags->trace.empty()) {
      throw CLI::RequiredError("--rate or --trace: a load");
    }
    action = [flags] { return plan_it(*flags); };
  });
}

}  // namespace paragon

// paragon simulate: one scheme on one trace, in virtual time.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "app/commands.h"
#include "app/output_columns.h"
#include "app/output_file.h"
#include "app/run_progress.h"
#include "app/scenario_flags.h"
#include "app/scheme_flag.h"
#include "app/simulation.h"
#include "report/number.h"
#include "report/run_json.h"
#include "report/run_page.h"
#include "report/run_tables.h"

namespace paragon {
namespace {

struct Flags {
  ScenarioFlags scenario;
  std::string trace;
  std::string scheme = "paragon";
  std::uint64_t seed = 1;
  bool no_bound = false;
  bool json = false;
  bool csv = false;
  bool progress = false;
  std::string report;
  std::string journal;
};

int refuse(const Error& error) {
  fmt::print(stderr, "paragon simulate: {}\n", error.message);
  return 2;
}

sim::OnProgress watch(RunProgress& screen, const KnownTrace& trace, const char* what) {
  if (!screen.shown()) return {};
  return [&screen, what, length = seconds(trace.length)](Time simulated, std::uint64_t requests) {
    const Duration now = simulated.time_since_epoch();
    screen.show(seconds(now) / length, fmt::format("{}: {} simulated, {} requests", what,
                                                   clock_text(now), count_text(requests)));
  };
}

Result<SimulatedRun> run_it(const Flags& flags, const ScenarioParts& parts,
                            const KnownTrace& trace) {
  auto scenario = scenario_of(parts, flags.trace, flags.scheme, flags.seed);
  if (!scenario) return scenario.error();
  std::unique_ptr<OutputFile> journal;
  JournalSink sink;
  if (!flags.journal.empty()) {
    auto file = OutputFile::create(flags.journal);
    if (!file) return file.error();
    journal = std::move(*file);
    sink = [&file = *journal](std::string_view line) {
      file.write(line);
      file.write("\n");
    };
  }
  std::optional<RunProgress> screen(flags.progress);
  auto run = simulate(parts, trace, *scenario, sink, watch(*screen, trace, "run"));
  screen->end();
  if (!run) return run.error();
  if (journal) {
    if (const Status written = journal->commit(); !written) return written.error();
  }
  if (!flags.no_bound && flags.scenario.has_bound()) {
    screen.emplace(flags.progress);
    screen->show("computing the least possible cost");
    auto yardstick = measure_bound(*scenario, watch(*screen, trace, "clairvoyant"),
                                   [&] { screen->begin_again(); });
    screen->end();
    if (!yardstick) return yardstick.error();
    compare_with(*run, *yardstick);
  }
  return run;
}

int simulate_one(const Flags& flags) {
  const Status may = writable({{"--report", flags.report}, {"--journal", flags.journal}},
                              files_read(flags.scenario, {flags.trace}));
  if (!may) return refuse(may.error());
  const std::span schemes(&flags.scheme, 1);
  if (const Status known = check_schemes("--scheme", schemes); !known) return refuse(known.error());
  auto parts = read_scenario(flags.scenario, schemes);
  if (!parts) return refuse(parts.error());
  auto trace = read_trace(flags.trace, parts->shape);
  if (!trace) return refuse(trace.error());
  auto run = run_it(flags, *parts, *trace);
  if (!run) return refuse(run.error());

  if (!flags.report.empty()) {
    const Status written = write_file(flags.report, html(run_page(*run, this_command())));
    if (!written) return refuse(written.error());
  }
  const std::string text = flags.json  ? json_text(*run)
                           : flags.csv ? csv_text(std::span(&*run, 1))
                                       : run_text(*run, output_columns());
  std::fputs(text.c_str(), stdout);
  if (!flags.json && !flags.csv && !flags.report.empty()) {
    fmt::print("\nreport: {}\n", flags.report);
  }
  return 0;
}

}  // namespace

void add_simulate(CLI::App& app, std::function<int()>& action) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command =
      app.add_subcommand("simulate", "Replay a trace in virtual time: what would it have cost?");
  command->add_option("--trace", flags->trace, "Requests over time (CSV, plain or gzip)")
      ->required();
  command->add_option("--scheme", flags->scheme,
                      "Procurement scheme, of those that `paragon schemes` lists [paragon]");
  command->add_option("--seed", flags->seed, "Of everything that is drawn [1]");
  add_scenario_flags(*command, flags->scenario);
  add_provisioned_flag(*command, flags->scenario);
  command->add_flag("--no-bound", flags->no_bound, "Skip the least possible cost")->group("Output");
  auto* json = command->add_flag("--json", flags->json, "One JSON document instead of tables")
                   ->group("Output");
  command->add_flag("--csv", flags->csv, "The same numbers as two lines of CSV")
      ->excludes(json)
      ->group("Output");
  command->add_option("--report", flags->report, "Write a page with plots to this file (HTML)")
      ->group("Output");
  command->add_option("--journal", flags->journal, "Record every input and decision in this file")
      ->group("Output");
  command->add_flag("--progress", flags->progress, "Show progress also where there is no terminal")
      ->group("Output");
  command->footer(
      "Exit status: 0 simulated, 2 something given is wrong (one line says where).\n"
      "Fields, and what is modelled: docs/simulate.md.");
  command->callback([flags, &action] { action = [flags] { return simulate_one(*flags); }; });
}

}  // namespace paragon

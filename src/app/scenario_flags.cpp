#include "app/scenario_flags.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>

#include "app/data_dir.h"
#include "app/flag_checks.h"
#include "app/time_flag.h"
#include "app/unusual_settings.h"
#include "brain/scheme.h"
#include "catalog/load.h"
#include "trace/trace_file.h"

namespace paragon {
namespace {

constexpr const char* kDefaultMix = "data/mixes/workload-1.yaml";

// The shipped catalogs: the paper's model family at the prices of a time.
constexpr std::pair<const char*, const char*> kPrices[] = {
    {"today", "data/paper/catalog.yaml"},
    {"2019", "data/paper/catalog-2019.yaml"},
    {"spot", "data/paper/catalog-spot.yaml"},
};

constexpr double kFactorMost = 1e9;  // of a trace, as replay_trace takes

Error wrong(std::string message) { return {ErrorCode::invalid, std::move(message)}; }

// A file of the user's as it is; nothing: the shipped one, whose name stands for it in reports.
struct Chosen {
  std::string path;
  std::string shown;
};
Result<Chosen> chosen(const std::string& given, const char* shipped) {
  if (!given.empty()) return Chosen{given, given};
  auto path = find_shipped(shipped);
  if (!path) return path.error();
  return Chosen{*path, shipped};
}

Result<Shape> read_shape(const ScenarioFlags& flags) {
  Shape shape;
  auto from = time_of("--from", flags.from);
  if (!from) return from.error();
  shape.from = *from;
  if (!flags.until.empty()) {
    auto until = time_of("--until", flags.until);
    if (!until) return until.error();
    if (*until <= *from) {
      return wrong(fmt::format("--until: got '{}', expected a time after --from ({})", flags.until,
                               flags.from));
    }
    shape.to = *until;
  }
  shape.compress = flags.compress;
  shape.scale = flags.scale;
  if (flags.mean_rate) shape.mean = per_second(*flags.mean_rate);
  shape.repeat = flags.repeat;
  shape.spacing = flags.spacing == "even" ? Spacing::even : Spacing::poisson;
  return shape;
}

std::string some_task(const Catalog& catalog) {
  return catalog.tasks().empty() ? "which has none" : "such as " + catalog.tasks().front().name;
}

// The classes of the task alone.
Result<Mix> of_task(const Mix& mix, const std::string& task, const std::string& file) {
  std::vector<MixClass> classes;
  for (const MixClass& c : mix.classes()) {
    if (c.task == task && c.weight > 0) classes.push_back(c);
  }
  if (!classes.empty()) return Mix::build(std::move(classes));
  return wrong(fmt::format("--task: got '{}', expected the task of a class of {} (such as {})",
                           task, file, mix.classes().front().task));
}

// The catalog is in `parts`.
Status read_mix(const ScenarioFlags& flags, ScenarioParts& parts) {
  if (!flags.task.empty() && !parts.catalog->find_task(flags.task)) {
    return wrong(fmt::format("--task: got '{}', expected a task of the catalog {} ({})", flags.task,
                             parts.catalog_file, some_task(*parts.catalog)));
  }
  if (!flags.task.empty() && flags.mix.empty()) {
    MixClass all;
    all.name = all.task = flags.task;
    parts.mix_file = "all of " + flags.task;
    parts.mix = Mix::build({std::move(all)}).value();
    return {};
  }
  auto file = chosen(flags.mix, kDefaultMix);
  if (!file) return file.error();
  auto mix = load_mix(file->path);
  if (!mix) return mix.error();
  parts.mix_file = file->shown;
  for (const MixClass& c : mix->classes()) {
    if (parts.catalog->find_task(c.task)) continue;
    return wrong(fmt::format(
        "{}:{}: class {}: task: got '{}', expected a task of the catalog {} ({})", file->shown,
        c.task_line, c.name, c.task, parts.catalog_file, some_task(*parts.catalog)));
  }
  if (!flags.task.empty()) mix = of_task(*mix, flags.task, file->shown);
  if (!mix) return mix.error();
  parts.mix = std::move(*mix);
  return {};
}

// "lambda-1769mb/garment_m=2"
Result<ProvisionedNames> provisioned_names(const std::vector<std::string>& texts) {
  ProvisionedNames out;
  for (const std::string& text : texts) {
    const auto slash = text.find('/');
    const auto equals = text.find('=', slash == std::string::npos ? 0 : slash);
    int environments = 0;
    if (slash != std::string::npos && equals != std::string::npos) {
      const char* end = text.data() + text.size();
      const auto [stop, failed] = std::from_chars(text.data() + equals + 1, end, environments);
      if (failed == std::errc{} && stop == end && environments >= 1) {
        out[text.substr(0, slash)][text.substr(slash + 1, equals - slash - 1)] = environments;
        continue;
      }
    }
    return wrong(fmt::format(
        "--provisioned: got '{}', expected OFFER/VARIANT=N with a whole number from 1 on", text));
  }
  return out;
}

}  // namespace

void add_scenario_flags(CLI::App& command, ScenarioFlags& flags) {
  command.add_option("--mix", flags.mix, "Query mix (YAML) [the paper's workload-1]")
      ->group("Scenario");
  auto* catalog = command
                      .add_option("--catalog", flags.catalog,
                                  "Models and offers (YAML) [the paper's models in us-east-1]")
                      ->group("Scenario");
  command
      .add_option(
          "--prices", flags.prices,
          "Of the shipped catalog: today, 2019 (functions billed by 100 ms) or spot [today]")
      ->check(one_of({"today", "2019", "spot"}))
      ->excludes(catalog)
      ->group("Scenario");

  command.add_option("--from", flags.from, "Begin here in the trace: 90 (seconds), 10m, 2h [0]")
      ->group("Trace");
  command.add_option("--until", flags.until, "End here in the trace [its end]")->group("Trace");
  command.add_option("--compress", flags.compress, "Play the trace so many times faster [1]")
      ->check(above_zero(kFactorMost))
      ->group("Trace");
  auto* scale =
      command.add_option("--scale", flags.scale, "Requests for each one of the trace [1]")
          ->check(above_zero(kFactorMost))
          ->group("Trace");
  command.add_option("--mean-rate", flags.mean_rate, "Scale the trace to this mean rate a second")
      ->check(above_zero(kFactorMost))
      ->excludes(scale)
      ->group("Trace");
  command.add_option("--repeat", flags.repeat, "Play it so often, one after the other [1]")
      ->check(between(1, 1'000'000))
      ->group("Trace");
  command
      .add_option("--spacing", flags.spacing,
                  "How requests lie inside a second, minute or hour: poisson or even [poisson]")
      ->check(one_of({"poisson", "even"}))
      ->group("Trace");

  command
      .add_option(
          "--selection", flags.selection,
          "How a variant is chosen: constraints, or naive (the most accurate) [constraints]")
      ->check(one_of({"constraints", "naive"}))
      ->group("Brain");
  add_tuning_flag(command, flags.set)->group("Brain");
  command.add_option("--budget-usd-per-hour", flags.budget, "Most to spend in an hour [no limit]")
      ->group("Brain");
  command.add_option("--machines-min", flags.machines_min, "Machines kept at least [0]")
      ->check(between(0, 4096))
      ->group("Brain");
  command.add_option("--machines-max", flags.machines_max, "Machines at most [4096]")
      ->check(between(0, 4096))
      ->group("Brain");
  command
      .add_option("--target-busy", flags.target_busy, "How full machines are planned to be [0.7]")
      ->group("Brain");
  command
      .add_option("--hand-off-ms", flags.hand_off_ms,
                  "How long a slot is held beyond the service, to the worker and back [0.3]")
      ->check(between(0.0, 60'000.0))
      ->group("Cloud");
  command.add_flag("--no-functions", flags.no_functions, "Machines only")->group("Brain");
}

void add_provisioned_flag(CLI::App& command, ScenarioFlags& flags) {
  command
      .add_option("--provisioned", flags.provisioned,
                  "Environments kept initialised throughout: OFFER/VARIANT=N, may be repeated; "
                  "then no bound is told")
      ->group("Cloud");
}

std::vector<FlaggedFile> files_read(const ScenarioFlags& flags,
                                    const std::vector<std::string>& traces) {
  std::vector<FlaggedFile> files = {{"--mix", flags.mix}, {"--catalog", flags.catalog}};
  for (const std::string& trace : traces) files.push_back({"--trace", trace});
  return files;
}

Result<ScenarioParts> read_scenario(const ScenarioFlags& flags,
                                    std::span<const std::string> schemes) {
  ScenarioParts parts;
  auto shape = read_shape(flags);
  if (!shape) return shape.error();
  parts.shape = *shape;
  parts.unusual = unusual_settings(flags);

  const auto* prices = std::find_if(std::begin(kPrices), std::end(kPrices),
                                    [&](const auto& p) { return flags.prices == p.first; });
  auto catalog_file = chosen(flags.catalog, prices->second);
  if (!catalog_file) return catalog_file.error();
  LoadOptions load;
  load.require_files = false;  // only planned with
  auto catalog = load_catalog(catalog_file->path, load);
  if (!catalog) return catalog.error();
  parts.catalog_file = catalog_file->shown;
  if (flags.catalog.empty()) parts.prices = flags.prices;
  parts.catalog = std::make_unique<Catalog>(std::move(*catalog));

  if (const Status ok = read_mix(flags, parts); !ok) return ok.error();

  BrainSettings& brain = parts.brain;
  brain.selection = flags.selection == "naive" ? Selection::naive : Selection::constraints;
  if (flags.budget) {
    if (!std::isfinite(*flags.budget) || *flags.budget < 0) {
      return wrong(fmt::format("--budget-usd-per-hour: got {}, expected 0 or more", *flags.budget));
    }
    brain.budget_per_hour = dollars(*flags.budget);
  }
  brain.machines_min = flags.machines_min;
  brain.machines_max = flags.machines_max;
  if (flags.target_busy) brain.target_busy = *flags.target_busy;
  parts.hand_off = from_milliseconds(flags.hand_off_ms);
  brain.functions = !flags.no_functions;
  auto tunings = tune_each(flags.set, schemes);
  if (!tunings) return tunings.error();
  parts.tunings = std::move(*tunings);
  const auto names = provisioned_names(flags.provisioned);
  if (!names) return names.error();
  auto provisioned = find_provisioned(*parts.catalog, *names);
  if (!provisioned) return wrong("--provisioned: " + provisioned.error().message);
  parts.provisioned = std::move(*provisioned);
  return parts;
}

Result<KnownTrace> read_trace(const std::string& file, const Shape& shape) {
  auto summary = summarise(file);
  if (!summary) return summary.error();
  if (shape.from >= summary->length) {
    return wrong(fmt::format("--from: got {} s, expected a time within {}, which is {} s long",
                             seconds(shape.from), file, seconds(summary->length)));
  }
  auto arrivals = replay_trace(file, shape);
  if (!arrivals) return arrivals.error();
  const Duration to = std::min(shape.to.value_or(summary->length), summary->length);
  const double length = seconds(to - shape.from) / shape.compress * shape.repeat;
  return KnownTrace{file, to, from_seconds(length)};
}

Result<sim::Scenario> scenario_of(const ScenarioParts& parts, const std::string& trace,
                                  const std::string& scheme, std::uint64_t seed) {
  sim::Scenario scenario{.catalog = parts.catalog.get(),
                         .brain = parts.brain,
                         .load = {.arrivals = {}, .mix = *parts.mix},
                         .provisioned = parts.provisioned,
                         .hand_off = parts.hand_off,
                         .seed = seed};
  scenario.brain.scheme = scheme;
  if (const auto tuned = parts.tunings.find(scheme); tuned != parts.tunings.end()) {
    scenario.brain.tuning = tuned->second;
  }
  if (const Status fits = check(scenario.brain, *parts.catalog); !fits) return fits.error();
  const Status kept = check(scenario.brain, *parts.catalog, scenario.provisioned);
  if (!kept) return wrong("--" + kept.error().message);
  Shape shape = parts.shape;
  shape.seed = seed;
  scenario.load.arrivals = [trace, shape] { return replay_trace(trace, shape); };
  return scenario;
}

}  // namespace paragon

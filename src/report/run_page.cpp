#include "report/run_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "report/latency.h"
#include "report/number.h"
#include "report/run_tables.h"

namespace paragon {
namespace {

using sim::Sample;
using svg::Kind;
using svg::Mark;

svg::Series over_time(const SimulatedRun& run, std::string name, Mark mark,
                      double (*value)(const Sample&)) {
  svg::Series series{.name = std::move(name), .mark = mark, .points = {}};
  for (const Sample& s : run.result.series) {
    series.points.push_back({.x = seconds(s.from.time_since_epoch()), .y = value(s)});
  }
  return series;
}

svg::Plot time_plot(const SimulatedRun& run, std::string title, std::string y) {
  return {.title = std::move(title),
          .x = {.title = "time",
                .kind = Kind::time,
                .from = 0,
                .to = std::max(1.0, seconds(run.result.length))},
          .y = {.title = std::move(y)}};
}

std::string sampling_note(const SimulatedRun& run) {
  const auto& series = run.result.series;
  if (series.size() < 2) return {};
  return fmt::format("means over {}", text_of(series[1].from - series[0].from));
}

svg::Plot load_plot(const SimulatedRun& run) {
  svg::Plot plot = time_plot(run, "Load", "requests/s");
  plot.height = 200;
  plot.note = sampling_note(run);
  plot.series.push_back(
      over_time(run, "arrivals", Mark::step, [](const Sample& s) { return s.arrivals.value; }));
  return plot;
}

svg::Plot missed_plot(const SimulatedRun& run) {
  svg::Plot plot = time_plot(run, "Missed deadlines", "queries in a sample");
  plot.height = 180;
  plot.series.push_back(over_time(run, "missed", Mark::step,
                                  [](const Sample& s) { return static_cast<double>(s.missed); }));
  plot.series.back().colour = 3;
  return plot;
}

svg::Plot waiting_plot(const SimulatedRun& run) {
  svg::Plot plot = time_plot(run, "Waiting and on functions", "queries");
  plot.height = 220;
  plot.series.push_back(
      over_time(run, "waiting", Mark::step, [](const Sample& s) { return s.waiting; }));
  plot.series.push_back(
      over_time(run, "on functions", Mark::step, [](const Sample& s) { return s.on_functions; }));
  return plot;
}

svg::Plot p99_plot(const SimulatedRun& run) {
  svg::Plot plot = time_plot(run, "99th percentile of latency over time", "latency (ms)");
  plot.height = 240;
  plot.y.kind = Kind::log;
  plot.series.push_back(
      over_time(run, "p99", Mark::step, [](const Sample& s) { return milliseconds(s.p99); }));
  return plot;
}

// How many of a class's answers took longer than so long.
svg::Plot tail_plot(const SimulatedRun& run) {
  svg::Plot plot{.title = "Latency by class",
                 .note = "share of answers that took longer; dotted lines are deadlines",
                 .x = {.title = "latency (ms)", .kind = Kind::log},
                 .y = {.title = "slower (%)", .kind = Kind::log}};
  std::set<double> deadlines;
  for (const sim::ClassResult& c : run.result.classes) {
    svg::Series series{.name = c.name, .mark = Mark::line, .points = {}};
    for (double slower = 100; slower >= 0.001 && c.latency.count() > 0; slower *= 0.87) {
      // Beyond one answer in the tail there is nothing to see.
      if (slower / 100 * static_cast<double>(c.latency.count()) < 1) break;
      const Duration latency = percentile(c, 100 - slower);
      if (latency > Duration::zero()) {
        series.points.push_back({.x = milliseconds(latency), .y = slower});
      }
    }
    if (c.deadline && !series.points.empty()) deadlines.insert(milliseconds(*c.deadline));
    plot.series.push_back(std::move(series));
  }
  for (const double at : deadlines) {
    plot.references.push_back({text_of(from_milliseconds(at)), at, true});
  }
  return plot;
}

svg::Plot served_plot(const SimulatedRun& run) {
  svg::Plot plot{.title = "Who served what",
                 .x = {.title = ""},
                 .y = {.title = "queries"},
                 .stack_bars = true,
                 .height = 280};
  std::vector<std::string>& resources = plot.x.categories;
  std::map<std::uint32_t, std::map<std::size_t, std::uint64_t>> by_variant;
  for (const sim::Served& s : run.result.served) {
    const std::string& name =
        s.machine ? run.catalog->offer(*s.machine).name : run.catalog->offer(*s.function).name;
    auto at = std::find(resources.begin(), resources.end(), name);
    if (at == resources.end()) at = resources.insert(resources.end(), name);
    by_variant[s.variant.value][static_cast<std::size_t>(at - resources.begin())] += s.queries;
  }
  for (const auto& [variant, counts] : by_variant) {
    svg::Series series{
        .name = run.catalog->variant(VariantId{variant}).name, .mark = Mark::bar, .points = {}};
    for (const auto& [resource, queries] : counts) {
      series.points.push_back(
          {.x = static_cast<double>(resource), .y = static_cast<double>(queries)});
    }
    plot.series.push_back(std::move(series));
  }
  return plot;
}

}  // namespace

svg::Plot capacity_plot(const SimulatedRun& run) {
  svg::Plot plot = time_plot(run, "Load against capacity", "machines");
  plot.note = "busy: work in progress, in machines; " + sampling_note(run);
  plot.series.push_back(
      over_time(run, "ready", Mark::area, [](const Sample& s) { return s.ready; }));
  plot.series.back().colour = 4;
  plot.series.push_back(
      over_time(run, "booting", Mark::area, [](const Sample& s) { return s.booting; }));
  plot.series.back().colour = 1;
  plot.series.push_back(over_time(run, "busy", Mark::step, [](const Sample& s) { return s.busy; }));
  plot.series.back().colour = 0;
  return plot;
}

svg::Plot spending_plot(const SimulatedRun& run) {
  svg::Plot plot = time_plot(run, "Money spent so far", "USD");
  svg::Series machines{.name = "machines", .mark = Mark::area, .points = {}, .colour = 0};
  svg::Series functions{.name = "functions", .mark = Mark::area, .points = {}, .colour = 1};
  Dollars on_machines, on_functions;
  for (const Sample& s : run.result.series) {
    const double at = seconds(s.from.time_since_epoch());
    on_machines += s.machines;
    on_functions += s.functions;
    machines.points.push_back({.x = at, .y = on_machines.value});
    functions.points.push_back({.x = at, .y = on_functions.value});
  }
  plot.series = {std::move(machines), std::move(functions)};
  if (run.bound) plot.references.push_back({"least possible, in all", run.bound->least.value});
  if (run.clairvoyant) {
    plot.references.push_back({"clairvoyant, in all", run.clairvoyant->cost.value});
  }
  return plot;
}

HtmlPage run_page(const SimulatedRun& run, const std::string& command) {
  const sim::RunResult& r = run.result;
  HtmlPage page{.title = fmt::format("{} on {}", r.scheme, run.trace),
                .subtitle = fmt::format("{} requests in {}; mix {}, catalog {}, seed {}",
                                        count_text(r.all.requests), clock_text(r.length), run.mix,
                                        run.catalog_file, r.seed),
                .sections = {},
                .footer = "Made by: " + command};
  page.sections.push_back(
      {.title = "What it cost", .tables = {cost_rows(run)}, .plots = {spending_plot(run)}});
  page.sections.push_back({.title = "Who got an answer in time",
                           .tables = {class_rows(run)},
                           .plots = {tail_plot(run), p99_plot(run), missed_plot(run)}});
  page.sections.push_back({.title = "Load and capacity",
                           .tables = {fleet_rows(run)},
                           .plots = {load_plot(run), capacity_plot(run), waiting_plot(run)}});
  page.sections.push_back(
      {.title = "Who served what", .tables = {served_rows(run)}, .plots = {served_plot(run)}});
  return page;
}

}  // namespace paragon

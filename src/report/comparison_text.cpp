#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "report/comparison.h"
#include "report/number.h"
#include "report/run_page.h"
#include "report/run_tables.h"

namespace paragon {
namespace {

std::string money(const Mean& m) {
  std::string text = text_of(dollars(m.value));
  if (m.half > 0) text += fmt::format(" ± {}", number_text(m.half, 2));
  return text;
}

std::string share(const Mean& m) {
  // Three digits that count, but no dust: 0.03 %, 1.2 %, 12.3 %.
  const double percent = m.value * 100;
  std::string text = percent == 0 ? "0" : number_text(percent, percent < 1 ? 2 : 3);
  if (m.half > 0) text += fmt::format(" ± {}", number_text(m.half * 100, 1));
  return text + " %";
}

std::string multiple(const Mean& m) {
  return m.count == 0 ? "-" : fmt::format("{:.2f} x", m.value);
}

std::vector<const Compared*> of_trace(std::span<const Compared> compared,
                                      const std::string& trace) {
  std::vector<const Compared*> list;
  for (const Compared& c : compared) {
    if (c.trace == trace) list.push_back(&c);
  }
  std::stable_sort(list.begin(), list.end(), [](const Compared* a, const Compared* b) {
    return a->cost.value < b->cost.value;
  });
  return list;
}

std::vector<std::string> traces_of(std::span<const Compared> compared) {
  std::vector<std::string> traces;
  for (const Compared& c : compared) {
    if (traces.empty() || traces.back() != c.trace) traces.push_back(c.trace);
  }
  return traces;
}

constexpr const char* kLegend =
    "* Pareto: no other scheme is as good in both cost and misses and better in one. ± is the 95 % "
    "interval over seeds.";

svg::Plot cost_plot(std::span<const Compared> compared, const std::string& trace) {
  svg::Plot plot{.title = "Cost", .y = {.title = "USD"}, .stack_bars = true};
  svg::Series busy{.name = "machines, busy", .mark = svg::Mark::bar, .points = {}, .colour = 0};
  svg::Series idle{.name = "machines, idle", .mark = svg::Mark::bar, .points = {}, .colour = 4};
  svg::Series functions{.name = "functions", .mark = svg::Mark::bar, .points = {}, .colour = 1};
  for (const Compared* c : of_trace(compared, trace)) {
    const auto x = static_cast<double>(plot.x.categories.size());
    plot.x.categories.push_back(c->scheme);
    busy.points.push_back({.x = x, .y = c->machines.value - c->wasted.value});
    idle.points.push_back({.x = x, .y = c->wasted.value});
    functions.points.push_back({.x = x, .y = c->functions.value});
  }
  plot.series = {std::move(busy), std::move(idle), std::move(functions)};
  return plot;
}

svg::Plot pareto_plot(std::span<const Compared> compared, std::span<const SimulatedRun> runs,
                      const std::string& trace) {
  svg::Plot plot{.title = "Cost against missed deadlines",
                 .note = "lower left is better; bars are 95 % intervals of the misses",
                 .x = {.title = "cost (USD)"},
                 .y = {.title = "missed (%)"},
                 .height = 400};
  for (const Compared* c : of_trace(compared, trace)) {
    svg::Point point{.x = c->cost.value, .y = c->missed.value * 100, .label = c->scheme};
    if (c->missed.half > 0) {
      point.low = std::max(0.0, c->missed.value - c->missed.half) * 100;
      point.high = (c->missed.value + c->missed.half) * 100;
    }
    plot.series.push_back({.name = "", .mark = svg::Mark::points, .points = {std::move(point)}});
  }
  std::vector<double> bounds, clairvoyants;
  for (const SimulatedRun& run : runs) {
    if (run.trace != trace) continue;
    if (run.bound) bounds.push_back(run.bound->least.value);
    if (run.clairvoyant) clairvoyants.push_back(run.clairvoyant->cost.value);
  }
  if (!bounds.empty()) plot.references.push_back({"least possible", mean_of(bounds).value, true});
  if (!clairvoyants.empty()) {
    plot.references.push_back({"clairvoyant", mean_of(clairvoyants).value, true});
  }
  return plot;
}

// What the schemes of the trace are held against; empty: nothing is known.
std::string yardstick_text(std::span<const Compared> compared, const std::string& trace) {
  const Compared& any = *of_trace(compared, trace).front();
  if (any.bound.count == 0) return {};
  std::string text = "  least possible " + money(any.bound);
  if (any.clairvoyant.count > 0) {
    text += fmt::format(", clairvoyant {} (misses {})", money(any.clairvoyant),
                        share(any.clairvoyant_missed));
  }
  return text + "\n";
}

// They follow each other.
std::string seeds_text(std::span<const SimulatedRun> runs) {
  const auto by_seed = [](const SimulatedRun& run) { return run.result.seed; };
  const auto [least, most] = std::ranges::minmax(runs | std::views::transform(by_seed));
  return least == most ? fmt::format("seed {}", least) : fmt::format("seeds {} to {}", least, most);
}

}  // namespace

std::vector<std::pair<std::string, HtmlTable>> comparison_rows(std::span<const Compared> compared) {
  std::vector<std::pair<std::string, HtmlTable>> tables;
  for (const std::string& trace : traces_of(compared)) {
    HtmlTable table{.heads = {"scheme", "", "cost", "bound", "clairv.", "missed", "strict",
                              "relaxed", "p50", "p99", "p99.9", "accuracy", "machines", "idle",
                              "functions", "on functions", "over-prov."},
                    .rows = {},
                    .left = 2};
    for (const Compared* c : of_trace(compared, trace)) {
      if (c->pareto) table.marked.push_back(table.rows.size());
      table.rows.push_back(
          {c->scheme, c->pareto ? "*" : "", money(c->cost), multiple(c->of_bound),
           multiple(c->of_clairvoyant), share(c->missed), share(c->strict_missed),
           share(c->relaxed_missed), text_of(from_seconds(c->p50_s.value)),
           text_of(from_seconds(c->p99_s.value)), text_of(from_seconds(c->p999_s.value)),
           fmt::format("{:.2f} %", 100 * c->accuracy.value), text_of(dollars(c->machines.value)),
           text_of(dollars(c->wasted.value)), text_of(dollars(c->functions.value)),
           percent_text(c->on_functions.value),
           number_text(c->overprovisioned_hours.value) + " h"});
    }
    tables.emplace_back(trace, std::move(table));
  }
  return tables;
}

std::string comparison_text(std::span<const SimulatedRun> runs, std::size_t columns) {
  if (runs.empty()) return {};
  const std::vector<Compared> compared = compare(runs);
  std::string text = settings_text(runs.front(), seeds_text(runs)) + "\n";
  for (auto& [trace, table] : comparison_rows(compared)) {
    table.marked.clear();  // the star says it here
    text += trace + "\n" + yardstick_text(compared, trace) + text_of(table, "  ", columns) + "\n";
  }
  return text + kLegend + "\n";
}

HtmlPage comparison_page(std::span<const SimulatedRun> runs, const std::string& command) {
  const std::vector<Compared> compared = compare(runs);
  HtmlPage page{.title = "Schemes compared",
                .subtitle = runs.empty() ? ""
                                         : fmt::format("{} runs; mix {}, catalog {}", runs.size(),
                                                       runs.front().mix, runs.front().catalog_file),
                .sections = {},
                .footer = "Made by: " + command};
  for (auto& [trace, table] : comparison_rows(compared)) {
    page.sections.push_back(
        {.title = trace,
         .paragraphs = {yardstick_text(compared, trace), kLegend},
         .tables = {std::move(table)},
         .plots = {pareto_plot(compared, runs, trace), cost_plot(compared, trace)}});
  }
  return page;
}

}  // namespace paragon

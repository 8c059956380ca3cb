#include "report/plan_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/number.h"
#include "report/plan_tables.h"

namespace paragon {
namespace {

svg::Plot cost_plot(const MadePlan& made) {
  svg::Plot plot{.title = "Cost", .y = {.title = "USD an hour"}, .stack_bars = true};
  svg::Series machines{.name = "machines", .mark = svg::Mark::bar, .points = {}, .colour = 0};
  svg::Series functions{.name = "functions", .mark = svg::Mark::bar, .points = {}, .colour = 1};
  for (const plan::Alternative& a : made.plan.alternatives) {
    const auto x = static_cast<double>(plot.x.categories.size());
    plot.x.categories.push_back(a.option.name);
    machines.points.push_back({.x = x, .y = a.confirmed.on_machines.value});
    functions.points.push_back({.x = x, .y = a.confirmed.on_functions.value});
  }
  plot.series = {std::move(machines), std::move(functions)};
  return plot;
}

// The points of the front by two of the three; those that are not beaten in all three stand out.
svg::Plot front_plot(const MadePlan& made, std::string title, svg::Axis y,
                     double (*value)(const plan::Measured&)) {
  svg::Plot plot{.title = std::move(title),
                 .x = {.title = "cost of a million queries (USD)", .kind = svg::Kind::log},
                 .y = std::move(y),
                 .height = 380};
  svg::Series best{.name = "not beaten", .mark = svg::Mark::points, .points = {}, .colour = 2};
  svg::Series rest{
      .name = "beaten by another", .mark = svg::Mark::points, .points = {}, .colour = 4};
  for (const plan::FrontPoint& p : made.plan.front) {
    if (p.measured.missed > made.bounds.missed_most) continue;
    svg::Series& series = p.not_beaten ? best : rest;
    series.points.push_back({.x = p.measured.per_million.value,
                             .y = value(p.measured),
                             .label = p.not_beaten ? made.catalog->variant(p.variant).name : ""});
  }
  plot.series = {std::move(best), std::move(rest)};
  return plot;
}

// In whole percent, a little under the least that is shown.
double least_accuracy(const MadePlan& made) {
  double least = 100;
  for (const plan::FrontPoint& p : made.plan.front) {
    least = std::min(least, 100 * p.measured.accuracy.value);
  }
  return std::max(0.0, std::floor(least / 5 - 0.2) * 5);
}

svg::Plot break_even_plot(const MadePlan& made) {
  svg::Plot plot{.title = "Where a machine becomes cheaper than functions",
                 .note = "one machine at that load; above it more of the same",
                 .y = {.title = "requests/s", .kind = svg::Kind::log},
                 .height = 280};
  svg::Series at{.name = "break-even", .mark = svg::Mark::points, .points = {}, .colour = 0};
  svg::Series full{.name = "machine full", .mark = svg::Mark::points, .points = {}, .colour = 1};
  for (const plan::BreakEven& even : made.plan.break_evens) {
    if (!even.ever()) continue;
    const auto x = static_cast<double>(plot.x.categories.size());
    plot.x.categories.push_back(made.catalog->variant(even.variant).name);
    at.points.push_back({.x = x, .y = even.at.value});
    full.points.push_back({.x = x, .y = even.full.value});
  }
  plot.series = {std::move(at), std::move(full)};
  return plot;
}

}  // namespace

HtmlPage plan_page(const MadePlan& made, const std::string& command) {
  HtmlPage page{.title = "Plan for " + made.load,
                .subtitle = fmt::format(
                    "{} requests/s in the mean, {} at the peak; mix {}, catalog "
                    "{}, seed {}",
                    number_text(made.plan.load.mean.value), number_text(made.plan.load.peak.value),
                    made.mix, made.catalog_file, made.seed),
                .sections = {},
                .footer = "Made by: " + command};
  page.sections.push_back({.title = "What to buy",
                           .paragraphs = {recommendation(made), confirmation(made)},
                           .tables = {alternative_rows(made), setting_rows(made)},
                           .plots = {cost_plot(made)}});
  page.sections.push_back({.title = "Which variant answers whom, and where",
                           .tables = {need_rows(made), answered_rows(made)}});
  if (!made.plan.front.empty()) {
    page.sections.push_back(
        {.title = "One variant for everything",
         .paragraphs = {"Each variant alone as the answer to every query, on the cheapest fixed "
                        "fleet and on the cheapest in which nobody waits, simulated. What misses "
                        "too much is in the table only."},
         .tables = {front_rows(made)},
         .plots = {
             front_plot(made, "Cost against accuracy",
                        {.title = "accuracy (%)", .from = least_accuracy(made)},
                        [](const plan::Measured& m) { return 100 * m.accuracy.value; }),
             front_plot(made, "Cost against latency",
                        {.title = "99th percentile of strict queries (ms)", .kind = svg::Kind::log},
                        [](const plan::Measured& m) { return milliseconds(m.strict_p99); })}});
  }
  page.sections.push_back({.title = "Machines or functions",
                           .tables = {break_even_rows(made)},
                           .plots = {break_even_plot(made)}});
  if (!made.plan.sensitivities.empty()) {
    page.sections.push_back({.title = "What if", .tables = {sensitivity_rows(made)}});
  }
  return page;
}

}  // namespace paragon

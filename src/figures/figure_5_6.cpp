// Figures 5 and 6: what the schemes before Paragon pay to hide the delay of a machine.
#include <fmt/format.h>

#include <algorithm>

#include "figures/bars.h"
#include "figures/paper_figures.h"
#include "figures/scheme_runs.h"

namespace paragon::figures {
namespace {

const std::vector<std::string> kMachinesOnly{"reactive", "util_aware", "exascale"};
const std::vector<std::string> kBefore{"reactive", "util_aware", "exascale", "mixed"};

double machine_hours(const Study& study, Prices prices, const std::string& trace,
                     const std::string& scheme) {
  return seconds(study.of(workload_run(prices, trace, scheme)).machine_time) / 3600;
}

double largest(const std::vector<double>& values) {
  return values.empty() ? 0 : *std::max_element(values.begin(), values.end());
}

// The one of the list that is furthest from the band, so that a statement holds only if all do.
double furthest(const std::vector<double>& values, double from, double to) {
  const double middle = (from + to) / 2;
  double worst = middle;
  for (const double v : values) {
    if (std::abs(v - middle) > std::abs(worst - middle)) worst = v;
  }
  return worst;
}

}  // namespace

void need_overprovisioning(Study& study) { need_workload_runs(study, kMachinesOnly); }

Outcome draw_overprovisioning(const Study& study) {
  Outcome out{.figure = 5, .title = "Over-provisioned machines"};
  out.notes = {
      "Workload-1. Billed machine hours beyond those of `reactive` on the same trace, which buys "
      "for "
      "the demand as it is. These schemes use machines only, so both price books give the same "
      "machines; drawn once."};
  const Prices prices = Prices::y2026;
  const auto& traces = study.traces();
  const auto over = [&](const std::string& trace, const std::string& scheme) {
    return 0 - percent_less(machine_hours(study, prices, trace, scheme),
                            machine_hours(study, prices, trace, "reactive"));
  };
  const std::vector<std::string> drawn{"util_aware", "exascale"};
  svg::Plot plot =
      bars("Machine hours beyond those of reactive", "over-provisioning (%)", traces, drawn,
           [&](const PaperTrace& t, const std::string& s) { return over(t.name, s); });
  plot.references = {{.name = "paper: 20 %", .value = 20}, {.name = "30 %", .value = 30}};
  out.plots.push_back({"figure-5-overprovisioning", plot});
  HtmlTable table{.heads = {"trace", "scheme", "machine hours", "beyond reactive",
                            "idle over the work in progress, hours"},
                  .rows = {},
                  .left = 2};
  for (const PaperTrace& trace : traces) {
    for (const std::string& scheme : kMachinesOnly) {
      const sim::RunResult& r = study.of(workload_run(prices, trace.name, scheme));
      table.rows.push_back({trace.title, scheme,
                            fmt::format("{:.2f}", seconds(r.machine_time) / 3600),
                            fmt::format("{:+.1f} %", over(trace.name, scheme)),
                            fmt::format("{:.2f}", seconds(r.overprovisioned) / 3600)});
    }
  }
  out.tables.push_back(table);
  for (const std::string& scheme : drawn) {
    std::vector<double> percents;
    percents.reserve(traces.size());
    for (const PaperTrace& trace : traces) percents.push_back(over(trace.name, scheme));
    if (percents.empty()) continue;
    const double worst = furthest(percents, 20, 30);
    out.statements.push_back({.figure = "5",
                              .prices = {},
                              .claim = scheme + " over-provisions machines by 20 to 30 %",
                              .paper_from = 20,
                              .paper_to = 30,
                              .ours = worst,
                              .measured = by_trace(traces, percents),
                              .verdict = within(worst, 20, 30)});
  }
  return out;
}

void need_costs(Study& study) { need_workload_runs(study, kBefore); }

Outcome draw_costs(const Study& study) {
  Outcome out{.figure = 6, .title = "Cost and SLO misses of the schemes before Paragon"};
  out.notes = {
      "Workload-1, one hour of each trace. Costs as multiples of `reactive` on the same trace "
      "and prices."};
  const auto& traces = study.traces();
  for (const Prices prices : kBothPrices) {
    const auto cost = [&](const std::string& trace, const std::string& scheme) {
      return study.of(workload_run(prices, trace, scheme)).cost.total().value;
    };
    const auto misses = [&](const std::string& trace, const std::string& scheme) {
      return study.of(workload_run(prices, trace, scheme)).all.violation_rate();
    };
    svg::Plot costs = bars(fmt::format("Cost, prices of {}", name(prices)), "cost (reactive = 1)",
                           traces, kBefore, [&](const PaperTrace& t, const std::string& s) {
                             return cost(t.name, s) / cost(t.name, "reactive");
                           });
    svg::Plot missed =
        bars(fmt::format("SLO misses, prices of {}", name(prices)), "missed (%)", traces, kBefore,
             [&](const PaperTrace& t, const std::string& s) { return 100 * misses(t.name, s); });
    out.plots.push_back({fmt::format("figure-6-cost-{}", name(prices)), costs});
    out.plots.push_back({fmt::format("figure-6-misses-{}", name(prices)), missed});
    out.tables.push_back(table_of_runs(study, prices, kBefore));
    if (traces.empty()) continue;
    std::vector<double> fewer;
    std::vector<double> dearer;
    for (const PaperTrace& t : traces) {
      fewer.push_back(percent_less(misses(t.name, "mixed"), misses(t.name, "reactive")));
      dearer.push_back(0 - percent_less(cost(t.name, "mixed"), cost(t.name, "reactive")));
    }
    const double best = largest(fewer);
    const double furthest_cost = furthest(dearer, -10, 10);
    out.statements.push_back({.figure = "6",
                              .prices = std::string(name(prices)),
                              .claim = "mixed has up to 60 % fewer SLO misses than reactive",
                              .paper_from = 60,
                              .ours = best,
                              .measured = by_trace(traces, fewer),
                              .verdict = at_least(best, 60)});
    out.statements.push_back(
        {.figure = "6",
         .prices = std::string(name(prices)),
         .claim = "mixed costs about as much as reactive (our reading: within 10 %)",
         .paper_from = -10,
         .paper_to = 10,
         .ours = furthest_cost,
         .measured = by_trace(traces, dearer),
         .verdict = within(furthest_cost, -10, 10)});
  }
  return out;
}

}  // namespace paragon::figures

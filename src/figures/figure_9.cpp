// Figure 9: Paragon beside the schemes before it, and selection by constraints beside none.
#include <fmt/format.h>

#include <algorithm>

#include "figures/bars.h"
#include "figures/paper_figures.h"
#include "figures/scheme_runs.h"
#include "report/number.h"

namespace paragon::figures {
namespace {

// The last one is ours: what became of the paper's scheme.
const std::vector<std::string> kAll{"reactive", "util_aware", "exascale",
                                    "mixed",    "paragon",    "newsvendor"};
constexpr double kSimilarMisses = 1;  // percentage points: our reading of "similar SLO"

RunKey selection_run(Prices prices, const std::string& trace, Selection selection) {
  RunKey key;
  key.prices = prices;
  key.trace = trace;
  key.workload = "workload-2";
  key.scheme = "paragon";
  key.selection = selection;
  return key;
}

void draw_schemes(const Study& study, Prices prices, Outcome& out) {
  const auto& traces = study.traces();
  const auto result = [&](const std::string& trace, const std::string& scheme) -> const auto& {
    return study.of(workload_run(prices, trace, scheme));
  };
  const auto cost = [&](const std::string& trace, const std::string& scheme) {
    return result(trace, scheme).cost.total().value;
  };
  out.plots.push_back({fmt::format("figure-9a-cost-{}", name(prices)),
                       bars(fmt::format("9a: cost, prices of {}", name(prices)), "cost (mixed = 1)",
                            traces, kAll, [&](const PaperTrace& t, const std::string& s) {
                              return cost(t.name, s) / cost(t.name, "mixed");
                            })});
  out.plots.push_back({fmt::format("figure-9b-misses-{}", name(prices)),
                       bars(fmt::format("9b: SLO misses, prices of {}", name(prices)), "missed (%)",
                            traces, kAll, [&](const PaperTrace& t, const std::string& s) {
                              return 100 * result(t.name, s).all.violation_rate();
                            })});
  out.tables.push_back(table_of_runs(study, prices, kAll));
  if (traces.empty()) return;

  std::vector<double> cheaper;
  std::vector<double> more_misses;
  for (const PaperTrace& t : traces) {
    cheaper.push_back(percent_less(cost(t.name, "paragon"), cost(t.name, "mixed")));
    more_misses.push_back(100 * (result(t.name, "paragon").all.violation_rate() -
                                 result(t.name, "mixed").all.violation_rate()));
  }
  const double least = *std::min_element(cheaper.begin(), cheaper.end());
  const double worst = *std::max_element(more_misses.begin(), more_misses.end());
  out.statements.push_back({.figure = "9a",
                            .prices = std::string(name(prices)),
                            .claim = "paragon is 10 % cheaper than mixed",
                            .paper_from = 10,
                            .ours = least,
                            .measured = by_trace(traces, cheaper),
                            .verdict = at_least(least, 10)});
  out.statements.push_back(
      {.figure = "9b",
       .prices = std::string(name(prices)),
       .claim = fmt::format("paragon misses about as often as mixed (our reading: at most {:g} "
                            "point more)",
                            kSimilarMisses),
       .measured = by_trace(traces, more_misses, " points"),
       .verdict = worst <= kSimilarMisses ? Verdict::reached : Verdict::opposite});
}

void draw_selection(const Study& study, Prices prices, Outcome& out) {
  const auto& traces = study.traces();
  HtmlTable table{.heads = {"trace", "selection, prices of " + std::string(name(prices)), "cost",
                            "missed", "accuracy delivered", "under the accuracy bound"},
                  .rows = {},
                  .left = 2};
  const std::vector<std::string> both{"by constraints", "naive"};
  const auto result = [&](const std::string& trace, const std::string& selection) -> const auto& {
    return study.of(selection_run(
        prices, trace, selection == "naive" ? Selection::naive : Selection::constraints));
  };
  std::vector<double> cheaper;
  for (const PaperTrace& t : traces) {
    for (const std::string& s : both) {
      const sim::RunResult& r = result(t.name, s);
      table.rows.push_back({t.title, s, text_of(r.cost.total()),
                            fmt::format("{:.2f} %", 100 * r.all.violation_rate()),
                            fmt::format("{:.2f} %", 100 * r.accuracy()),
                            fmt::format("{:.2f} %", 100 * r.accuracy_violation_rate())});
    }
    cheaper.push_back(percent_less(result(t.name, "by constraints").cost.total().value,
                                   result(t.name, "naive").cost.total().value));
  }
  out.tables.push_back(table);
  out.plots.push_back(
      {fmt::format("figure-9c-selection-{}", name(prices)),
       bars(fmt::format("9c: selection, workload-2, prices of {}", name(prices)),
            "cost (naive = 1)", traces, both, [&](const PaperTrace& t, const std::string& s) {
              return result(t.name, s).cost.total().value /
                     result(t.name, "naive").cost.total().value;
            })});
  if (traces.empty()) return;
  const double best = *std::max_element(cheaper.begin(), cheaper.end());
  out.statements.push_back(
      {.figure = "9c",
       .prices = std::string(name(prices)),
       .claim = "selection by constraints is up to 20 % cheaper than naive selection",
       .paper_from = 20,
       .ours = best,
       .measured = by_trace(traces, cheaper),
       .verdict = at_least(best, 20)});
}

}  // namespace

void need_paragon(Study& study) {
  need_workload_runs(study, kAll);
  for (const Prices prices : kBothPrices) {
    for (const PaperTrace& trace : study.traces()) {
      study.need(selection_run(prices, trace.name, Selection::constraints));
      study.need(selection_run(prices, trace.name, Selection::naive));
    }
  }
}

Outcome draw_paragon(const Study& study) {
  Outcome out{.figure = 9, .title = "Paragon"};
  out.notes = {
      "9a and 9b: workload-1, one hour of each trace; costs as multiples of `mixed` on the same "
      "trace "
      "and prices. `paragon` is the paper's scheme; `newsvendor` is ours and not in the paper.",
      "9c: workload-2 under `paragon`, the variant chosen by the query's constraints, or always "
      "the most accurate one."};
  for (const Prices prices : kBothPrices) draw_schemes(study, prices, out);
  for (const Prices prices : kBothPrices) draw_selection(study, prices, out);
  return out;
}

}  // namespace paragon::figures

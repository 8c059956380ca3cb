#include "figures/scheme_runs.h"

#include <fmt/format.h>

#include "report/number.h"

namespace paragon::figures {

RunKey workload_run(Prices prices, const std::string& trace, const std::string& scheme) {
  RunKey key;
  key.prices = prices;
  key.trace = trace;
  key.workload = "workload-1";
  key.scheme = scheme;
  return key;
}

void need_workload_runs(Study& study, const std::vector<std::string>& schemes) {
  for (const Prices prices : kBothPrices) {
    for (const PaperTrace& trace : study.traces()) {
      for (const std::string& scheme : schemes)
        study.need(workload_run(prices, trace.name, scheme));
    }
  }
}

HtmlTable table_of_runs(const Study& study, Prices prices,
                        const std::vector<std::string>& schemes) {
  HtmlTable table{.heads = {"trace", "scheme, prices of " + std::string(name(prices)), "cost",
                            "machines", "functions", "missed", "strict missed", "relaxed missed",
                            "machine hours", "on functions", "p99"},
                  .rows = {},
                  .left = 2};
  for (const PaperTrace& trace : study.traces()) {
    for (const std::string& scheme : schemes) {
      const sim::RunResult& r = study.of(workload_run(prices, trace.name, scheme));
      const double answered = static_cast<double>(r.all.on_time + r.all.late);
      table.rows.push_back(
          {trace.title, scheme, text_of(r.cost.total()), text_of(r.cost.machines),
           text_of(r.cost.functions), fmt::format("{:.2f} %", 100 * r.all.violation_rate()),
           fmt::format("{:.2f} %", 100 * r.strict.violation_rate()),
           fmt::format("{:.2f} %", 100 * r.relaxed.violation_rate()),
           fmt::format("{:.2f}", seconds(r.machine_time) / 3600),
           percent_text(answered > 0 ? static_cast<double>(r.on_functions) / answered : 0),
           text_of(r.latency.percentile(99))});
    }
  }
  return table;
}

double percent_less(double value, double than) {
  if (than == 0) return value == 0 ? 0 : -100;
  return 100 * (than - value) / than;
}

}  // namespace paragon::figures

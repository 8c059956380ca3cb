#include "plan/measured.h"

#include <algorithm>

#include "base/check.h"

namespace paragon::plan {

Measured measured(std::span<const sim::RunResult> runs, const Catalog& catalog, Duration length,
                  const Fleet& held) {
  PARAGON_CHECK(!runs.empty() && length > Duration::zero(), "runs of a load");
  Measured m;
  m.runs = runs.size();
  const double hours = seconds(length) / 3600;
  Histogram all, strict;
  double requests = 0, on_functions = 0, machine_s = 0, answers = 0, accuracy_sum = 0;
  std::map<std::pair<std::uint32_t, std::string>, double> answered;
  sim::Fates fates, strict_fates, relaxed_fates;
  const auto add = [](sim::Fates& to, const sim::Fates& from) {
    to.requests += from.requests;
    to.late += from.late;
    to.refused += from.refused;
  };
  for (const sim::RunResult& run : runs) {
    const Duration left = std::max(Duration::zero(), length - run.length);
    const Dollars machines = run.cost.machines + price_of(held, catalog) * left;
    const HourlyPrice cost = per_hour((machines + run.cost.functions).value / hours);
    m.cost_least = m.cost.value == 0 ? cost : std::min(m.cost_least, cost);
    m.cost_most = std::max(m.cost_most, cost);
    m.cost += cost;
    m.on_machines += per_hour(machines.value / hours);
    m.on_functions += per_hour(run.cost.functions.value / hours);
    add(fates, run.all);
    add(strict_fates, run.strict);
    add(relaxed_fates, run.relaxed);
    all.add(run.latency);
    for (const sim::ClassResult& c : run.classes) {
      if (c.query_class == QueryClass::strict) strict.add(c.latency);
      accuracy_sum += c.accuracy_sum;
      answers += static_cast<double>(c.fates.on_time + c.fates.late);
    }
    requests += static_cast<double>(run.all.requests);
    on_functions += static_cast<double>(run.on_functions);
    for (std::uint32_t o = 0; o < run.machine_usage.size(); ++o) {
      const double billed = seconds(run.machine_usage[o].billed);
      machine_s += billed;
      if (billed > 0) m.machine_share[catalog.machine_offers()[o].market] += billed;
    }
    for (const sim::Standing& part : held) {
      machine_s += part.machines * seconds(left);
      m.machine_share[catalog.offer(part.offer).market] += part.machines * seconds(left);
    }
    for (const sim::Served& s : run.served) {
      const std::string resource =
          s.machine ? catalog.resource(*s.machine) : catalog.resource(*s.function);
      answered[{s.variant.value, resource}] += static_cast<double>(s.queries);
    }
  }
  const auto n = static_cast<double>(runs.size());
  m.cost = m.cost / n;
  m.on_machines = m.on_machines / n;
  m.on_functions = m.on_functions / n;
  m.missed = fates.violation_rate();
  m.strict_missed = strict_fates.violation_rate();
  m.relaxed_missed = relaxed_fates.violation_rate();
  m.p50 = all.percentile(50);
  m.p99 = all.percentile(99);
  m.strict_p99 = strict.count() > 0 ? strict.percentile(99) : m.p99;
  m.machines = machine_s / n / seconds(length);
  for (auto& [market, share] : m.machine_share) share /= machine_s;
  if (answers > 0) m.accuracy = accuracy(accuracy_sum / answers);
  if (requests > 0) {
    m.share_on_functions = on_functions / requests;
    m.per_million = dollars(m.cost.value * hours * n / requests * 1e6);
  }
  for (const auto& [who, queries] : answered) {
    m.answered.push_back({VariantId{who.first}, who.second, queries / std::max(1.0, requests)});
  }
  std::ranges::stable_sort(m.answered, std::ranges::greater{}, &Answered::share);
  return m;
}

}  // namespace paragon::plan

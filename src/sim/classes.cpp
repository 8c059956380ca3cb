#include "sim/classes.h"

#include <fmt/format.h>

namespace paragon::sim {

Result<std::vector<RunClass>> make_classes(const Mix& mix, const Catalog& catalog) {
  std::vector<RunClass> classes;
  std::string wrong;
  for (const MixClass& c : mix.classes()) {
    const std::optional<TaskId> task = catalog.find_task(c.task);
    if (!task) {
      wrong += fmt::format("{}class '{}': task: got '{}', expected a task of the catalog",
                           wrong.empty() ? "" : "\n", c.name, c.task);
      continue;
    }
    RunClass& out = classes.emplace_back();
    out.query.task = *task;
    out.query.constraints = c.constraints;
    const Constraints& defaults = catalog.task(*task).defaults;
    out.constraints = c.constraints;
    if (!out.constraints.max_latency) out.constraints.max_latency = defaults.max_latency;
    if (!out.constraints.min_accuracy) out.constraints.min_accuracy = defaults.min_accuracy;
    if (!out.constraints.max_cost) out.constraints.max_cost = defaults.max_cost;
    out.query_class = c.constraints.query_class ? c.constraints.query_class : defaults.query_class;
    out.answers.resize(catalog.variants().size());
    out.together.resize(catalog.ensembles().size());
  }
  if (!wrong.empty()) return {ErrorCode::invalid, wrong};
  return classes;
}

namespace {

void add(Fates& sum, const Fates& part) {
  sum.requests += part.requests;
  sum.on_time += part.on_time;
  sum.late += part.late;
  sum.refused += part.refused;
}

}  // namespace

void report(const std::vector<RunClass>& classes, const Mix& mix, const Catalog& catalog,
            RunResult& result) {
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const RunClass& from = classes[i];
    ClassResult& to = result.classes.emplace_back();
    to.name = mix.classes()[i].name;
    // Without a word from anyone nothing of the class ever came.
    to.query_class = from.query_class.value_or(QueryClass::strict);
    to.deadline = from.constraints.max_latency;
    to.fates = from.fates;
    to.over_cost = from.over_cost;
    to.latency = from.latency;
    const auto count = [&](std::uint64_t answers, Accuracy accuracy) {
      to.accuracy_sum += static_cast<double>(answers) * accuracy.value;
      if (from.constraints.min_accuracy && accuracy < *from.constraints.min_accuracy) {
        to.below_accuracy += answers;
      }
    };
    for (std::uint32_t v = 0; v < from.answers.size(); ++v) {
      count(from.answers[v], catalog.variant(VariantId{v}).accuracy.top1);
    }
    for (std::uint32_t e = 0; e < from.together.size(); ++e) {
      count(from.together[e], catalog.ensemble(EnsembleId{e}).accuracy.top1);
    }
    add(result.all, from.fates);
    add(to.query_class == QueryClass::strict ? result.strict : result.relaxed, from.fates);
    result.latency.add(from.latency);
  }
}

void report(const Meter& meter, const Catalog& catalog, Time now, RunResult& result) {
  result.machine_usage = meter.machines(now);
  result.function_usage = meter.functions(now);
  for (const MachineUsage& usage : result.machine_usage) result.machine_time += usage.billed;
  for (std::uint32_t v = 0; v < catalog.variants().size(); ++v) {
    const VariantId variant{v};
    for (std::uint32_t o = 0; o < catalog.machine_offers().size(); ++o) {
      const std::uint64_t queries = meter.served(variant, MachineOfferId{o});
      if (queries > 0) result.served.push_back({variant, MachineOfferId{o}, {}, queries});
    }
    for (std::uint32_t o = 0; o < catalog.function_offers().size(); ++o) {
      const std::uint64_t queries = meter.served(variant, FunctionOfferId{o});
      if (queries > 0) result.served.push_back({variant, {}, FunctionOfferId{o}, queries});
    }
  }
}

std::uint64_t RunResult::on_provisioned() const {
  std::uint64_t calls = 0;
  for (const FunctionUsage& usage : function_usage) calls += usage.provisioned_calls;
  return calls;
}

double RunResult::accuracy() const {
  double sum = 0;
  std::uint64_t answers = 0;
  for (const ClassResult& c : classes) {
    sum += c.accuracy_sum;
    answers += c.fates.on_time + c.fates.late;
  }
  return answers == 0 ? 0 : sum / static_cast<double>(answers);
}

double RunResult::accuracy_violation_rate() const {
  std::uint64_t below = 0;
  std::uint64_t answers = 0;
  for (const ClassResult& c : classes) {
    below += c.below_accuracy;
    answers += c.fates.on_time + c.fates.late;
  }
  return answers == 0 ? 0 : static_cast<double>(below) / static_cast<double>(answers);
}

}  // namespace paragon::sim

// Paragon on the peers' scenario: its real brain decides about every request, its real meter bills.
//
// Arrivals are the peers' own; service times are drawn from the same lognormal by the simulator, so
// the mean latency agrees within sampling error and not to the nanosecond.
#include "catalog/catalog.h"
#include "scenario.h"
#include "sim/run.h"

using namespace paragon;

namespace {

class PeerArrivals final : public Arrivals {
 public:
  explicit PeerArrivals(std::int64_t requests) : left_(requests) {}
  std::optional<Time> next() override {
    if (left_-- <= 0) return std::nullopt;
    return now_ += Duration(gaps_.next());
  }

 private:
  peers::Gaps gaps_;
  std::int64_t left_;
  Time now_{};
};

Catalog pool() {
  Catalog::Parts parts;
  Task task;
  task.name = "task";
  task.input = InputKind::tensor;
  task.output = OutputKind::tensor;
  parts.tasks.push_back(task);
  Variant variant;
  variant.name = "variant";
  variant.task = TaskId{0};
  variant.accuracy.top1 = accuracy(0.9);
  variant.memory = megabytes(100);
  parts.variants.push_back(variant);
  const double p99 = peers::kServiceMedianNs * std::exp(2.3263478740408408 * peers::kServiceSigma);
  parts.profiles.push_back({Duration(static_cast<std::int64_t>(peers::kServiceMedianNs)),
                            Duration(static_cast<std::int64_t>(p99)), Duration::zero()});
  MachineOffer machine;
  machine.name = "machine";
  machine.vcpus = vcpus(2);
  machine.memory = megabytes(8192);
  machine.price = per_hour(0.085);
  machine.provisioning_delay = {Duration(1), 0};
  parts.machine_offers.push_back(machine);
  Result<Catalog> catalog = Catalog::build(std::move(parts));
  if (!catalog) {
    std::fprintf(stderr, "%s\n", catalog.error().message.c_str());
    std::exit(1);
  }
  return std::move(*catalog);
}

}  // namespace

int main(int argc, char** argv) {
  const std::int64_t requests = peers::requests_wanted(argc, argv);
  const Catalog catalog = pool();
  MixClass any;
  any.name = "any";
  any.task = "task";
  any.constraints.max_latency = std::chrono::seconds(10);
  BrainSettings brain;
  brain.scheme = "reactive";
  brain.machines_min = brain.machines_max = peers::kSlots / 2;
  brain.functions = false;
  brain.overhead = Duration::zero();
  const sim::Scenario scenario{
      .catalog = &catalog,
      .brain = brain,
      .load = {[&] { return Result<ArrivalsPtr>(std::make_unique<PeerArrivals>(requests)); },
               *Mix::build({any})}};
  const Result<sim::RunResult> result = sim::run(scenario);
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    return 1;
  }
  std::printf("requests=%llu late=%llu latency_sum_ns=%.0f\n",
              static_cast<unsigned long long>(result->all.requests),
              static_cast<unsigned long long>(result->all.missed()),
              static_cast<double>(result->latency.mean().count()) *
                  static_cast<double>(result->latency.count()));
}

// What a selection costs with 1,000 variants: the named objectives, weights, bounds that nothing
// meets, the nearest choice then, and an accuracy that moves.
//
// Target: well under 1 us a selection. Two shapes of catalog: `family`, where who is more accurate
// is slower and dearer, so nobody is beaten on all three; and `scattered`, three independent draws.
// Not for: building the index, or `nearest`, which is for errors.
#include <benchmark/benchmark.h>

#include "base/random.h"
#include "brain/select.h"

namespace paragon {
namespace {

using namespace std::chrono_literals;

constexpr int kVariants = 1000;
enum Shape : std::int64_t { family, scattered };
enum Wish : std::int64_t { cheapest, fastest, most_accurate, weights, infeasible, closest };

Catalog make_catalog(Shape shape) {
  Random random(1);
  Catalog::Parts parts;
  Task task;
  task.name = "task";
  task.input = InputKind::tensor;
  parts.tasks.push_back(task);
  for (int i = 0; i < kVariants; ++i) {
    const double x = shape == family ? static_cast<double>(i) / kVariants : random.uniform();
    const double y = shape == family ? x : random.uniform();
    const double z = shape == family ? x : random.uniform();
    Variant v;
    v.name = "v" + std::to_string(i);
    v.accuracy.top1 = accuracy(0.5 + 0.49 * x);
    v.memory = megabytes(100 + static_cast<std::int64_t>(z * 3000));  // few fit: dearer
    parts.variants.push_back(v);
    const Duration service = 1ms + from_seconds(0.2 * y * y);
    parts.profiles.push_back({service, 2 * service, 0ms});
  }
  MachineOffer machine;
  machine.name = "machine";
  machine.vcpus = vcpus(64);
  machine.memory = megabytes(32'000);
  machine.price = per_hour(0.34);
  machine.provisioning_delay = {60s, 0};
  parts.machine_offers.push_back(machine);
  return std::move(Catalog::build(std::move(parts))).value();
}

Constraints ask(Random& random, Wish wish, const Selector& selector) {
  Constraints c;
  const auto some = [&] {
    return selector.candidate(VariantId{static_cast<std::uint32_t>(random.below(kVariants))});
  };
  c.min_accuracy = some().accuracy;
  if (wish == infeasible || wish == closest) {
    // Each bound can be met by itself, all three by none.
    do {
      c.min_accuracy = some().accuracy;
      c.max_latency = some().latency;
      c.max_cost = some().cost;
    } while (selector.select(TaskId{0}, c));
    return c;
  }
  if (random.chance(0.5)) c.max_latency = std::max(some().latency, some().latency);
  if (random.chance(0.5)) c.max_cost = std::max(some().cost, some().cost);
  if (wish == fastest) c.objective = kFastest;
  if (wish == most_accurate) c.objective = kMostAccurate;
  if (wish == weights) {
    c.objective = Objective{1e5 * random.uniform(), random.uniform(), random.uniform()};
  }
  return c;
}

void select(benchmark::State& state) {
  const auto shape = static_cast<Shape>(state.range(0));
  const auto wish = static_cast<Wish>(state.range(1));
  const Catalog catalog = make_catalog(shape);
  const Selector selector(catalog, 2ms, true, false);
  Random random(2);
  std::vector<Constraints> asked;
  for (int i = 0; i < 512; ++i) asked.push_back(ask(random, wish, selector));
  std::size_t next = 0;
  std::uint64_t sum = 0;
  for (auto _ : state) {
    const Constraints& c = asked[next++ % asked.size()];
    if (wish == closest) {
      sum += selector.closest(TaskId{0}, c)->pick.variant.value;
    } else {
      const auto choice = selector.select(TaskId{0}, c);
      sum += choice ? choice->variant.value : 0;
    }
  }
  benchmark::DoNotOptimize(sum);
}
BENCHMARK(select)
    ->ArgNames({"shape", "wish"})
    ->ArgsProduct({{family, scattered},
                   {cheapest, fastest, most_accurate, weights, infeasible, closest}});

void set_accuracy(benchmark::State& state) {
  const Catalog catalog = make_catalog(scattered);
  Selector selector(catalog, 2ms, true, false);
  Random random(3);
  for (auto _ : state) {
    selector.set_accuracy(VariantId{static_cast<std::uint32_t>(random.below(kVariants))},
                          accuracy(random.uniform()));
  }
}
BENCHMARK(set_accuracy);

}  // namespace
}  // namespace paragon

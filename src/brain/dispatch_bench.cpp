// What a decision costs: select and dispatch of one query, its answer included.
//
// Target: under 2 us a query with 100 variants and 50 machines, and no allocation in steady state
// (counted here; one makes the benchmark fail). Not for: the gateway, or the cost of a tick.
#include <benchmark/benchmark.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "base/random.h"
#include "brain/brain.h"

namespace {
std::atomic<std::uint64_t> allocations{0};
}

// Counting replacements for the whole program. Not inlined: GCC 12 would see free() of what came
// from new.
[[gnu::noinline]] void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* p = std::malloc(size)) return p;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return std::malloc(size);
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace paragon {
namespace {

using namespace std::chrono_literals;

Catalog make_catalog(int variants) {
  Catalog::Parts parts;
  Task task;
  task.name = "task";
  task.input = InputKind::tensor;
  parts.tasks.push_back(task);
  for (int i = 0; i < variants; ++i) {
    Variant v;
    v.name = "v" + std::to_string(i);
    v.accuracy.top1 = accuracy(0.5 + 0.49 * i / variants);
    v.memory = megabytes(100);
    parts.variants.push_back(v);
    parts.profiles.push_back({1ms + i * 100us, 2ms + i * 100us, 0ms});
  }
  MachineOffer machine;
  machine.name = "machine";
  machine.vcpus = vcpus(8);
  machine.memory = megabytes(64'000);
  machine.price = per_hour(0.34);
  machine.provisioning_delay = {60s, 0};
  parts.machine_offers.push_back(machine);
  for (const std::int64_t mb : {512, 1024, 1769, 3008}) {
    FunctionOffer function;
    function.name = "f" + std::to_string(mb);
    function.memory = megabytes(mb);
    function.vcpus = vcpus(static_cast<double>(mb) / 1769);
    function.price = per_gb_second(0.0000166667);
    parts.function_offers.push_back(function);
  }
  return std::move(Catalog::build(std::move(parts))).value();
}

// `busy` of 400 slots stay taken; each iteration is one arrival and one answer.
void arrive_and_finish(benchmark::State& state) {
  const Catalog catalog = make_catalog(static_cast<int>(state.range(0)));
  const int machines = static_cast<int>(state.range(1));
  const bool overflow = state.range(2) != 0;
  BrainSettings settings;
  settings.machines_min = settings.machines_max = machines;
  Brain brain(catalog, settings);
  for (const Order& order : brain.tick(Time{})) {
    brain.observe({std::get<Buy>(order).machine, MachineEventKind::ready, {}}, Time{});
  }

  Random random(1);
  std::vector<Query> queries(4096);
  for (Query& q : queries) {
    q.constraints.min_accuracy = accuracy(0.5 + 0.48 * random.uniform());
    q.constraints.max_latency = from_seconds(0.05 + random.uniform());
    q.constraints.query_class = random.chance(0.5) ? QueryClass::strict : QueryClass::relaxed;
  }

  // The oldest query is answered when a new one comes: a ring of those in flight.
  std::vector<std::pair<QueryId, DecisionId>> ring;
  const std::size_t in_flight = static_cast<std::size_t>(machines) * 8 * (overflow ? 12 : 6) / 10;
  Time now{};
  std::uint64_t hash = 0;
  std::size_t next = 0;
  const auto note = [&](const Route& route) {
    hash = hash * 31 + route.where.index();
    const bool runs = std::holds_alternative<OnMachine>(route.where) ||
                      std::holds_alternative<OnFunction>(route.where);
    if (runs) ring.emplace_back(route.query, route.decision);
  };
  ring.reserve(100'000);
  std::size_t oldest = 0;
  const auto step = [&] {
    now += 20us;
    note(brain.arrive(queries[next++ % queries.size()], now));
    if (ring.size() - oldest > in_flight) {
      Outcome outcome;
      outcome.decision = ring[oldest].second;
      outcome.service = 5ms;
      outcome.billed = 5ms;
      for (const Route& route : brain.finish(ring[oldest].first, outcome, now)) note(route);
      ++oldest;
    }
    if (now >= brain.due()) {
      for (const Route& route : brain.wake(now)) note(route);
    }
    if (ring.size() > 90'000) {
      ring.erase(ring.begin(), ring.begin() + static_cast<std::ptrdiff_t>(oldest));
      oldest = 0;
    }
  };
  for (int i = 0; i < 200'000; ++i) step();

  const std::uint64_t before = allocations.load();
  for (auto _ : state) step();
  const std::uint64_t made = allocations.load() - before;
  state.counters["allocations_per_query"] =
      static_cast<double>(made) / static_cast<double>(state.iterations());
  state.SetLabel("hash " + std::to_string(hash % 1'000'000));
  // A table that doubles once is not a steady allocation; one in a thousand queries would be.
  if (made * 1000 > static_cast<std::uint64_t>(state.iterations()) && state.iterations() > 10'000) {
    state.SkipWithError("allocates in steady state");
  }
}
BENCHMARK(arrive_and_finish)
    ->ArgNames({"variants", "machines", "overflow"})
    ->Args({10, 5, 0})
    ->Args({100, 50, 0})
    ->Args({100, 50, 1})
    ->Args({1000, 2000, 0});

}  // namespace
}  // namespace paragon

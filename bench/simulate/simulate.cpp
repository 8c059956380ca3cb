// Runs one contestant over one scenario and prints a line of JSON. run.py says which and compares.
//
//   bench_simulate SCHEME|plain|plain_heap|fifo --slots N --requests N [--trace FILE] [--repeat N]
//   [--seed N]
#include <fmt/format.h>
#include <sys/resource.h>
#include <time.h>

#include <CLI/CLI.hpp>

#include "sim/run.h"
#include "simulate/fifo_recursion.h"
#include "simulate/plain_loop.h"
#include "trace/generate.h"
#include "trace/replay.h"

using namespace paragon;
using namespace std::chrono_literals;

namespace {

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

// Two variants on one machine of eight slots and one function: strict queries that need the
// accurate one in ten service times, relaxed ones with a hundred. `service` sets how many slots are
// busy.
Catalog make_catalog(Duration service) {
  Catalog::Parts parts;
  Task task;
  task.name = "task";
  task.input = InputKind::tensor;
  task.output = OutputKind::tensor;
  parts.tasks.push_back(task);
  const auto add = [&](const char* name, double top1, Duration p50) {
    Variant v;
    v.name = name;
    v.task = TaskId{0};
    v.accuracy.top1 = accuracy(top1);
    v.memory = megabytes(200);
    parts.variants.push_back(v);
    parts.profiles.push_back({p50, p50 + p50 / 4, 100ms});
  };
  add("accurate", 0.9, service);
  add("quick", 0.8, service * 9 / 10);
  MachineOffer machine;
  machine.name = "machine";
  machine.vcpus = vcpus(8);
  machine.memory = megabytes(16384);
  machine.price = per_hour(0.34);
  machine.provisioning_delay = {90s, 0.2};
  parts.machine_offers.push_back(machine);
  FunctionOffer function;
  function.name = "function";
  function.memory = megabytes(1769);
  function.vcpus = vcpus(1);
  function.price = per_gb_second(0.0000166667);
  function.price_per_call = dollars(0.0000002);
  function.cold_start = {1200ms, 0.4};
  function.concurrency_limit = 1000000;
  parts.function_offers.push_back(function);
  return std::move(Catalog::build(std::move(parts))).value();
}

Mix make_mix(Duration service) {
  MixClass strict;
  strict.name = "strict";
  strict.task = "task";
  strict.constraints.min_accuracy = accuracy(0.9);
  strict.constraints.max_latency = 10 * service;
  strict.constraints.query_class = QueryClass::strict;
  MixClass relaxed = strict;
  relaxed.name = "relaxed";
  relaxed.constraints.min_accuracy = accuracy(0.8);
  relaxed.constraints.max_latency = 100 * service;
  relaxed.constraints.query_class = QueryClass::relaxed;
  return std::move(Mix::build({strict, relaxed})).value();
}

// Those that only keep a queue; nothing where it is the name of a scheme.
auto plain(const std::string& contestant) -> decltype(&bench::fifo_recursion) {
  if (contestant == "plain") return bench::plain_loop<sim::Departures>;
  if (contestant == "plain_heap") return bench::plain_loop<sim::DepartureHeap>;
  return contestant == "fifo" ? bench::fifo_recursion : nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app;
  std::string contestant;
  std::string trace;
  double rate = 3000;
  double length = 1000;
  std::size_t slots = 200;
  int repeat = 1;
  std::uint64_t seed = 1;
  app.add_option("contestant", contestant)->required();
  app.add_option("--trace", trace, "a recorded trace, scaled to the rate; else a constant rate");
  app.add_option("--rate", rate, "requests a second, on average");
  app.add_option("--length", length, "seconds");
  app.add_option("--slots", slots, "busy on average, about");
  app.add_option("--repeat", repeat, "times");
  app.add_option("--seed", seed, "");
  CLI11_PARSE(app, argc, argv);

  const Duration service = from_seconds(static_cast<double>(slots) / rate);
  const Catalog catalog = make_catalog(service);
  sim::Scenario scenario;
  scenario.catalog = &catalog;
  scenario.seed = seed;
  scenario.brain.scheme = contestant;
  scenario.brain.machines_max = 4096;
  scenario.load.mix = make_mix(service);
  scenario.load.arrivals = [&]() -> Result<ArrivalsPtr> {
    if (trace.empty()) {
      return constant(per_second(rate), from_seconds(length), Spacing::poisson, seed);
    }
    Shape shape;
    shape.mean = per_second(rate);
    shape.to = from_seconds(length);
    shape.repeat = repeat;
    shape.seed = seed;
    return replay_trace(trace, shape);
  };

  const double before = cpu_seconds();
  std::uint64_t requests = 0;
  std::string more;
  if (const auto loop = plain(contestant)) {
    Result<ArrivalsPtr> arrivals = scenario.load.arrivals();
    if (!arrivals) return fmt::print(stderr, "{}\n", arrivals.error().message), 2;
    const bench::PlainResult result =
        loop(**arrivals, catalog, VariantId{0}, service, slots * 2, seed);
    requests = result.requests;
    more = fmt::format("\"p99_ms\": {:.3f}, \"mean_ns\": {}",
                       milliseconds(result.latency.percentile(99)), result.latency.mean().count());
  } else {
    const Result<sim::RunResult> result = sim::run(scenario);
    if (!result) return fmt::print(stderr, "{}\n", result.error().message), 2;
    requests = result->all.requests;
    more = fmt::format(
        "\"p99_ms\": {:.3f}, \"hash\": \"{:016x}\", \"violation_rate\": {:.6f}, \"cost_usd\": "
        "{:.6f}, \"function_share\": {:.6f}, \"machines_peak\": {}, \"events\": {}",
        milliseconds(result->latency.percentile(99)), result->hash, result->all.violation_rate(),
        result->cost.total().value,
        static_cast<double>(result->on_functions) / static_cast<double>(requests),
        result->machines_peak, result->events);
  }
  const double cpu = cpu_seconds() - before;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print(
      "{{\"contestant\": \"{}\", \"requests\": {}, \"cpu_s\": {:.3f}, \"requests_per_s\": {:.0f}, "
      "\"ns_per_request\": {:.1f}, \"peak_rss_kb\": {}, {}}}\n",
      contestant, requests, cpu, static_cast<double>(requests) / cpu,
      cpu * 1e9 / static_cast<double>(requests), usage.ru_maxrss, more);
  return 0;
}

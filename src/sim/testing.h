// Scenarios small enough to add up by hand.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "sim/run.h"
#include "trace/generate.h"

namespace paragon::sim::testing {

using namespace std::chrono_literals;

// One task; variants "small" (80 %, 2 ms), "medium" (90 %, 10 ms), "large" (95 %, 50 ms), all
// without spread unless `spread`; one machine with two slots at a hundredth of a cent a second that
// is up 10 s after its order; one function of 1024 MB that runs at the same speed.
struct World {
  World() {
    Task task;
    task.name = "task";
    task.input = InputKind::tensor;
    task.output = OutputKind::classes;
    parts.tasks.push_back(task);
    add("small", 0.80, 2ms);
    add("medium", 0.90, 10ms);
    add("large", 0.95, 50ms);
    MachineOffer machine;
    machine.name = "machine";
    machine.vcpus = vcpus(2);
    machine.memory = megabytes(100'000);
    machine.price = per_hour(0.36);
    machine.provisioning_delay = {10s, 0};
    parts.machine_offers.push_back(machine);
    FunctionOffer function;
    function.name = "function";
    function.memory = megabytes(1024);
    function.vcpus = vcpus(1);
    function.price = per_gb_second(0.00002);
    function.price_per_call = dollars(0.0000002);
    function.cold_start = {400ms, 0};  // half a second with the start of the process
    parts.function_offers.push_back(function);
    settings.scheme = "reactive";
    settings.machines_min = 0;
    settings.overhead = 0ms;
  }

  void add(const char* name, double top1, Duration service, double spread = 1) {
    Variant v;
    v.name = name;
    v.task = TaskId{0};
    v.accuracy.top1 = accuracy(top1);
    v.memory = megabytes(100);
    parts.variants.push_back(v);
    const Duration p99 = from_seconds(seconds(service) * spread);
    parts.profiles.push_back({service, p99, 0ms});
  }
  // Of the small and the medium one: 93 % in 10 ms, for a quarter of what the large one costs.
  void add_pair() {
    Ensemble pair;
    pair.name = "pair";
    pair.members = {VariantId{0}, VariantId{1}};
    pair.accuracy.top1 = accuracy(0.93);
    parts.ensembles.push_back(pair);
  }
  MachineOffer& machine() { return parts.machine_offers[0]; }
  FunctionOffer& function() { return parts.function_offers[0]; }

  MixClass& add_class(const char* name, std::optional<Duration> latency,
                      std::optional<QueryClass> query_class = std::nullopt) {
    MixClass c;
    c.name = name;
    c.task = "task";
    c.constraints.min_accuracy = accuracy(0.9);
    c.constraints.max_latency = latency;
    c.constraints.query_class = query_class;
    classes.push_back(c);
    return classes.back();
  }
  void load(Rate rate, Duration length, Spacing spacing = Spacing::even) {
    const std::uint64_t arrivals_seed = seed;
    arrivals = [=] { return Result<ArrivalsPtr>(constant(rate, length, spacing, arrivals_seed)); };
  }

  // The catalog must outlive it, and there must be a class.
  Scenario scenario(const Catalog& catalog) const {
    Scenario scenario;
    scenario.catalog = &catalog;
    scenario.brain = settings;
    scenario.load.arrivals = arrivals;
    scenario.load.mix = Mix::build(classes).value();
    scenario.seed = seed;
    scenario.standing = standing;
    scenario.provisioned = provisioned;
    scenario.sample = sample;
    return scenario;
  }

  RunResult run(const JournalSink& journal = {}) {
    if (classes.empty()) add_class("any", std::nullopt);
    Result<Catalog> catalog = Catalog::build(parts);
    EXPECT_TRUE(catalog.ok()) << (catalog ? "" : catalog.error().message);
    Result<RunResult> result = sim::run(scenario(*catalog), journal);
    EXPECT_TRUE(result.ok()) << (result ? "" : result.error().message);
    return std::move(*result);
  }

  Catalog::Parts parts;
  BrainSettings settings;
  std::vector<Standing> standing;
  std::vector<Provisioned> provisioned;
  std::vector<MixClass> classes;
  std::function<Result<ArrivalsPtr>()> arrivals;
  std::uint64_t seed = 1;
  Duration sample = 1s;
};

}  // namespace paragon::sim::testing

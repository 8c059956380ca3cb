// A small catalog and shorthands, so that tests of the brain read as timelines.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "brain/brain.h"
#include "brain/scheme.h"
#include "catalog/catalog.h"

namespace paragon::testing {

using namespace std::chrono_literals;

inline Time t(Duration since_start) { return Time{since_start}; }

// One task, three variants (80 % in 2 ms, 90 % in 10 ms, 95 % in 50 ms on one core), one machine
// offer with two vCPUs at $0.36 an hour (a hundredth of a cent a second), one function offer.
struct World {
  int vcpus = 2;
  double function_speed = 1;
  Duration cold_start = 200ms;
  int concurrency_limit = 1000;
  int function_offers = 1;
  Duration provisioning = 10s;
  int machine_offers = 1;         // all alike but for the name,
  int growth = 1;                 // or each so many times as large as the one before, and as dear,
  double discount = 0;            // or so much less than that
  Duration minimum_billed = 0s;   // per machine
  int first_memory_mb = 100'000;  // of the first machine offer; each variant takes 100
  int ensembles = 0;              // 1: "pair", of the small and the medium one, 93 %
};

inline Catalog make_catalog(const World& world = {}) {
  Catalog::Parts parts;
  Task task;
  task.name = "task";
  task.input = InputKind::tensor;
  task.output = OutputKind::classes;
  parts.tasks.push_back(task);
  const auto add = [&](const char* name, double top1, Duration service) {
    Variant v;
    v.name = name;
    v.task = TaskId{0};
    v.accuracy.top1 = accuracy(top1);
    v.memory = megabytes(100);
    parts.variants.push_back(v);
    parts.profiles.push_back({service, service + service / 10, 0ms});
  };
  add("small", 0.80, 2ms);
  add("medium", 0.90, 10ms);
  add("large", 0.95, 50ms);

  if (world.ensembles > 0) {
    Ensemble pair;
    pair.name = "pair";
    pair.members = {VariantId{0}, VariantId{1}};
    pair.accuracy.top1 = accuracy(0.93);
    parts.ensembles.push_back(pair);
  }

  int size = 1;
  double price = 0.36;
  for (int i = 0; i < world.machine_offers; ++i) {
    MachineOffer machine;
    machine.name = i == 0 ? "machine" : "machine" + std::to_string(i);
    machine.vcpus = vcpus(world.vcpus * size);
    machine.memory = megabytes(i == 0 ? world.first_memory_mb : 100'000);
    machine.price = per_hour(price);
    machine.provisioning_delay = {world.provisioning, 0};
    machine.minimum_billed = world.minimum_billed;
    parts.machine_offers.push_back(machine);
    size *= world.growth;
    price *= world.growth * (1 - world.discount);
  }

  for (int i = 0; i < world.function_offers; ++i) {
    FunctionOffer function;
    function.name = "function" + std::to_string(i);
    function.memory = megabytes(1024);
    function.vcpus = vcpus(1);
    function.speed = world.function_speed;
    function.price = per_gb_second(0.0000166667);
    function.price_per_call = dollars(0.0000002);
    function.cold_start = {world.cold_start, 0};
    function.concurrency_limit = world.concurrency_limit;
    parts.function_offers.push_back(function);
  }
  Result<Catalog> catalog = Catalog::build(std::move(parts));
  EXPECT_TRUE(catalog.ok()) << (catalog ? "" : catalog.error().message);
  return std::move(*catalog);
}

inline BrainSettings settings(const char* scheme = "paragon") {
  BrainSettings s;
  s.scheme = scheme;
  s.overhead = 0ms;
  return s;
}

inline Query query(std::optional<Duration> latency = std::nullopt,
                   std::optional<double> min_accuracy = std::nullopt,
                   std::optional<QueryClass> query_class = std::nullopt) {
  Query q;
  q.constraints.max_latency = latency;
  if (min_accuracy) q.constraints.min_accuracy = accuracy(*min_accuracy);
  q.constraints.query_class = query_class;
  return q;
}
inline Query strict(Duration latency) { return query(latency, 0.9, QueryClass::strict); }
inline Query relaxed(Duration latency) { return query(latency, 0.9, QueryClass::relaxed); }

template <class Kind>
const Kind* as(const Route& route) {
  return std::get_if<Kind>(&route.where);
}

// A brain with `machines` ready ones, at time zero.
class Scene {
 public:
  explicit Scene(const Catalog& catalog, BrainSettings s = settings(), int machines = 1)
      : brain_(catalog, prepare(std::move(s), machines)) {
    for (const Order& order : brain_.tick(t(0s))) {
      const Buy& buy = std::get<Buy>(order);
      bought_.push_back(buy.machine);
      brain_.observe({buy.machine, MachineEventKind::ready, {}}, t(0s));
    }
  }
  Brain& operator*() { return brain_; }
  Brain* operator->() { return &brain_; }
  MachineId machine(std::size_t i) const { return bought_.at(i); }

  Routes answer(const Route& route, Duration service, Time now) {
    Outcome outcome;
    outcome.decision = route.decision;
    outcome.service = service;
    outcome.billed = service;
    return brain_.finish(route.query, outcome, now);
  }
  Routes end(const Route& route, Ending ending, Time now) {
    Outcome outcome;
    outcome.decision = route.decision;
    outcome.ending = ending;
    return brain_.finish(route.query, outcome, now);
  }

 private:
  static BrainSettings prepare(BrainSettings s, int machines) {
    s.machines_min = machines;
    return s;
  }
  Brain brain_;
  std::vector<MachineId> bought_;
};

}  // namespace paragon::testing

// What is learned about one offer, and what it says about the others.
#include "brain/estimates.h"

#include "brain/testing.h"

namespace paragon {
namespace {

using namespace testing;

TEST(Estimates, WhatWasLearnedCarriesOverToWhatWasNeverTried) {
  World world;
  world.machine_offers = 3;
  const Catalog catalog = make_catalog(world);
  Estimates estimates(catalog);
  const VariantId medium{1};
  for (int i = 0; i < 1000; ++i) estimates.learn(medium, MachineOfferId{0}, 30ms);
  EXPECT_NEAR(estimates.on(medium, MachineOfferId{1}).mean_s(), 0.010, 1e-9) << "not before a tick";
  estimates.carry_over();
  EXPECT_NEAR(estimates.on(medium, MachineOfferId{1}).mean_s(), 0.030, 1e-6);
  EXPECT_NEAR(estimates.on(VariantId{0}, MachineOfferId{1}).mean_s(), 0.002, 1e-9)
      << "another variant says nothing about it";

  for (int i = 0; i < 1000; ++i) estimates.learn(medium, MachineOfferId{1}, 10ms);
  estimates.carry_over();
  EXPECT_NEAR(estimates.on(medium, MachineOfferId{0}).mean_s(), 0.030, 1e-6) << "it has its own";
  EXPECT_NEAR(estimates.on(medium, MachineOfferId{1}).mean_s(), 0.010, 1e-6);
  EXPECT_NEAR(estimates.on(medium, MachineOfferId{2}).mean_s(), 0.020, 1e-6) << "between the two";
}

TEST(Estimates, TheSpreadIsNeverLessThanTheProfileSays) {
  const Catalog catalog = make_catalog();
  Estimates estimates(catalog);
  const VariantId medium{1};
  const Estimate& run = estimates.on(medium, FunctionOfferId{0});
  EXPECT_EQ(run.high(), 11ms);
  for (int i = 0; i < 1000; ++i) estimates.learn(medium, FunctionOfferId{0}, 20ms);
  EXPECT_NEAR(seconds(run.high()), 0.022, 1e-6) << "it may be luck that all took the same";
  EXPECT_NEAR(seconds(run.slowest()), 0.024, 1e-6);
}

TEST(Estimates, WhatWasCarriedOverReachesTheChoiceOfAFunction) {
  World world;
  world.function_offers = 2;  // alike: of equal prices the first is called
  const Catalog catalog = make_catalog(world);
  BrainSettings s = settings();
  s.machines_min = s.machines_max = 0;
  Brain brain(catalog, s);
  const auto call = [&](Time now, Duration takes, bool cold) {
    const Route route = brain.arrive(strict(1s), now);
    Outcome outcome;
    outcome.decision = route.decision;
    outcome.cold = cold;
    brain.finish(route.query, outcome, now + takes);
    return as<OnFunction>(route)->offer;
  };
  call(t(1s), 210ms, true);  // a cold start says nothing of the run
  EXPECT_EQ(call(t(2s), 30ms, false), FunctionOfferId{0});
  brain.tick(t(3s));
  EXPECT_EQ(call(t(3s), 10ms, false), FunctionOfferId{0})
      << "the other one would be as slow, so it is no cheaper";
}

}  // namespace
}  // namespace paragon

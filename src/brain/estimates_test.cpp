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
  EXPECT_NEAR(estimates.on(medium, MachineOfferId{1}).mean_s, 0.010, 1e-9) << "not before a tick";
  estimates.carry_over();
  EXPECT_NEAR(estimates.on(medium, MachineOfferId{1}).mean_s, 0.030, 1e-6);
  EXPECT_NEAR(estimates.on(VariantId{0}, MachineOfferId{1}).mean_s, 0.002, 1e-9)
      << "another variant says nothing about it";

  for (int i = 0; i < 1000; ++i) estimates.learn(medium, MachineOfferId{1}, 10ms);
  estimates.carry_over();
  EXPECT_NEAR(estimates.on(medium, MachineOfferId{0}).mean_s, 0.030, 1e-6) << "it has its own";
  EXPECT_NEAR(estimates.on(medium, MachineOfferId{1}).mean_s, 0.010, 1e-6);
  EXPECT_NEAR(estimates.on(medium, MachineOfferId{2}).mean_s, 0.020, 1e-6) << "between the two";
}

}  // namespace
}  // namespace paragon

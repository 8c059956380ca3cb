// Where machines are bought, in a market whose prices can be added up by hand.
//
// A machine on demand costs a hundredth of a cent a second and does 200 medium queries in it. Spot
// machines of two markets, "a" and "b", cost 0.4 and 0.5 of that; a burstable one 0.3, and earns a
// fifth of its two processors.
#include "brain/schemes/markets.h"

#include "brain/schemes/testing.h"

namespace paragon {
namespace {

using namespace testing;

constexpr MachineOfferId kOnDemand{0};
constexpr MachineOfferId kSpotA{1};
constexpr MachineOfferId kSpotB{2};
constexpr MachineOfferId kBurstable{3};

class Bazaar {
 public:
  explicit Bazaar(double spot_a = 0.4, double spot_b = 0.5, double surcharge_per_vcpu = 0)
      : sight_(make(spot_a, spot_b, surcharge_per_vcpu)) {
    for (std::size_t s = 0; s < Demand::kHistory; ++s) demand_.observe(10, 1);
  }

  // Machines by offer, of which `machines` machines' worth is made.
  std::vector<int> split(int machines, Markets::Bounds bounds = {1, 0.5, false},
                         std::optional<Dollars> function = dollars(1e-6)) {
    Markets markets(bounds);
    markets.look(sight_.view, function);
    markets.split(machines, demand_, sight_.view, OrderReason::demand, targets_);
    EXPECT_EQ(targets_.front().offer, markets.base());
    std::vector<int> goal(sight_.machines.size());
    for (const Target& target : targets_) goal[target.offer.index()] += target.machines;
    return goal;
  }
  void ready(MachineOfferId offer, int machines) {
    sight_.machines[offer.index()].ready = machines;
  }
  void block(MachineOfferId offer) { sight_.blocked_until[offer.index()] = t(60s); }
  void demand(double busy_always, double busy_half_of_the_time) {
    for (std::size_t s = 0; s < Demand::kHistory; ++s) {
      demand_.observe(s % 2 == 0 ? busy_always : busy_half_of_the_time, 1);
    }
  }

 private:
  static Catalog make(double spot_a, double spot_b, double surcharge_per_vcpu) {
    Catalog::Parts parts = make_catalog({.machine_offers = 4}).parts();
    MachineOffer& a = parts.machine_offers[kSpotA.index()];
    a.market = Market::spot;
    a.price = per_hour(0.36 * spot_a);
    MachineOffer& b = parts.machine_offers[kSpotB.index()];
    b.market = Market::spot;
    b.price = per_hour(0.36 * spot_b);
    MachineOffer& burstable = parts.machine_offers[kBurstable.index()];
    burstable.market = Market::burstable;
    burstable.price = per_hour(0.36 * 0.3);
    burstable.credits_per_hour = 24;
    burstable.credits_max = 576;
    if (surcharge_per_vcpu > 0) {
      burstable.surcharge_per_vcpu_hour = per_hour(0.36 * surcharge_per_vcpu);
    }
    Result<Catalog> catalog = Catalog::build(std::move(parts));
    EXPECT_TRUE(catalog.ok());
    return std::move(*catalog);
  }

  Sight sight_;
  Demand demand_;
  std::vector<Target> targets_;
};

using Split = std::vector<int>;

TEST(Markets, SpreadsOverSpotMarketsOfAboutTheSameCost) {
  EXPECT_EQ(Bazaar().split(5), (Split{0, 3, 2, 0}));
  EXPECT_EQ(Bazaar().split(1), (Split{0, 1, 0, 0}));
  // "b" is too dear to spread to: what one market may not carry is bought on demand.
  EXPECT_EQ(Bazaar(0.4, 0.8).split(4), (Split{2, 2, 0, 0}));
  EXPECT_EQ(Bazaar(0.4, 0.8).split(4, {1, 1, false}), (Split{0, 4, 0, 0}));
}

TEST(Markets, BuysOnDemandWhereSpotIsHardlyCheaperOrNotWanted) {
  EXPECT_EQ(Bazaar(0.95, 0.95).split(4), (Split{4, 0, 0, 0}));
  EXPECT_EQ(Bazaar().split(4, {0, 1, false}), (Split{4, 0, 0, 0}));
  EXPECT_EQ(Bazaar().split(4, {0.5, 1, false}), (Split{2, 2, 0, 0}));
}

TEST(Markets, WithoutFunctionsSpotCarriesHalfAtMost) {
  EXPECT_EQ(Bazaar().split(4, {1, 1, false}, std::nullopt), (Split{2, 2, 0, 0}));
}

TEST(Markets, AMarketThatSellsNothingKeepsWhatItHasSold) {
  Bazaar bazaar;
  bazaar.ready(kSpotA, 1);
  bazaar.block(kSpotA);
  EXPECT_EQ(bazaar.split(4), (Split{1, 1, 2, 0}));
  bazaar.block(kSpotB);
  EXPECT_EQ(bazaar.split(4), (Split{3, 1, 0, 0}));
}

TEST(Markets, WhatThereIsStaysUntilReplacementsAreUp) {
  Bazaar bazaar;
  bazaar.ready(kOnDemand, 4);
  EXPECT_EQ(bazaar.split(4), (Split{4, 2, 2, 0}));
  bazaar.ready(kSpotA, 2);
  EXPECT_EQ(bazaar.split(4), (Split{2, 2, 2, 0}));
  bazaar.ready(kSpotB, 2);
  EXPECT_EQ(bazaar.split(4), (Split{0, 2, 2, 0}));
}

constexpr Markets::Bounds kNoSpot{0, 0, true};

TEST(Markets, ALoneMachineThatOnlySlowsDownStaysClearOfItsBaseline) {
  Bazaar bazaar;
  bazaar.demand(0, 0.2);  // busy a tenth of the time
  EXPECT_EQ(bazaar.split(1, kNoSpot), (Split{0, 0, 0, 1}));
  EXPECT_EQ(bazaar.split(1, {0, 0, false}), (Split{1, 0, 0, 0}));
  bazaar.demand(0, 0.4);  // a fifth: as much as it earns, with nothing to spare
  EXPECT_EQ(bazaar.split(1, kNoSpot), (Split{1, 0, 0, 0}));
  bazaar.demand(1, 1.2);  // it would not be alone
  EXPECT_EQ(bazaar.split(2, kNoSpot), (Split{2, 0, 0, 0}));
}

// Beyond a fifth, all of the time busy costs 2 x 0.6 of an on-demand machine, beside the 0.3.
TEST(Markets, AnUnlimitedBurstableMachineStandsAloneWhileItsSurchargeIsWorthIt) {
  Bazaar bazaar(0.4, 0.5, 0.6);
  bazaar.demand(0.4, 0.4);
  EXPECT_EQ(bazaar.split(1, kNoSpot), (Split{0, 0, 0, 1}));
  bazaar.demand(0.6, 0.6);
  EXPECT_EQ(bazaar.split(1, kNoSpot), (Split{1, 0, 0, 0}));
  // Where functions take less than the surcharge, they serve what is beyond.
  bazaar.demand(0.4, 0.4);
  EXPECT_EQ(bazaar.split(1, kNoSpot, dollars(0.9 * 2 * 0.6 * 0.0001 * Sight::kWork)),
            (Split{1, 0, 0, 0}));
  // Beside spot machines at 0.4 it is worth it only where it is hardly busy at all.
  EXPECT_EQ(bazaar.split(1, {1, 0.5, true}), (Split{0, 1, 0, 0}));
  bazaar.demand(0.02, 0.02);
  EXPECT_EQ(bazaar.split(1, {1, 0.5, true}), (Split{0, 0, 0, 1}));
}

TEST(Markets, ABurstableMachineStaysAsTheTopmostWhileChangingIsNotWorthABoot) {
  Bazaar bazaar(0.4, 0.5, 0.6);
  bazaar.ready(kBurstable, 1);
  bazaar.demand(0.6, 0.6);
  EXPECT_EQ(bazaar.split(1, kNoSpot), (Split{0, 0, 0, 1}));
  bazaar.demand(1.6, 1.6);
  EXPECT_EQ(bazaar.split(2, kNoSpot), (Split{1, 0, 0, 1}));
  bazaar.demand(1.9, 1.9);
  EXPECT_EQ(bazaar.split(2, kNoSpot), (Split{2, 0, 0, 1})) << "until the others are up";
  bazaar.ready(kOnDemand, 2);
  EXPECT_EQ(bazaar.split(2, kNoSpot), (Split{2, 0, 0, 0}));
}

}  // namespace
}  // namespace paragon

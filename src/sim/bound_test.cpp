#include "sim/bound.h"

#include <algorithm>
#include <limits>

#include "sim/bound_costs.h"
#include "sim/bound_prices.h"
#include "sim/simulation.h"
#include "sim/testing.h"

namespace paragon::sim {
namespace {

using testing::World;
using namespace std::chrono_literals;

class Listed final : public Arrivals {
 public:
  explicit Listed(std::vector<Time> times) : times_(std::move(times)) {}
  std::optional<Time> next() override {
    return at_ < times_.size() ? std::optional(times_[at_++]) : std::nullopt;
  }

 private:
  std::vector<Time> times_;
  std::size_t at_ = 0;
};

// A world whose times are whole seconds, so that every schedule can be tried.
struct Tiny {
  static constexpr int kEnd = 11;  // of the schedule, seconds

  explicit Tiny(std::uint64_t seed) : random(seed) {
    const auto pick = [&](int least, int most) {
      return least + static_cast<int>(random.below(static_cast<std::uint64_t>(most - least + 1)));
    };
    for (std::size_t v = 0; v < 3; ++v) {
      service.push_back(pick(1, 3));
      world.parts.profiles[v] = {std::chrono::seconds(service[v]), std::chrono::seconds(service[v]),
                                 0ms};
    }
    slots = pick(1, 2);
    boot = pick(0, 3);
    world.machine().vcpus = vcpus(slots);
    world.machine().minimum_billed = std::chrono::seconds(pick(0, 3));
    world.machine().provisioning_delay = {std::chrono::seconds(boot), 0};
    // A call costs between once and five times what the work costs on a busy machine.
    world.function().price = per_gb_second(0.0001 * (1 + 4 * random.uniform()) / slots);
    world.settings.functions = pick(0, 9) > 0;
    for (const int least : {80, 90, 95}) {
      MixClass& c = world.add_class(least == 80   ? "a"
                                    : least == 90 ? "b"
                                                  : "c",
                                    std::chrono::seconds(pick(3, 7)));
      c.constraints.min_accuracy = accuracy(least / 100.0);
    }
    int t = 0;
    for (int i = pick(1, 4); i > 0; --i) {
      t = std::min(4, t + pick(0, 2));
      arrivals.push_back(Time{std::chrono::seconds(t)});
    }
    catalog.emplace(Catalog::build(world.parts).value());
    scenario.catalog = &*catalog;
    scenario.brain = world.settings;
    scenario.load.mix = Mix::build(world.classes).value();
    scenario.load.arrivals = [this] {
      return Result<ArrivalsPtr>(std::make_unique<Listed>(arrivals));
    };
    Random classes = Random(scenario.seed).stream(static_cast<std::uint64_t>(Stream::classes));
    for (std::size_t i = 0; i < arrivals.size(); ++i) {
      of_class.push_back(scenario.load.mix.draw(classes));
    }
  }

  struct Lease {
    int order;
    int end;
  };

  // The cheapest schedule there is with these leases, their own price not counted.
  void assign(std::size_t query, const std::vector<Lease>& leases, double spent) {
    if (spent >= best) return;
    if (query == arrivals.size()) {
      best = spent;
      return;
    }
    const MixClass& c = world.classes[of_class[query]];
    const int from = static_cast<int>(seconds(arrivals[query].time_since_epoch()));
    const int until = from + static_cast<int>(seconds(*c.constraints.max_latency));
    for (std::uint32_t v = 0; v < 3; ++v) {
      if (catalog->variant(VariantId{v}).accuracy.top1 < *c.constraints.min_accuracy) continue;
      if (world.settings.functions && from + service[v] <= until) {
        const Dollars call =
            call_price(catalog->function_offers()[0], std::chrono::seconds(service[v]));
        assign(query + 1, leases, spent + call.value);
      }
      for (std::size_t m = 0; m < leases.size(); ++m) {
        const int last = std::min(until, leases[m].end) - service[v];
        for (int at = std::max(from, leases[m].order + boot); at <= last; ++at) {
          bool room = true;
          for (int u = at; u < at + service[v]; ++u) room = room && busy[m][u] < slots;
          if (!room) continue;
          for (int u = at; u < at + service[v]; ++u) ++busy[m][u];
          assign(query + 1, leases, spent);
          for (int u = at; u < at + service[v]; ++u) --busy[m][u];
        }
      }
    }
  }

  double cheapest() {
    const MachineOffer& offer = catalog->machine_offers()[0];
    const auto price = [&](const Lease& l) {
      return (offer.price * billed_time(offer, std::chrono::seconds(l.end - l.order))).value;
    };
    std::vector<Lease> all;
    for (int order = 0; order < kEnd; ++order) {
      for (int end = order + boot + 1; end <= kEnd; ++end) all.push_back({order, end});
    }
    assign(0, {}, 0);
    for (std::size_t i = 0; i < all.size(); ++i) {
      assign(0, {all[i]}, price(all[i]));
      for (std::size_t j = i; j < all.size(); ++j) {
        assign(0, {all[i], all[j]}, price(all[i]) + price(all[j]));
      }
    }
    return best;
  }

  Random random;
  World world;
  std::vector<int> service;
  int slots = 1;
  int boot = 0;
  std::vector<Time> arrivals;
  std::vector<std::size_t> of_class;
  std::optional<Catalog> catalog;
  Scenario scenario;
  double best = std::numeric_limits<double>::infinity();
  int busy[2][kEnd + 1] = {};
};

TEST(Bound, NoScheduleOfATinyLoadCostsLess) {
  double bounds = 0;
  double costs = 0;
  int tried = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    Tiny tiny(seed);
    const double cheapest = tiny.cheapest();
    if (cheapest == std::numeric_limits<double>::infinity()) continue;
    const Result<Bound> bound = clairvoyant_bound(tiny.scenario);
    ASSERT_TRUE(bound.ok()) << bound.error().message;
    EXPECT_LE(bound->least.value, cheapest * (1 + 1e-9)) << "seed " << seed;
    bounds += bound->least.value;
    costs += cheapest;
    ++tried;
  }
  EXPECT_GT(tried, 100);
  // It says something even where a fluid is the poorest picture of a machine.
  EXPECT_GT(bounds, 0.5 * costs);
}

// A steady load: machines for all of it but the start, which functions serve.
TEST(Bound, SteadyLoadByHand) {
  World world;
  world.function().price = per_gb_second(0.0001);  // a call costs 2.4 times the work
  world.add_class("any", 500ms);
  world.load(per_second(400), 1000s);  // of 10 ms on one of two slots: 2 machines' worth
  Result<Catalog> catalog = Catalog::build(world.parts);
  const Result<Bound> bound = clairvoyant_bound(world.scenario(*catalog));
  ASSERT_TRUE(bound.ok());
  // 10 s of 400 calls of 10 ms, and 2 machines from then on, each with a boot of 10 s.
  const double calls = 10 * 400 * (0.0001 * 0.010 + 0.0000002);
  const double machines = 2 * (990 + 10) * 0.0001;
  EXPECT_LE(bound->least.value, machines + calls);
  EXPECT_GT(bound->least.value, 0.985 * (machines + calls));
  EXPECT_NEAR(bound->machines.value + bound->functions.value, bound->least.value, 1e-12);
}

TEST(Bound, FollowsADayThatRisesAndFalls) {
  World world;
  world.function().price = per_gb_second(0.0001);
  world.add_class("any", 500ms);
  world.arrivals = [] {
    return Result<ArrivalsPtr>(merge(constant(per_second(200), 2000s, Spacing::even, 1),
                                     crowd({Time{500s}, 100s, 600s, 100s, per_second(400)}, 2)));
  };
  Result<Catalog> catalog = Catalog::build(world.parts);
  const Result<Bound> bound = clairvoyant_bound(world.scenario(*catalog));
  ASSERT_TRUE(bound.ok());
  // One machine throughout and two more in the crowd, half of its slopes counted.
  const double about = 0.0001 * (1990 + 2 * 700 + 3 * 10) + 2000 * 1.2e-6;
  EXPECT_GT(bound->least.value, 0.97 * about);
  EXPECT_LT(bound->least.value, 1.02 * about);
}

TEST(Bound, NoRunCostsLess) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    Random random(seed);
    World world;
    world.seed = seed;
    world.settings.scheme = "paragon";
    world.parts.profiles[1].service_p99 = 11ms;
    world.function().cold_start = {0ms, 0};
    world.function().price = per_gb_second(0.0001);
    world.machine().provisioning_delay.sigma = 0.2;
    world.add_class("strict", 1s, QueryClass::strict);
    world.add_class("relaxed", from_seconds(2 + 4 * random.uniform()), QueryClass::relaxed);
    world.load(per_second(50 + 400 * random.uniform()), 120s, Spacing::poisson);
    const RunResult run = world.run();
    Result<Catalog> catalog = Catalog::build(world.parts);
    const Result<Bound> bound = clairvoyant_bound(world.scenario(*catalog));
    ASSERT_TRUE(bound.ok());
    // A query that is missed adds no more to the bound than its call (10 or 11 ms).
    const double missed = static_cast<double>(run.all.missed()) * 1.4e-6;
    ASSERT_LT(run.all.violation_rate(), 0.005);
    EXPECT_LE(bound->least.value - missed, run.cost.total().value);
    EXPECT_GT(bound->least.value, 0.3 * run.cost.total().value);
  }
}

// Cheaper machines that may be taken away, or slow down, are part of what is possible.
TEST(Bound, NoRunCostsLessOnAnyMarket) {
  for (const Market market : {Market::spot, Market::burstable}) {
    World world;
    world.settings.scheme = "newsvendor";
    world.function().price = per_gb_second(0.0001);
    MachineOffer other = world.machine();
    other.name = "other";
    other.market = market;
    other.price = other.price * 0.3;
    if (market == Market::burstable) {
      other.credits_per_hour = 60;  // half of its two processors
      other.credits_max = other.credits_at_launch = 60;
    }
    world.parts.machine_offers.push_back(other);
    world.add_class("relaxed", 2s, QueryClass::relaxed);
    world.load(per_second(150), 600s, Spacing::poisson);
    const RunResult run = world.run();
    ASSERT_LT(run.all.violation_rate(), 0.001);
    const Result<Catalog> catalog = Catalog::build(world.parts);
    const Result<Bound> bound = clairvoyant_bound(world.scenario(*catalog));
    ASSERT_TRUE(bound.ok());
    EXPECT_LE(bound->least, run.cost.total());
    EXPECT_GT(bound->least, run.cost.total() * 0.2);
  }
}

// Asked for the most accurate within its bounds, a function may still give a lesser one at the last
// moment.
TEST(Bound, NoRunCostsLessWithALesserAnswer) {
  World world;
  world.settings.scheme = "newsvendor";
  MixClass& c = world.add_class("best", 500ms, QueryClass::relaxed);
  c.constraints.objective = kMostAccurate;
  c.constraints.max_cost = dollars(1.3e-6);  // a call of the large one costs 1.3e-6 + 0.2e-6
  world.load(per_second(50), 120s);
  const RunResult run = world.run();
  const Result<Catalog> catalog = Catalog::build(world.parts);
  const Result<Bound> bound = clairvoyant_bound(world.scenario(*catalog));
  ASSERT_TRUE(bound.ok());
  EXPECT_GT(run.on_functions, 0U);
  EXPECT_LE(bound->least, run.cost.total());
}

// Nothing is up in the first ten seconds, so without functions whoever must be answered by then is
// late for certain and costs nothing.
TEST(Bound, WhatComesBeforeTheFirstMachineIsHopelessWithoutFunctions) {
  World world;
  world.settings.functions = false;
  world.add_class("any", 1s);
  world.load(per_second(400), 100s);
  const Result<Catalog> catalog = Catalog::build(world.parts);
  const Result<Bound> bound = clairvoyant_bound(world.scenario(*catalog));
  ASSERT_TRUE(bound.ok());
  EXPECT_NEAR(static_cast<double>(bound->hopeless), 9 * 400, 2);
  // Of the other 91 s, the work of two machines, and their boots.
  EXPECT_LE(bound->least.value, 2 * 101 * 0.0001 + 1e-9);
  EXPECT_GT(bound->least.value, 0.9 * 2 * 101 * 0.0001);
}

TEST(Bound, CountsTheHopeless) {
  World world;
  world.parts.profiles[1].service_p99 = 40ms;  // one in a hundred takes four times as long
  world.parts.profiles[2].service_p99 = 200ms;
  world.add_class("any", 40ms);
  world.load(per_second(100), 200s);
  Result<Catalog> catalog = Catalog::build(world.parts);
  const Result<Bound> bound = clairvoyant_bound(world.scenario(*catalog));
  ASSERT_TRUE(bound.ok());
  EXPECT_NEAR(static_cast<double>(bound->hopeless), 200, 60);
}

TEST(Bound, RefusesWhatNoVariantCanDo) {
  World world;
  world.add_class("impossible", 5ms);  // 90 % takes 10 ms
  world.load(per_second(1), 10s);
  Result<Catalog> catalog = Catalog::build(world.parts);
  const Result<Bound> bound = clairvoyant_bound(world.scenario(*catalog));
  ASSERT_FALSE(bound.ok());
  EXPECT_EQ(bound.error().code, ErrorCode::invalid);
  EXPECT_NE(bound.error().message.find("impossible"), std::string::npos);
}

// Whatever prices one begins with: afterwards no lease earns more than it costs.
TEST(ShadowPrices, AreSoundAfterwards) {
  World world;
  const Result<Catalog> catalog = Catalog::build(world.parts);
  const Start start(*catalog, {});
  ASSERT_EQ(start.until(), 10s);
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    ShadowPrices prices{{500ms, 200}, {}};
    for (int i = 0; i < 200; ++i) prices.price.push_back(5 * random.uniform() - 1);
    const std::vector<double> before = prices.price;
    make_sound(prices, start, seed % 2 == 0 ? Pass::forwards : Pass::backwards);
    double worst = 0;
    for (std::size_t from = 20; from < 200; ++from) {
      double earned = 0;
      for (std::size_t to = from; to < 200; ++to) {
        earned += (prices.price[to] - 1) * 0.5;
        worst = std::max(worst, earned);
      }
    }
    EXPECT_LE(worst, 10 + 1e-9);
    EXPECT_GT(worst, 9.9);  // and no more was taken off than that
    for (std::size_t i = 0; i < 200; ++i) {
      EXPECT_GE(prices.price[i], 0);
      EXPECT_LE(prices.price[i], std::max(0.0, before[i]));
    }
  }
}

TEST(LeastMeanBoot, IsTheMeanWhereGivingUpDoesNotPay) {
  EXPECT_DOUBLE_EQ(least_mean_boot({90s, 0}), 90);
  EXPECT_NEAR(least_mean_boot({90s, 0.2}), 90 * std::exp(0.02), 0.2);
  // A delay with a long tail: orders that are not there soon are given up.
  EXPECT_LT(least_mean_boot({90s, 1.5}), 0.8 * 90 * std::exp(1.125));
  // A machine that is ready before its time earns meanwhile.
  EXPECT_DOUBLE_EQ(least_mean_boot({90s, 0}, 100s, 2), 70);
  EXPECT_LT(least_mean_boot({90s, 0.2}, 70s, 2), least_mean_boot({90s, 0.2}));
}

}  // namespace
}  // namespace paragon::sim

// Where queries go: each test reads as a timeline.
#include <array>

#include "brain/testing.h"

namespace paragon {
namespace {

using namespace testing;

class Dispatch : public ::testing::Test {
 protected:
  Catalog catalog = make_catalog();
};

TEST_F(Dispatch, AFreeSlotIsTaken) {
  Scene scene(catalog);
  const Route route = scene->arrive(strict(200ms), t(1s));
  ASSERT_TRUE(as<OnMachine>(route));
  EXPECT_EQ(as<OnMachine>(route)->variant, VariantId{1}) << "the cheapest of at least 90 %";
  EXPECT_EQ(route.why, Reason::free_slot);
  EXPECT_EQ(route.predicted_latency, 10ms);
}

TEST_F(Dispatch, ParagonSendsOnlyStrictQueriesToFunctionsAtOnce) {
  Scene scene(catalog);
  scene->arrive(strict(500ms), t(1s));
  scene->arrive(strict(500ms), t(1s));  // two slots, both taken
  const Route hurried = scene->arrive(strict(500ms), t(1s));
  ASSERT_TRUE(as<OnFunction>(hurried));
  EXPECT_EQ(hurried.why, Reason::no_free_slot);
  const Route patient = scene->arrive(relaxed(5s), t(1s));
  ASSERT_TRUE(as<Wait>(patient));
  EXPECT_EQ(patient.why, Reason::slack);
}

TEST_F(Dispatch, AWaitingQueryTakesTheSlotThatFrees) {
  Scene scene(catalog);
  const Route first = scene->arrive(strict(500ms), t(1s));
  scene->arrive(strict(500ms), t(1s));
  const Route waits = scene->arrive(relaxed(5s), t(1s));
  ASSERT_TRUE(as<Wait>(waits));
  const Routes routes = scene.answer(first, 10ms, t(1010ms));
  ASSERT_EQ(routes.size(), 1U);
  EXPECT_EQ(routes[0].query, waits.query);
  EXPECT_TRUE(as<OnMachine>(routes[0]));
  EXPECT_EQ(routes[0].why, Reason::slot_freed);
}

TEST_F(Dispatch, TheEarliestDeadlineGoesFirst) {
  Scene scene(catalog);
  const Route running = scene->arrive(strict(500ms), t(1s));
  scene->arrive(strict(500ms), t(1s));
  scene->arrive(relaxed(9s), t(1s));
  const Route sooner = scene->arrive(relaxed(4s), t(1s));
  const Routes routes = scene.answer(running, 10ms, t(1010ms));
  ASSERT_EQ(routes.size(), 1U);
  EXPECT_EQ(routes[0].query, sooner.query);
}

TEST_F(Dispatch, ARelaxedQueryLeavesForAFunctionAtTheLastResponsibleMoment) {
  Scene scene(catalog);
  scene->arrive(strict(60s), t(1s));
  scene->arrive(strict(60s), t(1s));
  const Route waits = scene->arrive(relaxed(5s), t(1s));
  ASSERT_TRUE(as<Wait>(waits));
  // 5 s of slack less a cold start (200 ms, 100 ms of process) and the slow end of a service time.
  const Time leaves = as<Wait>(waits)->until;
  EXPECT_GT(leaves, t(5500ms));
  EXPECT_LT(leaves, t(5800ms));
  EXPECT_EQ(scene->due(), leaves);
  EXPECT_TRUE(scene->wake(leaves - 1ms).empty());
  const Routes routes = scene->wake(leaves);
  ASSERT_EQ(routes.size(), 1U);
  EXPECT_EQ(routes[0].query, waits.query);
  EXPECT_TRUE(as<OnFunction>(routes[0]));
  EXPECT_EQ(routes[0].why, Reason::last_moment);
  EXPECT_LE(routes[0].predicted_latency, 5s);
  EXPECT_EQ(scene->due(), kNever);
}

TEST_F(Dispatch, TheLastMomentLeavesTimeForASlowAnswer) {
  Scene scene(catalog);
  scene->arrive(strict(60s), t(1s));
  scene->arrive(strict(60s), t(1s));
  const std::array calls{scene->arrive(strict(1s), t(1s)), scene->arrive(strict(1s), t(1s))};
  for (const Route& call : calls) scene.answer(call, 10ms, t(1010ms));
  const Route waits = scene->arrive(relaxed(5s), t(2s));  // two environments are warm
  ASSERT_TRUE(as<Wait>(waits));
  // 10 ms, one in a hundred takes 11 ms: as much again, or one call in a hundred would be late.
  EXPECT_EQ(as<Wait>(waits)->until, t(7s - 12ms));
}

TEST_F(Dispatch, AStrictQueryQueuesWhereOnlyAColdFunctionWouldBeTooLate) {
  Scene scene(catalog);
  scene->arrive(strict(100ms), t(1s));
  scene->arrive(strict(100ms), t(1s));
  const Route route = scene->arrive(strict(100ms), t(1s));
  EXPECT_TRUE(as<Wait>(route)) << "a slot frees in 10 ms, a cold start takes 240 ms";
  EXPECT_EQ(route.why, Reason::queue_in_time);
}

TEST_F(Dispatch, AWarmFunctionIsRemembered) {
  Scene scene(catalog);
  scene->arrive(strict(1s), t(1s));
  scene->arrive(strict(1s), t(1s));
  const Route cold = scene->arrive(strict(1s), t(1s));
  ASSERT_TRUE(as<OnFunction>(cold));
  EXPECT_TRUE(as<OnFunction>(cold)->cold);
  scene.answer(cold, 10ms, t(1300ms));
  const Route warm = scene->arrive(strict(100ms), t(1400ms));
  ASSERT_TRUE(as<OnFunction>(warm));
  EXPECT_FALSE(as<OnFunction>(warm)->cold);
  scene.answer(warm, 10ms, t(1410ms));
  const Route expired = scene->arrive(strict(1s), t(1410ms + 5min));
  ASSERT_TRUE(as<OnFunction>(expired));
  EXPECT_TRUE(as<OnFunction>(expired)->cold) << "kept warm for five minutes, not longer";
}

TEST_F(Dispatch, ReactiveNeverUsesFunctions) {
  Scene scene(catalog, settings("reactive"));
  scene->arrive(strict(100ms), t(1s));
  scene->arrive(strict(100ms), t(1s));
  EXPECT_TRUE(as<Wait>(scene->arrive(strict(100ms), t(1s))));
}

TEST_F(Dispatch, RefusesWhatNothingCanAnswerInTime) {
  Scene scene(catalog, settings("reactive"));
  Route route;
  int accepted = 0;
  for (int i = 0; i < 100; ++i) {
    route = scene->arrive(strict(100ms), t(1s));
    if (as<Refuse>(route)) break;
    ++accepted;
  }
  ASSERT_TRUE(as<Refuse>(route));
  EXPECT_EQ(route.why, Reason::overload);
  EXPECT_GE(as<Refuse>(route)->retry_after, 1s);
  // Two slots of 10 ms: about twenty fit into 100 ms.
  EXPECT_GE(accepted, 17);
  EXPECT_LE(accepted, 21);
}

TEST_F(Dispatch, ImpossibleConstraintsAreRefusedForGood) {
  Scene scene(catalog);
  for (const Query& q : {query(200ms, 0.99), query(1ms), query(20ms, 0.95)}) {
    const Route route = scene->arrive(q, t(1s));
    ASSERT_TRUE(as<Refuse>(route));
    EXPECT_EQ(route.why, Reason::infeasible);
    EXPECT_EQ(as<Refuse>(route)->retry_after, 0s);
  }
  const Limits limits = scene->selector().limits(TaskId{0});
  EXPECT_EQ(limits.accuracy, accuracy(0.95));
  EXPECT_EQ(limits.latency, 2ms);
}

TEST_F(Dispatch, APinnedVariantIsUsed) {
  Scene scene(catalog);
  Query q = query(1s);
  q.pinned = VariantId{2};
  const Route route = scene->arrive(q, t(1s));
  ASSERT_TRUE(as<OnMachine>(route));
  EXPECT_EQ(as<OnMachine>(route)->variant, VariantId{2});
}

TEST_F(Dispatch, TheQueriesOfALostMachineGoElsewhere) {
  Scene scene(catalog, settings(), 2);
  std::vector<QueryId> accepted;
  for (int i = 0; i < 4; ++i) accepted.push_back(scene->arrive(strict(1s), t(1s)).query);
  const Routes routes = scene->observe({scene.machine(0), MachineEventKind::failed, {}}, t(1005ms));
  ASSERT_EQ(routes.size(), 2U);
  EXPECT_EQ(routes[0].query, accepted[0]) << "in the order of arrival";
  EXPECT_EQ(routes[1].query, accepted[1]);
  for (const Route& route : routes) {
    EXPECT_EQ(route.why, Reason::no_free_slot);
    EXPECT_TRUE(as<OnFunction>(route));
  }
}

TEST_F(Dispatch, AnOutdatedOutcomeIsIgnored) {
  Scene scene(catalog, settings(), 2);
  const Route first = scene->arrive(strict(1s), t(1s));
  const Routes again = scene.end(first, Ending::lost, t(1005ms));
  ASSERT_EQ(again.size(), 1U);
  const Route second = again[0];
  ASSERT_TRUE(as<OnMachine>(second));
  EXPECT_NE(as<OnMachine>(second)->machine, as<OnMachine>(first)->machine)
      << "the machine that lost it gets nothing new for a moment";
  EXPECT_TRUE(scene.answer(first, 10ms, t(1010ms)).empty());
  EXPECT_EQ(scene->status(t(1010ms)).answered, 0U);
  scene.answer(second, 10ms, t(1020ms));
  scene.answer(second, 10ms, t(1020ms));
  EXPECT_EQ(scene->status(t(1020ms)).answered, 1U);
}

TEST_F(Dispatch, GivesUpAfterTheAllowedAttempts) {
  Scene scene(catalog, settings(), 4);
  Route route = scene->arrive(strict(1s), t(1s));
  for (int attempt = 1; attempt < 3; ++attempt) {
    const Routes next = scene.end(route, Ending::lost, t(1s + attempt * 1ms));
    ASSERT_EQ(next.size(), 1U);
    route = next[0];
    ASSERT_FALSE(as<Refuse>(route));
  }
  const Routes last = scene.end(route, Ending::lost, t(1010ms));
  ASSERT_EQ(last.size(), 1U);
  EXPECT_TRUE(as<Refuse>(last[0]));
  EXPECT_EQ(last[0].why, Reason::machine_lost);
}

// Two function offers, no machines: calls of the first come first (they are alike).
class Throttling : public ::testing::Test {
 protected:
  Catalog catalog = make_catalog({.cold_start = 200ms, .function_offers = 2});
  BrainSettings functions_only = [] {
    BrainSettings s = settings();
    s.machines_max = 0;
    return s;
  }();
};

TEST_F(Throttling, AnOfferThatWasThrottledStartsNothingForAWhile) {
  Scene scene(catalog, functions_only, 0);
  const Route first = scene->arrive(strict(5s), t(1s));
  const Routes again = scene.end(first, Ending::throttled, t(1001ms));
  ASSERT_EQ(again.size(), 1U);
  ASSERT_TRUE(as<OnFunction>(again[0]));
  EXPECT_NE(as<OnFunction>(again[0])->offer, as<OnFunction>(first)->offer);
  const Route next = scene->arrive(strict(5s), t(1200ms));
  EXPECT_EQ(as<OnFunction>(next)->offer, as<OnFunction>(again[0])->offer);
  const Route later = scene->arrive(strict(5s), t(1300ms));
  EXPECT_EQ(as<OnFunction>(later)->offer, as<OnFunction>(first)->offer);
}

TEST_F(Throttling, ItsWarmEnvironmentsAreCalledAsEver) {
  Scene scene(catalog, functions_only, 0);
  const Route warm = scene->arrive(strict(5s), t(1s));
  const Route throttled = scene->arrive(strict(5s), t(1s));
  ASSERT_EQ(as<OnFunction>(warm)->offer, as<OnFunction>(throttled)->offer);
  scene.answer(warm, 10ms, t(1010ms));
  const Route again = scene.end(throttled, Ending::throttled, t(1011ms))[0];
  ASSERT_TRUE(as<OnFunction>(again));
  EXPECT_EQ(as<OnFunction>(again)->offer, as<OnFunction>(warm)->offer);
  EXPECT_FALSE(as<OnFunction>(again)->cold);
}

TEST_F(Throttling, AnAcceptedQueryWaitsForItsLastMomentBeforeItIsGivenUp) {
  Scene scene(catalog, functions_only, 0);
  const Route first = scene->arrive(strict(5s), t(1s));
  const Route second = scene.end(first, Ending::throttled, t(1001ms))[0];
  const Route waits = scene.end(second, Ending::throttled, t(1002ms))[0];
  ASSERT_TRUE(as<Wait>(waits)) << "both offers are throttled";
  const Time last_moment = as<Wait>(waits)->until;
  EXPECT_LT(last_moment, t(6s));
  const Routes routes = scene->wake(last_moment);
  ASSERT_EQ(routes.size(), 1U);
  EXPECT_TRUE(as<OnFunction>(routes[0]));
}

TEST_F(Throttling, WithoutMachineOffersAnAcceptedQueryWaitsAlike) {
  const Catalog none = make_catalog({.machine_offers = 0});
  Scene scene(none, functions_only, 0);
  const Route first = scene->arrive(strict(5s), t(1s));
  ASSERT_TRUE(as<OnFunction>(first));
  const Route waits = scene.end(first, Ending::throttled, t(1001ms))[0];
  ASSERT_TRUE(as<Wait>(waits));
  const Routes routes = scene->wake(as<Wait>(waits)->until);
  ASSERT_EQ(routes.size(), 1U);
  EXPECT_TRUE(as<OnFunction>(routes[0]));
}

TEST_F(Throttling, WhereNothingCanComeALastMomentIsTheEnd) {
  functions_only.attempts_max = 10;
  Scene scene(catalog, functions_only, 0);
  Route route = scene->arrive(strict(400ms), t(1s));
  for (int offer = 0; offer < 2; ++offer) {
    ASSERT_TRUE(as<OnFunction>(route));
    route = scene.end(route, Ending::throttled, t(1001ms))[0];
  }
  ASSERT_TRUE(as<Wait>(route));
  const Routes routes = scene->wake(as<Wait>(route)->until);
  ASSERT_EQ(routes.size(), 1U);
  EXPECT_TRUE(as<Refuse>(routes[0])) << "still throttled";
  EXPECT_EQ(scene->status(t(3s)).waiting, 0);
  EXPECT_EQ(scene->due(), kNever);
}

TEST_F(Dispatch, AStartThatOutlastsItsCallIsLearned) {
  BrainSettings alone = settings();
  alone.machines_max = 0;
  Scene scene(catalog, alone, 0);
  const Query patient = strict(60s);
  const Route first = scene->arrive(patient, t(1s));
  ASSERT_TRUE(as<OnFunction>(first));
  const Duration allowed = as<OnFunction>(first)->timeout;
  const Route second = scene.end(first, Ending::lost, t(1s) + allowed)[0];
  ASSERT_TRUE(as<OnFunction>(second));
  EXPECT_GT(as<OnFunction>(second)->timeout, allowed) << "the next one is given more time";
  EXPECT_GT(second.predicted_latency - allowed, first.predicted_latency);
}

TEST_F(Dispatch, AnAbandonedQueryLeavesTheWaitingRoom) {
  Scene scene(catalog);
  const Route running = scene->arrive(strict(1s), t(1s));
  scene->arrive(strict(1s), t(1s));
  const Route waits = scene->arrive(relaxed(5s), t(1s));
  scene.end(waits, Ending::abandoned, t(1001ms));
  EXPECT_EQ(scene->status(t(1001ms)).waiting, 0);
  EXPECT_TRUE(scene.answer(running, 10ms, t(1010ms)).empty());
  EXPECT_EQ(scene->due(), kNever);
}

TEST_F(Dispatch, AMachineServesAMixWithoutExceedingItself) {
  World world;
  world.vcpus = 4;
  const Catalog four = make_catalog(world);
  BrainSettings s = settings("reactive");
  Scene scene(four, s);
  for (int i = 0; i < 4; ++i) {
    Query q = query(60s);
    q.pinned = VariantId{static_cast<std::uint32_t>(i % 3)};
    EXPECT_TRUE(as<OnMachine>(scene->arrive(q, t(1s))));
  }
  EXPECT_DOUBLE_EQ(scene->machines().at(0).busy, 1);
  EXPECT_TRUE(as<Wait>(scene->arrive(query(60s), t(1s))));
}

TEST_F(Dispatch, LateOnesDoNotMakeOthersLate) {
  Scene scene(catalog, settings("reactive"));
  const Route a = scene->arrive(strict(10s), t(1s));
  scene->arrive(strict(10s), t(1s));
  const Route doomed = scene->arrive(strict(500ms), t(1s));
  const Route fine = scene->arrive(relaxed(3s), t(1s));
  ASSERT_TRUE(as<Wait>(doomed));
  // The slot frees only after the deadline of the first in line.
  const Routes routes = scene.answer(a, 1s, t(2s));
  ASSERT_EQ(routes.size(), 1U);
  EXPECT_EQ(routes[0].query, fine.query);
  const Routes then = scene.answer(routes[0], 10ms, t(2010ms));
  ASSERT_EQ(then.size(), 1U);
  EXPECT_EQ(then[0].query, doomed.query) << "accepted, so answered, if late";
  EXPECT_EQ(then[0].why, Reason::late);
}

TEST_F(Dispatch, ALateOneDoesNotWaitForEverUnderLastingOverload) {
  Scene scene(catalog, settings("reactive"));
  Route running = scene->arrive(strict(10s), t(1s));
  scene->arrive(strict(10s), t(1s));
  const Route doomed = scene->arrive(strict(200ms), t(1s));
  ASSERT_TRUE(as<Wait>(doomed));
  // From now on there is always one more that can still be on time.
  for (Time now = t(1300ms); now < t(10s); now += 10ms) {
    scene->arrive(strict(500ms), now);
    const Routes routes = scene.answer(running, 10ms, now);
    ASSERT_EQ(routes.size(), 1U);
    running = routes[0];
    if (running.query != doomed.query) continue;
    EXPECT_EQ(running.why, Reason::late);
    EXPECT_GT(now, t(2s)) << "others go first for a while";
    EXPECT_LE(now, t(3s)) << "ten times its bound";
    return;
  }
  FAIL() << "never served";
}

TEST_F(Dispatch, NoBoundMeansItWaitsForAMachineThatIsToCome) {
  BrainSettings s = settings();
  s.machines_min = 0;
  Brain brain(catalog, s);
  const Route waits = brain.arrive(query(), t(1s));
  ASSERT_TRUE(as<Wait>(waits));
  const Orders orders = brain.tick(t(2s));
  ASSERT_EQ(orders.size(), 1U);
  const Routes routes =
      brain.observe({std::get<Buy>(orders[0]).machine, MachineEventKind::ready, {}}, t(12s));
  ASSERT_EQ(routes.size(), 1U);
  EXPECT_EQ(routes[0].query, waits.query);
}

TEST_F(Dispatch, TheWaitingRoomIsBounded) {
  BrainSettings s = settings();
  s.waiting_max = 3;
  s.functions = false;
  Scene scene(catalog, s);
  scene->arrive(strict(60s), t(1s));
  scene->arrive(strict(60s), t(1s));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(as<Wait>(scene->arrive(query(), t(1s))));
  const Route refused = scene->arrive(query(), t(1s));
  ASSERT_TRUE(as<Refuse>(refused));
  EXPECT_EQ(refused.why, Reason::waiting_room_full);
}

TEST_F(Dispatch, WhereNoMachineCanComeARelaxedQueryLeavesAtOnce) {
  BrainSettings none = settings();
  none.machines_min = none.machines_max = 0;
  Brain brain(catalog, none);
  const Route route = brain.arrive(relaxed(20s), t(0s));
  EXPECT_TRUE(as<OnFunction>(route));
  EXPECT_EQ(route.why, Reason::no_machine);
}

// "large" costs $2.5e-6 of a machine and $3.5e-6 of a function; "medium" $0.9e-6 of a function.
TEST_F(Dispatch, WhereNoFunctionRunsItWithinTheBoundsALesserVariantAnswersAtTheLastMoment) {
  const Catalog slow_functions = make_catalog({.function_speed = 0.25});
  Scene scene(slow_functions);
  Query best = query(2s, std::nullopt, QueryClass::strict);
  best.constraints.max_cost = dollars(2.6e-6);
  best.constraints.objective = kMostAccurate;
  for (int i = 0; i < 2; ++i) {
    const Route route = scene->arrive(best, t(1s));
    ASSERT_TRUE(as<OnMachine>(route));
    EXPECT_EQ(as<OnMachine>(route)->variant, VariantId{2});
  }
  const Route waits = scene->arrive(best, t(1s));
  ASSERT_TRUE(as<Wait>(waits)) << "for a slot, though strict ones leave for functions at once";
  const Time last = scene->due();
  ASSERT_LT(last, t(3s));
  const Routes routes = scene->wake(last);
  ASSERT_EQ(routes.size(), 1U);
  EXPECT_EQ(routes[0].query, waits.query);
  ASSERT_TRUE(as<OnFunction>(routes[0]));
  EXPECT_EQ(as<OnFunction>(routes[0])->variant, VariantId{1});
  EXPECT_LE(routes[0].predicted_cost, dollars(2.6e-6));

  // An accuracy that only "large" has leaves nothing to fall back on.
  best.constraints.min_accuracy = accuracy(0.95);
  best.constraints.max_latency = 60ms;  // and no machine is free in time
  EXPECT_TRUE(as<Refuse>(scene->arrive(best, last)));
}

TEST_F(Dispatch, AMachineThatWillBeTakenAwayServesOnWhileItsReplacementBoots) {
  BrainSettings none = settings();
  none.functions = false;
  Scene scene(catalog, none);
  scene->observe({scene.machine(0), MachineEventKind::interrupted, 120s}, t(10s));
  const Orders orders = scene->tick(t(11s));
  ASSERT_EQ(orders.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<Buy>(orders[0]));
  EXPECT_EQ(scene->machines().front().state, MachineStatus::State::leaving);

  const Route route = scene->arrive(strict(1s), t(100s));
  ASSERT_TRUE(as<OnMachine>(route));
  EXPECT_EQ(as<OnMachine>(route)->machine, scene.machine(0));
  scene.answer(route, 10ms, t(100s + 10ms));
  EXPECT_TRUE(scene->tick(t(101s)).empty()) << "no second replacement, nothing given back";

  scene->tick(t(125s));  // shortly before its time: what begins now might not end
  EXPECT_EQ(scene->machines().front().state, MachineStatus::State::draining);
  EXPECT_FALSE(as<OnMachine>(scene->arrive(strict(1s), t(126s))));
}

}  // namespace
}  // namespace paragon

// The life of machines and functions on AWS while things go wrong there.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

#include "awscloud/aws_stage.h"
#include "base/random.h"

namespace paragon::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr MachineOfferId kOnDemand{0};
constexpr MachineOfferId kSpot{1};

class AwsLife : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!server.serving()) GTEST_SKIP() << server.why_not();
    begin();
  }
  void begin() {
    controller = std::make_unique<AwsController>(loop, server, catalog, settings,
                                                 [this](const CloudEvent& event) { take(event); });
  }
  void take(const CloudEvent& event) {
    if (const auto* one = std::get_if<MachineReady>(&event)) ready[one->machine] = *one;
    if (const auto* one = std::get_if<MachineFailed>(&event)) failed.emplace(one->machine, *one);
    if (const auto* one = std::get_if<MachineGone>(&event)) gone.emplace(one->machine, *one);
    if (const auto* one = std::get_if<CallBilled>(&event)) billed.push_back(*one);
    if (const auto* one = std::get_if<MachineInterrupted>(&event))
      interrupted.emplace(one->machine, *one);
    if (const auto* one = std::get_if<Listed>(&event)) listed = *one;
  }
  bool until(const std::function<bool()>& when, Duration bound = 30s) {
    return run_until(loop, when, bound);
  }
  bool launched(MachineId id, MachineOfferId offer = kOnDemand) {
    controller->cloud().launch(offer, id);
    return until([&] { return ready.contains(id); });
  }
  Listed list() {
    listed.reset();
    controller->cloud().list();
    EXPECT_TRUE(until([&] { return listed.has_value(); }));
    return listed.value_or(Listed{});
  }
  std::optional<ErrorCode> failure(const std::string& body, Duration timeout = 10s) {
    std::optional<Result<FunctionAnswer>> answer;
    FunctionCall call{FunctionOfferId{0},
                      VariantId{0},
                      "/v2/models/small/infer",
                      {},
                      std::make_shared<const std::string>(body),
                      timeout};
    controller->cloud().invoke(std::move(call), [&](Result<FunctionAnswer> got) { answer = got; });
    EXPECT_TRUE(until([&] { return answer.has_value(); }));
    if (!answer || answer->ok()) return std::nullopt;
    return answer->error().code;
  }
  // The milliseconds that AWS has billed for functions; those that we were told of besides answers.
  std::int64_t billed_ms() const {
    std::int64_t ms = 0;
    const json all = server.state();
    for (const auto& line : all["bill"]["functions"]) ms += line["billed_ms"].get<std::int64_t>();
    return ms;
  }
  std::int64_t told_ms() const {
    Duration sum{};
    for (const CallBilled& one : billed) sum += one.billed;
    return sum / 1ms;
  }
  std::string instance_of(MachineId id) const {
    const json all = server.state();
    for (const auto& one : all["instances"])
      if (one["tags"].value("paragon:machine", "") == std::to_string(id.value)) return one["id"];
    return {};
  }
  void fault(const std::string& action, const std::string& kind, int count = 1) {
    server.control({{"do", "fault"}, {"action", action}, {"kind", kind}, {"count", count}});
  }

  AwsServer server{{"--boot-s", "0.2"}};
  Loop loop;
  Catalog catalog = aws_catalog();
  aws::AwsSettings settings = aws_settings_for_tests();
  std::unique_ptr<AwsController> controller;
  std::map<MachineId, MachineReady> ready;
  std::map<MachineId, MachineFailed> failed;
  std::map<MachineId, MachineInterrupted> interrupted;
  std::map<MachineId, MachineGone> gone;
  std::vector<CallBilled> billed;
  std::optional<Listed> listed;
};

TEST_F(AwsLife, WhatIsBoughtCarriesTheDeploymentsTags) {
  ASSERT_TRUE(launched(MachineId{3}, kSpot));
  const auto live = server.live();
  ASSERT_EQ(live.size(), 1u);
  EXPECT_EQ(live[0]["type"], "m5.large");
  EXPECT_EQ(live[0]["market"], "spot");
  EXPECT_EQ(live[0]["shutdown_behaviour"], "terminate");
  EXPECT_EQ(live[0]["tags"]["paragon:deployment"], "test");
  EXPECT_EQ(live[0]["tags"]["paragon:machine"], "3");
  EXPECT_EQ(live[0]["tags"]["paragon:offer"], "m5.large:spot");
}

// The order is carried out and its answer lost: it is ordered again, and there is one machine.
TEST_F(AwsLife, ALostAnswerBuysNothingTwice) {
  fault("RunInstances", "drop_after", 2);
  ASSERT_TRUE(launched(MachineId{1}));
  EXPECT_GE(server.calls("RunInstances"), 2);
  EXPECT_EQ(server.state()["instances"].size(), 1u);
}

TEST_F(AwsLife, GarbageForAnAnswerIsNoOrderLost) {
  fault("RunInstances", "garbage");
  fault("DescribeInstances", "garbage", 2);
  ASSERT_TRUE(launched(MachineId{1}));
  EXPECT_EQ(server.state()["instances"].size(), 1u);
}

TEST_F(AwsLife, ThrottlingIsWaitedOut) {
  fault("RunInstances", "throttle", 2);
  ASSERT_TRUE(launched(MachineId{1}));
  EXPECT_EQ(server.calls("RunInstances"), 3);
}

TEST_F(AwsLife, WithoutCapacityTheNextZoneIsTriedThenTheBrain) {
  fault("RunInstances", "capacity", 1);
  ASSERT_TRUE(launched(MachineId{1}));
  const auto live = server.live();
  ASSERT_EQ(live.size(), 1u);
  EXPECT_EQ(live[0]["subnet"], kSubnetB);
  fault("RunInstances", "capacity", 2);
  controller->cloud().launch(kOnDemand, MachineId{2});
  ASSERT_TRUE(until([&] { return failed.contains(MachineId{2}); }));
  EXPECT_EQ(failed.at(MachineId{2}).error.code, ErrorCode::insufficient_capacity);
  EXPECT_TRUE(failed.at(MachineId{2}).never_ran);
  EXPECT_EQ(server.state()["instances"].size(), 1u);
}

// It was carried out, its answer lost, and then AWS has no more: the brain is told at once, and
// what was launched is found, ended and paid.
TEST_F(AwsLife, AnOrderThatIsRefusedAfterALostAnswerIsLookedFor) {
  fault("RunInstances", "drop_after");
  fault("RunInstances", "capacity");
  fault("DescribeInstances", "garbage", 2);
  controller->cloud().launch(kOnDemand, MachineId{1});
  ASSERT_TRUE(until([&] { return failed.contains(MachineId{1}); }));
  EXPECT_EQ(failed.at(MachineId{1}).error.code, ErrorCode::insufficient_capacity);
  EXPECT_FALSE(failed.at(MachineId{1}).never_ran);
  EXPECT_TRUE(failed.at(MachineId{1}).billed_on);
  ASSERT_TRUE(until([&] { return gone.contains(MachineId{1}); }));
  EXPECT_EQ(server.state()["instances"].size(), 1u);
  EXPECT_TRUE(server.live().empty());
}

TEST_F(AwsLife, AnOrderThatMayHaveBeenCarriedOutAndWasNotCostsNothing) {
  settings.instances.list_lag = 1s;
  begin();
  fault("RunInstances", "drop_before");
  fault("RunInstances", "capacity");
  controller->cloud().launch(kOnDemand, MachineId{1});
  ASSERT_TRUE(until([&] { return gone.contains(MachineId{1}); }));
  EXPECT_TRUE(failed.at(MachineId{1}).billed_on);
  EXPECT_EQ(gone.at(MachineId{1}).ran, Duration{});
  EXPECT_TRUE(server.state()["instances"].empty());
}

TEST_F(AwsLife, AWorkerThatDoesNotGetReadyIsBilledUntilItIsGone) {
  settings.instances.boot_timeout = 1s;
  settings.instances.setup = "sleep 60";
  begin();
  fault("TerminateInstances", "drop_before", 3);
  controller->cloud().launch(kOnDemand, MachineId{1});
  ASSERT_TRUE(until([&] { return failed.contains(MachineId{1}); }));
  EXPECT_TRUE(failed.at(MachineId{1}).billed_on);
  ASSERT_TRUE(until([&] { return gone.contains(MachineId{1}); }));
  const json times = server.state()["instances"][0]["times"];
  const double ran = times["shutting-down"].get<double>() - times["running"].get<double>();
  EXPECT_GE(seconds(gone.at(MachineId{1}).ran.value()), ran);
  EXPECT_GT(ran, 0.5);
}

TEST_F(AwsLife, WhatIsTakenBackBeforeItRunsIsNotBilled) {
  server.control({{"do", "settings"}, {"boot_s", 20}});
  controller->cloud().launch(kOnDemand, MachineId{1});
  ASSERT_TRUE(until([&] { return !server.live().empty(); }));
  controller->cloud().terminate(MachineId{1});
  ASSERT_TRUE(until([&] { return gone.contains(MachineId{1}); }));
  EXPECT_EQ(gone.at(MachineId{1}).ran, Duration{});
  EXPECT_EQ(server.state()["bill"]["instances"].size(), 0u);
}

TEST_F(AwsLife, ACallThatFailsIsBilledAsAwsSays) {
  EXPECT_EQ(failure("crash"), ErrorCode::unavailable);
  ASSERT_EQ(billed.size(), 1u);
  EXPECT_EQ(told_ms(), billed_ms());
}

TEST_F(AwsLife, ACallThatWasGivenUpIsBilledWhenItEnds) {
  ASSERT_EQ(failure("ok"), std::nullopt);
  const std::int64_t before = billed_ms();
  EXPECT_EQ(failure("sleep 900", 300ms), ErrorCode::timeout);
  EXPECT_TRUE(billed.empty());
  ASSERT_TRUE(until([&] { return !billed.empty(); }));
  EXPECT_EQ(told_ms(), billed_ms() - before);
  EXPECT_GE(told_ms(), 900);
}

// Whether it was carried out nobody can say; it counts as if it had run all the time.
TEST_F(AwsLife, ACallWhoseAnswerIsLostIsBilled) {
  ASSERT_EQ(failure("ok"), std::nullopt);
  const std::int64_t before = billed_ms();
  for (const char* kind : {"drop_after", "drop_midway", "garbage"}) {
    billed.clear();
    const std::int64_t before_this = billed_ms();
    fault("Invoke", kind);
    EXPECT_EQ(failure("sleep 100"), ErrorCode::unavailable) << kind;
    ASSERT_EQ(billed.size(), 1u) << kind;
    EXPECT_GE(told_ms(), billed_ms() - before_this) << kind;
  }
  EXPECT_GE(billed_ms() - before, 300);
  billed.clear();
  fault("Invoke", "throttle");
  EXPECT_EQ(failure("ok"), ErrorCode::throttled);
  EXPECT_TRUE(billed.empty()) << "AWS bills no call that it refuses";
}

TEST_F(AwsLife, AWrongImageSaysWhatAwsSaid) {
  settings.instances.image = "ami-00000000000000000";
  begin();
  controller->cloud().launch(kOnDemand, MachineId{1});
  ASSERT_TRUE(until([&] { return failed.contains(MachineId{1}); }));
  const std::string& message = failed.at(MachineId{1}).error.message;
  EXPECT_THAT(message, HasSubstr("RunInstances in us-east-1"));
  EXPECT_THAT(message, HasSubstr("InvalidAMIID.NotFound"));
  EXPECT_THAT(message, HasSubstr("(request "));
  EXPECT_TRUE(failed.at(MachineId{1}).never_ran);
}

TEST_F(AwsLife, AnInterruptionIsPassedOnWithItsTime) {
  ASSERT_TRUE(launched(MachineId{1}, kSpot));
  server.control({{"do", "interrupt"}, {"instance", instance_of(MachineId{1})}, {"notice_s", 3}});
  ASSERT_TRUE(until([&] { return interrupted.contains(MachineId{1}); }));
  EXPECT_LE(interrupted.at(MachineId{1}).notice, 3s);
  EXPECT_GT(interrupted.at(MachineId{1}).notice, 0s);
  ASSERT_TRUE(until([&] { return failed.contains(MachineId{1}); }));
  EXPECT_FALSE(failed.at(MachineId{1}).never_ran);
}

TEST_F(AwsLife, AnInstanceThatDiesIsSeen) {
  ASSERT_TRUE(launched(MachineId{1}));
  server.control({{"do", "kill"}, {"instance", instance_of(MachineId{1})}});
  ASSERT_TRUE(until([&] { return failed.contains(MachineId{1}); }));
  EXPECT_EQ(failed.at(MachineId{1}).error.code, ErrorCode::unavailable);
  EXPECT_TRUE(list().machines.empty());
}

// A worker may answer while what it runs on is broken, or about to be taken away.
TEST_F(AwsLife, Ec2sOwnChecksAndAnnouncementsCount) {
  settings.instances.status_every = 200ms;
  begin();
  ASSERT_TRUE(launched(MachineId{1}));
  ASSERT_TRUE(launched(MachineId{2}));
  server.control({{"do", "retire"}, {"instance", instance_of(MachineId{2})}, {"in_s", 86'400}});
  server.control({{"do", "impair"}, {"instance", instance_of(MachineId{1})}});
  ASSERT_TRUE(until([&] { return failed.contains(MachineId{1}); }));
  EXPECT_THAT(failed.at(MachineId{1}).error.message, HasSubstr("check of its host failed"));
  EXPECT_TRUE(until([&] { return server.live().size() == 1; })) << "the broken one is ended";
  EXPECT_TRUE(interrupted.empty()) << "tomorrow is far away";
  server.control({{"do", "retire"}, {"instance", instance_of(MachineId{2})}, {"in_s", 100}});
  ASSERT_TRUE(until([&] { return interrupted.contains(MachineId{2}); }));
  EXPECT_LE(interrupted.at(MachineId{2}).notice, 100s);
}

TEST_F(AwsLife, AControllerThatStartsAgainTakesUpWhatRuns) {
  ASSERT_TRUE(launched(MachineId{1}));
  ASSERT_TRUE(launched(MachineId{2}, kSpot));
  controller.reset();
  ready.clear();
  settings.run = "another0run";
  begin();
  const Listed found = list();
  ASSERT_EQ(found.machines.size(), 2u);
  EXPECT_EQ(found.machines[1].machine, MachineId{2});
  EXPECT_EQ(found.machines[1].offer, kSpot);
  ASSERT_TRUE(until([&] { return ready.size() == 2; })) << "they are ready without being ordered";
  controller->cloud().terminate(MachineId{1});
  ASSERT_TRUE(until([&] { return gone.contains(MachineId{1}); }));
  EXPECT_EQ(server.live().size(), 1u);
}

TEST_F(AwsLife, AnotherDeploymentsMachinesAreLeftAlone) {
  ASSERT_TRUE(launched(MachineId{1}));
  controller.reset();
  settings.deployment = "other";
  begin();
  EXPECT_TRUE(list().machines.empty());
  EXPECT_EQ(server.live().size(), 1u);
}

TEST_F(AwsLife, AWorkerWithoutAControllerEndsItsInstance) {
  settings.instances.orphan_after = 2s;
  settings.instances.heartbeat = 100ms;
  begin();
  ASSERT_TRUE(launched(MachineId{1}));
  until([] { return false; }, 4s);  // the heartbeat keeps it
  EXPECT_EQ(server.live().size(), 1u);
  controller.reset();
  EXPECT_TRUE(until([&] { return server.live().empty(); }, 20s));
}

TEST_F(AwsLife, ALaunchThatIsTakenBackAtOnceLeavesNothing) {
  fault("RunInstances", "late");
  controller->cloud().launch(kOnDemand, MachineId{1});
  controller->cloud().terminate(MachineId{1});
  ASSERT_TRUE(until([&] { return gone.contains(MachineId{1}); }));
  EXPECT_TRUE(until([&] { return server.live().empty(); }));
}

// Code, memory and the catalog change between two starts of a controller.
TEST_F(AwsLife, FunctionsFollowTheCatalogAndTheCode) {
  const auto ask = [&] {
    std::optional<Result<FunctionAnswer>> answer;
    FunctionCall call{FunctionOfferId{0},
                      VariantId{0},
                      "/v2/models/small/infer",
                      {},
                      std::make_shared<const std::string>("ok"),
                      20s};
    controller->cloud().invoke(std::move(call), [&](Result<FunctionAnswer> got) { answer = got; });
    EXPECT_TRUE(until([&] { return answer.has_value(); }));
    return answer && answer->ok();
  };
  EXPECT_TRUE(ask());
  EXPECT_TRUE(ask());
  EXPECT_EQ(server.calls("CreateFunction"), 1);
  EXPECT_EQ(server.calls("UpdateFunctionCode") + server.calls("UpdateFunctionConfiguration"), 0);

  Catalog::Parts parts = catalog.parts();
  parts.function_offers[0].memory = megabytes(1024);
  controller.reset();
  catalog = Catalog::build(parts).value();
  settings.functions.code.zip += std::string(100, '\0');  // behind the archive: other bytes
  begin();
  EXPECT_TRUE(ask());
  EXPECT_EQ(server.calls("CreateFunction"), 1);
  EXPECT_EQ(server.calls("UpdateFunctionCode"), 1);
  EXPECT_EQ(server.calls("UpdateFunctionConfiguration"), 1);

  parts.function_offers[0].name = "f-1024mb";
  controller.reset();
  catalog = Catalog::build(parts).value();
  begin();
  EXPECT_TRUE(until([&] { return server.calls("DeleteFunction") == 1; }));
  EXPECT_TRUE(ask());
  const json all = server.state();
  EXPECT_EQ(std::count_if(all["functions"].begin(), all["functions"].end(),
                          [](const json& one) { return !one["deleted"].get<bool>(); }),
            1);
}

// Whatever AWS does with the calls: every machine becomes ready or fails, none is there twice, and
// when all are taken back nothing is left.
TEST_F(AwsLife, UnderFaultsNothingIsBoughtTwiceAndNothingIsLeft) {
  for (const char* action : {"RunInstances", "TerminateInstances", "DescribeInstances"}) {
    for (const char* kind : {"throttle", "drop_before", "drop_after", "garbage"}) {
      server.control(
          {{"do", "fault"}, {"action", action}, {"kind", kind}, {"count", 1000}, {"share", 0.08}});
    }
  }
  Random random(7);
  std::set<MachineId> ordered;
  for (std::uint32_t id = 1; id <= 12; ++id) {
    const MachineId machine{id};
    ordered.insert(machine);
    controller->cloud().launch(random.chance(0.5) ? kOnDemand : kSpot, machine);
    if (random.chance(0.3)) controller->cloud().launch(kOnDemand, machine);
    if (random.chance(0.25)) controller->cloud().terminate(machine);
    until([] { return false; }, from_milliseconds(random.uniform() * 200));
  }
  const auto settled = [&](MachineId id) {
    return ready.contains(id) || failed.contains(id) || gone.contains(id);
  };
  ASSERT_TRUE(until([&] { return std::all_of(ordered.begin(), ordered.end(), settled); }, 60s));
  std::map<std::string, int> of_machine;
  for (const auto& one : server.live()) ++of_machine[one["tags"]["paragon:machine"]];
  for (const auto& [machine, count] : of_machine) EXPECT_EQ(count, 1) << "machine " << machine;
  for (const MachineId id : ordered) controller->cloud().terminate(id);
  ASSERT_TRUE(until(
      [&] {
        return std::all_of(ordered.begin(), ordered.end(),
                           [&](MachineId id) { return gone.contains(id) || failed.contains(id); });
      },
      60s));
  EXPECT_TRUE(until([&] { return server.live().empty(); }, 60s));
}

// Whatever Lambda does with the calls: each is answered once, with an answer or with why not.
TEST_F(AwsLife, UnderFaultsEveryCallIsAnsweredOnce) {
  for (const char* action : {"Invoke", "CreateFunction", "GetFunction"}) {
    for (const char* kind : {"throttle", "drop_before", "drop_after", "garbage", "late"}) {
      server.control({{"do", "fault"},
                      {"action", action},
                      {"kind", kind},
                      {"count", 1000},
                      {"after_s", 0.3},
                      {"share", 0.06}});
    }
  }
  constexpr int kCalls = 60;
  std::vector<int> answers(kCalls);
  int good = 0;
  Random random(11);
  for (int i = 0; i < kCalls; ++i) {
    const bool crash = random.chance(0.05);
    FunctionCall call{FunctionOfferId{0},
                      VariantId{static_cast<std::uint32_t>(i % 2)},
                      "/v2/models/small/infer",
                      {},
                      std::make_shared<const std::string>(crash ? "crash" : "sleep 20"),
                      10s};
    controller->cloud().invoke(std::move(call), [&, i](const Result<FunctionAnswer>& answer) {
      ++answers[static_cast<std::size_t>(i)];
      good += answer ? 1 : 0;
      if (!answer) {
        EXPECT_FALSE(answer.error().message.empty());
      }
    });
    until([] { return false; }, from_milliseconds(random.uniform() * 100));
  }
  const auto all_answered = [&] {
    return std::all_of(answers.begin(), answers.end(), [](int n) { return n > 0; });
  };
  ASSERT_TRUE(until(all_answered));
  EXPECT_TRUE(std::all_of(answers.begin(), answers.end(), [](int n) { return n == 1; }));
  EXPECT_GT(good, 3) << "most of the rest came while four were running, which is the limit";
  EXPECT_LE(server.calls("Invoke"), kCalls) << "no query is sent twice";
}

}  // namespace
}  // namespace paragon::testing

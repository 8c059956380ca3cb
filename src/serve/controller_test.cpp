// What goes wrong: workers that fail, hang, die; functions that throttle; clients that leave. Every
// accepted query is answered exactly once.
#include "serve/controller.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "brain/replay_lines.h"
#include "serve/testing.h"

namespace paragon::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class ControllerTest : public ServerTest {
 protected:
  void up(std::size_t machines = 1) {
    config.brain.machines_min = static_cast<int>(machines);
    start();
    until_ready(machines);
  }
  // The journal's own decisions, when fed again.
  void expect_replay() {
    auto report = replay_lines(journal, scheme);
    ASSERT_TRUE(report.ok()) << report.error().message;
    EXPECT_EQ(report->differences, 0u) << report->first_difference;
    EXPECT_GT(report->decisions, 0u);
  }
};

TEST_F(ControllerTest, WithoutAMachineAFunctionAnswers) {
  config.brain.machines_min = 0;
  config.brain.machines_max = 0;
  start();
  http::Answer answer = classify({{"x-paragon-slo-latency-ms", "500"}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  json p = json::parse(answer.body)["parameters"];
  EXPECT_EQ(p["resource"], "function:f1");
  EXPECT_EQ(p["resource_kind"], "function");
  // 3 ms of 1 GB, and the call.
  EXPECT_NEAR(p["cost_usd"].get<double>(), 0.003 * 0.0000166667 + 0.0000002, 1e-12);
  expect_replay();
}

TEST_F(ControllerTest, ABrokenModelIsTriedElsewhereThenGivenUp) {
  config.brain.functions = false;
  up(2);
  worker(0).behaviour = Behaviour::fail;
  EXPECT_EQ(classify().status, 200);
  EXPECT_EQ(worker(0).infers, 1);
  EXPECT_EQ(worker(1).infers, 1);
  worker(1).behaviour = Behaviour::fail;
  http::Answer answer = classify();
  EXPECT_EQ(answer.status, 500) << answer.body;
  EXPECT_THAT(answer.body, HasSubstr("the model broke"));
  EXPECT_EQ(controller->in_flight(), 0u);
  expect_replay();
}

TEST_F(ControllerTest, ABusyWorkersQueryGoesElsewhere) {
  up(2);
  worker(0).behaviour = Behaviour::busy;
  http::Answer answer = classify();
  EXPECT_EQ(answer.status, 200) << answer.body;
}

TEST_F(ControllerTest, BadInputIsToldToTheClientAndNotTriedAgain) {
  up(2);
  worker(0).behaviour = worker(1).behaviour = Behaviour::refuse;
  http::Answer answer = classify();
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr("the picture cannot be decoded"));
  EXPECT_EQ(worker(0).infers + worker(1).infers, 1);
  EXPECT_EQ(controller->statistics().rejected, 1u);
}

TEST_F(ControllerTest, AnUnreadableAnswerIsAnError) {
  up();
  worker().behaviour = Behaviour::nonsense;
  EXPECT_EQ(classify().status, 500);
}

TEST_F(ControllerTest, AMachineThatDiesLosesNoQuery) {
  for (bool cloud_says_so : {true, false}) {
    up(2);
    worker(0).behaviour = Behaviour::hang;
    worker(1).behaviour = Behaviour::hang;
    for (int i = 0; i < 4; ++i) begin_classify();
    run_until([&] { return worker(0).infers + worker(1).infers == 4; });
    const MachineId first = cloud->machines.begin()->first;
    worker(1).behaviour = Behaviour::answer;
    cloud->kill(first, cloud_says_so);
    // What the living one still holds it answers now; the rest comes to it.
    StandIn& living = *std::next(cloud->machines.begin(), cloud_says_so ? 0 : 1)->second.worker;
    for (http::Reply& reply : living.hanging) reply(living.respond(living.last));
    run_until([&] { return answers.size() == 4; });
    for (auto& answer : answers) {
      ASSERT_TRUE(answer.ok()) << answer.error().message;
      EXPECT_EQ(answer->status, 200) << answer->body;
    }
    EXPECT_EQ(controller->in_flight(), 0u);
    EXPECT_EQ(controller->statistics().answered, 4u);
    // It is replaced.
    run_until([&] { return cloud->launched.size() >= 3; });
    expect_replay();
    answers.clear();
    client.reset();
    gateway.reset();
    cloud.reset();
    controller.reset();
    journal.clear();
  }
}

TEST_F(ControllerTest, AMachineThatHangsIsFoundOutAndReplaced) {
  config.brain.functions = false;
  up(2);
  worker(0).behaviour = Behaviour::hang;
  worker(0).healthy = false;
  const MachineId hung = cloud->machines.begin()->first;
  http::Answer answer = classify();
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_THAT(cloud->terminated, ::testing::Contains(hung));
  expect_replay();
}

TEST_F(ControllerTest, ALateAnswerOfAGivenUpAttemptIsIgnored) {
  config.brain.functions = false;
  config.controller.query_timeout = 150ms;
  config.controller.machines.probe_timeout = 5s;
  up(2);
  worker(0).behaviour = Behaviour::hang;  // but its health endpoint answers
  begin_classify();
  run_until([&] { return answers.size() == 1; });
  ASSERT_TRUE(answers[0].ok());
  EXPECT_EQ(answers[0]->status, 200);
  for (http::Reply& reply : worker(0).hanging) reply(worker(0).respond(worker(0).last));
  EXPECT_EQ(classify().status, 200);
  EXPECT_EQ(controller->statistics().answered, 2u);
  EXPECT_EQ(answers.size(), 1u);
}

TEST_F(ControllerTest, AThrottledFunctionIsNotTheEnd) {
  config.brain.machines_min = 0;
  config.brain.machines_max = 0;
  start();
  cloud->function_fails = ErrorCode::throttled;
  http::Answer answer = classify({{"x-paragon-slo-latency-ms", "500"}});
  EXPECT_EQ(answer.status, 503) << answer.body;
  EXPECT_TRUE(answer.headers.has("retry-after"));
  EXPECT_GE(cloud->calls, 2);
  EXPECT_LE(cloud->calls, config.brain.attempts_max);
  cloud->function_fails.reset();
  // Until starts are asked for again.
  run_until([&] { return classify({{"x-paragon-slo-latency-ms", "500"}}).status == 200; });
  expect_replay();
}

// Machines as many as the floor says, and two environments of the medium variant kept warm.
class KeepsWarm final : public Scheme {
 public:
  Wanted decide(const View& view) override {
    target_ = {view.cheapest, 0};
    return {{&target_, 1}, {&warm_, 1}};
  }
  Overflow overflow(const Overflowing&, const View&) const override {
    return Overflow::function_now;
  }

 private:
  Target target_;
  WarmTarget warm_{FunctionOfferId{0}, VariantId{1}, 2};
};

TEST_F(ControllerTest, EnvironmentsAreKeptWarmByCallsWithoutAQuery) {
  scheme = [](const BrainSettings&) { return std::make_unique<KeepsWarm>(); };
  config.brain.machines_min = 0;
  start();
  const auto used = [&] { return controller->brain().meter().functions(controller->now()); };
  run_until([&] { return used()[0].warm_ups == 2; });
  EXPECT_EQ(cloud->called, (std::vector<std::string>(2, "/v2/models/medium/ready")));
  EXPECT_EQ(controller->brain().status(controller->now()).functions_running, 0);
  EXPECT_EQ(controller->brain().status(controller->now()).arrived, 0u);
  http::Answer answer =
      classify({{"x-paragon-slo-latency-ms", "500"}, {"x-paragon-slo-min-accuracy", "0.9"}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(used()[0].calls, 3u);
  EXPECT_THAT(get("/metrics").body, HasSubstr("start=\"warm_up\"} 2"));
  expect_replay();
}

TEST_F(ControllerTest, AFailedWarmUpIsTriedAgain) {
  scheme = [](const BrainSettings&) { return std::make_unique<KeepsWarm>(); };
  config.brain.machines_min = 0;
  start();
  cloud->function_fails = ErrorCode::throttled;
  run_until([&] { return cloud->calls >= 4; });
  cloud->function_fails.reset();
  const auto used = [&] { return controller->brain().meter().functions(controller->now()); };
  run_until([&] { return used()[0].warm_ups == 2; });
  expect_replay();
}

TEST_F(ControllerTest, ATooLargePayloadIsTheClientsMistake) {
  config.brain.machines_min = 0;
  config.brain.machines_max = 0;
  start();
  cloud->function_fails = ErrorCode::invalid;
  EXPECT_EQ(classify({{"x-paragon-slo-latency-ms", "500"}}).status, 400);
  EXPECT_EQ(cloud->calls, 1);
}

TEST_F(ControllerTest, QueriesWaitForAMachineThatBoots) {
  config.brain.functions = false;
  machines_boot = false;
  start();
  begin_classify();
  run_until([&] { return controller->in_flight() == 1; });
  http::Answer status = get("/api/v1/status");
  EXPECT_EQ(json::parse(status.body)["waiting"], 1) << status.body;
  const MachineId id = cloud->machines.begin()->first;
  http::Endpoint endpoint;
  endpoint.host = "127.0.0.1";
  endpoint.port = worker().port();
  controller->on_cloud_event(MachineReady{id, endpoint});
  run_until([&] { return answers.size() == 1; });
  EXPECT_EQ(answers[0]->status, 200);
  expect_replay();
}

TEST_F(ControllerTest, AQueryWhoseClientLeftIsForgotten) {
  config.brain.functions = false;
  machines_boot = false;
  start();
  begin_classify();
  run_until([&] { return controller->in_flight() == 1; });
  client.reset();
  run_until([&] { return controller->in_flight() == 0; });
  EXPECT_EQ(controller->statistics().abandoned, 1u);
  expect_replay();
}

TEST_F(ControllerTest, TheFleetFollowsTheCloudsList) {
  up();
  // The cloud lost one and said nothing; and it runs one that nobody ordered.
  cloud->launch(MachineOfferId{0}, MachineId{4711});
  cloud->forget(cloud->machines.begin()->first);
  run_until([&] {
    return std::find(cloud->terminated.begin(), cloud->terminated.end(), MachineId{4711}) !=
           cloud->terminated.end();
  });
  run_until([&] { return cloud->launched.size() >= 3; });  // the replacement
  until_ready();
  EXPECT_EQ(classify().status, 200);
  expect_replay();
}

class Listener final : public Asker {
 public:
  explicit Listener(bool& heard) : heard_(heard) {}
  void verdict(Verdict&&) override { heard_ = true; }
  bool abandoned() const override { return false; }

 private:
  bool& heard_;
};

// What reading a query took is taken from the bound that the brain sees, not from the one shown.
TEST_F(ControllerTest, ADecisionShowsTheBoundAsItWasAsked) {
  up();
  Ask ask;
  ask.query.task = TaskId{0};
  ask.query.constraints.max_latency = 500ms;
  ask.body = std::make_shared<const std::string>(kPicture);
  ask.arrived = controller->now() - 100ms;
  bool heard = false;
  controller->submit(ask, std::make_unique<Listener>(heard));
  EXPECT_EQ(controller->decisions().last(1).at(0)->constraints.max_latency, 500ms);
  run_until([&] { return heard; });
  ask.query.constraints.min_accuracy = accuracy(0.99);  // no variant is: refused at once
  heard = false;
  controller->submit(ask, std::make_unique<Listener>(heard));
  EXPECT_TRUE(heard);
  EXPECT_EQ(controller->decisions().last(1).at(0)->constraints.max_latency, 500ms);
}

// It is being ended, as the cloud says, and costs until it has.
TEST_F(ControllerTest, AGivenUpMachineIsReplacedAndOnTheMeterUntilItIsGone) {
  up();
  const MachineId id = cloud->machines.begin()->first;
  const auto usage = [&] { return controller->brain().meter().machines(controller->now())[0]; };
  controller->on_cloud_event(MachineFailed{id, {ErrorCode::unavailable, "broken"}, false, true});
  run_until([&] { return cloud->launched.size() == 2; });
  EXPECT_EQ(usage().bought, 2);
  EXPECT_EQ(usage().billed, 0s);
  cloud->forget(id);
  controller->on_cloud_event(MachineGone{id, 61s});
  EXPECT_EQ(usage().billed, 61s);
  expect_replay();
}

TEST_F(ControllerTest, ACallThatIsBilledWithoutAnAnswerIsOnTheMeter) {
  up();
  controller->on_cloud_event(CallBilled{FunctionOfferId{0}, 2s});
  const FunctionUsage used = controller->brain().meter().functions(controller->now())[0];
  EXPECT_EQ(used.calls, 1u);
  EXPECT_EQ(used.held.value, controller->catalog().offer(FunctionOfferId{0}).memory.value * 2000);
  expect_replay();
}

TEST_F(ControllerTest, StoppingTerminatesEveryMachine) {
  up(2);
  bool stopped = false;
  controller->stop(5s, [&] { stopped = true; });
  run_until([&] { return stopped; });
  EXPECT_TRUE(cloud->machines.empty());
}

TEST_F(ControllerTest, DrainingAnswersWhatWasAccepted) {
  up();
  worker().behaviour = Behaviour::hang;
  begin_classify();
  run_until([&] { return worker().infers == 1; });
  bool drained = false;
  gateway->drain([&] { drained = true; });
  run_until([&] { return true; });
  EXPECT_FALSE(drained);
  for (http::Reply& reply : worker().hanging) reply(worker().respond(worker().last));
  run_until([&] { return drained && answers.size() == 1; });
  EXPECT_EQ(answers[0]->status, 200);
}

}  // namespace
}  // namespace paragon::testing

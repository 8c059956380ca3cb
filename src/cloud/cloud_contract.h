// The promises of cloud.h as tests that any Cloud can be put through.
//
// Included by exactly one file of a test program, which lists the clouds:
//   INSTANTIATE_TEST_SUITE_P(Clouds, CloudContract, testing::Values(...), name_of);
// A cloud brings a stage: itself, built on the given loop, offers to buy and bodies to send.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cloud/cloud.h"
#include "wire/loop.h"

namespace paragon {

struct CloudStage {
  virtual ~CloudStage() = default;
  virtual Cloud& cloud() = 0;
  virtual void destroy() = 0;  // the cloud, while the loop goes on

  MachineOfferId machine_offer;
  FunctionOfferId function_offer;  // concurrency_limit `concurrency`, keeps idle environments
  VariantId variant;
  std::string target;  // of a machine and of a function
  int concurrency = 1;
  std::size_t payload_bytes_max = 0;
  Duration billing_step{};
  std::string quick;  // a body that is answered at once with 200
  std::string slow;   // one that is answered with 200 after 300 ms
  std::string fatal;  // one that ends the process that gets it
  std::string stuck;  // one that is never answered
};

struct CloudCase {
  std::string name;
  std::function<std::unique_ptr<CloudStage>(Loop&, Cloud::OnEvent)> make;
};
inline void PrintTo(const CloudCase& one, std::ostream* out) { *out << one.name; }
inline std::string name_of(const testing::TestParamInfo<CloudCase>& one) { return one.param.name; }

class CloudContract : public testing::TestWithParam<CloudCase> {
 protected:
  static constexpr Duration kPatience = std::chrono::seconds(30);

  void SetUp() override {
    stage = GetParam().make(loop, [this](const CloudEvent& event) {
      EXPECT_FALSE(inside_call) << "an event came from inside a call";
      events.push_back(event);
      if (inside_wait && wanted()) loop.stop();
    });
    ASSERT_NE(stage, nullptr) << "the stage could not be made";
  }
  void TearDown() override {
    if (stage) stage->destroy();
  }

  // Runs the loop until `when` holds; false when it does not in good time.
  bool until(std::function<bool()> when) {
    if (when()) return true;
    wanted = std::move(when);
    inside_wait = true;
    auto limit = loop.after(kPatience, [&] { loop.stop(); });
    loop.run();
    inside_wait = false;
    return wanted();
  }
  template <class Call>
  void outside(Call call) {  // no callback may come from inside it
    inside_call = true;
    call();
    inside_call = false;
  }

  template <class Event>
  std::vector<Event> seen(MachineId id) const {
    std::vector<Event> found;
    for (const auto& event : events)
      if (const auto* one = std::get_if<Event>(&event); one != nullptr && one->machine == id)
        found.push_back(*one);
    return found;
  }
  bool launched(MachineId id) {
    outside([&] { stage->cloud().launch(stage->machine_offer, id); });
    return until([&] { return !seen<MachineReady>(id).empty(); });
  }
  bool gone(MachineId id) {
    outside([&] { stage->cloud().terminate(id); });
    return until([&] { return !seen<MachineGone>(id).empty(); });
  }
  Listed listed() {
    events.clear();
    outside([&] { stage->cloud().list(); });
    const Listed* found = nullptr;
    EXPECT_TRUE(until([&] {
      for (const auto& event : events)
        if (const auto* one = std::get_if<Listed>(&event)) found = one;
      return found != nullptr;
    }));
    return found != nullptr ? *found : Listed{};
  }

  struct Pending {
    int answers = 0;
    std::optional<Result<FunctionAnswer>> result;
  };
  std::shared_ptr<Pending> invoke(const std::string& body, Duration timeout = kPatience) {
    auto pending = std::make_shared<Pending>();
    FunctionCall call{stage->function_offer,
                      stage->variant,
                      stage->target,
                      {},
                      std::make_shared<const std::string>(body),
                      timeout};
    outside([&] {
      stage->cloud().invoke(std::move(call), [this, pending](Result<FunctionAnswer> result) {
        EXPECT_FALSE(inside_call) << "an answer came from inside a call";
        ++pending->answers;
        pending->result = std::move(result);
        if (inside_wait && wanted()) loop.stop();
      });
    });
    return pending;
  }
  bool answered(const std::shared_ptr<Pending>& pending) {
    return until([&] { return pending->answers > 0; });
  }
  std::shared_ptr<Pending> answer_of(const std::string& body, Duration timeout = kPatience) {
    auto pending = invoke(body, timeout);
    EXPECT_TRUE(answered(pending));
    return pending;
  }
  // One query to a machine.
  struct Reply {
    bool done = false;
    std::optional<Result<http::Answer>> result;
  };
  std::shared_ptr<Reply> ask(http::Client& client, const std::string& body) {
    auto reply = std::make_shared<Reply>();
    http::Client::Call call;
    call.target = stage->target;
    call.body = std::make_shared<const std::string>(body);
    call.timeout = kPatience;
    client.send(std::move(call), [this, reply](Result<http::Answer> result) {
      reply->result = std::move(result);
      reply->done = true;
      if (inside_wait && wanted()) loop.stop();
    });
    return reply;
  }

  Loop loop;
  std::unique_ptr<CloudStage> stage;
  std::vector<CloudEvent> events;
  std::function<bool()> wanted;
  bool inside_wait = false;
  bool inside_call = false;
};

TEST_P(CloudContract, MachineBecomesReadyAndAnswersAtItsEndpoint) {
  ASSERT_TRUE(launched(MachineId{1}));
  http::Client client(loop, seen<MachineReady>(MachineId{1}).front().endpoint);
  auto reply = ask(client, stage->quick);
  ASSERT_TRUE(until([&] { return reply->done; }));
  ASSERT_TRUE(reply->result->ok()) << reply->result->error().message;
  EXPECT_EQ((*reply->result)->status, 200);
}

TEST_P(CloudContract, SameIdLaunchesOneMachine) {
  stage->cloud().launch(stage->machine_offer, MachineId{7});
  ASSERT_TRUE(launched(MachineId{7}));
  stage->cloud().launch(stage->machine_offer, MachineId{7});
  const Listed all = listed();
  ASSERT_EQ(all.machines.size(), 1U);
  EXPECT_EQ(all.machines[0].machine, MachineId{7});
  EXPECT_EQ(all.machines[0].offer, stage->machine_offer);
  EXPECT_TRUE(all.machines[0].ready);
}

TEST_P(CloudContract, UsedIdLaunchesNothingAgain) {
  ASSERT_TRUE(launched(MachineId{7}));
  ASSERT_TRUE(gone(MachineId{7}));
  events.clear();
  stage->cloud().launch(stage->machine_offer, MachineId{7});
  EXPECT_TRUE(listed().machines.empty());
  EXPECT_TRUE(seen<MachineReady>(MachineId{7}).empty());
}

TEST_P(CloudContract, ListIsTheTruth) {
  EXPECT_TRUE(listed().machines.empty());
  stage->cloud().launch(stage->machine_offer, MachineId{1});
  const Listed booting = listed();
  ASSERT_EQ(booting.machines.size(), 1U);
  EXPECT_FALSE(booting.machines[0].ready);
  ASSERT_TRUE(launched(MachineId{2}));
  ASSERT_EQ(listed().machines.size(), 2U);
  ASSERT_TRUE(gone(MachineId{1}));
  const Listed rest = listed();
  ASSERT_EQ(rest.machines.size(), 1U);
  EXPECT_EQ(rest.machines[0].machine, MachineId{2});
}

TEST_P(CloudContract, TerminateMayBeRepeated) {
  ASSERT_TRUE(launched(MachineId{1}));
  stage->cloud().terminate(MachineId{1});
  ASSERT_TRUE(gone(MachineId{1}));
  events.clear();
  EXPECT_TRUE(gone(MachineId{1})) << "of a machine that is gone";
  EXPECT_TRUE(gone(MachineId{99})) << "of a machine that never was";
  EXPECT_TRUE(seen<MachineFailed>(MachineId{1}).empty());
}

TEST_P(CloudContract, TerminateWhileBooting) {
  stage->cloud().launch(stage->machine_offer, MachineId{1});
  ASSERT_TRUE(gone(MachineId{1}));
  EXPECT_TRUE(listed().machines.empty());
}

TEST_P(CloudContract, TerminatedMachineFinishesWhatItRuns) {
  ASSERT_TRUE(launched(MachineId{1}));
  http::Client client(loop, seen<MachineReady>(MachineId{1}).front().endpoint);
  // A first answer on the same connection shows that the slow query, too, is with the worker when
  // the machine is told to end.
  auto first = ask(client, stage->quick);
  ASSERT_TRUE(until([&] { return first->done; }));
  auto running = ask(client, stage->slow);
  auto probe = std::make_shared<http::Client>(loop, client.endpoint());
  auto second = ask(*probe, stage->quick);
  ASSERT_TRUE(until([&] { return second->done; }));
  ASSERT_FALSE(running->done);
  ASSERT_TRUE(gone(MachineId{1}));
  ASSERT_TRUE(until([&] { return running->done; }));
  ASSERT_TRUE(running->result->ok()) << running->result->error().message;
  EXPECT_EQ((*running->result)->status, 200);
}

TEST_P(CloudContract, CrashOfAMachineUnderLoadIsSeen) {
  ASSERT_TRUE(launched(MachineId{1}));
  http::Client client(loop, seen<MachineReady>(MachineId{1}).front().endpoint);
  auto running = ask(client, stage->slow);
  auto fatal = ask(client, stage->fatal);
  ASSERT_TRUE(until([&] { return !seen<MachineFailed>(MachineId{1}).empty(); }));
  EXPECT_EQ(seen<MachineFailed>(MachineId{1}).front().error.code, ErrorCode::unavailable);
  ASSERT_TRUE(until([&] { return running->done && fatal->done; }));
  EXPECT_FALSE(running->result->ok());
  EXPECT_TRUE(listed().machines.empty());
  EXPECT_TRUE(gone(MachineId{1})) << "terminate after a failure is answered";
}

TEST_P(CloudContract, FirstCallIsColdAndTheNextWarm) {
  auto first = answer_of(stage->quick);
  ASSERT_TRUE(first->result->ok()) << first->result->error().message;
  EXPECT_EQ((*first->result)->answer.status, 200);
  EXPECT_TRUE((*first->result)->cold);
  EXPECT_GT((*first->result)->initialised, Duration::zero());
  auto second = answer_of(stage->quick);
  ASSERT_TRUE(second->result->ok()) << second->result->error().message;
  EXPECT_FALSE((*second->result)->cold);
  EXPECT_EQ((*second->result)->initialised, Duration::zero());
}

TEST_P(CloudContract, ACallWithoutABodyWarmsAnEnvironment) {
  auto warmed = std::make_shared<Pending>();
  FunctionCall call{stage->function_offer, stage->variant, stage->target, {}, nullptr, kPatience};
  call.method = http::Method::get;
  stage->cloud().invoke(std::move(call), [this, warmed](Result<FunctionAnswer> result) {
    ++warmed->answers;
    warmed->result = std::move(result);
    if (inside_wait && wanted()) loop.stop();
  });
  ASSERT_TRUE(answered(warmed));
  ASSERT_TRUE(warmed->result->ok()) << warmed->result->error().message;
  EXPECT_TRUE((*warmed->result)->cold);
  EXPECT_GT((*warmed->result)->billed, Duration::zero());
  auto query = answer_of(stage->quick);
  ASSERT_TRUE(query->result->ok());
  EXPECT_FALSE((*query->result)->cold);
}

TEST_P(CloudContract, BillsWholeSteps) {
  auto quick = answer_of(stage->quick);
  auto slow = answer_of(stage->slow);
  for (const auto& pending : {quick, slow}) {
    ASSERT_TRUE(pending->result->ok());
    const Duration billed = (*pending->result)->billed;
    EXPECT_GE(billed, stage->billing_step);
    EXPECT_EQ(billed % stage->billing_step, Duration::zero());
  }
  EXPECT_GE((*slow->result)->billed, std::chrono::milliseconds(300));
}

TEST_P(CloudContract, EveryCallIsAnsweredOnceAndTheExcessThrottled) {
  std::vector<std::shared_ptr<Pending>> all;
  for (int i = 0; i < stage->concurrency + 3; ++i) all.push_back(invoke(stage->slow));
  ASSERT_TRUE(until([&] {
    return std::all_of(all.begin(), all.end(), [](const auto& one) { return one->answers > 0; });
  }));
  int good = 0;
  int throttled = 0;
  for (const auto& one : all) {
    if (one->result->ok())
      ++good;
    else if (one->result->error().code == ErrorCode::throttled)
      ++throttled;
    else
      ADD_FAILURE() << one->result->error().message;
  }
  EXPECT_EQ(good, stage->concurrency);
  EXPECT_EQ(throttled, 3);
  auto later = answer_of(stage->quick);
  EXPECT_TRUE(later->result->ok()) << "the limit counts calls in progress only";
  for (const auto& one : all) EXPECT_EQ(one->answers, 1);
}

TEST_P(CloudContract, PayloadOverTheLimitIsInvalid) {
  auto most =
      answer_of(stage->quick + std::string(stage->payload_bytes_max - stage->quick.size(), ' '));
  EXPECT_TRUE(most->result->ok());
  auto over = answer_of(std::string(stage->payload_bytes_max + 1, ' '));
  ASSERT_FALSE(over->result->ok());
  EXPECT_EQ(over->result->error().code, ErrorCode::invalid);
}

TEST_P(CloudContract, EnvironmentLostDuringACallIsUnavailable) {
  ASSERT_TRUE(answer_of(stage->quick)->result->ok());
  auto lost = answer_of(stage->fatal);
  ASSERT_FALSE(lost->result->ok());
  EXPECT_EQ(lost->result->error().code, ErrorCode::unavailable);
  auto next = answer_of(stage->quick);
  ASSERT_TRUE(next->result->ok()) << next->result->error().message;
  EXPECT_TRUE((*next->result)->cold);
  EXPECT_EQ(lost->answers, 1);
}

TEST_P(CloudContract, CallWithoutAnswerTimesOutAndItsEnvironmentGoes) {
  ASSERT_TRUE(answer_of(stage->quick)->result->ok());
  auto stuck = answer_of(stage->stuck, std::chrono::milliseconds(50));
  ASSERT_FALSE(stuck->result->ok());
  EXPECT_EQ(stuck->result->error().code, ErrorCode::timeout);
  auto next = answer_of(stage->quick);
  ASSERT_TRUE(next->result->ok());
  EXPECT_TRUE((*next->result)->cold);
  EXPECT_EQ(stuck->answers, 1);
}

TEST_P(CloudContract, CallsInProgressAreAnsweredWhenTheCloudEnds) {
  ASSERT_TRUE(answer_of(stage->quick)->result->ok());
  auto warm = invoke(stage->stuck);
  auto cold = invoke(stage->stuck);
  outside([&] { stage->destroy(); });
  ASSERT_TRUE(until([&] { return warm->answers > 0 && cold->answers > 0; }));
  EXPECT_EQ(warm->result->error().code, ErrorCode::unavailable);
  EXPECT_EQ(cold->result->error().code, ErrorCode::unavailable);
  loop.run();  // whatever is left, it must not be a second answer
  EXPECT_EQ(warm->answers, 1);
  EXPECT_EQ(cold->answers, 1);
}

}  // namespace paragon

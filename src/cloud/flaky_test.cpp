#include "cloud/flaky.h"

#include <gtest/gtest.h>

#include <map>

namespace paragon {
namespace {

// Everything succeeds at once; remembers what it was asked.
class Obedient final : public Cloud {
 public:
  Obedient(Loop& loop, OnEvent on_event) : loop_(loop), on_event_(std::move(on_event)) {}
  void launch(MachineOfferId, MachineId id) override {
    ++launched[id];
    say(MachineReady{id, {}});
  }
  void terminate(MachineId id) override {
    ++terminated[id];
    say(MachineGone{id});
  }
  void invoke(FunctionCall, OnAnswer done) override {
    ++invoked;
    loop_.post([done = std::move(done)] { done(FunctionAnswer{}); });
  }
  void list() override { say(Listed{}); }

  std::map<MachineId, int> launched;
  std::map<MachineId, int> terminated;
  int invoked = 0;

 private:
  void say(CloudEvent event) {
    loop_.post([this, event = std::move(event)] { on_event_(event); });
  }
  Loop& loop_;
  OnEvent on_event_;
};

struct FlakyTest : testing::Test {
  void open(const FlakySettings& settings) {
    flaky = std::make_unique<Flaky>(
        loop, settings,
        [this](Cloud::OnEvent on_event) {
          auto made = std::make_unique<Obedient>(loop, std::move(on_event));
          inside = made.get();
          return made;
        },
        [this](const CloudEvent& event) {
          if (const auto* failed = std::get_if<MachineFailed>(&event)) ++failures[failed->machine];
          if (const auto* ready = std::get_if<MachineReady>(&event)) ++readies[ready->machine];
          if (std::holds_alternative<MachineInterrupted>(event)) ++interruptions;
          if (std::holds_alternative<MachineGone>(event)) ++gone;
        });
  }
  std::map<ErrorCode, int> invoke(int calls) {
    std::map<ErrorCode, int> errors;
    for (int i = 0; i < calls; ++i)
      flaky->invoke({}, [&](const Result<FunctionAnswer>& answer) {
        ++answered;
        if (!answer.ok()) ++errors[answer.error().code];
      });
    loop.run();
    return errors;
  }

  Loop loop;
  std::unique_ptr<Flaky> flaky;
  Obedient* inside = nullptr;
  std::map<MachineId, int> failures;
  std::map<MachineId, int> readies;
  int interruptions = 0;
  int gone = 0;
  int answered = 0;
};

TEST_F(FlakyTest, LaunchesFailAtTheRateAskedAndByIdAlways) {
  open({.seed = 3, .launch_fails = 0.25});
  for (std::uint32_t id = 0; id < 1000; ++id) flaky->launch({}, MachineId{id});
  loop.run();
  EXPECT_NEAR(static_cast<double>(failures.size()), 250, 45);  // 3 deviations are 41
  EXPECT_EQ(failures.size() + readies.size(), 1000U);
  const auto before = failures;
  for (std::uint32_t id = 0; id < 1000; ++id) flaky->launch({}, MachineId{id});
  loop.run();
  for (const auto& [id, count] : failures) EXPECT_EQ(count, 2);
  EXPECT_EQ(failures.size(), before.size());
  for (const auto& [id, count] : failures) EXPECT_EQ(inside->launched.count(id), 0U);
}

TEST_F(FlakyTest, CallsFailAtTheRatesAskedAndAreAnsweredOnce) {
  open({.seed = 4, .invoke_throttled = 0.1, .invoke_fails = 0.2});
  auto errors = invoke(2000);
  EXPECT_EQ(answered, 2000);
  EXPECT_NEAR(errors[ErrorCode::throttled], 200, 41);
  EXPECT_NEAR(errors[ErrorCode::unavailable], 360, 52);
  EXPECT_EQ(errors.size(), 2U);
  // Half of the failures had been carried out.
  EXPECT_NEAR(2000 - errors[ErrorCode::throttled] - inside->invoked, 180, 40);
}

TEST_F(FlakyTest, SameSeedSameFaults) {
  const FlakySettings settings{.seed = 9, .invoke_throttled = 0.3, .invoke_fails = 0.3};
  open(settings);
  const auto first = invoke(300);
  open(settings);
  EXPECT_EQ(invoke(300), first);
  open({.seed = 10, .invoke_throttled = 0.3, .invoke_fails = 0.3});
  EXPECT_NE(invoke(300), first);
}

TEST_F(FlakyTest, EventsAreLostAndRepeated) {
  open({.seed = 5, .event_lost = 0.2, .event_repeated = 0.1});
  for (std::uint32_t id = 0; id < 1000; ++id) flaky->launch({}, MachineId{id});
  loop.run();
  int seen = 0;
  int twice = 0;
  for (const auto& [id, count] : readies) {
    seen += count;
    if (count == 2) ++twice;
  }
  EXPECT_NEAR(seen, 900, 50);  // 800 not lost, 100 again
  EXPECT_NEAR(twice, 80, 28);
  EXPECT_EQ(inside->launched.size(), 1000U) << "losing the event loses no machine";
}

TEST_F(FlakyTest, MachinesDie) {
  open({.seed = 6, .dies_after = std::chrono::microseconds(50)});
  for (std::uint32_t id = 0; id < 20; ++id) flaky->launch({}, MachineId{id});
  loop.run();
  EXPECT_EQ(readies.size(), 20U);
  EXPECT_EQ(failures.size(), 20U);
  EXPECT_EQ(gone, 0);
  EXPECT_EQ(inside->terminated.size(), 20U);
}

TEST_F(FlakyTest, DeathGoesThroughTheGivenKill) {
  open({.seed = 6, .dies_after = std::chrono::microseconds(50)});
  std::vector<MachineId> killed;
  flaky->set_kill([&](MachineId id) { killed.push_back(id); });
  flaky->launch({}, MachineId{1});
  loop.run();
  EXPECT_EQ(killed, std::vector{MachineId{1}});
  EXPECT_TRUE(inside->terminated.empty());
}

TEST_F(FlakyTest, InterruptionsGiveNoticeThenTake) {
  open({.seed = 7,
        .interrupted_after = std::chrono::microseconds(50),
        .notice = std::chrono::microseconds(100)});
  flaky->launch({}, MachineId{1});
  loop.run();
  EXPECT_EQ(interruptions, 1);
  EXPECT_EQ(gone, 1);
  EXPECT_TRUE(failures.empty());
}

}  // namespace
}  // namespace paragon

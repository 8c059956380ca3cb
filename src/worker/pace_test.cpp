// A run is held for what slower processors would have taken.
#include "worker/pace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace paragon {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// Of 10 ms on a core, on offers of a tenth of one and of half a one.
Catalog catalog() {
  Catalog::Parts parts;
  Task task;
  task.name = "task";
  task.labels = {"yes", "no"};
  parts.tasks = {task};
  Variant variant;
  variant.name = "net";
  variant.task = TaskId{0};
  variant.accuracy.top1 = accuracy(0.9);
  variant.preprocessing = {1, 1, ChannelOrder::gray, Layout::nchw, 1.0, {0}, {1}};
  variant.memory = megabytes(64);
  parts.variants = {variant};
  parts.profiles = {{10ms, 20ms, 1ms}};
  MachineOffer machine;
  machine.name = "m";
  machine.vcpus = vcpus(2);
  machine.speed = 0.1;
  machine.memory = megabytes(1024);
  parts.machine_offers = {machine};
  FunctionOffer function;
  function.name = "f";
  function.vcpus = vcpus(1);
  function.speed = 0.5;
  function.memory = megabytes(1769);
  parts.function_offers = {function};
  auto built = Catalog::build(std::move(parts));
  EXPECT_TRUE(built.ok()) << built.error().message;
  return *std::move(built);
}

Model model() {
  static const Variant variant = [] {
    Variant v;
    v.intra_threads = 1;
    return v;
  }();
  Model m;
  m.id = VariantId{0};
  m.variant = &variant;
  return m;
}

TEST(Pace, FindsWhatTheCatalogSaysOfAResource) {
  const Catalog c = catalog();
  const auto machine = service_times_on(c, "machine:m");
  ASSERT_TRUE(machine.ok()) << machine.error().message;
  EXPECT_EQ(machine->at(0).median, 100ms);
  EXPECT_NEAR(machine->at(0).sigma, std::log(2.0) / 2.3263, 1e-4);
  EXPECT_EQ(service_times_on(c, "function:f")->at(0).median, 20ms);
  for (const char* wrong : {"machine:f", "m", "machine:", "", "function:m"}) {
    const auto none = service_times_on(c, wrong);
    ASSERT_FALSE(none.ok()) << wrong;
    EXPECT_THAT(none.error().message, HasSubstr("'" + std::string(wrong) + "', expected"));
  }
}

TEST(Pace, HoldsForTheServiceTimeOfEachRow) {
  PaceSettings settings;
  settings.service_times = {{20ms, 0}};
  EXPECT_TRUE(settings.slower());
  Pace pace(settings);
  const auto start = std::chrono::steady_clock::now();
  pace.begin(model());
  std::this_thread::sleep_for(5ms);  // the run itself
  const Duration held = pace.hold(2);
  EXPECT_LE(held, 35ms);
  EXPECT_GE(std::chrono::steady_clock::now() - start, 40ms);
}

TEST(Pace, ARunThatTookLongerIsNotHeld) {
  PaceSettings settings;
  settings.service_times = {{2ms, 0}};
  Pace pace(settings);
  pace.begin(model());
  std::this_thread::sleep_for(4ms);
  EXPECT_EQ(pace.hold(1), 0ms);
}

TEST(Pace, DrawsAroundTheMedian) {
  PaceSettings settings;
  settings.service_times = {{1ms, 0.5}};  // what the calls themselves take is nothing to it
  Pace pace(settings);
  int longer = 0;
  for (int i = 0; i < 400; ++i) {
    pace.begin(model());
    longer += pace.hold(1) > 990us;
  }
  EXPECT_GT(longer, 140);  // half of 400, and six deviations of room
  EXPECT_LT(longer, 260);
}

TEST(Pace, AStopEndsTheHold) {
  PaceSettings settings;
  settings.service_times = {{1h, 0}};
  std::stop_source stop;
  Pace pace(settings, stop.get_token());
  pace.begin(model());
  std::thread other([&] { stop.request_stop(); });
  pace.hold(1);  // returns within this test's patience
  other.join();
}

TEST(Pace, WithoutSettingsNothingIsHeld) {
  const PaceSettings settings;
  EXPECT_FALSE(settings.slower());
  Pace pace(settings);
  pace.begin(model());
  EXPECT_EQ(pace.hold(1), 0ms);
}

}  // namespace
}  // namespace paragon

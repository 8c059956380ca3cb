// Catalogs built in code: what is derived, and what is refused.
#include "catalog/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace paragon {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

Variant variant(const std::string& name, int threads = 1, std::int64_t memory_mb = 100) {
  Variant v;
  v.name = name;
  v.accuracy.top1 = accuracy(0.8);
  v.memory = megabytes(memory_mb);
  v.intra_threads = threads;
  return v;
}

MachineOffer machine(const std::string& name, double cpus, double speed, std::int64_t memory_mb) {
  MachineOffer o;
  o.name = name;
  o.vcpus = vcpus(cpus);
  o.speed = speed;
  o.memory = megabytes(memory_mb);
  o.price = per_hour(0.1);
  return o;
}

FunctionOffer function(const std::string& name, std::int64_t memory_mb, double cpus) {
  FunctionOffer o;
  o.name = name;
  o.memory = megabytes(memory_mb);
  o.vcpus = vcpus(cpus);
  return o;
}

// One task, one variant that takes 10 ms (p99 12 ms) on a core and loads in 60 ms.
Catalog::Parts parts(const Variant& v = variant("v")) {
  Catalog::Parts p;
  p.tasks.emplace_back();
  p.tasks[0].name = "t";
  p.variants = {v};
  p.profiles = {{10ms, 12ms, 60ms}};
  return p;
}

std::string refusal(Catalog::Parts p) {
  const auto built = Catalog::build(std::move(p));
  return built ? "built" : built.error().message;
}

TEST(Catalog, AnOfferAsSlowAsOneLikesOverflowsNothing) {
  Catalog::Parts p = parts();
  p.machine_offers = {machine("still", 1, 1e-300, 4096)};
  const auto catalog = Catalog::build(p);
  ASSERT_TRUE(catalog) << catalog.error().message;
  const Duration takes = catalog->profile(VariantId{0}, MachineOfferId{0}).service_p50;
  EXPECT_GT(takes, std::chrono::hours(24 * 365));
  EXPECT_LT(takes, Duration::max() / 100) << "sums of a few of them fit";
}

TEST(Catalog, AQueryTakesLongerOnSlowerCpusAndEveryVcpuIsASlot) {
  Catalog::Parts p = parts();
  p.machine_offers = {machine("fast", 2, 1, 4096), machine("slow", 4, 0.1, 4096),
                      machine("part", 0.5, 1, 4096), machine("odd", 2.9, 2, 4096)};
  const auto catalog = Catalog::build(p);
  ASSERT_TRUE(catalog) << catalog.error().message;
  const auto on = [&](const char* name) {
    return catalog->profile(VariantId{0}, *catalog->find_machine_offer(name));
  };
  EXPECT_EQ(on("fast").service_p50, 10ms);
  EXPECT_EQ(on("fast").slots, 2);
  EXPECT_EQ(on("slow").service_p50, 100ms);
  EXPECT_EQ(on("slow").service_p99, 120ms);
  EXPECT_EQ(on("slow").slots, 4);
  EXPECT_EQ(on("part").service_p50, 20ms);
  EXPECT_EQ(on("part").slots, 1);
  EXPECT_EQ(on("odd").service_p50, 5ms);
  EXPECT_EQ(on("odd").slots, 2);
}

TEST(Catalog, MoreThreadsAreFasterAndTakeMoreOfTheMachine) {
  Catalog::Parts p = parts(variant("v", 2));
  p.machine_offers = {machine("one", 1, 1, 4096), machine("four", 4, 1, 4096)};
  const auto catalog = Catalog::build(p);
  ASSERT_TRUE(catalog) << catalog.error().message;
  EXPECT_EQ(catalog->profile(VariantId{0}, MachineOfferId{0}).service_p50, 10ms);
  EXPECT_EQ(catalog->profile(VariantId{0}, MachineOfferId{1}).service_p50, 6500us);
  EXPECT_EQ(catalog->profile(VariantId{0}, MachineOfferId{1}).slots, 2);
}

TEST(Catalog, MemoryLimitsSlots) {
  Catalog::Parts p = parts(variant("v", 1, 1000));
  p.machine_offers = {machine("tight", 8, 1, 3500), machine("small", 8, 1, 999)};
  p.function_offers = {function("tight", 1000, 1), function("small", 999, 1)};
  p.function_offers[0].name = "f-tight";
  p.function_offers[1].name = "f-small";
  const auto catalog = Catalog::build(p);
  ASSERT_TRUE(catalog) << catalog.error().message;
  EXPECT_EQ(catalog->profile(VariantId{0}, MachineOfferId{0}).slots, 3);
  EXPECT_EQ(catalog->profile(VariantId{0}, MachineOfferId{1}).slots, 0);
  EXPECT_TRUE(catalog->profile(VariantId{0}, FunctionOfferId{0}).usable);
  EXPECT_FALSE(catalog->profile(VariantId{0}, FunctionOfferId{1}).usable);
}

TEST(Catalog, AFunctionsShareSlowsQueriesButNotItsStart) {
  Catalog::Parts p = parts();
  p.function_offers = {function("half", 885, 0.5), function("many", 10240, 5.8)};
  p.function_offers[0].cold_start = {200ms, 0.5};
  const auto catalog = Catalog::build(p);
  ASSERT_TRUE(catalog) << catalog.error().message;
  const FunctionProfile& half = catalog->profile(VariantId{0}, FunctionOfferId{0});
  EXPECT_EQ(half.service_p50, 20ms);
  // 100 ms process, 60 ms load, and the 95th percentile of the extra.
  EXPECT_EQ(half.cold_start, 160ms + p.function_offers[0].cold_start.percentile95());
  // One thread cannot use more than one vCPU.
  EXPECT_EQ(catalog->profile(VariantId{0}, FunctionOfferId{1}).service_p50, 10ms);
  EXPECT_EQ(catalog->profile(VariantId{0}, FunctionOfferId{1}).cold_start, 160ms);
}

TEST(Catalog, TasksKnowTheirVariantsInTheCatalogsOrder) {
  Catalog::Parts p = parts();
  p.tasks.emplace_back();
  p.tasks[1].name = "u";
  p.tasks[1].variants = {VariantId{7}};  // filled by the catalog, whatever was there
  for (const char* name : {"b", "a", "c"}) {
    p.variants.push_back(variant(name));
    p.variants.back().task = TaskId{1};
    p.profiles.push_back({1ms, 1ms, 1ms});
  }
  const auto catalog = Catalog::build(p);
  ASSERT_TRUE(catalog) << catalog.error().message;
  EXPECT_EQ(catalog->task(TaskId{1}).variants,
            (std::vector{VariantId{1}, VariantId{2}, VariantId{3}}));
  EXPECT_EQ(catalog->find_variant("a"), VariantId{2});
  EXPECT_EQ(catalog->find_variant("d"), std::nullopt);
}

TEST(Catalog, ReportsAllThatIsWrongAtOnce) {
  Catalog::Parts p = parts();
  p.tasks.emplace_back();
  p.tasks[1].name = "idle";
  p.variants[0].accuracy.top1 = accuracy(1.01);
  p.variants[0].output.class_of_output = {0};
  p.profiles[0].service_p99 = 9ms;
  p.machine_offers = {machine("m", 0, -1, 0), machine("m", 1, 1, 1)};
  p.function_offers = {function("with space", 1, 1)};
  p.function_offers[0].concurrency_limit = 0;
  const std::string text = refusal(p);
  EXPECT_THAT(text, HasSubstr("tasks[1].name: got 'idle' without variants"));
  EXPECT_THAT(text, HasSubstr("variants[0].accuracy: got 1.01, expected a number from 0 to 1"));
  EXPECT_THAT(text, HasSubstr("variants[0].class_of_output: got 0"));
  EXPECT_THAT(text, HasSubstr("variants[0].service_p99_ms: got 0.009 s, expected 0.01 s to"));
  EXPECT_THAT(text, HasSubstr("machine_offers[0].vcpus: got 0"));
  EXPECT_THAT(text, HasSubstr("machine_offers[0].speed: got -1"));
  EXPECT_THAT(text, HasSubstr("machine_offers[0].memory_mb: got 0"));
  EXPECT_THAT(text, HasSubstr("machine_offers[1].name: got 'm', expected a name that no other"));
  EXPECT_THAT(text, HasSubstr("function_offers[0].name: got 'with space'"));
  EXPECT_THAT(text, HasSubstr("function_offers[0].concurrency_limit: got 0"));
}

TEST(Catalog, PreprocessingIsNeededOnlyByWhatCanRun) {
  Catalog::Parts p = parts();
  EXPECT_EQ(refusal(p), "built");
  p.variants[0].file = "/models/v.onnx";
  EXPECT_THAT(refusal(p), HasSubstr("variants[0].width: got 0"));
  p.variants[0].preprocessing = {.width = 8, .height = 8, .mean = {0, 0, 0}, .std = {1, 0, 1}};
  EXPECT_THAT(refusal(p), HasSubstr("variants[0].std: got 0"));
  p.variants[0].preprocessing.std = {1, 1, 1};
  EXPECT_EQ(refusal(p), "built");
}

TEST(Catalog, RefusesIdsAndProfilesThatDoNotFit) {
  Catalog::Parts p = parts();
  p.variants[0].task = TaskId{3};
  EXPECT_THAT(refusal(p), HasSubstr("variants[0].task: got number 3"));
  p = parts();
  p.profiles.clear();
  EXPECT_THAT(refusal(p), HasSubstr("profiles: got 0, expected one for each of the 1 variants"));
  p = parts();
  p.variants[0].name = "t";
  EXPECT_THAT(refusal(p), HasSubstr("variants[0].name: got 't', expected a name that no other"));
  p = parts();
  p.variants[0].accuracy.top1 = accuracy(std::nan(""));
  EXPECT_THAT(refusal(p), HasSubstr("variants[0].accuracy: got nan"));
}

}  // namespace
}  // namespace paragon

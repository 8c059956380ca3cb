// Query mixes: drawing by weight, and files right and wrong.
#include "trace/mix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <limits>

#include "base/temporary_folder.h"

namespace paragon {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;

Result<Mix> load_text(const std::string& text) {
  const TemporaryFolder folder;
  return load_mix(folder.write("m.yaml", text));
}

std::string complaint(const std::string& text) {
  const auto mix = load_text(text);
  return mix ? "none" : mix.error().message;
}

TEST(Mix, DrawsByWeightAndSeed) {
  std::vector<MixClass> classes(3);
  classes[0].weight = 1;
  classes[1].weight = 0;
  classes[2].weight = 3;
  const auto mix = Mix::build(classes);
  ASSERT_TRUE(mix);
  Random a(5), b(5);
  std::vector<int> drawn(3);
  for (int i = 0; i < 40000; ++i) {
    const std::size_t c = mix->draw(a);
    ASSERT_EQ(c, mix->draw(b));
    ++drawn[c];
  }
  EXPECT_NEAR(drawn[0], 10000, 5 * 87);
  EXPECT_EQ(drawn[1], 0);
}

TEST(Mix, RefusesWeightsWithoutMeaning) {
  EXPECT_FALSE(Mix::build({}));
  std::vector<MixClass> classes(1);
  for (const double weight : {0.0, -1.0, std::numeric_limits<double>::infinity()}) {
    classes[0].weight = weight;
    EXPECT_FALSE(Mix::build(classes)) << weight;
  }
}

TEST(Mix, ReadsEveryField) {
  const auto mix = load_text(R"(paragon_mix: 1
description: two
defaults: {task: pets}
classes:
  - {name: a, weight: 2.5, class: strict, max_latency_ms: 12.5, min_accuracy: 0.9, max_cost_usd: 1e-6,
     objective: fastest}
  - {name: b, task: other, objective: {cost: 1, latency: 0.5}, best_effort: true}
)");
  ASSERT_TRUE(mix) << mix.error().message;
  const MixClass& a = mix->classes()[0];
  EXPECT_EQ(a.task, "pets");
  EXPECT_EQ(a.weight, 2.5);
  EXPECT_EQ(a.constraints.max_latency, 12500us);
  EXPECT_EQ(a.constraints.min_accuracy, accuracy(0.9));
  EXPECT_EQ(a.constraints.max_cost, dollars(1e-6));
  EXPECT_EQ(a.constraints.query_class, QueryClass::strict);
  EXPECT_EQ(a.constraints.objective, kFastest);
  EXPECT_FALSE(a.constraints.best_effort);
  const MixClass& b = mix->classes()[1];
  EXPECT_EQ(b.task, "other");
  EXPECT_EQ(b.task_line - a.task_line, 4);  // that of `a` stands among the defaults
  EXPECT_EQ(b.weight, 1);
  EXPECT_FALSE(b.constraints.max_latency);
  EXPECT_EQ(b.constraints.objective, (Objective{1, 0.5, 0}));
  EXPECT_EQ(b.constraints.best_effort, true);
}

TEST(Mix, ReportsAllThatIsWrongAtOnce) {
  const std::string text = complaint(R"(paragon_mix: 1
clases: []
classes:
  - {name: a, task: t, weight: -1, min_accuracy: 90, max_latency_ms: 0, class: lazy}
  - {name: a, task: t, objective: {cost: 0}, slo: 5}
  - 7
)");
  EXPECT_THAT(text, HasSubstr("m.yaml:2: clases: unknown field, did you mean 'classes'?"));
  EXPECT_THAT(text, HasSubstr("m.yaml:4: classes[0].weight: got -1, expected a number from 0"));
  EXPECT_THAT(
      text, HasSubstr("m.yaml:4: classes[0].min_accuracy: got 90, expected a number from 0 to 1"));
  EXPECT_THAT(text, HasSubstr("m.yaml:4: classes[0].max_latency_ms: got 0"));
  EXPECT_THAT(text,
              HasSubstr("m.yaml:4: classes[0].class: got 'lazy', expected strict or relaxed"));
  EXPECT_THAT(text, HasSubstr("m.yaml:5: classes[1].name: got 'a', expected a name that no other"));
  EXPECT_THAT(text, HasSubstr("m.yaml:5: classes[1].objective: got weights that are all 0"));
  EXPECT_THAT(text, HasSubstr("m.yaml:5: classes[1].slo: unknown field"));
  EXPECT_THAT(text, HasSubstr("m.yaml:6: classes[2]: got '7', expected a map"));
  EXPECT_THAT(complaint("paragon_mix: 1\nclasses: []\n"),
              HasSubstr("m.yaml:2: classes: got an empty list, expected at least one class"));
  EXPECT_THAT(complaint("paragon_mix: 1\nclasses:\n  - {name: a, task: t, weight: 0}\n"),
              HasSubstr("m.yaml:2: classes: got weights that are all 0, expected at least one"));
  EXPECT_THAT(complaint("paragon_mix: 1\ndefaults:\n  min_accuracy: 2\nclasses:\n"
                        "  - {name: a, task: t}\n  - {name: b, task: t}\n"),
              EndsWith("m.yaml:3: defaults.min_accuracy: got 2, expected a number from 0 to 1"));
  EXPECT_THAT(complaint("classes: []\n"), HasSubstr("paragon_mix: got nothing"));
  EXPECT_THAT(complaint(""), HasSubstr("is empty"));
}

TEST(ShippedMixes, Load) {
  const auto mix = load_mix(std::string(PARAGON_SOURCE_DIR) + "/data/mixes/demo.yaml");
  ASSERT_TRUE(mix) << mix.error().message;
  EXPECT_GE(mix->classes().size(), 4u);
  bool strict = false, relaxed = false;
  for (const MixClass& c : mix->classes()) {
    strict |= c.constraints.query_class == QueryClass::strict;
    relaxed |= c.constraints.query_class == QueryClass::relaxed;
  }
  EXPECT_TRUE(strict && relaxed);
}

}  // namespace
}  // namespace paragon

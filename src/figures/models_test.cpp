#include "figures/models.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace paragon::figures {
namespace {

using testing::ElementsAre;

std::vector<std::string> names(const std::vector<Model>& models) {
  std::vector<std::string> names;
  for (const Model& m : models) names.push_back(m.name);
  return names;
}

// By latency: b is beaten by a in both; d and e have one accuracy; c, d and e are alike in latency.
const std::vector<Model> kModels{{"a", 70, 10, megabytes(1)},    {"b", 69, 20, megabytes(1)},
                                 {"c", 75, 100, megabytes(1)},   {"d", 79, 110, megabytes(1)},
                                 {"e", 79.3, 120, megabytes(1)}, {"f", 79.4, 300, megabytes(1)}};

TEST(Models, TheFrontHoldsWhatNoOtherBeats) {
  EXPECT_THAT(names(pareto(kModels)), ElementsAre("a", "c", "d", "e", "f"));
}

TEST(Models, IsoLatencyIsTheLargestSetThatIsAlikeInLatency) {
  const std::vector<Model> set = iso_latency(kModels, 0.25);
  EXPECT_THAT(names(set), ElementsAre("c", "d", "e"));
  EXPECT_DOUBLE_EQ(accuracy_spread(set), 79.3 - 75);
  EXPECT_THAT(names(iso_latency(kModels, 0)), testing::SizeIs(1));
}

TEST(Models, IsoAccuracyIsTheLargestSetThatIsAlikeInAccuracy) {
  const std::vector<Model> set = iso_accuracy(kModels, 0.5);
  EXPECT_THAT(names(set), ElementsAre("d", "e", "f"));
  EXPECT_DOUBLE_EQ(latency_ratio(set), 300.0 / 110);
}

}  // namespace
}  // namespace paragon::figures

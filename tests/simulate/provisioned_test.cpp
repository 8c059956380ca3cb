// `--provisioned` of `paragon simulate` and `compare`, through the real program.
#include <gmock/gmock.h>

#include "simulate/program.h"

namespace simulate_test {
namespace {

using testing::HasSubstr;
using testing::Not;

class ProvisionedRuns : public ProgramTest {
 protected:
  // Functions alone.
  Ran simulate(const std::string& more) {
    return paragon("simulate --trace " + trace() + " --machines-max 0 --no-bound " + more);
  }
  static constexpr const char* kKept =
      "--provisioned lambda-1769mb/mobilenet0.75=3 --provisioned lambda-3008mb/resnet50=2 ";
};

TEST_F(ProvisionedRuns, TheChargeAndTheCallsAreTold) {
  const Ran kept = simulate(std::string(kKept) + "--json");
  ASSERT_EQ(kept.status, 0) << kept.err;
  const auto run = kept.json();
  // The last answer comes at ten minutes or just before or behind them: two steps, or three.
  const double step = 300 * (3 * 1769.0 + 2 * 3008.0) / 1024 * 0.0000041667;
  const double paid = run["cost_usd"]["provisioned"];
  EXPECT_TRUE(std::abs(paid - 2 * step) < 1e-9 || std::abs(paid - 3 * step) < 1e-9) << paid;
  EXPECT_GT(run["cost_usd"]["functions"], paid);
  EXPECT_GT(run["functions"]["provisioned_calls"], 0);

  const Ran plain = simulate("--json");
  EXPECT_FALSE(plain.json()["cost_usd"].contains("provisioned")) << "nothing is new without it";
  EXPECT_FALSE(plain.json()["functions"].contains("provisioned_calls"));
  EXPECT_LT(run["functions"]["cold_starts"], plain.json()["functions"]["cold_starts"]);

  const Ran text = simulate(kKept);
  EXPECT_THAT(text.out, HasSubstr("of it to keep some provisioned"));
  EXPECT_THAT(text.out, HasSubstr("calls in provisioned environments"));
  EXPECT_THAT(simulate("").out, Not(HasSubstr("provisioned")));
}

// The bound is of schedules without them, which such a run may undercut.
TEST_F(ProvisionedRuns, HaveNoBound) {
  const Ran run = paragon("simulate --trace " + trace() + " --until 60 --json " + kKept);
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_TRUE(run.json()["bound_usd"].is_null());
  const Ran all = paragon("compare --schemes mixed,reactive --trace trace.csv --until 60 --json " +
                          std::string(kKept));
  ASSERT_EQ(all.status, 0) << all.err;
  for (const auto& one : all.json()) {
    EXPECT_TRUE(one["bound_usd"].is_null());
    EXPECT_GT(one["cost_usd"]["provisioned"], 0);
  }
}

TEST_F(ProvisionedRuns, AJournalReplays) {
  ASSERT_EQ(simulate(std::string(kKept) + "--until 60 --journal run.journal").status, 0);
  const Ran replayed = paragon("replay run.journal");
  EXPECT_EQ(replayed.status, 0) << replayed.out << replayed.err;
}

TEST_F(ProvisionedRuns, WhatIsWrongIsOneLine) {
  trace();
  for (const auto& [given, says] : std::vector<std::pair<std::string, std::string>>{
           {"--provisioned lambda-1769mb", "expected OFFER/VARIANT=N"},
           {"--provisioned lambda-1769mb/resnet50", "expected OFFER/VARIANT=N"},
           {"--provisioned lambda-1769mb/resnet50=0", "expected OFFER/VARIANT=N"},
           {"--provisioned lambda-1769mb/resnet50=1.5", "expected OFFER/VARIANT=N"},
           {"--provisioned lambda-1769mb/resnet50=99999999999", "expected OFFER/VARIANT=N"},
           {"--provisioned lambda-1769mb/resnet50=2000", "concurrency_limit of 1000"},
           {"--provisioned lambda/resnet50=1", "no such function offer"},
           {"--provisioned lambda-1769mb/nothing=1", "no such variant"},
           {"--prices 2019 --provisioned lambda-3008mb/resnet50=1", "has no price for it"},
           {"--no-functions --provisioned lambda-1769mb/resnet50=1", "may not be used"},
           {"--budget-usd-per-hour 0.01 --provisioned lambda-1769mb/resnet50=1", "over the"}}) {
    const Ran ran = paragon("simulate --trace trace.csv --json " + given);
    EXPECT_EQ(ran.status, 2) << given;
    EXPECT_THAT(ran.err, HasSubstr(says)) << given;
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
  }
  const Ran plan = paragon("plan --rate 10 --provisioned lambda-1769mb/resnet50=1");
  EXPECT_EQ(plan.status, 2) << "a plan knows nothing of them";
}

}  // namespace
}  // namespace simulate_test

// Environments that are kept provisioned on AWS: of a version of the function, from when they are
// wanted until they are not.
#include <gmock/gmock.h>

#include <algorithm>

#include "awscloud/aws_stage.h"
#include "cloud/aws/estate.h"

namespace paragon::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr FunctionOfferId kFunction{0};
constexpr VariantId kSmall{0};

Catalog with_provisioned_prices() {
  Catalog::Parts parts = aws_catalog().parts();
  parts.function_offers[0].provisioned = {per_gb_second(0.0000041667), per_gb_second(0.0000097222)};
  return Catalog::build(std::move(parts)).value();
}

class AwsProvisioned : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!server.serving()) GTEST_SKIP() << server.why_not();
    settings.functions.provisioned_poll = 200ms;
    settings.functions.provisioned_again = 300ms;
    begin();
  }
  // A controller that starts, perhaps again.
  void begin() {
    told.clear();
    controller = std::make_unique<AwsController>(
        loop, server, catalog, settings, [this](const CloudEvent& event) {
          if (const auto* state = std::get_if<ProvisionedState>(&event)) told.push_back(*state);
        });
  }
  bool until(const std::function<bool()>& when, Duration bound = 30s) {
    return run_until(loop, when, bound);
  }
  void want(int environments) {
    std::vector<Provisioned> all;
    if (environments > 0) all.push_back({kFunction, kSmall, environments});
    controller->cloud().provision(all);
  }
  bool is(int kept, int ready) {
    return until([&] {
      return !told.empty() && told.back() == ProvisionedState{kFunction, kSmall, kept, ready};
    });
  }
  Result<FunctionAnswer> ask(const std::string& what = "ok") {
    std::optional<Result<FunctionAnswer>> answer;
    FunctionCall call{
        kFunction, kSmall, "/v2/models/small/infer", {}, std::make_shared<const std::string>(what),
        20s};
    controller->cloud().invoke(std::move(call), [&](Result<FunctionAnswer> got) { answer = got; });
    EXPECT_TRUE(until([&] { return answer.has_value(); }));
    return answer ? *answer : Error{ErrorCode::timeout, "no answer"};
  }
  // The function at the server; null where there is none.
  json function() const {
    const json all = server.state();
    for (const json& one : all["functions"])
      if (!one["deleted"].get<bool>()) return one;
    return nullptr;
  }
  void fault(const std::string& action, const std::string& kind, int count = 1) {
    server.control({{"do", "fault"}, {"action", action}, {"kind", kind}, {"count", count}});
  }

  AwsServer server{{"--boot-s", "0.2"}};
  Loop loop;
  Catalog catalog = with_provisioned_prices();
  aws::AwsSettings settings = aws_settings_for_tests();
  std::unique_ptr<AwsController> controller;
  std::vector<ProvisionedState> told;
};

TEST_F(AwsProvisioned, WhatIsWantedIsKeptAndAnswersWithoutAColdStart) {
  want(2);
  ASSERT_TRUE(is(2, 2));
  EXPECT_EQ(told.front(), (ProvisionedState{kFunction, kSmall, 2, 0})) << "paid for, not yet ready";
  EXPECT_EQ(function()["versions"], json({"1"}));
  EXPECT_EQ(function()["provisioned"]["1"]["ready"], 2);
  const auto answer = ask();
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_TRUE(answer->provisioned);
  EXPECT_FALSE(answer->cold);
  EXPECT_EQ(function()["environments_started"], 2);
  const json bill = server.state()["bill"];
  ASSERT_EQ(bill["functions"].size(), 1u);
  EXPECT_EQ(bill["functions"][0]["provisioned"], true);

  want(0);
  ASSERT_TRUE(is(0, 0));
  EXPECT_EQ(function()["versions"], json::array());
  EXPECT_EQ(function()["provisioned"], json::object());
  const auto later = ask();
  ASSERT_TRUE(later) << later.error().message;
  EXPECT_FALSE(later->provisioned);
  EXPECT_TRUE(later->cold);
}

TEST_F(AwsProvisioned, CallsBeyondThemRunInOthers) {
  want(1);
  ASSERT_TRUE(is(1, 1));
  int provisioned = 0, cold = 0, answered = 0;
  for (int i = 0; i < 3; ++i) {
    FunctionCall call{kFunction,
                      kSmall,
                      "/v2/models/small/infer",
                      {},
                      std::make_shared<const std::string>("sleep 300"),
                      20s};
    controller->cloud().invoke(std::move(call), [&](const Result<FunctionAnswer>& got) {
      ++answered;
      provisioned += got && got->provisioned ? 1 : 0;
      cold += got && got->cold ? 1 : 0;
    });
  }
  ASSERT_TRUE(until([&] { return answered == 3; }));
  EXPECT_EQ(provisioned, 1);
  EXPECT_EQ(cold, 2);
}

TEST_F(AwsProvisioned, AControllerThatStartsAgainTakesThemUp) {
  want(1);
  ASSERT_TRUE(is(1, 1));
  begin();
  want(1);
  ASSERT_TRUE(is(1, 1));
  EXPECT_EQ(server.calls("PutProvisionedConcurrencyConfig"), 1);
  EXPECT_EQ(server.calls("DeleteProvisionedConcurrencyConfig"), 0);
  begin();
  want(2);
  ASSERT_TRUE(is(2, 2)) << "another number is put over the old one";
  EXPECT_EQ(function()["versions"], json({"1"}));
}

TEST_F(AwsProvisioned, NewCodeIsANewVersionAndTheOldOneEnds) {
  want(1);
  ASSERT_TRUE(is(1, 1));
  settings.functions.code.zip += std::string(100, '\0');  // behind the archive: other bytes
  begin();
  want(1);
  ASSERT_TRUE(is(1, 1));
  EXPECT_EQ(function()["versions"], json({"2"}));
  EXPECT_EQ(function()["provisioned"].size(), 1u);
  const auto answer = ask();
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_TRUE(answer->provisioned);
}

TEST_F(AwsProvisioned, WhatIsNoLongerConfiguredEndsWithTheNextStart) {
  want(1);
  ASSERT_TRUE(is(1, 1));
  begin();
  want(0);
  EXPECT_TRUE(until([&] { return function()["provisioned"].empty(); }));
  EXPECT_TRUE(until([&] { return function()["versions"].empty(); }));
  EXPECT_TRUE(ask().ok()) << "the function itself stays";
}

TEST_F(AwsProvisioned, WhatDoesNotStartIsEndedAndTriedAgain) {
  server.control({{"do", "settings"}, {"init_s", 0.0}});
  want(1);
  ASSERT_TRUE(until([&] { return server.calls("PutProvisionedConcurrencyConfig") >= 2; }));
  EXPECT_TRUE(std::any_of(told.begin(), told.end(), [](const auto& s) { return s.kept == 0; }))
      << "nobody pays for what failed";
  server.control({{"do", "settings"}, {"init_s", 10.0}});
  EXPECT_TRUE(is(1, 1));
}

TEST_F(AwsProvisioned, WhatAwsRefusesLeavesTheFunctionItself) {
  server.control({{"do", "quota"}, {"code", "L-B99A9384"}, {"value", 101}});
  want(2);
  ASSERT_TRUE(until([&] { return server.calls("PutProvisionedConcurrencyConfig") >= 2; }));
  EXPECT_TRUE(told.empty()) << "none was ever kept";
  const auto answer = ask();
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_FALSE(answer->provisioned);
  want(0);
  EXPECT_TRUE(is(0, 0)) << "whoever ends it hears that it has ended";
}

// Somebody deletes the function by hand: the query that finds out goes elsewhere, and all is made
// anew.
TEST_F(AwsProvisioned, WhatIsTakenAwayIsMadeAnew) {
  settings.functions.provisioned_poll = 1h;  // only the query tells
  begin();
  want(1);
  ASSERT_TRUE(is(1, 1));
  auto account = aws::Account::open(loop, server.outside(), "").value();
  auto ec2 = aws::Service::open(*account, aws::services::kEc2, 1).value();
  auto lambda = aws::Service::open(*account, aws::services::kLambda, 1).value();
  aws::EstateAgent agent(loop, *ec2, *lambda, settings.deployment);
  std::optional<aws::Estate> found;
  agent.find([&](const Result<aws::Estate>& estate) { found = estate.value(); });
  ASSERT_TRUE(until([&] { return found.has_value(); }));
  ASSERT_EQ(found->functions.size(), 1u);
  EXPECT_EQ(found->functions[0].provisioned_versions(), std::vector<std::string>{"1"});
  EXPECT_EQ(found->functions[0].provisioned->front().available, 1);
  std::vector<std::string> steps;
  std::optional<Status> gone;
  agent.destroy(
      10s, [&](const std::string& step) { steps.push_back(step); },
      [&](const Status& status) { gone = status; });
  ASSERT_TRUE(until([&] { return gone.has_value(); }));
  EXPECT_TRUE(gone->ok());
  EXPECT_EQ(server.calls("DeleteProvisionedConcurrencyConfig"), 1) << "first what is billed";
  ASSERT_TRUE(function().is_null());

  EXPECT_FALSE(ask());
  ASSERT_TRUE(is(1, 1));
  const auto answer = ask();
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_TRUE(answer->provisioned);
}

TEST_F(AwsProvisioned, UnderFaultsTheyAreKeptInTheEndAndThenNothingIsLeft) {
  for (const char* action : {"PublishVersion", "ListVersionsByFunction",
                             "PutProvisionedConcurrencyConfig", "GetProvisionedConcurrencyConfig",
                             "DeleteProvisionedConcurrencyConfig", "DeleteFunction"}) {
    for (const char* kind : {"throttle", "drop_before", "drop_after", "garbage"}) {
      server.control(
          {{"do", "fault"}, {"action", action}, {"kind", kind}, {"count", 1000}, {"share", 0.1}});
    }
  }
  for (int round = 0; round < 3; ++round) {
    want(2);
    ASSERT_TRUE(is(2, 2)) << round;
    want(0);
    ASSERT_TRUE(is(0, 0)) << round;
    EXPECT_EQ(function()["provisioned"], json::object());
  }
  // Changed minds do not cross.
  want(1);
  want(0);
  want(2);
  ASSERT_TRUE(is(2, 2));
  want(0);
  ASSERT_TRUE(is(0, 0));
  EXPECT_EQ(function()["provisioned"], json::object());
}

}  // namespace
}  // namespace paragon::testing

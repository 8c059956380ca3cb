// `paragon catalog refresh` as a person runs it, against the price list and the spot prices of the
// tests' AWS: on demand at what the shipped book says, spot dearer by a tenth until midnight.
#include <gmock/gmock.h>

#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "awscloud/aws_server.h"
#include "base/temporary_folder.h"
#include "catalog/load.h"

namespace paragon::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kShipped = PARAGON_SOURCE_DIR "/data/prices/aws-us-east-1.yaml";

std::string text_of_file(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

class AwsPrices : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!server.serving()) GTEST_SKIP() << server.why_not();
  }
  struct Ran {
    int status;
    std::string out;
    std::string err;
  };
  // In the test's folder. Variables that are given go over the server's.
  Ran paragon(const std::string& arguments, const std::string& variables = "") {
    std::string line = "cd " + folder.path().string() + " && env";
    for (const auto& [name, value] : server.environment()) line += " " + name + "=" + value;
    line += " " + variables + " timeout 100 " PARAGON_PROGRAM " " + arguments + " >.out 2>.err";
    const int ended = std::system(line.c_str());
    Ran ran{WIFEXITED(ended) ? WEXITSTATUS(ended) : -1, text_of_file(folder.path() / ".out"),
            text_of_file(folder.path() / ".err")};
    return ran;
  }
  // A book of a few offers. What is in it differs from what AWS asks.
  std::string small_book() {
    return folder.write("old.yaml", R"(paragon: 1
machine_offers:
  - {name: c5.large, vcpus: 2, memory_gib: 4, price_usd_per_hour: 0.08, provisioning_delay_s: 77}
  - {name: 'c5.large:spot', market: spot, vcpus: 2, memory_gib: 4, price_usd_per_hour: 0.005,
     provisioning_delay_s: 77, interruptions_per_month: 0.105}
  - {name: x99.huge, vcpus: 2, memory_gib: 4, price_usd_per_hour: 9, provisioning_delay_s: 77}
function_offers:
  - {name: lambda-1769mb, memory_mb: 1769, price_usd_per_gb_second: 0.00002,
     price_usd_per_call: 0.0000002, cold_start_s: 1.5}
)");
  }
  std::vector<std::string> files() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      const std::string name = entry.path().filename().string();
      if (!name.starts_with('.')) names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  AwsServer server;
  TemporaryFolder folder;
};

TEST_F(AwsPrices, TheShippedBookAtTodaysPricesCanBeSimulatedWith) {
  const Ran ran = paragon("catalog refresh --out new.yaml");
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.err, "");
  const auto old = load_catalog(kShipped);
  const auto now = load_catalog((folder.path() / "new.yaml").string());
  ASSERT_TRUE(old && now) << now.error().message;
  ASSERT_EQ(now->machine_offers().size(), old->machine_offers().size());
  for (std::size_t i = 0; i < now->machine_offers().size(); ++i) {
    const MachineOffer& before = old->machine_offers()[i];
    const MachineOffer& after = now->machine_offers()[i];
    EXPECT_EQ(after.name, before.name);
    // Of seven days AWS knows the last two; the dearer day is the longer one whenever this runs.
    EXPECT_NEAR(after.price.value, before.price.value * (after.market == Market::spot ? 1.1 : 1),
                1e-9)
        << after.name;
    EXPECT_EQ(after.interruptions_per_month, before.interruptions_per_month);
    EXPECT_EQ(after.provisioning_delay.median, before.provisioning_delay.median);
    EXPECT_EQ(after.credits_max, before.credits_max);
    EXPECT_THAT(after.source, HasSubstr("us-east-1"));
    EXPECT_THAT(after.source, Not(HasSubstr("karpenter")));
  }
  ASSERT_EQ(now->function_offers().size(), old->function_offers().size());
  EXPECT_EQ(now->function_offers()[0].price, per_gb_second(0.0000166667));
  EXPECT_EQ(now->function_offers()[0].provisioned,
            (ProvisionedPrice{per_gb_second(0.0000041667), per_gb_second(0.0000097222)}));

  folder.write("catalog.yaml", std::string("paragon: 1\ninclude: [new.yaml, '") +
                                   PARAGON_SOURCE_DIR + "/data/paper/models.yaml']\n");
  folder.write("trace.csv", "second,requests\n0,5\n1,5\n2,5\n3,5\n");
  const Ran simulated =
      paragon("simulate --trace trace.csv --catalog catalog.yaml --no-bound --json");
  EXPECT_EQ(simulated.status, 0) << simulated.err;
}

TEST_F(AwsPrices, TellsWhatMovedMuchAndWhatIsLeftOut) {
  const Ran ran = paragon("catalog refresh --from " + small_book() + " --out new.yaml");
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("c5.large"));
  EXPECT_THAT(ran.out, HasSubstr("+6.2 %"));
  EXPECT_THAT(ran.out, HasSubstr("2 machine offers, 1 function offers"));
  EXPECT_THAT(ran.err, HasSubstr("x99.huge is left out: the price list has none in us-east-1"));
  EXPECT_THAT(ran.err,
              HasSubstr("c5.large:spot: the price of one hour went from $0.005 to $0.041"));
  EXPECT_THAT(ran.err, Not(HasSubstr("c5.large: the price")));
  EXPECT_THAT(text_of_file(folder.path() / "new.yaml"), HasSubstr("those of"));
}

TEST_F(AwsPrices, FunctionsCanBeOfTheOtherArchitecture) {
  const Ran ran =
      paragon("catalog refresh --architecture arm64 --from " + small_book() + " --out new.yaml");
  ASSERT_EQ(ran.status, 0) << ran.err;
  const auto now = load_catalog((folder.path() / "new.yaml").string());
  ASSERT_TRUE(now) << now.error().message;
  EXPECT_EQ(now->function_offers()[0].price, per_gb_second(0.0000133334));
  EXPECT_EQ(now->function_offers()[0].provisioned,
            (ProvisionedPrice{per_gb_second(0.0000033334), per_gb_second(0.0000077778)}));
}

TEST_F(AwsPrices, ADryRunShowsTheCallsAndWritesNothing) {
  const Ran ran = paragon("catalog refresh --dry-run --from " + small_book() + " --out new.yaml");
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("Price List GetProducts in us-east-1: POST "));
  EXPECT_THAT(ran.err, HasSubstr("Action=DescribeSpotPriceHistory"));
  EXPECT_THAT(ran.err, Not(HasSubstr("would send")));
  EXPECT_THAT(ran.out, HasSubstr("c5.large"));
  EXPECT_EQ(files(), std::vector<std::string>{"old.yaml"});
}

TEST_F(AwsPrices, WhatAwsRefusesLeavesTheOldFileAlone) {
  folder.write("new.yaml", "what was there");
  const std::string refresh = "catalog refresh --from " + small_book() + " --out new.yaml";
  for (const char* action : {"GetProducts", "DescribeSpotPriceHistory"}) {
    server.control({{"do", "fault"}, {"action", action}, {"kind", "garbage"}, {"count", 1}});
    Ran ran = paragon(refresh);
    EXPECT_EQ(ran.status, 1) << action;
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
    server.control({{"do", "fault"},
                    {"action", action},
                    {"kind", "error"},
                    {"code", "AccessDeniedException"},
                    {"status", 400}});
    ran = paragon(refresh);
    EXPECT_EQ(ran.status, 1) << action;
    EXPECT_THAT(ran.err, HasSubstr(std::string(action) + " in us-east-1"));
    EXPECT_THAT(ran.err, HasSubstr("AccessDeniedException"));
    EXPECT_EQ(text_of_file(folder.path() / "new.yaml"), "what was there");
    server.control({{"do", "fault"}, {"action", action}, {"kind", "throttle"}, {"count", 2}});
    ran = paragon(refresh + "er.yaml");
    EXPECT_EQ(ran.status, 0) << ran.err;
  }
  folder.write("other.yaml",
               "paragon: 1\nmachine_offers:\n  - {name: x99.huge, vcpus: 2, memory_gib: 4, "
               "price_usd_per_hour: 9, provisioning_delay_s: 77}\n");
  const Ran nothing = paragon("catalog refresh --out new.yaml --from other.yaml");
  EXPECT_EQ(nothing.status, 1) << nothing.err;
  EXPECT_THAT(nothing.err, HasSubstr("sells none of the offers of other.yaml in us-east-1"));
  EXPECT_EQ(text_of_file(folder.path() / "new.yaml"), "what was there");
}

TEST_F(AwsPrices, WrongInputIsOneLineAndCostsNoCall) {
  const std::string from = " --from " + small_book();
  for (const auto& [arguments, variables, status, says] :
       std::vector<std::tuple<std::string, std::string, int, std::string>>{
           {"catalog refresh" + from, "", 2, "--out FILE is needed"},
           {"catalog refresh --out none/new.yaml" + from, "", 2, "none/new.yaml"},
           {"catalog refresh --out n.yaml --from nothing.yaml", "", 2, "nothing.yaml"},
           {"catalog refresh --out n.yaml --spot-days 0" + from, "", 2, "--spot-days"},
           {"catalog refresh --out n.yaml --architecture vax" + from, "", 2, "--architecture"},
           {"catalog refresh --out n.yaml --region 'the moon'" + from, "", 2, "the moon"},
           {"catalog refresh --out n.yaml" + from, "AWS_REGION=", 2, "region"},
           {"catalog refresh --out n.yaml" + from, "AWS_SECRET_ACCESS_KEY=", 2,
            "AWS_SECRET_ACCESS_KEY"},
           {"catalog", "", 2, ""}}) {
    const Ran ran = paragon(arguments, variables);
    EXPECT_EQ(ran.status, status) << arguments << "\n" << ran.err;
    EXPECT_THAT(ran.err, HasSubstr(says)) << arguments;
  }
  EXPECT_EQ(server.calls("GetProducts"), 0);
  EXPECT_EQ(files(), std::vector<std::string>{"old.yaml"});
}

}  // namespace
}  // namespace paragon::testing

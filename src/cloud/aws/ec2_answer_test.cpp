// Answers that are wrong. Right ones, rendered from AWS's own model, are read in tests/aws.
#include "cloud/aws/ec2_answer.h"

#include <gmock/gmock.h>

#include "base/random.h"

namespace paragon::aws::ec2 {
namespace {

using testing::HasSubstr;

constexpr const char* kDescribed =
    "<DescribeInstancesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">"
    "<requestId>r</requestId><reservationSet><item><instancesSet>"
    "<item><instanceId>i-1</instanceId><instanceState><code>16</code><name>running</name>"
    "</instanceState><instanceType>c5.large</instanceType><instanceLifecycle>spot"
    "</instanceLifecycle><launchTime>2015-08-30T12:36:00.000Z</launchTime><tagSet><item><key>k"
    "</key><value> </value></item></tagSet></item>"
    "<item><instanceId>i-2</instanceId><instanceState><name>dreaming</name></instanceState></item>"
    "</instancesSet></item></reservationSet><nextToken>more</nextToken></"
    "DescribeInstancesResponse>";

TEST(Ec2Answer, ReadsInstances) {
  const auto page = read_describe_instances(kDescribed);
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->next_token, "more");
  ASSERT_EQ(page->instances.size(), 2u);
  const Instance& first = page->instances[0];
  EXPECT_EQ(first.id, "i-1");
  EXPECT_EQ(first.state, InstanceState::running);
  EXPECT_TRUE(first.spot);
  EXPECT_EQ(first.launched, Instant(std::chrono::seconds(1440938160)));
  EXPECT_EQ(first.tags, (std::vector<Tag>{{"k", " "}}));
  EXPECT_EQ(page->instances[1].state, InstanceState::unknown);  // a state that came later
}

TEST(Ec2Answer, AnotherAnswerIsNotTakenForThisOne) {
  const auto read = read_run_instances(kDescribed);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::unavailable);
  EXPECT_THAT(read.error().message, HasSubstr("<DescribeInstancesResponse>"));
}

TEST(Ec2Answer, ALaunchWithoutInstanceIsAnError) {
  EXPECT_FALSE(read_run_instances("<RunInstancesResponse/>"));
  EXPECT_FALSE(
      read_run_instances("<RunInstancesResponse><instancesSet><item><imageId>a</imageId>"
                         "</item></instancesSet></RunInstancesResponse>"));
}

TEST(Ec2Answer, PricesMustBePrices) {
  const auto priced = [](const std::string& price) {
    return read_describe_spot_price_history(
        "<DescribeSpotPriceHistoryResponse><spotPriceHistorySet><item><instanceType>c5.large"
        "</instanceType><spotPrice>" +
        price +
        "</spotPrice><timestamp>2015-08-30T12:36:00Z"
        "</timestamp></item></spotPriceHistorySet></DescribeSpotPriceHistoryResponse>");
  };
  ASSERT_TRUE(priced("0.0317"));
  EXPECT_EQ(priced("0.0317")->prices[0].price, per_hour(0.0317));
  for (const char* wrong : {"", "x", "1x", "-1", "nan", "inf"})
    EXPECT_FALSE(priced(wrong)) << wrong;
}

// Cut off anywhere, or with any byte changed: an error or a value, never a crash, and a cut is
// always seen.
TEST(Ec2Answer, SurvivesWhatTheNetDoesToIt) {
  const std::string whole = kDescribed;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(read_describe_instances(whole.substr(0, size))) << size;
  }
  Random random(11);
  for (int i = 0; i < 5000; ++i) {
    std::string changed = whole;
    for (int k = 0; k < 3; ++k) {
      changed[random.below(changed.size())] = static_cast<char>(random.below(256));
    }
    const auto read = read_describe_instances(changed);
    if (!read) {
      EXPECT_EQ(read.error().code, ErrorCode::unavailable);
    }
  }
}

TEST(Ec2Answer, NamesAreAwsOwn) {
  EXPECT_STREQ(name(InstanceState::shutting_down), "shutting-down");
  EXPECT_STREQ(name(Check::insufficient_data), "insufficient-data");
}

}  // namespace
}  // namespace paragon::aws::ec2

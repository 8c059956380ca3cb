#include "worker/instance.h"

#include <gmock/gmock.h>

namespace paragon {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace std::chrono_literals;

TEST(InstanceTest, SaysWhatItKnows) {
  Loop loop;
  Instance instance(loop, std::nullopt, [] { FAIL() << "never"; });
  const http::Response first = instance.answer();
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.content_type, "application/json");
  EXPECT_THAT(first.body, StartsWith(R"({"heard_s":)"));
  EXPECT_THAT(first.body, EndsWith(R"(,"orphan_after_s":null,"interruption":null})"));
  instance.interrupted(Instance::Interruption{"terminate", loop.now() + 1000h});
  EXPECT_THAT(instance.answer().body,
              HasSubstr(R"("interruption":{"action":"terminate","in_s":35999)"));
  instance.interrupted(Instance::Interruption{"terminate", loop.now() - 1s});
  EXPECT_THAT(instance.answer().body, EndsWith(R"("in_s":0}})")) << "overdue is now";
  instance.interrupted(std::nullopt);
  EXPECT_THAT(instance.answer().body, EndsWith(R"("interruption":null})"));
}

TEST(InstanceTest, HeardIsTheTimeSinceTheQuestionBefore) {
  Loop loop;
  Instance instance(loop, 600s, [] {});
  auto pause = loop.after(30ms, [&] { loop.stop(); });
  loop.run();
  const auto heard = [&] {
    const std::string body = instance.answer().body;
    EXPECT_THAT(body, HasSubstr(R"("orphan_after_s":600)"));
    return std::stod(body.substr(body.find(':') + 1));
  };
  const Time asked = loop.now();
  EXPECT_GE(heard(), 0.03);
  pause = loop.after(10ms, [&] { loop.stop(); });
  loop.run();
  const double second = heard();
  EXPECT_GE(second, 0.01);
  EXPECT_LE(second, seconds(loop.now() - asked));
}

TEST(InstanceTest, IsOrphanedOnceWhenNobodyAsks) {
  Loop loop;
  int orphaned = 0;
  const Time began = loop.now();
  Instance instance(loop, 20ms, [&] {
    ++orphaned;
    loop.stop();
  });
  loop.run();
  EXPECT_EQ(orphaned, 1);
  EXPECT_GE(loop.now() - began, 20ms);
  auto longer = loop.after(60ms, [&] { loop.stop(); });
  loop.run();
  EXPECT_EQ(orphaned, 1);
}

// A question puts it off: it is orphaned so long after the last one, not after the start.
TEST(InstanceTest, AQuestionPutsItOff) {
  Loop loop;
  std::optional<Time> orphaned;
  Instance instance(loop, 200ms, [&] {
    orphaned = loop.now();
    loop.stop();
  });
  Time asked{};
  auto question = loop.after(50ms, [&] {
    asked = loop.now();
    static_cast<void>(instance.answer());
  });
  loop.run();
  ASSERT_TRUE(orphaned);
  EXPECT_GE(*orphaned - asked, 200ms);
}

}  // namespace
}  // namespace paragon

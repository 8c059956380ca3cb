#include "wire/loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <thread>
#include <vector>

#include "wire/json_text.h"

namespace paragon {
namespace {

using std::chrono::milliseconds;

TEST(Loop, RunsUntilNothingIsLeft) {
  Loop loop;
  int ran = 0;
  loop.post([&] { loop.post([&] { ++ran; }); });
  auto timer = loop.after(milliseconds(1), [&] { ++ran; });
  loop.run();
  EXPECT_EQ(ran, 2);
  loop.post([&] { ++ran; });
  loop.run();  // may be run again
  EXPECT_EQ(ran, 3);
}

TEST(Loop, TimersFireInOrderAndNotBeforeTheirTime) {
  Loop loop;
  std::vector<int> order;
  const Time start = loop.now();
  auto second = loop.after(milliseconds(4), [&] {
    EXPECT_GE(loop.now() - start, milliseconds(4));
    order.push_back(2);
  });
  auto first = loop.at(start + milliseconds(2), [&] { order.push_back(1); });
  auto past = loop.at(Time{}, [&] { order.push_back(0); });
  EXPECT_TRUE(first.pending());
  loop.run();
  EXPECT_FALSE(first.pending());
  EXPECT_EQ(order, (std::vector{0, 1, 2}));
}

TEST(Loop, ATimerThatIsGoneDoesNotFire) {
  Loop loop;
  bool fired = false;
  auto cancelled = loop.after(Duration::zero(), [&] { fired = true; });
  cancelled.cancel();
  EXPECT_FALSE(cancelled.pending());
  {
    auto destroyed = loop.after(Duration::zero(), [&] { fired = true; });
  }
  auto replaced = loop.after(Duration::zero(), [&] { fired = true; });
  replaced = Loop::Timer();
  // Due at the same moment as the one that cancels it.
  Loop::Timer victim;
  auto killer = loop.after(Duration::zero(), [&] { victim.cancel(); });
  victim = loop.at(loop.now(), [&] { fired = true; });
  loop.run();
  EXPECT_FALSE(fired);
}

TEST(Loop, ATimerMaySetItselfAgain) {
  Loop loop;
  int times = 0;
  Loop::Timer timer;
  std::function<void()> tick = [&] {
    if (++times < 3) timer = loop.after(Duration::zero(), tick);
  };
  timer = loop.after(Duration::zero(), tick);
  loop.run();
  EXPECT_EQ(times, 3);
}

TEST(Loop, ATimerForNeverDoesNotOverflow) {
  Loop loop;
  bool fired = false;
  auto never = loop.at(kNever, [&] { fired = true; });
  auto soon = loop.after(milliseconds(1), [&] { never.cancel(); });
  loop.run();
  EXPECT_FALSE(fired);
}

TEST(Loop, WorkOnThePoolComesBackToTheLoop) {
  Loop loop;
  const auto here = std::this_thread::get_id();
  std::atomic<int> worked = 0;
  int done = 0;
  for (int i = 0; i < 20; ++i) {
    loop.defer_to_pool(
        [&] {
          EXPECT_NE(std::this_thread::get_id(), here);
          ++worked;
        },
        [&] {
          EXPECT_EQ(std::this_thread::get_id(), here);
          ++done;
        });
  }
  loop.run();  // returns only when all is done
  EXPECT_EQ(worked, 20);
  EXPECT_EQ(done, 20);
}

TEST(Loop, TakesPostsAndStopFromOtherThreads) {
  Loop loop;
  auto keep = loop.after(std::chrono::hours(1), [] {});
  int got = 0;
  std::thread other([&] {
    for (int i = 0; i < 100; ++i) loop.post([&] { ++got; });
    loop.post([&] { EXPECT_EQ(got, 100); });
    loop.post([&] { loop.stop(); });
  });
  loop.run();
  other.join();
  EXPECT_EQ(got, 100);
}

TEST(Loop, TellsOfSignals) {
  Loop loop;
  std::vector<int> got;
  loop.on_signal([&](int number) {
    got.push_back(number);
    if (got.size() == 2) {
      loop.stop();
    } else {
      std::raise(SIGINT);
    }
  });
  loop.post([] { std::raise(SIGTERM); });
  loop.run();
  EXPECT_EQ(got, (std::vector{SIGTERM, SIGINT}));
}

std::string quoted(std::string_view text) {
  std::string out;
  json::append_string(out, text);
  return out;
}

TEST(JsonText, EscapesWhatMustBeAndRepairsWhatIsNotUtf8) {
  EXPECT_EQ(quoted("a\"b\\c\n\t\x01/"), R"("a\"b\\c\n\t\u0001/")");
  EXPECT_EQ(quoted("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"),
            "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"");
  for (const char* bad : {"\xFF", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80",
                          "\xF0\x80\x80\x80", "\xE2\x82", "\xC3"}) {
    EXPECT_FALSE(json::is_utf8(bad));
    EXPECT_TRUE(json::is_utf8(quoted(bad)));
    EXPECT_EQ(quoted(bad).find("\xEF\xBF\xBD"), 1u);
  }
}

TEST(JsonText, WritesNumbersThatReadBack) {
  const auto number = [](double value) {
    std::string out;
    json::append_number(out, value);
    return out;
  };
  EXPECT_EQ(number(0.1), "0.1");
  EXPECT_EQ(number(3), "3");
  EXPECT_EQ(number(-0.0), "-0.0");
  EXPECT_EQ(number(1e300), "1e+300");
  EXPECT_EQ(number(1.0 / 0.0), "null");
  std::string single;
  json::append_float(single, 0.1f);
  EXPECT_EQ(single, "0.1");
}

}  // namespace
}  // namespace paragon

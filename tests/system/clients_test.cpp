// Clients that are slow, silent or gone: they get what they are due, and nobody else waits for
// them.
#include <gmock/gmock.h>

#include <deque>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "system/running_server.h"
#include "system/serve_fixture.h"
#include "wire/raw_client.h"

namespace paragon::testing {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using ::testing::StartsWith;

class Clients : public Serve {
 protected:
  static std::string query(const std::string& png, const std::string& more = "") {
    return "POST " + kInfer + " HTTP/1.1\r\nhost: h\r\ncontent-type: image/png\r\n" + more +
           "content-length: " + std::to_string(png.size()) + "\r\n\r\n" + png;
  }
  static json status(Caller& caller) { return json::parse(caller.get("/api/v1/status").body); }
  // Kilobytes of memory that a process holds.
  static long resident_kb(pid_t pid) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/status");
    for (std::string word; in >> word;) {
      long kb = 0;
      if (word == "VmRSS:" && in >> kb) return kb;
    }
    return 0;
  }
};

TEST_F(Clients, ADrippingBodyIsTakenAndDelaysNobody) {
  RunningServer server(arguments(1));
  ASSERT_TRUE(server.listening());
  Caller caller(server.port());
  until_ready(caller, 1);
  const std::string png = picture();
  const std::string bytes = query(png);
  Loop loop;
  std::deque<RawClient> slow;
  for (int i = 0; i < 50; ++i) slow.emplace_back(loop, server.port());
  // Each byte of theirs comes alone, and between any two of them somebody else is served.
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (RawClient& one : slow) one.send(bytes.substr(at, 1));
    if (at % 8 == 0) {
      ASSERT_EQ(caller.post(kInfer, png, kPng).status, 200);
      for (RawClient& one : slow) ASSERT_FALSE(one.received("HTTP/1.1"));
    }
  }
  for (RawClient& one : slow) EXPECT_THAT(one.answer(), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(status(caller)["in_flight"], 0);
  expect_an_orderly_end(server);
}

TEST_F(Clients, OneThatNeverReadsHoldsLittleAndDelaysNobody) {
  RunningServer server(arguments(1));
  ASSERT_TRUE(server.listening());
  Caller caller(server.port());
  until_ready(caller, 1);
  const std::string png = picture();
  ASSERT_EQ(caller.post(kInfer, png, kPng).status, 200);
  const long before = resident_kb(server.pid());
  ASSERT_GT(before, 0);
  // The page is 20 KB or so: its answers fill the socket long before all requests are sent.
  std::string many;
  for (int i = 0; i < 50'000; ++i) many += "GET / HTTP/1.1\r\nhost: h\r\n\r\n";
  Loop loop;
  std::deque<RawClient> deaf;
  for (int i = 0; i < 20; ++i) {
    deaf.emplace_back(loop, server.port());
    deaf.back().try_send(many);
  }
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(caller.post(kInfer, png, kPng).status, 200);
    for (RawClient& one : deaf) one.try_send(many);
  }
  // 20 x 50,000 answers would be gigabytes. (A sanitizer keeps what was freed, a quarter of one.)
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  constexpr long kMostKb = 512 * 1024;
#else
  constexpr long kMostKb = 64 * 1024;
#endif
  EXPECT_LT(resident_kb(server.pid()) - before, kMostKb);
  EXPECT_EQ(status(caller)["in_flight"], 0);
  // When they read at last, they find whole answers in order.
  EXPECT_THAT(deaf.front().answer(), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(deaf.front().answer(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(Clients, ThoseThatVanishLeaveNothingBehind) {
  RunningServer server(arguments(1));
  ASSERT_TRUE(server.listening());
  Caller caller(server.port());
  until_ready(caller, 1);
  const std::string png = picture();
  const std::string bytes = query(png);
  Loop loop;
  for (const bool reset : {false, true}) {
    for (std::size_t length :
         {std::size_t{0}, std::size_t{10}, bytes.size() / 2, bytes.size() - 1, bytes.size()}) {
      for (int i = 0; i < 20; ++i) {
        RawClient one(loop, server.port());
        one.send(bytes.substr(0, length));
        if (reset) one.reset_on_close();
      }
    }
  }
  ASSERT_EQ(caller.post(kInfer, png, kPng).status, 200);
  EXPECT_TRUE(caller.until([&] { return status(caller)["in_flight"] == 0; }, 30s));
  // Its descriptors are given back: only the caller's connection is left of all of these.
  const auto sockets = [&] {
    int count = 0;
    for (const auto& one :
         std::filesystem::directory_iterator("/proc/" + std::to_string(server.pid()) + "/fd")) {
      std::error_code gone;
      count += std::filesystem::read_symlink(one.path(), gone).string().starts_with("socket:");
    }
    return count;
  };
  EXPECT_TRUE(caller.until([&] { return sockets() < 60; }, 30s)) << sockets();
  expect_an_orderly_end(server);
}

TEST_F(Clients, AHalfClosedOneStillGetsItsAnswer) {
  RunningServer server(arguments(1));
  ASSERT_TRUE(server.listening());
  Caller caller(server.port());
  until_ready(caller, 1);
  Loop loop;
  RawClient one(loop, server.port());
  one.send("GET /v2 HTTP/1.1\r\nhost: h\r\n\r\n");
  one.finish();
  EXPECT_THAT(one.answer(), StartsWith("HTTP/1.1 200 "));
  EXPECT_TRUE(one.ended());
  // A query whose client seems to be gone may be given up, but it is not lost to the books.
  RawClient other(loop, server.port());
  other.send(query(picture()));
  other.finish();
  EXPECT_TRUE(other.ended());
  EXPECT_TRUE(caller.until([&] { return status(caller)["in_flight"] == 0; }, 30s));
  expect_an_orderly_end(server);
}

}  // namespace
}  // namespace paragon::testing

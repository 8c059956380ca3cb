// What the server refuses, bounds and cuts off.
#include <gmock/gmock.h>

#include "wire/echo_server.h"

namespace paragon::http {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::StartsWith;

TEST_F(ServerTest, TakesOnlySoManyPipelinedRequestsAtOnce) {
  start();
  auto c = client();
  std::string many;
  for (int i = 0; i < 100; ++i) many += get("/later");
  c.send(many);
  ASSERT_TRUE(until([&] { return handled_ == 32; }));
  for (int i = 0; i < 50; ++i) loop_poll(loop_);
  EXPECT_EQ(handled_, 32);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(until([&] { return held_.size() > static_cast<std::size_t>(i); }));
    held_[static_cast<std::size_t>(i)](say("answer " + std::to_string(i)));
    EXPECT_THAT(c.answer(), HasSubstr("answer " + std::to_string(i)));
  }
}

TEST_F(ServerTest, RefusesWhatIsWrongAndCloses) {
  ServerSettings settings;
  settings.head_bytes_max = 1024;
  settings.body_bytes_max = 1000;
  start(settings);
  const std::string long_head = "x: " + std::string(2000, 'y') + "\r\n";
  const struct {
    std::string request;
    int status;
  } cases[] = {
      {"NONSENSE\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},  // no host
      {"GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n", 400},
      {"GET /%zz HTTP/1.1\r\nhost: h\r\n\r\n", 400},
      {"GET /%00 HTTP/1.1\r\nhost: h\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nhost: h\r\nbad header\r\n\r\n", 400},
      {"GET / HTTP/3.0\r\nhost: h\r\n\r\n", 505},
      {"BREW / HTTP/1.1\r\nhost: h\r\n\r\n", 501},
      {"POST / HTTP/1.1\r\nhost: h\r\ncontent-length: -1\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab", 400},
      {"POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\na",
       400},
      {"POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: gzip\r\n\r\nabc", 501},
      {"POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
      {"POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", 400},
      {"POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n7d0\r\n" +
           std::string(2000, 'x'),
       413},
      {"POST / HTTP/1.0\r\n\r\n", 411},
      {post("/", std::string(1001, 'x')), 413},
      {"POST / HTTP/1.1\r\nhost: h\r\nexpect: 100-continue\r\ncontent-length: 1001\r\n\r\n", 413},
      {"POST / HTTP/1.1\r\nhost: h\r\nexpect: tea\r\ncontent-length: 3\r\n\r\nabc", 417},
      {get("/", long_head), 431},
      {"GET /" + std::string(3000, 'x'), 431},
      {"POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n1;" +
           std::string(3000, 'x'),
       431},
      {post("/", "abc", "content-encoding: br\r\n"), 415},
  };
  for (const auto& one : cases) {
    auto c = client();
    c.send(one.request);
    const std::string answer = c.answer();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + std::to_string(one.status) + " ")) << one.request;
    EXPECT_THAT(answer, HasSubstr(R"({"error":")")) << one.request;
    EXPECT_TRUE(c.ended()) << one.request;
  }
  EXPECT_EQ(handled_, 0);
}

TEST_F(ServerTest, ARefusalArrivesThoughTheClientStillSends) {
  ServerSettings settings;
  settings.body_bytes_max = 1000;
  start(settings);
  auto c = client();
  c.send(post("/", std::string(4'000'000, 'x')));
  EXPECT_THAT(c.answer(), StartsWith("HTTP/1.1 413 "));
}

TEST_F(ServerTest, RefusesBombsAndDamagedBodies) {
  ServerSettings settings;
  settings.body_bytes_max = 100'000;
  start(settings);
  auto c = client();
  c.send(post("/", compressed(std::string(50'000'000, '0'), 31), "content-encoding: gzip\r\n"));
  EXPECT_THAT(c.answer(), StartsWith("HTTP/1.1 413 "));
  c.send(post("/", "this is not gzip", "content-encoding: gzip\r\n"));
  EXPECT_THAT(c.answer(), StartsWith("HTTP/1.1 400 "));
  const std::string whole = compressed(std::string(1000, 'a'), 31);
  c.send(post("/", whole.substr(0, whole.size() - 9), "content-encoding: gzip\r\n"));
  EXPECT_THAT(c.answer(), StartsWith("HTTP/1.1 400 "));
  EXPECT_EQ(handled_, 0);
}

TEST_F(ServerTest, NeedsTheTokenEverywhere) {
  ServerSettings settings;
  settings.bearer_token = "secret-token";
  start(settings);
  for (const std::string header :
       {"", "authorization: Bearer wrong\r\n", "authorization: Bearer secret-tokem\r\n",
        "authorization: Basic secret-token\r\n"}) {
    auto c = client();
    c.send(get("/v2/health/live", header));
    const std::string answer = c.answer();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 401 "));
    EXPECT_THAT(answer, HasSubstr("www-authenticate: Bearer"));
  }
  auto c = client();
  c.send(get("/v2/health/live", "Authorization: bearer secret-token\r\n"));
  EXPECT_THAT(c.answer(), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(handled_, 1);
}

TEST_F(ServerTest, CutsSlowClientsOff) {
  ServerSettings settings;
  settings.head_timeout = milliseconds(60);
  settings.body_timeout = milliseconds(60);
  settings.idle_timeout = milliseconds(250);
  start(settings);
  auto head = client(), body = client(), idle = client(), good = client();
  head.send("GET / HT");
  body.send("POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 9\r\n\r\nhalf");
  good.send(get("/good"));
  EXPECT_THAT(good.answer(), HasSubstr("/good"));
  const std::string head_answer = head.answer();
  EXPECT_THAT(head_answer, StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(head_answer, HasSubstr("head"));
  const std::string body_answer = body.answer();
  EXPECT_THAT(body_answer, StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(body_answer, HasSubstr("body"));
  EXPECT_TRUE(idle.ended());
  EXPECT_EQ(handled_, 1);
}

TEST_F(ServerTest, AHeadThatTricklesIsCutOffToo) {
  ServerSettings settings;
  settings.head_timeout = milliseconds(80);
  start(settings);
  auto c = client();
  const std::string endless = "GET / HTTP/1.1\r\nhost: h\r\nx: " + std::string(10'000, 'y');
  std::size_t sent = 0;
  auto next = std::chrono::steady_clock::now();
  EXPECT_TRUE(until([&] {
    const auto now = std::chrono::steady_clock::now();
    if (now >= next && sent < endless.size()) {
      c.try_send(endless.substr(sent++, 1));
      next = now + milliseconds(1);
    }
    return c.received("408");
  }));
  EXPECT_LT(sent, endless.size());
}

TEST_F(ServerTest, AClientThatDoesNotReadIsCutOff) {
  ServerSettings settings;
  settings.write_timeout = milliseconds(60);
  start(settings);
  auto c = client();
  c.send(get("/later"));
  ASSERT_TRUE(until([&] { return held_.size() == 1; }));
  held_[0](say(std::string(50'000'000, 'x')));
  EXPECT_TRUE(until([&] { return held_[0].abandoned(); }));
}

TEST_F(ServerTest, ClosesTheOldestIdleConnectionWhenFullAndElseRefuses) {
  ServerSettings settings;
  settings.connections_max = 2;
  start(settings);
  auto first = client(), second = client();
  first.send(get("/1"));
  first.answer();
  second.send(get("/2"));
  second.answer();
  auto third = client();
  third.send(get("/later"));
  ASSERT_TRUE(until([&] { return held_.size() == 1; }));
  EXPECT_TRUE(first.ended());
  second.send(get("/later"));
  ASSERT_TRUE(until([&] { return held_.size() == 2; }));
  auto fourth = client();
  EXPECT_THAT(fourth.answer(), StartsWith("HTTP/1.1 503 "));
  held_[0](say("third"));
  EXPECT_THAT(third.answer(), HasSubstr("third"));
}

TEST_F(ServerTest, AnIdleConnectionIsClosedInTime) {
  ServerSettings settings;
  settings.idle_timeout = milliseconds(100);
  start(settings);
  auto c = client();
  c.send(get("/1"));
  c.answer();
  EXPECT_TRUE(c.ended());
}

}  // namespace
}  // namespace paragon::http

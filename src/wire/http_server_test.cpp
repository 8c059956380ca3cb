// The server over real sockets: raw bytes in, raw bytes out.
#include "wire/http_server.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>

#include "wire/echo_server.h"

namespace paragon::http {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::StartsWith;

TEST_F(ServerTest, AnswersAndKeepsTheConnection) {
  start();
  auto c = client();
  c.send(post("/a%20b?x=%31", "hello", "X-Thing: 7\r\n"));
  EXPECT_THAT(c.answer(), HasSubstr("/a b|x=%31|hello"));
  EXPECT_EQ(last_.headers.find("x-thing"), "7");
  EXPECT_TRUE(last_.from_loopback);
  EXPECT_EQ(last_.method, Method::post);
  c.send(get("/two"));
  const std::string second = c.answer();
  EXPECT_THAT(second, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(second, HasSubstr("date: "));
  EXPECT_TRUE(c.still_open());
}

TEST_F(ServerTest, ReadsARequestThatComesByteByByte) {
  start();
  auto c = client();
  for (const char byte : post("/slow", "body")) {
    c.send(std::string(1, byte));
    loop_poll(loop_);
  }
  EXPECT_THAT(c.answer(), HasSubstr("/slow||body"));
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  start();
  auto c = client();
  c.send(get("/later/1") + get("/now/2") + get("/later/3") + get("/now/4"));
  ASSERT_TRUE(until([&] { return handled_ == 4; }));
  held_[1](say("third"));
  held_[0](say("first"));
  EXPECT_THAT(c.answer(), HasSubstr("first"));
  EXPECT_THAT(c.answer(), HasSubstr("/now/2"));
  EXPECT_THAT(c.answer(), HasSubstr("third"));
  EXPECT_THAT(c.answer(), HasSubstr("/now/4"));
}

TEST_F(ServerTest, ADroppedReplyIsA500) {
  start();
  auto c = client();
  c.send(get("/drop"));
  const std::string answer = c.answer();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(answer, HasSubstr(R"({"error":)"));
}

TEST_F(ServerTest, TheFirstAnswerCounts) {
  start();
  auto c = client();
  c.send(get("/later"));
  ASSERT_TRUE(until([&] { return held_.size() == 1; }));
  held_[0](say("one"));
  held_[0](say("two"));
  EXPECT_THAT(c.answer(), HasSubstr("one"));
  c.send(get("/next"));
  EXPECT_THAT(c.answer(), HasSubstr("/next"));
}

TEST_F(ServerTest, HeadHasTheLengthButNoBody) {
  start();
  auto c = client();
  c.send("HEAD /abc HTTP/1.1\r\nhost: h\r\n\r\n" + get("/next"));
  EXPECT_THAT(c.answer(false), HasSubstr("content-length: 6"));
  EXPECT_THAT(c.answer(), HasSubstr("/next||"));
}

TEST_F(ServerTest, ClosesWhenAskedTo) {
  start();
  auto c = client();
  c.send(get("/", "connection: close\r\n"));
  EXPECT_THAT(c.answer(), HasSubstr("connection: close"));
  EXPECT_TRUE(c.ended());
  auto old = client();
  old.send("GET /old HTTP/1.0\r\n\r\n");
  EXPECT_THAT(old.answer(), HasSubstr("/old"));
  EXPECT_TRUE(old.ended());
}

TEST_F(ServerTest, SaysContinueBeforeABodyThatWaitsForIt) {
  start();
  auto c = client();
  c.send("POST /c HTTP/1.1\r\nhost: h\r\nexpect: 100-continue\r\ncontent-length: 3\r\n\r\n");
  EXPECT_THAT(c.answer(false), StartsWith("HTTP/1.1 100 Continue\r\n"));
  c.send("abc");
  EXPECT_THAT(c.answer(), HasSubstr("/c||abc"));
}

TEST_F(ServerTest, ReadsChunks) {
  start();
  auto c = client();
  c.send(
      "POST /c HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\ntrailer: 1\r\n\r\n");
  EXPECT_THAT(c.answer(), HasSubstr("/c||abcde"));
}

TEST_F(ServerTest, TakesLargeBodiesAndAnswers) {
  start();
  auto c = client();
  std::string body(20'000'000, 'x');
  for (std::size_t i = 0; i < body.size(); i += 997) body[i] = static_cast<char>('a' + i % 26);
  c.send(post("/big", body));
  const std::string answer = c.answer();
  EXPECT_EQ(answer.substr(answer.size() - body.size()), body);
}

TEST_F(ServerTest, InflatesBodies) {
  start();
  auto c = client();
  const std::string text(100'000, 'z');
  const struct {
    const char* coding;
    std::string body;
  } cases[] = {
      {"gzip", compressed(text, 31)},
      {"gzip", compressed(text.substr(0, 50'000), 31) + compressed(text.substr(50'000), 31)},
      {"deflate", compressed(text, 15)},
      {"deflate", compressed(text, -15)}};
  for (const auto& one : cases) {
    c.send(post("/z", one.body, std::string("content-encoding: ") + one.coding + "\r\n"));
    EXPECT_THAT(c.answer(), HasSubstr("/z||" + text)) << one.coding;
    EXPECT_FALSE(last_.headers.has("content-encoding"));
  }
}

TEST_F(ServerTest, TellsWhenTheClientHasGone) {
  start();
  {
    auto c = client();
    c.send(get("/later"));
    ASSERT_TRUE(until([&] { return held_.size() == 1; }));
    EXPECT_FALSE(held_[0].abandoned());
  }
  EXPECT_TRUE(until([&] { return held_[0].abandoned(); }));
  held_[0](Response{});
  auto next = client();
  next.send(get("/next"));
  EXPECT_THAT(next.answer(), HasSubstr("/next"));
}

TEST_F(ServerTest, AHalfClosedClientStillGetsItsAnswer) {
  start();
  auto c = client();
  c.send(get("/later"));
  c.finish();
  ASSERT_TRUE(until([&] { return held_.size() == 1 && held_[0].abandoned(); }));
  held_[0](say("still"));
  EXPECT_THAT(c.answer(), HasSubstr("still"));
  EXPECT_TRUE(c.ended());
}

TEST_F(ServerTest, DrainsWhatIsUnderWay) {
  start();
  auto busy = client(), idle = client();
  idle.send(get("/idle"));
  idle.answer();
  busy.send(get("/later"));
  ASSERT_TRUE(until([&] { return held_.size() == 1; }));
  bool drained = false;
  server_->drain([&] { drained = true; });
  EXPECT_TRUE(idle.ended());
  EXPECT_FALSE(RawClient::can_connect(server_->port()));
  EXPECT_FALSE(drained);
  held_[0](say("done"));
  const std::string answer = busy.answer();
  EXPECT_THAT(answer, HasSubstr("done"));
  EXPECT_THAT(answer, HasSubstr("connection: close"));
  EXPECT_TRUE(until([&] { return drained; }));
  EXPECT_TRUE(busy.ended());
}

TEST_F(ServerTest, DrainsAtOnceWhenIdle) {
  start();
  bool drained = false;
  server_->drain([&] { drained = true; });
  EXPECT_FALSE(drained);
  EXPECT_TRUE(until([&] { return drained; }));
}

TEST_F(ServerTest, EndingTheServerEndsItsConnections) {
  start();
  auto c = client();
  c.send(get("/later"));
  ASSERT_TRUE(until([&] { return held_.size() == 1; }));
  server_.reset();
  EXPECT_TRUE(held_[0].abandoned());
  held_[0](Response{});
  EXPECT_TRUE(c.ended());
}

// The buffer of an idle connection goes after two seconds; this is the one test that lasts as long.
TEST_F(ServerTest, AConnectionThatWasIdleForLongStillWorks) {
  start();
  auto c = client();
  c.send(get("/1"));
  c.answer();
  const Time asleep = loop_.now() + milliseconds(2100);
  ASSERT_TRUE(until([&] { return loop_.now() > asleep; }));
  for (const std::string path : {"/2", "/3"}) {
    c.send(post(path, std::string(50'000, 'x')));
    EXPECT_THAT(c.answer(), HasSubstr(path + "||xxx"));
  }
}

TEST_F(ServerTest, ListensOnUnixSockets) {
  const std::string path = testing::TempDir() + "paragon_" + std::to_string(getpid()) + ".sock";
  ServerSettings settings;
  settings.address = "unix:" + path;
  start(settings);
  EXPECT_EQ(server_->port(), 0);
  RawClient c(loop_, settings.address);
  c.send(post("/u", "x"));
  EXPECT_THAT(c.answer(), HasSubstr("/u||x"));
  EXPECT_TRUE(last_.from_loopback);
  Loop other;
  const auto busy = Server::listen(other, settings, {});
  ASSERT_FALSE(busy.ok());
  EXPECT_THAT(busy.error().message, HasSubstr(path));
  server_.reset();
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(ServerTest, TakesOverAnAbandonedUnixSocket) {
  const std::string path = testing::TempDir() + "paragon_old_" + std::to_string(getpid()) + ".sock";
  RawClient::leave_stale_socket(path);
  ASSERT_TRUE(std::filesystem::exists(path));
  ServerSettings settings;
  settings.address = "unix:" + path;
  start(settings);
}

TEST_F(ServerTest, SaysWhyItCannotListen) {
  start();
  ServerSettings taken;
  taken.port = server_->port();
  const auto second = Server::listen(loop_, taken, {});
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(second.error().message, HasSubstr(std::to_string(taken.port)));
  ServerSettings tls;
  tls.tls_certificate_file = "/nowhere/cert.pem";
  tls.tls_key_file = "/nowhere/key.pem";
  const auto third = Server::listen(loop_, tls, {});
  ASSERT_FALSE(third.ok());
  EXPECT_THAT(third.error().message, HasSubstr("/nowhere/cert.pem"));
  EXPECT_EQ(third.error().code, ErrorCode::invalid);
}

}  // namespace
}  // namespace paragon::http

// The server over real sockets: raw bytes in, raw bytes out.
#include "wire/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <filesystem>
#include <string>
#include <vector>

#include "wire/raw_client.h"

namespace paragon::http {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::StartsWith;

std::string post(const std::string& path, const std::string& body, const std::string& more = "") {
  return "POST " + path + " HTTP/1.1\r\nhost: h\r\ncontent-length: " + std::to_string(body.size()) +
         "\r\n" + more + "\r\n" + body;
}
Response say(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}
std::string get(const std::string& path, const std::string& more = "") {
  return "GET " + path + " HTTP/1.1\r\nhost: h\r\n" + more + "\r\n";
}

// Answers every request with its method, path and body, except that /later requests stay with
// `held` until the test answers them.
class ServerTest : public testing::Test {
 protected:
  void start(ServerSettings settings = {}) {
    auto made = Server::listen(loop_, settings, [this](Request&& request, Reply reply) {
      ++handled_;
      last_ = request;
      if (request.path.starts_with("/later")) {
        held_.push_back(std::move(reply));
      } else if (request.path == "/drop") {
        return;
      } else {
        Response response;
        response.content_type = "text/plain";
        response.body = request.path + "|" + request.query + "|" + request.body;
        reply(std::move(response));
      }
    });
    ASSERT_TRUE(made.ok()) << made.error().message;
    server_ = std::move(*made);
  }
  RawClient client() { return RawClient(loop_, server_->port()); }
  // Runs the loop until `done`, at most 10 s.
  bool until(const std::function<bool()>& done) { return run_until(loop_, done); }

  Loop loop_;
  std::unique_ptr<Server> server_;
  std::vector<Reply> held_;
  Request last_;
  int handled_ = 0;
};

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

TEST_F(ServerTest, TakesLargeBodiesAndAnswers) {
  start();
  auto c = client();
  std::string body(20'000'000, 'x');
  for (std::size_t i = 0; i < body.size(); i += 997) body[i] = static_cast<char>('a' + i % 26);
  c.send(post("/big", body));
  const std::string answer = c.answer();
  EXPECT_EQ(answer.substr(answer.size() - body.size()), body);
}

std::string compressed(const std::string& text, int window_bits) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
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
  EXPECT_TRUE(until([&] {
    if (sent < endless.size()) c.try_send(endless.substr(sent++, 1));
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

TEST_F(ServerTest, AnIdleConnectionIsClosedInTime) {
  ServerSettings settings;
  settings.idle_timeout = milliseconds(100);
  start(settings);
  auto c = client();
  c.send(get("/1"));
  c.answer();
  EXPECT_TRUE(c.ended());
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

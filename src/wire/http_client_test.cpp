// The client against our server, and against servers that misbehave.
#include "wire/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "wire/http_server.h"
#include "wire/raw_client.h"
#include "wire/raw_server.h"

namespace paragon::http {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

TEST(ParseEndpoint, TakesUrlsAddressesAndUnixSockets) {
  const auto plain = parse_endpoint("http://localhost:8000");
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(plain->host, "localhost");
  EXPECT_EQ(plain->port, 8000);
  EXPECT_FALSE(plain->tls);
  const auto secure = parse_endpoint("https://example.org/");
  ASSERT_TRUE(secure.ok());
  EXPECT_EQ(secure->port, 443);
  EXPECT_TRUE(secure->tls);
  EXPECT_EQ(parse_endpoint("127.0.0.1:81")->port, 81);
  EXPECT_EQ(parse_endpoint("[::1]:81")->host, "::1");
  EXPECT_EQ(parse_endpoint("host")->port, 80);
  EXPECT_EQ(parse_endpoint("unix:/tmp/x.sock")->host, "unix:/tmp/x.sock");
}

TEST(ParseEndpoint, RefusesTheRest) {
  for (const char* bad : {"", "http://", "ftp://h", "http://h/path", "http://h?x", "h:", "h:0",
                          "h:65536", "h:1x", "unix:", "[::1", "[::1]x", "http://u@h", "a b"}) {
    const auto endpoint = parse_endpoint(bad);
    ASSERT_FALSE(endpoint.ok()) << bad;
    EXPECT_EQ(endpoint.error().code, ErrorCode::invalid);
    EXPECT_THAT(endpoint.error().message, HasSubstr("expected http://"));
  }
}

class ClientTest : public testing::Test {
 protected:
  // Answers with the body; /later waits in held_. Counts connections by their local ports.
  Endpoint serve(ServerSettings settings = {}) {
    auto made = Server::listen(loop_, settings, [this](Request&& request, Reply reply) {
      ++handled_;
      if (request.path == "/later") {
        held_.push_back(std::move(reply));
        return;
      }
      Response response;
      response.headers.add("x-path", request.path);
      response.body =
          request.path == "/method" ? std::to_string(int(request.method)) : request.body;
      reply(std::move(response));
    });
    EXPECT_TRUE(made.ok()) << made.error().message;
    server_ = std::move(*made);
    Endpoint endpoint;
    endpoint.host = settings.address;
    endpoint.port = server_->port();
    return endpoint;
  }
  static Client::Call call(std::string target, std::string body = "",
                           Duration timeout = std::chrono::seconds(20)) {
    Client::Call made;
    made.target = std::move(target);
    made.body = std::make_shared<const std::string>(std::move(body));
    made.timeout = timeout;
    return made;
  }
  Result<Answer> ask(Client& client, Client::Call what) {
    std::optional<Result<Answer>> result;
    client.send(std::move(what), [&](Result<Answer> got) { result = std::move(got); });
    EXPECT_FALSE(result.has_value()) << "answered inside send()";
    EXPECT_TRUE(run_until(loop_, [&] { return result.has_value(); }));
    return result ? *result : Result<Answer>(ErrorCode::internal, "test gave up");
  }
  bool until(const std::function<bool()>& done) { return run_until(loop_, done); }

  Loop loop_;
  std::unique_ptr<Server> server_;
  std::vector<Reply> held_;
  int handled_ = 0;
};

TEST_F(ClientTest, AsksAndIsAnswered) {
  Client client(loop_, serve());
  const auto answer = ask(client, call("/x%20y", "body"));
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->headers.find("x-path"), "/x y");
  EXPECT_EQ(answer->body, "body");
}

TEST_F(ClientTest, KnowsEveryMethod) {
  Client client(loop_, serve());
  for (const Method method : {Method::get, Method::post, Method::put, Method::del}) {
    auto what = call("/method");
    what.method = method;
    EXPECT_EQ(ask(client, std::move(what))->body, std::to_string(int(method)));
  }
  auto head = call("/method");
  head.method = Method::head;
  const auto answer = ask(client, std::move(head));
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->body, "");
  EXPECT_EQ(answer->headers.find("content-length"), "1");
  EXPECT_EQ(ask(client, call("/", "after"))->body, "after");
}

TEST_F(ClientTest, CarriesLargeBodiesBothWays) {
  Client client(loop_, serve());
  std::string body(20'000'000, 'b');
  for (std::size_t i = 0; i < body.size(); i += 991) body[i] = static_cast<char>('A' + i % 26);
  const auto answer = ask(client, call("/", body));
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_TRUE(answer->body == body);
}

TEST_F(ClientTest, UsesUnixSocketsAndNames) {
  ServerSettings settings;
  settings.address = "unix:" + testing::TempDir() + "client_" + std::to_string(getpid()) + ".sock";
  Client by_path(loop_, serve(settings));
  EXPECT_EQ(ask(by_path, call("/", "u"))->body, "u");
  Endpoint named = serve();
  named.host = "localhost";
  Client by_name(loop_, named);
  const auto answer = ask(by_name, call("/", "n"));
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->body, "n");
}

TEST_F(ClientTest, KeepsConnectionsAndBoundsTheirNumber) {
  RawServer server;
  Client client(loop_, server.endpoint(), 3);
  int done = 0;
  for (int i = 0; i < 10; ++i) {
    client.send(call("/"), [&](Result<Answer> answer) { done += answer.ok(); });
  }
  ASSERT_TRUE(until([&] { return server.requests() == 3; }));
  EXPECT_EQ(server.accepted(), 3);
  ASSERT_TRUE(until([&] {
    server.answer_all("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    return done == 10;
  }));
  EXPECT_EQ(server.accepted(), 3);
  for (int i = 0; i < 5; ++i) {
    bool answered = false;
    client.send(call("/"), [&](Result<Answer> answer) { answered = answer.ok(); });
    ASSERT_TRUE(until([&] {
      server.answer_all("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
      return answered;
    }));
  }
  EXPECT_EQ(server.accepted(), 3);
  EXPECT_EQ(server.connections_used_by_last(5), 1);  // the last used first
}

TEST_F(ClientTest, TimesOut) {
  Client client(loop_, serve());
  const auto answer = ask(client, call("/later", "", milliseconds(30)));
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::timeout);
  // The late answer does not become that of the next call.
  held_.at(0)(Response{});
  EXPECT_EQ(ask(client, call("/", "next"))->body, "next");
}

TEST_F(ClientTest, TimesOutWhileWaitingForAConnection) {
  Client client(loop_, serve(), 1);
  client.send(call("/later"), [](Result<Answer>) {});
  const auto answer = ask(client, call("/", "", milliseconds(30)));
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::timeout);
}

TEST_F(ClientTest, SaysWhenItCannotConnect) {
  Endpoint nobody = serve();
  server_.reset();
  Client client(loop_, nobody);
  const auto answer = ask(client, call("/"));
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
  EXPECT_THAT(answer.error().message, HasSubstr(std::to_string(nobody.port)));
  Endpoint path;
  path.host = "unix:/nowhere/at/all.sock";
  Client none(loop_, path);
  EXPECT_EQ(ask(none, call("/")).error().code, ErrorCode::unavailable);
}

TEST_F(ClientTest, AConnectionLostBeforeOrWithinTheAnswerIsAnError) {
  for (const std::string part :
       {"", "HTTP/1.1 200 OK\r\ncontent-le", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"}) {
    RawServer server;
    Client client(loop_, server.endpoint());
    std::optional<Result<Answer>> result;
    client.send(call("/", "x"), [&](Result<Answer> got) { result = std::move(got); });
    ASSERT_TRUE(until([&] { return server.requests() == 1; }));
    server.answer_all(part);
    server.close_all();
    ASSERT_TRUE(until([&] { return result.has_value(); }));
    ASSERT_FALSE(result->ok());
    EXPECT_EQ(result->error().code, ErrorCode::unavailable);
    EXPECT_EQ(server.requests(), 1);
  }
}

TEST_F(ClientTest, AnAnswerMayEndWithTheConnection) {
  RawServer server;
  Client client(loop_, server.endpoint());
  std::optional<Result<Answer>> result;
  client.send(call("/", "x"), [&](Result<Answer> got) { result = std::move(got); });
  ASSERT_TRUE(until([&] { return server.requests() == 1; }));
  server.answer_all("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nall of it");
  server.close_all();
  ASSERT_TRUE(until([&] { return result.has_value(); }));
  ASSERT_TRUE(result->ok()) << result->error().message;
  EXPECT_EQ((*result)->body, "all of it");
}

TEST_F(ClientTest, RefusesAnswersThatAreNotHttp) {
  RawServer server;
  Client client(loop_, server.endpoint());
  std::optional<Result<Answer>> result;
  client.send(call("/", "x"), [&](Result<Answer> got) { result = std::move(got); });
  ASSERT_TRUE(until([&] { return server.requests() == 1; }));
  server.answer_all("SSH-2.0-OpenSSH_9.2\r\n\r\n");
  ASSERT_TRUE(until([&] { return result.has_value(); }));
  EXPECT_EQ(result->error().code, ErrorCode::unavailable);
}

// A kept connection that the server closes just when it is used again: a GET goes elsewhere, a POST
// that was fully written does not.
TEST_F(ClientTest, RepeatsOnlyWhatCannotHaveBeenActedOn) {
  for (const Method method : {Method::get, Method::post}) {
    RawServer server;
    Client client(loop_, server.endpoint());
    int answered = 0;
    const auto count = [&](Result<Answer> answer) { answered += answer.ok() ? 1 : 100; };
    auto what = call("/");
    what.method = method;
    client.send(what, count);
    ASSERT_TRUE(until([&] { return server.requests() == 1; }));
    server.answer_all("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    ASSERT_TRUE(until([&] { return answered == 1; }));
    client.send(what, count);
    ASSERT_TRUE(until([&] { return server.requests() == 2; }));
    server.close_all();
    if (method == Method::post) {
      ASSERT_TRUE(until([&] { return answered == 101; }));
      EXPECT_EQ(server.requests(), 2);
    } else {
      ASSERT_TRUE(until([&] { return server.requests() == 3; }));
      server.answer_all("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
      ASSERT_TRUE(until([&] { return answered == 2; }));
    }
  }
}

TEST_F(ClientTest, AKeptConnectionThatTheServerClosedIsNotUsedAgain) {
  RawServer server;
  Client client(loop_, server.endpoint());
  for (int round = 1; round <= 3; ++round) {
    bool answered = false;
    client.send(call("/", "x"), [&](Result<Answer> answer) { answered = answer.ok(); });
    ASSERT_TRUE(until([&] { return server.requests() == round; }));
    server.answer_all("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    ASSERT_TRUE(until([&] { return answered; }));
    server.close_all();
    for (int i = 0; i < 5; ++i) loop_poll(loop_);
  }
  EXPECT_EQ(server.accepted(), 3);
}

TEST_F(ClientTest, EndingTheClientEndsItsCalls) {
  auto client = std::make_unique<Client>(loop_, serve(), 1);
  std::vector<ErrorCode> codes;
  for (int i = 0; i < 3; ++i) {
    client->send(call("/later"), [&](Result<Answer> got) { codes.push_back(got.error().code); });
  }
  ASSERT_TRUE(until([&] { return held_.size() == 1; }));
  client.reset();
  EXPECT_TRUE(codes.empty());
  ASSERT_TRUE(until([&] { return codes.size() == 3; }));
  EXPECT_THAT(codes, testing::Each(ErrorCode::unavailable));
}

TEST_F(ClientTest, ACallMayEndTheClient) {
  auto client = std::make_unique<Client>(loop_, serve());
  bool ended = false;
  client->send(call("/"), [&](Result<Answer> answer) {
    EXPECT_TRUE(answer.ok());
    client.reset();
    ended = true;
  });
  ASSERT_TRUE(until([&] { return ended; }));
}

}  // namespace
}  // namespace paragon::http

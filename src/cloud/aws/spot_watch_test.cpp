// Watching for spot notices, at a service that stands in for instance metadata.
#include "cloud/aws/spot_watch.h"

#include <gmock/gmock.h>

#include "wire/http_server.h"
#include "wire/raw_client.h"

namespace paragon::aws {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

class SpotWatchTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto made = http::Server::listen(loop, {}, [this](http::Request&& request, http::Reply reply) {
      http::Response response;
      response.content_type = "text/plain";
      answer(request, response);
      reply(response);
    });
    ASSERT_TRUE(made);
    server = *std::move(made);
    endpoint.host = "127.0.0.1";
    endpoint.port = server->port();
  }
  void answer(const http::Request& request, http::Response& response) {
    if (request.path == "/latest/api/token") {
      ++tokens;
      response.body = "token-" + std::to_string(tokens);
      return;
    }
    ++asked;
    EXPECT_EQ(request.path, "/latest/meta-data/spot/instance-action");
    if (request.headers.find("x-aws-ec2-metadata-token") != "token-" + std::to_string(tokens)) {
      response.status = 401;
    } else if (broken) {
      response.status = 500;
    } else if (action.empty()) {
      response.status = 404;
    } else {
      response.body = action;
    }
  }
  std::unique_ptr<SpotWatch> watch() {
    return std::make_unique<SpotWatch>(
        loop, endpoint, 2ms,
        SpotWatch::Told{[this](const auto& notice) { notices.push_back(notice); },
                        [this](const Error& error) { troubles.push_back(error.message); }});
  }
  bool until(const std::function<bool()>& done) { return run_until(loop, done); }
  bool asked_again() {
    const int before = asked;
    return until([&] { return asked > before + 2; });
  }

  Loop loop;
  std::unique_ptr<http::Server> server;
  http::Endpoint endpoint;
  std::string action;
  bool broken = false;
  int tokens = 0;
  int asked = 0;
  std::vector<std::optional<metadata::SpotAction>> notices;
  std::vector<std::string> troubles;
};

const std::string kNotice = R"({"action":"terminate","time":"2026-01-31T23:59:59Z"})";

TEST_F(SpotWatchTest, TellsANoticeOnceAndThatItWasTakenBack) {
  const auto watching = watch();
  ASSERT_TRUE(asked_again());
  EXPECT_TRUE(notices.empty()) << "404 is no notice";
  action = kNotice;
  ASSERT_TRUE(until([&] { return !notices.empty(); }));
  ASSERT_TRUE(asked_again());
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices[0]->action, "terminate");
  EXPECT_EQ(extended_text(notices[0]->at), "2026-01-31T23:59:59Z");
  action = "";
  ASSERT_TRUE(until([&] { return notices.size() == 2; }));
  EXPECT_FALSE(notices[1]);
  EXPECT_EQ(tokens, 1) << "one session for all";
  EXPECT_TRUE(troubles.empty());
}

TEST_F(SpotWatchTest, AsksForANewSessionWhenTheOldOneIsRefused) {
  const auto watching = watch();
  ASSERT_TRUE(asked_again());
  ++tokens;  // the service has forgotten the one it gave out
  ASSERT_TRUE(until([&] { return tokens == 3; }));
  action = kNotice;
  ASSERT_TRUE(until([&] { return !notices.empty(); }));
}

TEST_F(SpotWatchTest, SaysThatItCannotAskAndGoesOn) {
  broken = true;
  const auto watching = watch();
  ASSERT_TRUE(asked_again());
  ASSERT_EQ(troubles.size(), 1U);
  EXPECT_THAT(troubles[0], HasSubstr("answered 500 when asked for spot notices"));
  broken = false;
  action = kNotice;
  ASSERT_TRUE(until([&] { return !notices.empty(); }));
  action = "no JSON";
  ASSERT_TRUE(until([&] { return troubles.size() == 2; }));
  EXPECT_EQ(notices.size(), 1U);
}

TEST_F(SpotWatchTest, WhereThereIsNoMetadataItSaysSo) {
  server.reset();
  const auto watching = watch();
  ASSERT_TRUE(until([&] { return !troubles.empty(); }));
  EXPECT_THAT(troubles[0], HasSubstr("cannot connect"));
}

TEST_F(SpotWatchTest, StopsWhenItIsDestroyed) {
  auto watching = watch();
  ASSERT_TRUE(asked_again());
  watching.reset();
  const int before = asked;
  auto a_while = loop.after(20ms, [&] { loop.stop(); });
  loop.run();
  EXPECT_LE(asked, before + 1);
}

}  // namespace
}  // namespace paragon::aws

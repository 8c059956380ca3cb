// The worker on an instance of a cloud: it ends when nobody asks for it, and passes on that it will
// be taken away.
#include <gmock/gmock.h>

#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>

#include "system/running_server.h"
#include "system/running_worker.h"
#include "wire/http_server.h"
#include "wire/raw_client.h"

namespace paragon::testing {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using ::testing::HasSubstr;

const std::string kInstance = "/paragon/v1/instance";

TEST(WorkerOnACloud, EndsWhenNobodyAsksForIt) {
  const Ended run = run_program(
      {"worker", "--listen", "127.0.0.1:0", "--preload", "garment_xs", "--orphan-after", "0.3"});
  EXPECT_EQ(run.status, 0) << run.out;
  EXPECT_THAT(run.out, HasSubstr("nobody has asked for /paragon/v1/instance for 0.3 s"));
}

TEST(WorkerOnACloud, SaysHowItStands) {
  RunningWorker worker({"--preload", "none", "--orphan-after", "600"});
  Caller caller(RunningWorker::port_in(worker.ready_line(40s)));
  const http::Answer answer = caller.get(kInstance);
  ASSERT_EQ(answer.status, 200) << answer.body;
  const json said = json::parse(answer.body);
  EXPECT_GE(said["heard_s"].get<double>(), 0);
  EXPECT_EQ(said["orphan_after_s"], 600);
  EXPECT_TRUE(said["interruption"].is_null());
  EXPECT_EQ(caller.post(kInstance, "{}").status, 405);
}

TEST(WorkerOnACloud, PassesOnThatItWillBeTakenAway) {
  Loop loop;
  bool asked = false;
  auto metadata = http::Server::listen(loop, {}, [&](http::Request&& request, http::Reply reply) {
    http::Response response;
    response.content_type = "text/plain";
    response.body = "token";
    if (request.path == "/latest/meta-data/spot/instance-action") {
      asked = true;
      const std::time_t when = std::time(nullptr) + 120;
      char text[64];
      std::strftime(text, sizeof text, R"({"action":"terminate","time":"%Y-%m-%dT%H:%M:%SZ"})",
                    std::gmtime(&when));
      response.body = text;
    }
    reply(std::move(response));
  });
  ASSERT_TRUE(metadata);
  const std::string url = "http://127.0.0.1:" + std::to_string((*metadata)->port());
  setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", url.c_str(), 1);
  RunningWorker worker({"--preload", "none", "--spot-notices"});
  unsetenv("AWS_EC2_METADATA_SERVICE_ENDPOINT");
  ASSERT_TRUE(run_until(
      loop, [&] { return asked; }, 60s));
  Caller caller(RunningWorker::port_in(worker.ready_line(40s)));
  json said;
  ASSERT_TRUE(caller.until(
      [&] {
        loop_poll(loop);
        said = json::parse(caller.get(kInstance).body)["interruption"];
        return !said.is_null();
      },
      40s));
  EXPECT_EQ(said["action"], "terminate");
  EXPECT_GT(said["in_s"].get<double>(), 0);
  EXPECT_LE(said["in_s"].get<double>(), 121);
}

}  // namespace
}  // namespace paragon::testing

// The worker as a process: readiness, drain, lifeline, and settings that are wrong.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "system/running_server.h"
#include "system/running_worker.h"
#include "system/serve_fixture.h"
#include "wire/raw_client.h"

namespace paragon::testing {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using ::testing::HasSubstr;

const std::string kModel = "/v2/models/garment_m";

// One slot, which each query holds for many times its compute time, so that queries queue up.
const std::vector<std::string> kSlow{"--preload", "garment_m", "--stretch", "1000"};

TEST(WorkerProcess, SaysThatItIsReadyOnceItCanAnswer) {
  RunningWorker worker({"--preload", "garment_m,garment_xs"});
  const std::uint16_t port = RunningWorker::port_in(worker.ready_line(40s));
  ASSERT_NE(port, 0);
  Caller caller(port);
  EXPECT_EQ(caller.get("/v2/health/live").status, 200);
  EXPECT_EQ(caller.get("/v2/health/ready").status, 200);
  EXPECT_EQ(caller.get(kModel + "/ready").status, 200);
  EXPECT_EQ(caller.get("/v2/models/garment_xs/ready").status, 200);
  EXPECT_EQ(caller.get("/v2/models/garment_l/ready").status, 503);  // on demand
  const http::Answer answer = caller.post(kModel + "/infer", picture(), kPng);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(json::parse(answer.body)["model_name"], "garment_m");
  EXPECT_EQ(caller.post("/v2/models/garment_l/infer", picture(), kPng).status, 200);
  EXPECT_EQ(caller.get("/v2/models/garment_l/ready").status, 200);
  worker.signal(SIGTERM);
  EXPECT_EQ(worker.wait(20s), 0);
}

// ONNX Runtime by itself keeps a database there of what it will report to its makers.
TEST(WorkerProcess, LeavesNothingInItsHome) {
  const TemporaryFolder home;
  const std::string before = std::getenv("HOME") == nullptr ? "" : std::getenv("HOME");
  setenv("HOME", home.path().c_str(), 1);
  RunningWorker worker({"--preload", "garment_xs"});
  setenv("HOME", before.c_str(), 1);
  Caller caller(RunningWorker::port_in(worker.ready_line(40s)));
  EXPECT_EQ(caller.post("/v2/models/garment_xs/infer", picture(), kPng).status, 200);
  worker.signal(SIGTERM);
  EXPECT_EQ(worker.wait(20s), 0);
  EXPECT_TRUE(std::filesystem::is_empty(home.path()));
}

TEST(WorkerProcess, SigtermDrains) {
  RunningWorker worker(kSlow);
  const std::uint16_t port = RunningWorker::port_in(worker.ready_line(40s));
  ASSERT_NE(port, 0);
  Caller caller(port);
  constexpr int kQueries = 12;
  const auto body = std::make_shared<const std::string>(picture());
  int ended = 0;
  std::map<int, int> statuses;
  for (int i = 0; i < kQueries; ++i) {
    caller.begin(kModel + "/infer", body, kPng, [&](Result<http::Answer> answer) {
      ++ended;
      ++statuses[answer.ok() ? answer->status : 0];
    });
  }
  ASSERT_TRUE(caller.until([&] { return ended > 0; }, 30s));
  ASSERT_LT(ended, kQueries);
  worker.signal(SIGTERM);
  EXPECT_TRUE(caller.until([&] { return ended == kQueries; }, 40s)) << ended;
  EXPECT_EQ(statuses[200], kQueries) << "answers of accepted queries were lost";
  EXPECT_EQ(worker.wait(20s), 0);
  EXPECT_FALSE(RawClient::can_connect(port));
}

TEST(WorkerProcess, ASecondSignalEndsItAtOnce) {
  RunningWorker worker({"--preload", "garment_m", "--stretch", "10000"});
  const std::uint16_t port = RunningWorker::port_in(worker.ready_line(40s));
  ASSERT_NE(port, 0);
  Caller caller(port);
  bool ended = false;
  for (int i = 0; i < 20; ++i) {
    caller.begin(kModel + "/infer", std::make_shared<const std::string>(picture()), kPng,
                 [&](Result<http::Answer>) { ended = true; });
  }
  ASSERT_TRUE(caller.until([&] { return ended; }, 60s));
  worker.signal(SIGTERM);
  ASSERT_TRUE(caller.until([&] { return !RawClient::can_connect(port); }, 20s));  // it drains
  worker.signal(SIGTERM);
  EXPECT_TRUE(worker.wait(20s).has_value());
}

TEST(WorkerProcess, EndsWhenItsLifelineIsCutWhateverItDoes) {
  RunningWorker idle({"--preload", "garment_m"});
  ASSERT_NE(RunningWorker::port_in(idle.ready_line(40s)), 0);
  idle.cut_lifeline();
  EXPECT_EQ(idle.wait(10s), 0);

  RunningWorker busy({"--preload", "garment_m", "--stretch", "10000"});
  const std::uint16_t port = RunningWorker::port_in(busy.ready_line(40s));
  ASSERT_NE(port, 0);
  Caller caller(port);
  bool first = false;
  for (int i = 0; i < 20; ++i) {
    caller.begin(kModel + "/infer", std::make_shared<const std::string>(picture()), kPng,
                 [&](Result<http::Answer>) { first = true; });
  }
  ASSERT_TRUE(caller.until([&] { return first; }, 60s));
  busy.cut_lifeline();
  EXPECT_EQ(busy.wait(10s), 0);

  RunningWorker starting({});  // loads every variant that there is
  starting.cut_lifeline();
  EXPECT_EQ(starting.wait(20s), 0);
}

TEST(WorkerProcess, WrongSettingsAreSaidAndItEndsWithoutBeingReady) {
  const TemporaryFolder folder;
  const struct {
    std::vector<std::string> arguments;
    std::string says;
  } cases[] = {
      {{"--preload", "garment_m,coat"}, "no variant 'coat'"},
      {{"--function"}, "exactly one variant"},
      {{"--function", "--preload", "garment_m,garment_l"}, "exactly one variant"},
      {{"--catalog", folder.write("junk.yaml", "paragon: 1\ntasks: 3\n")}, "junk.yaml:2"},
  };
  for (const auto& one : cases) {
    std::vector<std::string> all{"worker", "--listen", "127.0.0.1:0"};
    all.insert(all.end(), one.arguments.begin(), one.arguments.end());
    const Ended run = run_program(all);
    EXPECT_NE(run.status, 0) << one.says;
    EXPECT_LT(run.status, 128) << one.says;
    EXPECT_THAT(run.out, HasSubstr(one.says));
    RunningWorker worker(one.arguments);
    EXPECT_EQ(worker.ready_line(30s), "") << one.says;
  }
  const Ended run = run_program({"worker", "--listen", "nowhere"});
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.out, HasSubstr("--listen: got 'nowhere'"));
}

}  // namespace
}  // namespace paragon::testing

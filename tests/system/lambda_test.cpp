// The worker as a function of AWS Lambda, with a shipped network, against a Runtime API of the
// test's own.
#include <gmock/gmock.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "system/running_server.h"
#include "system/running_worker.h"
#include "system/serve_fixture.h"
#include "wire/function_event.h"
#include "wire/raw_client.h"
#include "worker/lambda/test_api.h"

namespace paragon::testing {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using ::testing::HasSubstr;

const std::string kInferS = "/v2/models/garment_s/infer";
const std::vector<std::string> kLambda{"--lambda", "--preload", "garment_s"};

class Lambda : public ::testing::Test {
 protected:
  void SetUp() override { setenv("AWS_LAMBDA_RUNTIME_API", api.address().c_str(), 1); }
  void TearDown() override { unsetenv("AWS_LAMBDA_RUNTIME_API"); }

  bool until(const std::function<bool()>& done) { return run_until(loop, done, 60s); }
  // What the function answers to this request.
  FunctionReply ask(http::Method method, const std::string& target, const std::string& body) {
    http::Headers headers;
    if (!body.empty()) headers.add("content-type", "image/png");
    const auto event = write_function_event(method, target, headers, body);
    EXPECT_TRUE(event);
    const std::size_t before = api.told.size();
    api.invoke(*event);
    EXPECT_TRUE(until([&] { return api.told.size() > before; }));
    if (api.told.size() == before) return {};
    EXPECT_THAT(api.told.back().what, HasSubstr("/response")) << api.told.back().body;
    auto reply = read_function_reply(api.told.back().body);
    EXPECT_TRUE(reply) << api.told.back().body;
    return reply ? *std::move(reply) : FunctionReply{};
  }

  Loop loop;
  RuntimeApi api{loop};
};

TEST_F(Lambda, AnswersPicturesAsTheWorkerDoesThatListens) {
  RunningWorker listening({"--preload", "garment_s"});
  RunningWorker function(kLambda, false);
  ASSERT_TRUE(until([&] { return api.waiting(); }));
  const FunctionReply first = ask(http::Method::post, kInferS, picture());
  ASSERT_EQ(first.answer.status, 200) << first.answer.body;
  EXPECT_TRUE(first.ran.cold);
  EXPECT_FALSE(first.ran.provisioned);
  EXPECT_GT(first.ran.initialised, Duration{});
  EXPECT_GT(first.ran.run, Duration{});

  Caller caller(RunningWorker::port_in(listening.ready_line(40s)));
  const http::Answer http = caller.post(kInferS, picture(), kPng);
  ASSERT_EQ(http.status, 200);
  const json theirs = json::parse(http.body);
  const json ours = json::parse(first.answer.body);
  EXPECT_EQ(ours["model_name"], "garment_s");
  EXPECT_EQ(ours["outputs"], theirs["outputs"]);
  EXPECT_EQ(first.answer.headers.find("content-type"), http.headers.find("content-type"));

  const FunctionReply second = ask(http::Method::post, kInferS, picture());
  EXPECT_EQ(second.answer.status, 200);
  EXPECT_FALSE(second.ran.cold);
  EXPECT_EQ(second.ran.initialised, first.ran.initialised);

  EXPECT_EQ(ask(http::Method::get, "/v2/health/ready", "").answer.status, 200);
  EXPECT_EQ(ask(http::Method::post, "/v2/models/garment_m/infer", picture()).answer.status, 404);
  EXPECT_EQ(ask(http::Method::post, kInferS, "no picture").answer.status, 400);

  api.invoke(R"({"key1":"value1"})");
  ASSERT_TRUE(until([&] { return api.told.back().what.ends_with("/error"); }));
  EXPECT_EQ(api.told.back().error_type, "Paragon.invalid");

  ASSERT_TRUE(until([&] { return api.waiting(); }));
  function.signal(SIGTERM);
  EXPECT_EQ(function.wait(20s), 0);
}

// Lambda says so in the environment of one that it keeps; nobody waited for its start.
TEST_F(Lambda, OneThatIsKeptProvisionedIsNeverCold) {
  setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "provisioned-concurrency", 1);
  RunningWorker function(kLambda, false);
  unsetenv("AWS_LAMBDA_INITIALIZATION_TYPE");
  ASSERT_TRUE(until([&] { return api.waiting(); }));
  const FunctionReply first = ask(http::Method::get, "/v2/health/ready", "");
  EXPECT_EQ(first.answer.status, 200);
  EXPECT_FALSE(first.ran.cold);
  EXPECT_TRUE(first.ran.provisioned);
  function.signal(SIGTERM);
  EXPECT_EQ(function.wait(20s), 0);
}

TEST_F(Lambda, AnswersWhatItHasBeforeItEnds) {
  RunningWorker function({"--lambda", "--preload", "garment_s", "--stretch", "10000"}, false);
  ASSERT_TRUE(until([&] { return api.waiting(); }));
  http::Headers headers;
  headers.add("content-type", "image/png");
  api.invoke(*write_function_event(http::Method::post, kInferS, headers, picture()));
  ASSERT_TRUE(until([&] { return !api.waiting(); }));
  function.signal(SIGTERM);
  ASSERT_TRUE(until([&] { return !api.told.empty(); }));
  EXPECT_EQ(read_function_reply(api.told[0].body)->answer.status, 200);
  EXPECT_EQ(function.wait(20s), 0);
}

TEST_F(Lambda, TellsWhyItCannotStart) {
  const struct {
    std::vector<std::string> arguments;
    std::string says;
  } cases[] = {
      {{"--lambda", "--preload", "coat"}, "no variant 'coat'"},
      {{"--lambda"}, "exactly one variant"},
      {{"--lambda", "--preload", ""}, "no variant ''"},
  };
  for (const auto& one : cases) {
    api.told.clear();
    RunningWorker function(one.arguments, false);
    ASSERT_TRUE(until([&] { return !api.told.empty(); })) << one.says;
    EXPECT_EQ(api.told[0].what, "init/error");
    EXPECT_THAT(api.told[0].body, HasSubstr(one.says));
    EXPECT_EQ(function.wait(20s), 2);
  }
}

TEST_F(Lambda, OutsideOfLambdaItSaysWhatIsMissing) {
  unsetenv("AWS_LAMBDA_RUNTIME_API");
  const Ended run = run_program({"worker", "--lambda", "--preload", "garment_s"});
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.out, HasSubstr("AWS_LAMBDA_RUNTIME_API is not set"));
}

}  // namespace
}  // namespace paragon::testing

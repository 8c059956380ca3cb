// The whole deployment in real processes: server, workers, models, sockets.
#include <gmock/gmock.h>

#include <csignal>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "system/running_server.h"
#include "system/serve_fixture.h"

namespace paragon::testing {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using ::testing::HasSubstr;

TEST_F(Serve, AnswersWithEveryVariantAndSaysWhat) {
  RunningServer server(arguments(1));
  ASSERT_TRUE(server.listening());
  Caller caller(server.port());
  until_ready(caller, 1);
  const std::string png = picture();

  http::Answer answer = caller.post(kInfer, png, kPng);
  ASSERT_EQ(answer.status, 200) << answer.body;
  json body = json::parse(answer.body);
  EXPECT_EQ(body["outputs"][0]["name"], "labels");
  EXPECT_EQ(body["outputs"][0]["data"].size(), 5u);
  for (const char* field : {"variant", "resource", "predicted_latency_ms", "latency_ms", "cost_usd",
                            "accuracy", "decision_id"}) {
    EXPECT_TRUE(body["parameters"].contains(field)) << field;
  }

  int variants = 0;
  for (const json& model : json::parse(caller.post("/v2/repository/index", "{}").body)) {
    const std::string name = model["name"];
    answer = caller.post("/v2/models/" + name + "/infer", png, kPng);
    ASSERT_EQ(answer.status, 200) << name << ": " << answer.body;
    const std::string served = json::parse(answer.body)["model_name"];
    if (name == "garment-classification") continue;
    EXPECT_EQ(served, name);
    ++variants;
  }
  EXPECT_GE(variants, 4);
  // A picture that only a decoder can tell is broken: the worker's refusal reaches the client.
  answer = caller.post(kInfer, png.substr(0, png.size() / 2), kPng);
  EXPECT_EQ(answer.status, 400) << answer.body;
  EXPECT_FALSE(json::parse(answer.body).value("error", "").empty());

  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(40s), 0);
  expect_replay();
}

TEST_F(Serve, AnEnsembleAnswersWhereNoVariantIsAccurateEnough) {
  auto all = arguments(2);
  std::ofstream(folder.path() / "catalog.yaml", std::ios::app)
      << "ensembles:\n  - {name: three, members: [garment_s, garment_m, garment_l], accuracy: "
         "0.99}\n";
  RunningServer server(all);
  ASSERT_TRUE(server.listening());
  Caller caller(server.port());
  until_ready(caller, 2);
  auto headers = kPng;
  headers.emplace_back("x-paragon-slo-min-accuracy", "0.98");
  const http::Answer answer = caller.post(kInfer, picture(), headers);
  ASSERT_EQ(answer.status, 200) << answer.body;
  const json body = json::parse(answer.body);
  EXPECT_EQ(body["model_name"], "three");
  EXPECT_EQ(body["parameters"]["voted"], "garment_s,garment_m,garment_l");
  EXPECT_EQ(body["outputs"][0]["data"].size(), 5u);
  // What two of the three say by themselves is what they say together.
  std::map<std::string, int> votes;
  for (const char* name : {"garment_s", "garment_m", "garment_l"}) {
    const http::Answer own =
        caller.post(std::string("/v2/models/") + name + "/infer", picture(), kPng);
    ++votes[json::parse(own.body)["outputs"][0]["data"][0].get<std::string>()];
  }
  const std::string elected = body["outputs"][0]["data"][0];
  for (const auto& [label, count] : votes) {
    EXPECT_TRUE(count < 2 || elected == label) << label;
  }
  EXPECT_TRUE(votes.contains(elected));
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(40s), 0);
  expect_replay();
}

TEST_F(Serve, AFunctionAnswersWhereThereIsNoMachine) {
  auto all = arguments(0);
  all.insert(all.end(), {"--machines-max", "0"});
  RunningServer server(all);
  ASSERT_TRUE(server.listening());
  Caller caller(server.port());
  auto headers = kPng;
  headers.emplace_back("x-paragon-slo-latency-ms", "20000");
  for (const bool cold : {true, false}) {
    http::Answer answer = caller.post(kInfer, picture(), headers);
    ASSERT_EQ(answer.status, 200) << answer.body;
    json p = json::parse(answer.body)["parameters"];
    EXPECT_EQ(p["resource"], "function:fn");
    json decision = json::parse(
        caller.get("/api/v1/decisions/" + std::to_string(p["decision_id"].get<int>())).body);
    EXPECT_EQ(decision["cold"], cold);
  }
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(40s), 0);
  expect_replay();
}

TEST_F(Serve, AWorkerKilledUnderLoadLosesNoQuery) {
  RunningServer server(arguments(2));
  ASSERT_TRUE(server.listening());
  Caller caller(server.port());
  until_ready(caller, 2);
  const auto workers = server.workers();
  ASSERT_GE(workers.size(), 2u);

  constexpr int kQueries = 600;
  constexpr int kAtOnce = 16;
  const auto body = std::make_shared<const std::string>(picture());
  auto headers = kPng;
  headers.emplace_back("x-paragon-slo-class", "relaxed");
  headers.emplace_back("x-paragon-slo-latency-ms", "30000");
  int begun = 0;
  int ended = 0;
  std::map<int, int> statuses;
  std::string wrong;
  std::function<void()> next = [&] {
    if (begun == kQueries) return;
    ++begun;
    caller.begin(kInfer, body, headers, [&](Result<http::Answer> answer) {
      ++ended;
      ++statuses[answer.ok() ? answer->status : 0];
      if (!answer.ok()) wrong = answer.error().message;
      if (answer.ok() && answer->status != 200) wrong = answer->body;
      if (ended == kQueries / 3) kill(workers[0], SIGKILL);
      next();
    });
  };
  for (int i = 0; i < kAtOnce; ++i) next();
  EXPECT_TRUE(caller.until([&] { return ended == kQueries; }, 120s)) << ended;
  EXPECT_EQ(statuses[200], kQueries) << wrong;

  json status = json::parse(caller.get("/api/v1/status").body);
  EXPECT_EQ(status["answered"], kQueries);
  EXPECT_EQ(status["in_flight"], 0);
  until_ready(caller, 2);  // it is replaced
  EXPECT_TRUE(gone(workers[0], 1s));
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(40s), 0);
  expect_replay();
}

TEST_F(Serve, DrainsOnSigtermAndLeavesNothingBehind) {
  RunningServer server(arguments(1));
  ASSERT_TRUE(server.listening());
  Caller caller(server.port());
  until_ready(caller, 1);
  const auto workers = server.workers();
  const auto body = std::make_shared<const std::string>(picture());
  int good = 0;
  int ended = 0;
  for (int i = 0; i < 40; ++i) {
    caller.begin(kInfer, body, kPng, [&](Result<http::Answer> answer) {
      ++ended;
      good += answer.ok() && answer->status == 200;
    });
  }
  ASSERT_TRUE(caller.until([&] { return ended > 0; }, 30s));
  const int before = ended;
  server.signal(SIGTERM);
  EXPECT_TRUE(caller.until([&] { return ended == 40; }, 40s));
  // Those that had reached the server are answered; connections it had not read yet may be closed.
  EXPECT_GE(good, before);
  EXPECT_EQ(server.wait(40s), 0);
  for (pid_t worker : workers) EXPECT_TRUE(gone(worker, 5s)) << worker;
  expect_replay();
}

TEST_F(Serve, WorkersEndWithAKilledServerAndANewOneStarts) {
  std::vector<pid_t> workers;
  {
    RunningServer server(arguments(1));
    ASSERT_TRUE(server.listening());
    Caller caller(server.port());
    until_ready(caller, 1);
    workers = server.workers();
    server.signal(SIGKILL);
    EXPECT_EQ(server.wait(10s), 128 + SIGKILL);
  }
  for (pid_t worker : workers) EXPECT_TRUE(gone(worker, 10s)) << worker;
  RunningServer again(arguments(1));
  ASSERT_TRUE(again.listening());
  Caller caller(again.port());
  until_ready(caller, 1);
  EXPECT_EQ(caller.post(kInfer, picture(), kPng).status, 200);
}

TEST_F(Serve, WrongConfigurationsAreNamedWithFileAndLine) {
  const std::string config =
      folder.write("bad.yaml", "paragon: 1\nbrain:\n  machines_mim: 3\n  tick_ms: soon\n");
  Ended run = run_program({"serve", "--config", config});
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.out, HasSubstr("bad.yaml:3: machines_mim: no such key in brain"));
  EXPECT_THAT(run.out, HasSubstr("bad.yaml:4: brain.tick_ms: found 'soon', expected a number"));
  const std::string tuned = folder.write(
      "tuned.yaml", "paragon: 1\nbrain: {scheme: newsvendor, tuning: {hold_s: 20, warm: 1000}}\n");
  const struct {
    std::vector<std::string> arguments;
    const char* says;
  } cases[] = {
      {{"--scheme", "telepathy"}, "telepathy"},
      {{"--scheme", "planned"}, "brain.scheme: 'planned' follows a plan, which a server has none"},
      {{"--http", "nowhere"}, "found 'nowhere'"},
      {{"--set", "burst"}, "--set: got 'burst', expected the name of a knob and a number"},
      {{"--set", "burst=soon"}, "--set: got 'burst=soon'"},
      {{"--set", "burst=0.5"}, "tuning: burst=0.5, expected 1 to 100"},
      {{"--scheme", "newsvendor", "--set", "burst=2"},
       "tuning: the scheme 'newsvendor' has no knob 'burst'; it takes "},
      {{"--config", tuned}, "tuning: warm=1000, expected 0 to 100"},
      // What the command line says stands over the file.
      {{"--config", tuned, "--set", "warm=-3"}, "tuning: warm=-3, expected 0 to 100"},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.says);
    std::vector<std::string> all{"serve"};
    all.insert(all.end(), one.arguments.begin(), one.arguments.end());
    run = run_program(all);
    EXPECT_EQ(run.status, 2);
    EXPECT_THAT(run.out, HasSubstr(one.says));
  }
}

}  // namespace
}  // namespace paragon::testing

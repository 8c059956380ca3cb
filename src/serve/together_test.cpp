// Queries that an ensemble answers, over real sockets: who votes, what the answer says, and that
// members which are late or fail spoil nothing.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "brain/replay_lines.h"
#include "serve/testing.h"

namespace paragon::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class TogetherTest : public ServerTest {
 protected:
  TogetherTest() { catalog = small_catalog(true); }
  // Only all three together are right 96 times in 100. Four slots: all run at once.
  void up() {
    config.brain.functions = false;
    config.brain.machines_min = 2;
    start();
    until_ready(2);
  }
  http::Answer ask_all(Fields more = {}) {
    more.emplace_back("x-paragon-slo-min-accuracy", "0.96");
    return classify(more);
  }
  // On whichever machine it runs.
  void behave(const std::string& variant, Behaviour behaviour) {
    for (std::size_t i = 0; i < 2; ++i) worker(i).behaviour_of[variant] = behaviour;
  }
  void say(const std::string& variant, const std::string& label) {
    for (std::size_t i = 0; i < 2; ++i) worker(i).first_label[variant] = label;
  }
  int infers() { return worker(0).infers + worker(1).infers; }
  void expect_replay() {
    const auto report = replay_lines(journal);
    ASSERT_TRUE(report.ok()) << report.error().message;
    EXPECT_EQ(report->differences, 0U) << report->first_difference;
  }
};

TEST_F(TogetherTest, TheMajorityAnswersAndTheReplySaysWhoVoted) {
  up();
  say("large", "bag");
  const http::Answer answer = ask_all({{"x-paragon-explain", "true"}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  const json body = json::parse(answer.body);
  EXPECT_EQ(body["model_name"], "trio");
  EXPECT_EQ(body["outputs"][0]["name"], "labels");
  EXPECT_EQ(body["outputs"][0]["data"], json::array({"boot", "bag", "shirt"}));
  const json& p = body["parameters"];
  EXPECT_EQ(p["ensemble"], "trio");
  EXPECT_EQ(p["members"], "small,medium,large");
  EXPECT_EQ(p["voted"], "small,medium,large");
  EXPECT_EQ(p["resource_kind"], "ensemble");
  EXPECT_EQ(p["accuracy"], 0.97);
  EXPECT_EQ(p["slo_met"], true);
  EXPECT_FALSE(p.contains("variant"));
  EXPECT_THAT(p["explanation"].get<std::string>(), HasSubstr("3 of 3 members voted, by majority"));
  // 1.5 ms on one of two slots of a machine of $0.36 an hour, three times.
  EXPECT_NEAR(p["cost_usd"].get<double>(), 3 * 0.36 / 3600 * 0.0015 / 2, 1e-12);
  EXPECT_EQ(answer.headers.find("x-paragon-ensemble"), "trio");
  EXPECT_EQ(infers(), 3);
  EXPECT_EQ(controller->in_flight(), 0U);

  // One query of a client's, and one of each variant's.
  EXPECT_EQ(controller->statistics().arrived, 1U);
  EXPECT_EQ(controller->statistics().answered, 1U);
  EXPECT_EQ(controller->statistics().by_variant[2].success.count, 1U);
  EXPECT_EQ(controller->statistics().by_task[0].success.count, 1U);
  const json decision =
      json::parse(get("/api/v1/decisions/" + std::to_string(p["decision_id"].get<int>())).body);
  EXPECT_EQ(decision["ensemble"], "trio");
  EXPECT_EQ(decision["reason"], "together");
  EXPECT_EQ(decision["outcome"], "answered");
  const json last = json::parse(get("/api/v1/decisions?last=1").body)["decisions"][0];
  EXPECT_EQ(last["part_of_decision"], p["decision_id"]);
  expect_replay();
}

TEST_F(TogetherTest, TwoOutvoteTheOneThatIsMoreAccurate) {
  up();
  say("small", "shirt");
  say("medium", "shirt");
  EXPECT_EQ(json::parse(ask_all().body)["outputs"][0]["data"][0], "shirt");
}

TEST_F(TogetherTest, ALateMemberDoesNotSpoilTheAnswer) {
  up();
  behave("large", Behaviour::hang);
  const http::Answer answer = ask_all({{"x-paragon-slo-latency-ms", "300"}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  const json p = json::parse(answer.body)["parameters"];
  EXPECT_EQ(p["voted"], "small,medium");
  EXPECT_EQ(p["accuracy"], 0.9) << "the best of those that voted";
  EXPECT_EQ(p["slo_met"], false);
  EXPECT_GE(p["latency_ms"].get<double>(), 250);
  EXPECT_EQ(controller->in_flight(), 1U) << "the late one is still on its machine";
  // Its answer comes at last, and nobody minds.
  for (std::size_t i = 0; i < 2; ++i) {
    worker(i).behaviour_of.clear();
    for (http::Reply& reply : worker(i).hanging) reply(worker(i).respond(worker(i).last));
    worker(i).hanging.clear();
  }
  run_until([&] { return controller->in_flight() == 0; });
  EXPECT_EQ(controller->statistics().answered, 1U);
  expect_replay();
}

TEST_F(TogetherTest, AMemberThatFailsLeavesItToTheOthers) {
  up();
  behave("medium", Behaviour::fail);
  const http::Answer answer = ask_all();
  ASSERT_EQ(answer.status, 200) << answer.body;
  const json p = json::parse(answer.body)["parameters"];
  EXPECT_EQ(p["voted"], "small,large");
  EXPECT_EQ(controller->in_flight(), 0U);
  expect_replay();
}

TEST_F(TogetherTest, AnAnswerThatCannotBeReadHasNoVote) {
  up();
  behave("small", Behaviour::nonsense);
  say("large", "bag");
  say("medium", "bag");
  EXPECT_EQ(json::parse(ask_all().body)["outputs"][0]["data"][0], "bag");
  for (const char* variant : {"medium", "large"}) behave(variant, Behaviour::nonsense);
  const http::Answer answer = ask_all();
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.body, HasSubstr("no member's answer could be read"));
}

TEST_F(TogetherTest, WhereAllFailTheClientIsToldOnce) {
  up();
  for (const char* variant : {"small", "medium", "large"}) behave(variant, Behaviour::refuse);
  http::Answer answer = ask_all();
  EXPECT_EQ(answer.status, 400) << answer.body;
  EXPECT_THAT(answer.body, HasSubstr("cannot be decoded"));
  EXPECT_EQ(controller->statistics().rejected, 1U);
  for (const char* variant : {"small", "medium", "large"}) behave(variant, Behaviour::fail);
  answer = ask_all();
  EXPECT_EQ(answer.status, 500) << answer.body;
  EXPECT_EQ(controller->statistics().of(QueryClass::relaxed).refused, 1U);
  EXPECT_EQ(controller->in_flight(), 0U);
  expect_replay();
}

TEST_F(TogetherTest, TheClientsTopKIsKept) {
  up();
  const http::Answer answer = ask_all({{"x-paragon-top-k", "1"}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(json::parse(answer.body)["outputs"][0]["data"], json::array({"boot"}));
  EXPECT_EQ(worker(0).last.headers.find("x-paragon-top-k"), "5");
}

}  // namespace
}  // namespace paragon::testing

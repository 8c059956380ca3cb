// Function environments that the scheme keeps warm, in a real server with real processes.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "system/running_server.h"
#include "system/serve_fixture.h"

namespace paragon::testing {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using ::testing::HasSubstr;

const std::string kPinned =
    "/v2/models/garment_m/infer";  // so that all queries ask for one network
const Caller::Fields kUnhurried{{"content-type", "image/png"},
                                {"x-paragon-slo-latency-ms", "20000"}};

// The function offer's line in the fleet, once no call is in progress.
std::optional<json> at_rest(Caller& caller) {
  const json fleet = json::parse(caller.get("/api/v1/fleet").body, nullptr, false);
  if (!fleet.is_object() || fleet["functions_running"] != 0) return std::nullopt;
  return fleet["functions"][0];
}

json decision_of(Caller& caller, const http::Answer& answer) {
  EXPECT_EQ(answer.status, 200) << answer.body;
  const json body = json::parse(answer.body, nullptr, false);
  if (!body.is_object() || !body.contains("parameters")) return {};
  const auto id = body["parameters"]["decision_id"].get<std::uint64_t>();
  return json::parse(caller.get("/api/v1/decisions/" + std::to_string(id)).body, nullptr, false);
}

TEST_F(Serve, EnvironmentsAreKeptWarmForQueriesToCome) {
  keep_alive_s = "10";
  RunningServer server(
      with(arguments(0, ", scheme: newsvendor, tuning: {warm: 2}"), {"--machines-max", "0"}));
  ASSERT_TRUE(server.listening());
  Caller caller(server.port());

  const json first = decision_of(caller, caller.post(kPinned, picture(), kUnhurried));
  EXPECT_EQ(first["resource"], "function:fn");
  EXPECT_EQ(first["cold"], true);

  // Seeing that load, the scheme has more environments started, by calls that carry no query.
  std::optional<json> fn;
  ASSERT_TRUE(caller.until(
      [&] {
        fn = at_rest(caller);
        return fn && (*fn)["warm_ups"] > 0;
      },
      60s));
  EXPECT_EQ((*fn)["cold_starts"], 1);
  EXPECT_GE(server.workers().size(), 2u);

  // So two queries at once need no cold start, though there has been one query until now.
  const auto body = std::make_shared<const std::string>(picture());
  std::vector<http::Answer> answers;
  for (int i = 0; i < 2; ++i) {
    caller.begin(kPinned, body, kUnhurried, [&](Result<http::Answer> answer) {
      ASSERT_TRUE(answer) << answer.error().message;
      answers.push_back(std::move(*answer));
    });
  }
  ASSERT_TRUE(caller.until([&] { return answers.size() == 2; }, 60s));
  for (const http::Answer& answer : answers) {
    EXPECT_EQ(decision_of(caller, answer)["cold"], false);
  }

  // And they stay warm beyond their keep-alive without any query.
  const json quiet = json::parse(caller.get("/api/v1/fleet").body);
  ASSERT_TRUE(caller.until(
      [&] {
        fn = at_rest(caller);
        const json fleet = json::parse(caller.get("/api/v1/fleet").body);
        return fn && fleet["now_s"].get<double>() > quiet["now_s"].get<double>() + 11 &&
               (*fn)["warm_ups"] > quiet["functions"][0]["warm_ups"];
      },
      60s));
  const json last = decision_of(caller, caller.post(kPinned, picture(), kUnhurried));
  EXPECT_EQ(last["cold"], false);
  EXPECT_EQ((*fn)["cold_starts"], 1);
  EXPECT_THAT(caller.get("/metrics").body, HasSubstr("start=\"warm_up\"}"));

  // The journal of a server that runs explains its decisions, as soon as it is written.
  Ended explained;
  EXPECT_TRUE(caller.until(
      [&] {
        explained = run_program({"explain", journal(), "--decision",
                                 std::to_string(last["decision_id"].get<std::uint64_t>())});
        return explained.status == 0;
      },
      60s))
      << explained.out;
  EXPECT_THAT(explained.out, HasSubstr("garment_m on function fn, warm"));
  expect_an_orderly_end(server);
}

}  // namespace
}  // namespace paragon::testing

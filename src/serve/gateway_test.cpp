// Every endpoint over real sockets, with workers that do as the test says.
#include "serve/gateway.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "serve/testing.h"
#include "wire/oip.h"

namespace paragon::testing {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kInfer = "/v2/models/garment/infer";

json parsed(const http::Answer& answer) {
  auto document = json::parse(answer.body, nullptr, false);
  EXPECT_FALSE(document.is_discarded()) << answer.body;
  return document;
}
std::string error_of(const http::Answer& answer) { return parsed(answer).value("error", ""); }

class GatewayTest : public ServerTest {
 protected:
  void up() {
    start();
    until_ready();
  }
  // A request in the protocol, binary: the header's length goes with it.
  std::pair<std::string, Fields> binary_picture(const std::string& picture,
                                                const oip::Parameters& parameters = {}) {
    oip::InferRequest request;
    request.id = "q7";
    request.parameters = parameters;
    request.inputs.push_back({"image", oip::DataType::bytes, {1}, oip::bytes_data({picture})});
    auto encoded = oip::render_request(request, true);
    return {encoded.body,
            {{"content-type", encoded.content_type},
             {"inference-header-content-length", std::to_string(encoded.json_length)}}};
  }
};

TEST_F(GatewayTest, HealthFollowsReadiness) {
  config.brain.functions = false;
  config.brain.machines_min = 1;
  machines_boot = false;
  start();
  EXPECT_EQ(get("/v2/health/live").body, R"({"live":true})");
  EXPECT_EQ(get("/v2/health/ready").status, 503);
  EXPECT_EQ(get("/v2/models/garment/ready").status, 503);
  EXPECT_EQ(get("/v2/models/nothing/ready").status, 404);
}

TEST_F(GatewayTest, HealthWhenUp) {
  up();
  http::Answer ready = get("/v2/health/ready");
  EXPECT_EQ(ready.status, 200);
  EXPECT_EQ(ready.body, R"({"ready":true,"live":true})");
  EXPECT_EQ(get("/v2/models/garment/ready").status, 200);
  EXPECT_EQ(get("/v2/models/small/versions/1/ready").status, 200);
}

TEST_F(GatewayTest, MetadataAsStockClientsReadIt) {
  start();
  json server = parsed(get("/v2"));
  EXPECT_EQ(server["name"], "paragon");
  EXPECT_THAT(server["extensions"].get<std::vector<std::string>>(),
              ::testing::IsSupersetOf({"binary_tensor_data", "statistics"}));
  json model = parsed(get("/v2/models/garment"));
  EXPECT_EQ(model["name"], "garment");
  EXPECT_EQ(model["versions"], json::array({"1"}));
  EXPECT_EQ(model["inputs"][0]["datatype"], "BYTES");
  EXPECT_EQ(model["outputs"][0]["name"], "labels");
  EXPECT_EQ(model["outputs"][1]["shape"], json::array({1, 3}));
  EXPECT_EQ(parsed(get("/v2/models/small/versions/any-text"))["name"], "small");
  json model_config = parsed(get("/v2/models/garment/config"));
  EXPECT_EQ(model_config["max_batch_size"], 0);
  EXPECT_EQ(model_config["input"][0]["data_type"], "TYPE_STRING");
  EXPECT_EQ(model_config["model_transaction_policy"]["decoupled"], false);
  EXPECT_EQ(parsed(get("/v2/models"))["models"].size(), 4u);
}

TEST_F(GatewayTest, ARawPictureIsAnsweredWithWhatServedIt) {
  up();
  http::Answer answer = classify({{"x-paragon-slo-min-accuracy", "0.85"}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  json body = parsed(answer);
  EXPECT_EQ(body["model_name"], "medium");
  EXPECT_EQ(body["outputs"][0]["name"], "labels");
  EXPECT_EQ(body["outputs"][0]["data"], json::array({"boot", "bag", "shirt"}));
  json p = body["parameters"];
  EXPECT_EQ(p["variant"], "medium");
  EXPECT_EQ(p["resource"], "machine:m1/1");
  EXPECT_EQ(p["resource_kind"], "machine");
  EXPECT_EQ(p["accuracy"], 0.9);
  EXPECT_EQ(p["class"], "relaxed");
  EXPECT_GT(p["latency_ms"].get<double>(), 0);
  EXPECT_GT(p["predicted_latency_ms"].get<double>(), 0);
  // 1.5 ms on one of two slots of a machine of $0.36 an hour.
  EXPECT_NEAR(p["cost_usd"].get<double>(), 0.36 / 3600 * 0.0015 / 2, 1e-12);
  EXPECT_EQ(answer.headers.find("x-paragon-variant"), "medium");
  EXPECT_EQ(answer.headers.find("x-paragon-decision-id"),
            std::to_string(p["decision_id"].get<int>()));
  // The worker saw the client's bytes and how to answer.
  EXPECT_EQ(worker().last.body, kPicture);
  EXPECT_EQ(worker().last.path, "/v2/models/medium/infer");
  EXPECT_EQ(worker().last.headers.find("x-paragon-outputs"), "binary");
  EXPECT_FALSE(worker().last.headers.has("x-paragon-deadline-us"));
}

TEST_F(GatewayTest, APictureWithoutItsContentTypeIsRecognised) {
  up();
  http::Answer answer =
      post(kInfer, kPicture, {{"content-type", "application/x-www-form-urlencoded"}});
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(worker().last.headers.find("content-type"), "image/png");
}

TEST_F(GatewayTest, BinaryRequestsGoOnByteByByteAndComeBackAsAsked) {
  up();
  auto [body, headers] = binary_picture(kPicture, {{"slo_latency_ms", std::int64_t{400}}});
  http::Answer answer = post(kInfer, body, headers);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(worker().last.body, body);
  const auto left = std::stoll(std::string(worker().last.headers.find("x-paragon-deadline-us")));
  EXPECT_GT(left, 0);
  EXPECT_LE(left, 400'000);
  json document = parsed(answer);  // no output was asked for in binary
  EXPECT_EQ(document["id"], "q7");

  auto [all_binary, binary_headers] = binary_picture(kPicture, {{"binary_data_output", true}});
  answer = post(kInfer, all_binary, binary_headers);
  ASSERT_EQ(answer.status, 200) << answer.body;
  auto response =
      oip::parse_response(answer.headers.find("inference-header-content-length"), answer.body);
  ASSERT_TRUE(response.ok()) << response.error().message;
  EXPECT_EQ(response->outputs.size(), 2u);
  EXPECT_EQ(std::get<std::string>(response->parameters.at("variant")), response->model_name);
}

TEST_F(GatewayTest, TheRawFormOfTheProtocolIsAnsweredInBinary) {
  up();
  http::Answer answer = post(
      kInfer, kPicture,
      {{"content-type", "application/octet-stream"}, {"inference-header-content-length", "0"}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  auto response =
      oip::parse_response(answer.headers.find("inference-header-content-length"), answer.body);
  ASSERT_TRUE(response.ok()) << response.error().message;
  EXPECT_EQ(oip::bytes_elements(response->outputs[0])->front(), "boot");
}

TEST_F(GatewayTest, JsonCarriesPicturesAsBase64AndTensorsAsNumbers) {
  up();
  // base64 of the picture's bytes.
  const std::string body =
      R"({"inputs":[{"name":"image","shape":[1],"datatype":"BYTES","data":["iVBORw0KGgpwaXhlbHM="]}]})";
  http::Answer answer = post(kInfer, body);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_THAT(worker().last.body, HasSubstr(kPicture));
  EXPECT_TRUE(worker().last.headers.has("inference-header-content-length"));

  answer =
      post(kInfer, R"({"inputs":[{"name":"x","shape":[1,1,3],"datatype":"UINT8","data":[1,2,3]}],)"
                   R"("outputs":[{"name":"labels"}]})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(parsed(answer)["outputs"].size(), 1u);
}

TEST_F(GatewayTest, LargeBodiesAreParsedAsideAndAnswered) {
  up();
  std::string data = "0";
  for (int i = 1; i < 200 * 200 * 3; ++i) data += ",255";
  http::Answer answer =
      post(kInfer, R"({"inputs":[{"name":"x","shape":[200,200,3],"datatype":"UINT8","data":[)" +
                       data + "]}]}");
  EXPECT_EQ(answer.status, 200) << answer.body;
  answer = post(kInfer, "{\"inputs\":" + std::string(300'000, '['));
  EXPECT_EQ(answer.status, 400);
}

TEST_F(GatewayTest, WhatCannotBeAQueryIsRefusedWithItsName) {
  up();
  struct Case {
    std::string body;
    std::string says;
  };
  const Case cases[] = {
      {"{", ""},
      {"", ""},
      {"[]", ""},
      {R"({"inputs":[]})", "inputs"},
      {R"({"inputs":[{"name":"x","shape":[1],"datatype":"BYTES","data":["hello"]}]})",
       "neither PNG nor JPEG"},
      {R"({"inputs":[{"name":"x","shape":[2],"datatype":"BYTES","data":["a","b"]}]})",
       "one picture in a request"},
      {R"({"inputs":[{"name":"x","shape":[2,1,1,3],"datatype":"UINT8","data":[1,2,3,4,5,6]}]})",
       "one picture in a request"},
      {R"({"inputs":[{"name":"x","shape":[3],"datatype":"FP32","data":[1,2,3]}]})",
       "input 'x': got FP32 [3]"},
      {R"({"inputs":[{"name":"x","shape":[1,2],"datatype":"UINT8","data":[1,2]}]})",
       "input 'x': got UINT8 [1, 2]"},
      {R"({"inputs":[{"name":"x","shape":[1,1,3],"datatype":"UINT8","data":[1,2,3]}],)"
       R"("outputs":[{"name":"logits"}]})",
       "output 'logits'"},
      {R"({"parameters":{"slo_min_accuracy":2},)"
       R"("inputs":[{"name":"x","shape":[1,1,3],"datatype":"UINT8","data":[1,2,3]}]})",
       "slo_min_accuracy: got 2"},
  };
  for (const Case& c : cases) {
    http::Answer answer = post(kInfer, c.body, {{"content-type", "application/json"}});
    EXPECT_EQ(answer.status, 400) << c.body << " -> " << answer.body;
    EXPECT_THAT(error_of(answer), HasSubstr(c.says)) << c.body;
    EXPECT_FALSE(error_of(answer).empty()) << c.body;
  }
  EXPECT_EQ(worker().infers, 0);
  http::Answer answer = post(kInfer, "text", {{"content-type", "image/png"}});
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(error_of(answer), HasSubstr("neither PNG nor JPEG"));
  EXPECT_EQ(post("/v2/models/coat/infer", kPicture).status, 404);
  EXPECT_THAT(error_of(post("/v2/models/coat/infer", kPicture)), HasSubstr("tasks are garment"));
}

TEST_F(GatewayTest, ImpossibleConstraintsSayWhatIsPossible) {
  up();
  http::Answer answer = classify({{"x-paragon-slo-min-accuracy", "0.99"}});
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(error_of(answer), HasSubstr("accuracy 0.9500"));
  EXPECT_THAT(error_of(answer), HasSubstr("accuracy of at least 0.99"));
  EXPECT_EQ(answer.headers.find("x-paragon-reason"), "infeasible");
  answer = post("/v2/models/large/infer", kPicture,
                {{"content-type", "image/png"}, {"x-paragon-slo-latency-ms", "0.5"}});
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(error_of(answer), HasSubstr("variant large cannot meet"));
}

TEST_F(GatewayTest, ARefusalSaysWhatTheNearestWouldNeedAndThatGetsThem) {
  up();
  const Fields asked = {{"x-paragon-slo-min-accuracy", "0.94"}, {"x-paragon-slo-latency-ms", "9"}};
  http::Answer answer = classify(asked);
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(error_of(answer), HasSubstr("nearest: medium with accuracy of at least 0.9"));
  const json nearest = parsed(answer)["nearest"];
  ASSERT_EQ(nearest.size(), 2U) << "small asks for more than medium, and needs no less";
  EXPECT_EQ(nearest[0]["variant"], "medium");
  EXPECT_EQ(nearest[1]["variant"], "large");
  EXPECT_EQ(nearest[1]["accuracy"], 0.95);
  for (const json& one : nearest) {
    Fields fields = asked;
    for (const auto& [name, value] : one["needs"].items()) {
      std::string header = "x-paragon-" + name;
      std::replace(header.begin(), header.end(), '_', '-');
      for (auto& [had, bound] : fields) {
        // Half as much time again: what parsing takes here comes off the bound.
        if (had == header) bound = json(value.get<double>() * (value > 1 ? 1.5 : 1)).dump();
      }
    }
    EXPECT_EQ(parsed(classify(fields)).value("model_name", ""), one["variant"]);
  }
}

TEST_F(GatewayTest, ABestEffortGetsTheNearestAndSaysWhatGave) {
  up();
  http::Answer answer =
      classify({{"x-paragon-slo-min-accuracy", "0.99"}, {"x-paragon-slo-best-effort", "true"}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  json p = parsed(answer)["parameters"];
  EXPECT_EQ(p["variant"], "large");
  EXPECT_EQ(p["slo_met"], false);
  EXPECT_EQ(p["relaxed_min_accuracy"], 0.95);
  EXPECT_FALSE(p.contains("relaxed_latency_ms"));
  EXPECT_EQ(answer.headers.find("x-paragon-slo-met"), "false");
  EXPECT_EQ(answer.headers.find("x-paragon-relaxed"), "large with accuracy of at least 0.95");
  const json decision =
      parsed(get("/api/v1/decisions/" + std::to_string(p["decision_id"].get<int>())));
  EXPECT_EQ(decision["constraints"]["best_effort"], true);
  EXPECT_EQ(decision["alternatives"]["nearest"][0]["needs"]["slo_min_accuracy"], 0.95);

  // Where the bounds can be met it changes nothing, and without bounds nothing is met or missed.
  answer =
      classify({{"x-paragon-slo-min-accuracy", "0.85"}, {"x-paragon-slo-best-effort", "true"}});
  p = parsed(answer)["parameters"];
  EXPECT_EQ(p["slo_met"], true);
  EXPECT_FALSE(p.contains("relaxed_min_accuracy"));
  EXPECT_FALSE(parsed(classify())["parameters"].contains("slo_met"));
}

TEST_F(GatewayTest, AVariantsNamePinsIt) {
  up();
  http::Answer answer =
      post("/v2/models/large/versions/7/infer", kPicture, {{"content-type", "image/png"}});
  EXPECT_EQ(parsed(answer)["model_name"], "large");
}

TEST_F(GatewayTest, DefaultsOfTheTaskHoldWhereTheQuerySaysNothing) {
  config.defaults["garment"].min_accuracy = accuracy(0.93);
  up();
  EXPECT_EQ(parsed(classify())["model_name"], "large");
  EXPECT_EQ(parsed(classify({{"x-paragon-slo-min-accuracy", "0.5"}}))["model_name"], "small");
}

TEST_F(GatewayTest, ExplainSaysWhy) {
  up();
  http::Answer answer =
      classify({{"x-paragon-explain", "true"}, {"x-paragon-slo-min-accuracy", "0.9"}});
  EXPECT_THAT(parsed(answer)["parameters"].value("explanation", ""),
              HasSubstr("a machine had a free slot"));
}

TEST_F(GatewayTest, FleetCostStatusHistoryDecisions) {
  up();
  const auto id = parsed(classify({{"x-paragon-slo-latency-ms", "1000"},
                                   {"x-paragon-tenant", "blue"}}))["parameters"]["decision_id"]
                      .get<std::uint64_t>();
  json fleet = parsed(get("/api/v1/fleet"));
  EXPECT_EQ(fleet["ready"], 1);
  EXPECT_EQ(fleet["machines"][0]["offer"], "m1");
  json cost = parsed(get("/api/v1/cost"));
  EXPECT_GT(cost["total_usd"].get<double>(), 0);
  EXPECT_EQ(cost["by_variant"][0]["queries"], 1);
  EXPECT_EQ(cost["by_class"]["relaxed"]["answered"], 1);
  EXPECT_EQ(cost["by_offer"][0]["queries"], 1);
  json status = parsed(get("/api/v1/status"));
  EXPECT_EQ(status["answered"], 1);
  EXPECT_EQ(status["in_flight"], 0);
  json decision = parsed(get("/api/v1/decisions/" + std::to_string(id)));
  EXPECT_EQ(decision["variant"], "small");
  EXPECT_EQ(decision["reason"], "free_slot");
  EXPECT_EQ(decision["outcome"], "answered");
  EXPECT_EQ(decision["tenant"], "blue");
  EXPECT_EQ(decision["constraints"]["latency_ms"], 1000);
  EXPECT_GE(decision["alternatives"]["as_of_s"], decision["decided_s"]);
  EXPECT_THAT(decision["alternatives"]["note"].get<std::string>(),
              HasSubstr("paragon explain JOURNAL --decision " + std::to_string(id)));
  EXPECT_EQ(parsed(get("/api/v1/decisions?last=5"))["decisions"].size(), 1u);
  EXPECT_EQ(get("/api/v1/decisions/999999").status, 404);
  EXPECT_EQ(get("/api/v1/decisions/x").status, 400);
  EXPECT_EQ(get("/api/v1/decisions?last=0").status, 400);
  const json list = parsed(get("/api/v1/decisions?last=1"))["decisions"];
  EXPECT_FALSE(list[0].contains("alternatives"));  // too much for each of a list
  EXPECT_FALSE(parsed(get("/api/v1/history"))["samples"].empty());
  EXPECT_EQ(get("/api/v1/nothing").status, 404);
}

TEST_F(GatewayTest, ADecisionShowsWhatElseThereIsAtWhatPriceAndWhatStandsAgainstIt) {
  up();
  const auto id =
      parsed(classify({{"x-paragon-slo-min-accuracy", "0.85"},
                       {"x-paragon-slo-latency-ms", "19"}}))["parameters"]["decision_id"]
          .get<std::uint64_t>();
  const json decision = parsed(get("/api/v1/decisions/" + std::to_string(id)));
  const json& list = decision["alternatives"]["list"];
  ASSERT_EQ(list.size(), 6u);  // three variants on a machine and a function
  std::map<std::pair<std::string, std::string>, json> by_place;
  int chosen = 0;
  for (const json& a : list) {
    by_place[{a["variant"], a["resource"]}] = a;
    chosen += a["chosen"].get<bool>();
  }
  EXPECT_EQ(chosen, 1);
  const json taken = by_place[{"medium", "machine:m1"}];
  EXPECT_EQ(taken["chosen"], true);
  EXPECT_EQ(taken["explanation"], "possible");
  const json small = by_place[{"small", "machine:m1"}];
  EXPECT_EQ(small["obstacle"], "accuracy");
  EXPECT_EQ(small["explanation"], "accuracy under 0.85");
  EXPECT_LT(small["predicted_cost_usd"], taken["predicted_cost_usd"]);
  const json large = by_place[{"large", "machine:m1"}];
  EXPECT_EQ(large["obstacle"], "latency");
  EXPECT_EQ(large["explanation"], "takes over 19 ms");
  EXPECT_GT(large["predicted_cost_usd"], taken["predicted_cost_usd"]);
  const json function = by_place[{"medium", "function:f1"}];
  EXPECT_EQ(function["resource_kind"], "function");
  EXPECT_EQ(function["cold"], true);  // none was started yet
  // What there is now, not what there was then.
  cloud->boots = false;
  cloud->kill(cloud->launched.front(), true);
  run_until([&] { return parsed(get("/api/v1/fleet"))["ready"] == 0; });
  const json later = parsed(get("/api/v1/decisions/" + std::to_string(id)));
  for (const json& a : later["alternatives"]["list"]) {
    if (a["variant"] != "medium" || a["resource"] != "machine:m1") continue;
    EXPECT_NE(a["obstacle"], "none");
    EXPECT_EQ(a["chosen"], true);  // it was
  }
}

TEST_F(GatewayTest, MetricsHaveNativeAndTritonNames) {
  up();
  classify();
  const std::string text = get("/metrics").body;
  EXPECT_THAT(text, HasSubstr("paragon_arrivals_total 1"));
  EXPECT_THAT(text, HasSubstr(R"(paragon_answered_total{class="relaxed"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(paragon_machines{offer="m1",state="ready"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(nv_inference_request_success{model="small",version="1"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(paragon_latency_seconds_bucket{class="relaxed",le="+Inf"} 1)"));
}

TEST_F(GatewayTest, StatisticsOfModels) {
  up();
  classify();
  json task = parsed(get("/v2/models/garment/stats"))["model_stats"][0];
  EXPECT_EQ(task["name"], "garment");
  EXPECT_EQ(task["inference_count"], 1);
  EXPECT_EQ(task["inference_stats"]["compute_infer"]["ns"], 1'500'000);
  EXPECT_EQ(parsed(get("/v2/models/large/stats"))["model_stats"][0]["inference_count"], 0);
  EXPECT_EQ(parsed(get("/v2/models/stats"))["model_stats"].size(), 4u);
}

TEST_F(GatewayTest, Repository) {
  up();
  json index = parsed(post("/v2/repository/index", ""));
  EXPECT_EQ(index.size(), 4u);
  EXPECT_EQ(index[0]["state"], "READY");
  EXPECT_EQ(post("/v2/repository/models/small/load", "{}").status, 200);
  EXPECT_EQ(post("/v2/repository/models/small/unload", "{}").status, 200);
  EXPECT_EQ(post("/v2/repository/models/garment/load", "{}").status, 200);
  EXPECT_EQ(post("/v2/repository/models/garment/unload", "{}").status, 501);
  EXPECT_EQ(post("/v2/repository/models/coat/load", "{}").status, 404);
}

TEST_F(GatewayTest, EndpointsThatAreNotThere) {
  start();
  EXPECT_EQ(get("/nothing").status, 404);
  EXPECT_EQ(get("/v2/nothing").status, 404);
  EXPECT_EQ(get("/v2/models/garment/nothing").status, 404);
  EXPECT_EQ(get("/v2/models/garment/a/b/c").status, 404);
  EXPECT_EQ(get("/v2/logging").status, 501);
  EXPECT_EQ(get("/v2/trace/setting").status, 501);
  EXPECT_EQ(get("/v2/systemsharedmemory/status").body, "[]");
  EXPECT_EQ(post("/v2/systemsharedmemory/unregister", "").status, 200);
  http::Answer wrong = get(kInfer);
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.headers.find("allow"), "POST");
  EXPECT_EQ(post("/api/v1/fleet", "").status, 405);
  EXPECT_THAT(get("/").body, HasSubstr("<!doctype html>"));
}

TEST_F(GatewayTest, AToken) {
  config.gateway.token = "secret";
  up();
  EXPECT_EQ(get("/v2").status, 401);
  EXPECT_EQ(ask(http::Method::get, "/api/v1/fleet", "", {{"authorization", "Bearer no"}}).status,
            401);
  EXPECT_EQ(
      ask(http::Method::get, "/api/v1/fleet", "", {{"authorization", "Bearer secret"}}).status,
      200);
}

TEST_F(GatewayTest, BodiesOverTheLimitAreRefused) {
  config.gateway.body_bytes_max = 4096;
  up();
  EXPECT_EQ(post(kInfer, std::string(5000, 'x')).status, 413);
  EXPECT_EQ(classify().status, 200);
}

TEST_F(GatewayTest, NoMoreThanItsBoundIsInFlight) {
  config.gateway.in_flight_max = 2;
  up();
  worker().behaviour = Behaviour::hang;
  begin_classify();
  begin_classify();
  run_until([&] { return controller->in_flight() == 2; });
  http::Answer full = classify();
  EXPECT_EQ(full.status, 503);
  EXPECT_EQ(full.headers.find("retry-after"), "1");
}

TEST_F(GatewayTest, OverBudgetIs429WithRetryAfter) {
  config.brain.budget_per_hour = dollars(0);
  config.brain.machines_min = 0;
  start();
  http::Answer answer = classify({{"x-paragon-slo-latency-ms", "50"}});
  EXPECT_EQ(answer.status, 429) << answer.body;
  EXPECT_GE(std::stoi("0" + std::string(answer.headers.find("retry-after"))), 1);
}

}  // namespace
}  // namespace paragon::testing

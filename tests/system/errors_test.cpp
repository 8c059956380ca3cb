// Everything that a client can do wrong, and every refusal, through the real server: the status,
// the protocol's error body with what was wrong, and the connection still of use.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "system/running_server.h"
#include "system/serve_fixture.h"
#include "wire/raw_client.h"

namespace paragon::testing {
namespace {

using http::Method;
using nlohmann::json;
using ::testing::HasSubstr;

// The text of `{"error": "..."}`, which must be all that there is, but for the nearest choices
// beside it where none meets the bounds.
std::string error_in(const std::string& body) {
  const json parsed = json::parse(body, nullptr, false);
  if (!parsed.is_object() || !parsed.contains("error") ||
      parsed.size() != (parsed.contains("nearest") ? 2 : 1)) {
    ADD_FAILURE() << "not the protocol's error body: " << body;
    return "";
  }
  return parsed["error"].get<std::string>();
}

// A request in JSON with one tensor of the fields given.
std::string tensor(const std::string& fields, const std::string& more = "") {
  return R"({"inputs":[{"name":"image",)" + fields + "}]" + more + "}";
}
const std::string kPixel = R"("shape":[1,1,3],"datatype":"UINT8","data":[1,2,3])";

struct Wrong {
  std::string what;
  Method method;
  std::string target;
  Caller::Fields headers;
  std::string body;
  int status;
  std::string says;
};

std::vector<Wrong> json_cases() {
  const Caller::Fields kJson{{"content-type", "application/json"}};
  const auto infer = [&](const char* what, const std::string& body, const char* says) {
    return Wrong{what, Method::post, kInfer, kJson, body, 400, says};
  };
  return {
      infer("no body", "", ""),
      infer("half an object", R"({"inputs":[)", ""),
      infer("not UTF-8",
            tensor(R"("shape":[1],"datatype":"BYTES","data":[")"
                   "\xff"
                   R"("])"),
            ""),
      infer("a list", "[]", ""),
      infer("a thousand open brackets", std::string(1000, '['), ""),
      infer("no inputs", "{}", "inputs"),
      infer("inputs of the wrong type", R"({"inputs":7})", "inputs"),
      infer("no inputs in the list", R"({"inputs":[]})", "inputs"),
      infer("two inputs",
            R"({"inputs":[{"name":"a",)" + kPixel + R"(},{"name":"b",)" + kPixel + "}]}",
            "inputs: got 2"),
      infer("no name", R"({"inputs":[{)" + kPixel + "}]}", "name"),
      infer("no shape", tensor(R"("datatype":"UINT8","data":[1])"), "shape"),
      infer("no data", tensor(R"("shape":[1,1,3],"datatype":"UINT8")"), "data"),
      infer("unknown type", tensor(R"("shape":[1],"datatype":"COLOUR","data":[1])"), "COLOUR"),
      infer("a type that is no picture",
            tensor(R"("shape":[1,1,3],"datatype":"FP32","data":[1,2,3])"), "got FP32 [1, 1, 3]"),
      infer("grey values", tensor(R"("shape":[2,2],"datatype":"UINT8","data":[1,2,3,4])"),
            "got UINT8 [2, 2]"),
      infer("two pictures", tensor(R"("shape":[2,1,1,3],"datatype":"UINT8","data":[1,2,3,4,5,6])"),
            "one picture in a request"),
      infer("fewer values than the shape",
            tensor(R"("shape":[2,1,3],"datatype":"UINT8","data":[1,2,3])"), ""),
      infer("more values than the shape",
            tensor(R"("shape":[1,1,3],"datatype":"UINT8","data":[1,2,3,4])"), ""),
      infer("a negative side", tensor(R"("shape":[-1,1,3],"datatype":"UINT8","data":[1,2,3])"),
            "shape"),
      infer(
          "a shape beyond all memory",
          tensor(
              R"("shape":[4611686018427387904,4611686018427387904,3],"datatype":"UINT8","data":[1])"),
          ""),
      infer("an empty picture", tensor(R"("shape":[0,1,3],"datatype":"UINT8","data":[])"), ""),
      infer("a value out of its type's range",
            tensor(R"("shape":[1,1,3],"datatype":"UINT8","data":[1,2,256])"), ""),
      infer("text where a number belongs",
            tensor(R"("shape":[1,1,3],"datatype":"UINT8","data":[1,2,"x"])"), ""),
      infer("bytes that are no picture",
            tensor(R"("shape":[1],"datatype":"BYTES","data":["hello"])"), "neither PNG nor JPEG"),
      infer("an output that is not there", tensor(kPixel, R"(,"outputs":[{"name":"logits"}])"),
            "output 'logits'"),
      infer("an accuracy of 2", tensor(kPixel, R"(,"parameters":{"slo_min_accuracy":2})"),
            "slo_min_accuracy: got 2"),
      infer("a latency in words", tensor(kPixel, R"(,"parameters":{"slo_latency_ms":"soon"})"),
            "slo_latency_ms"),
      infer("an unknown class", tensor(kPixel, R"(,"parameters":{"slo_class":"vip"})"),
            "slo_class"),
      infer("a misspelt constraint", tensor(kPixel, R"(,"parameters":{"slo_min_acuracy":0.9})"),
            "slo_min_acuracy"),
      infer("an accuracy nobody has", tensor(kPixel, R"(,"parameters":{"slo_min_accuracy":0.999})"),
            "accuracy of at least 0.999"),
      infer("a cost nobody asks", tensor(kPixel, R"(,"parameters":{"slo_max_cost_usd":1e-12})"),
            "cost"),
      infer("faster than any network", tensor(kPixel, R"(,"parameters":{"slo_latency_ms":0.001})"),
            ""),
      {"binary data without its length", Method::post, kInfer, kJson,
       tensor(R"("shape":[1,1,3],"datatype":"UINT8","parameters":{"binary_data_size":3})") + "abc",
       400, ""},
  };
}

std::vector<Wrong> other_cases() {
  const Caller::Fields kJson{{"content-type", "application/json"}};
  const std::string binary =
      tensor(R"("shape":[1,1,3],"datatype":"UINT8","parameters":{"binary_data_size":3})");
  const auto with_length = [](const std::string& length) {
    return Caller::Fields{{"content-type", "application/octet-stream"},
                          {"inference-header-content-length", length}};
  };
  const std::string length = std::to_string(binary.size());
  return {
      {"text called a picture", Method::post, kInfer, kPng, "text", 400, "neither PNG nor JPEG"},
      {"no picture at all", Method::post, kInfer, kPng, "", 400, ""},
      {"half a picture", Method::post, kInfer, kPng, picture().substr(0, 60), 400, ""},
      {"a header that is no number",
       Method::post,
       kInfer,
       {{"content-type", "image/png"}, {"x-paragon-slo-latency-ms", "soon"}},
       picture(),
       400,
       "x-paragon-slo-latency-ms"},
      {"binary data that is missing", Method::post, kInfer, with_length(length), binary + "ab", 400,
       ""},
      {"binary data that is too much", Method::post, kInfer, with_length(length), binary + "abcd",
       400, ""},
      {"a length beyond the body", Method::post, kInfer, with_length("99999"), binary + "abc", 400,
       ""},
      {"a length that is no number", Method::post, kInfer, with_length("all"), binary + "abc", 400,
       ""},
      {"a length below zero", Method::post, kInfer, with_length("-1"), binary + "abc", 400, ""},
      {"a body over the limit", Method::post, kInfer, kPng, std::string(300'000, 'x'), 413,
       "larger than"},
      {"broken gzip", Method::post, kInfer, {{"content-encoding", "gzip"}}, "not gzip", 400, ""},
      {"an unknown coding", Method::post, kInfer, {{"content-encoding", "br"}}, "x", 415, "br"},
      {"an unknown model", Method::post, "/v2/models/coat/infer", kPng, picture(), 404,
       "unknown model 'coat'"},
      {"metadata of an unknown model", Method::get, "/v2/models/coat", {}, "", 404, "coat"},
      {"statistics of an unknown model", Method::get, "/v2/models/coat/stats", {}, "", 404, "coat"},
      {"an unknown model's version", Method::post, "/v2/models/coat/versions/1/infer", kPng,
       picture(), 404, "coat"},
      {"a variant that cannot",
       Method::post,
       "/v2/models/garment_xs/infer",
       {{"content-type", "image/png"}, {"x-paragon-slo-min-accuracy", "0.93"}},
       picture(),
       400,
       "garment_xs"},
      {"GET where it is POST", Method::get, kInfer, {}, "", 405, "POST"},
      {"POST where it is GET", Method::post, "/v2/health/live", kJson, "{}", 405, "GET"},
      {"DELETE", Method::del, "/v2", {}, "", 405, "GET"},
      {"no such endpoint", Method::get, "/v3", {}, "", 404, "/v3"},
      {"no such verb", Method::post, "/v2/models/garment-classification/explode", kJson, "{}", 404,
       "explode"},
      {"text generation", Method::post, "/v2/models/garment-classification/generate", kJson, "{}",
       501, ""},
      {"shared memory", Method::post, "/v2/systemsharedmemory/region/a/register", kJson, "{}", 501,
       "shared memory"},
      {"unload of a task", Method::post, "/v2/repository/models/garment-classification/unload",
       kJson, "{}", 501, "garment-classification"},
      {"load of an unknown model", Method::post, "/v2/repository/models/coat/load", kJson, "{}",
       404, "coat"},
      {"a decision that never was", Method::get, "/api/v1/decisions/999999", {}, "", 404, ""},
      {"a decision that is no number", Method::get, "/api/v1/decisions/x", {}, "", 400, ""},
  };
}

TEST_F(Serve, EveryMistakeIsAnsweredWithItsStatusAndReason) {
  RunningServer server(arguments(1, "", ", body_bytes_max: 262144"));
  ASSERT_TRUE(server.listening());
  Caller caller(server.port());
  until_ready(caller, 1);
  std::vector<Wrong> cases = json_cases();
  for (Wrong& one : other_cases()) cases.push_back(std::move(one));
  for (const Wrong& one : cases) {
    SCOPED_TRACE(one.what);
    const http::Answer answer = caller.ask(one.method, one.target, one.body, one.headers);
    EXPECT_EQ(answer.status, one.status) << answer.body;
    const std::string said = error_in(answer.body);
    EXPECT_FALSE(said.empty());
    EXPECT_THAT(said, HasSubstr(one.says));
    if (one.status == 405) {
      EXPECT_EQ(answer.headers.find("allow"), one.says);
    }
  }
  EXPECT_EQ(caller.post(kInfer, picture(), kPng).status, 200);
  const json status = json::parse(caller.get("/api/v1/status").body);
  EXPECT_EQ(status["answered"], 1);
  EXPECT_EQ(status["in_flight"], 0);
  expect_an_orderly_end(server);
}

TEST_F(Serve, WhatIsNotHttpIsRefusedAndTheConnectionClosed) {
  RunningServer server(arguments(1, "", ", body_bytes_max: 262144"));
  ASSERT_TRUE(server.listening());
  const std::string post = "POST " + kInfer + " HTTP/1.1\r\nhost: h\r\n";
  const struct {
    const char* bytes_of;
    std::string request;
    int status;
  } cases[] = {
      {"nonsense", "NONSENSE\r\n\r\n", 400},
      {"a TLS hello", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 abc\r\n\r\n", 19),
       400},
      {"no host", "GET /v2 HTTP/1.1\r\n\r\n", 400},
      {"HTTP/3", "GET /v2 HTTP/3.0\r\nhost: h\r\n\r\n", 505},
      {"an unknown method", "BREW /v2 HTTP/1.1\r\nhost: h\r\n\r\n", 501},
      {"a head without end", "GET /v2 HTTP/1.1\r\nhost: h\r\nx: " + std::string(20'000, 'y'), 431},
      {"two lengths", post + "content-length: 1\r\ncontent-length: 2\r\n\r\nab", 400},
      {"length and chunks", post + "content-length: 1\r\ntransfer-encoding: chunked\r\n\r\na", 400},
      {"a length over the limit", post + "content-length: 99999999\r\n\r\n", 413},
      {"broken chunks", post + "transfer-encoding: chunked\r\n\r\nzz\r\n", 400},
      {"no length in HTTP/1.0", "POST /v2 HTTP/1.0\r\n\r\n", 411},
      {"an unknown expectation", post + "expect: tea\r\ncontent-length: 3\r\n\r\nabc", 417},
  };
  Loop loop;
  for (const auto& one : cases) {
    SCOPED_TRACE(one.bytes_of);
    RawClient client(loop, server.port());
    client.send(one.request);
    const std::string answer = client.answer();
    EXPECT_THAT(answer, ::testing::StartsWith("HTTP/1.1 " + std::to_string(one.status) + " "));
    const auto body = answer.find("\r\n\r\n");
    ASSERT_NE(body, std::string::npos) << answer;
    EXPECT_FALSE(error_in(answer.substr(body + 4)).empty());
    EXPECT_TRUE(client.ended());
  }
}

TEST_F(Serve, AnyVersionIsTakenAndTheAnswerSaysWhichItWas) {
  RunningServer server(arguments(1));
  ASSERT_TRUE(server.listening());
  Caller caller(server.port());
  until_ready(caller, 1);
  for (const char* asked : {"1", "99", "latest"}) {
    const http::Answer answer = caller.post(
        "/v2/models/garment_m/versions/" + std::string(asked) + "/infer", picture(), kPng);
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(json::parse(answer.body)["model_version"], "1") << asked;
  }
}

TEST_F(Serve, WhereNothingMayBeBoughtQueriesAreRefusedWithRetryAfter) {
  boot_s = "60";
  const struct {
    const char* what;
    int machines;
    std::string brain;
    int status;
  } cases[] = {
      {"no machine in time, no functions", 1, ", functions: false", 503},
      {"nothing within the budget", 0, ", budget_usd_per_hour: 0", 429},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.what);
    RunningServer server(arguments(one.machines, one.brain));
    ASSERT_TRUE(server.listening());
    Caller caller(server.port());
    auto headers = kPng;
    headers.emplace_back("x-paragon-slo-latency-ms", "200");
    headers.emplace_back("x-paragon-slo-class", "strict");
    const http::Answer answer = caller.post(kInfer, picture(), headers);
    EXPECT_EQ(answer.status, one.status) << answer.body;
    EXPECT_FALSE(error_in(answer.body).empty());
    EXPECT_GE(std::atoi(std::string(answer.headers.find("retry-after")).c_str()), 1);
    EXPECT_FALSE(answer.headers.find("x-paragon-reason").empty());
  }
}

TEST_F(Serve, BeyondItsBoundsItRefusesWithRetryAfter) {
  boot_s = "60";  // queries wait, and so stay in flight
  RunningServer server(
      arguments(1, ", functions: false", ", connections_max: 4, in_flight_max: 1"));
  ASSERT_TRUE(server.listening());
  Loop loop;
  const std::string png = picture();
  const std::string query = "POST " + kInfer +
                            " HTTP/1.1\r\nhost: h\r\ncontent-type: image/png\r\n"
                            "x-paragon-slo-class: relaxed\r\nx-paragon-slo-latency-ms: 300000\r\n"
                            "content-length: " +
                            std::to_string(png.size()) + "\r\n\r\n" + png;
  const auto expect_refusal = [](const std::string& answer) {
    EXPECT_THAT(answer, ::testing::StartsWith("HTTP/1.1 503 "));
    EXPECT_THAT(answer, ::testing::ContainsRegex("[Rr]etry-[Aa]fter: [1-9]"));
    EXPECT_FALSE(error_in(answer.substr(answer.find("\r\n\r\n") + 4)).empty());
  };
  RawClient waits(loop, server.port());
  waits.send(query);
  RawClient second(loop, server.port());
  // Two connections have no order between them: the first query must be in flight before the second
  // is sent, or it may be the one refused.
  ASSERT_TRUE(run_until(loop, [&] {
    second.send("GET /api/v1/status HTTP/1.1\r\nhost: h\r\n\r\n");
    return second.answer().find("\"in_flight\":1") != std::string::npos;
  }));
  second.send(query);
  expect_refusal(second.answer());
  // With four connections that are in the middle of a request, there is no idle one to close.
  // Each begins one behind a whole request, in one piece: once that is answered, it has been read.
  const auto begin_another = [](RawClient& client) {
    client.send("GET /v2 HTTP/1.1\r\nhost: h\r\n\r\nGET /v2");
    EXPECT_THAT(client.answer(), ::testing::StartsWith("HTTP/1.1 200 "));
  };
  begin_another(second);
  RawClient third(loop, server.port());
  begin_another(third);
  RawClient fourth(loop, server.port());
  begin_another(fourth);
  RawClient fifth(loop, server.port());
  expect_refusal(fifth.answer());
  EXPECT_TRUE(fifth.ended());
  // One of them becomes idle: the next comes in its place.
  third.send(" HTTP/1.1\r\nhost: h\r\n\r\n");
  EXPECT_THAT(third.answer(), ::testing::StartsWith("HTTP/1.1 200 "));
  RawClient sixth(loop, server.port());
  sixth.send("GET /v2 HTTP/1.1\r\nhost: h\r\n\r\n");
  EXPECT_THAT(sixth.answer(), ::testing::StartsWith("HTTP/1.1 200 "));
  EXPECT_TRUE(third.ended());
}

}  // namespace
}  // namespace paragon::testing

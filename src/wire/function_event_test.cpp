#include "wire/function_event.h"

#include <gmock/gmock.h>

#include "base/random.h"

namespace paragon {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

http::Headers some_headers() {
  http::Headers headers;
  headers.add("content-type", "image/png");
  headers.add("X-Odd", "quote \" and \xc3\xa9");
  return headers;
}

TEST(FunctionEvent, ComesBackAsItWent) {
  Random random(5);
  std::string body;
  for (int i = 0; i < 1000; ++i) body += static_cast<char>(random.below(256));
  const auto json = write_function_event(http::Method::post, "/v2/models/a%20b/infer?x=%31",
                                         some_headers(), body);
  ASSERT_TRUE(json) << json.error().message;
  const auto request = read_function_event(*json);
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->method, http::Method::post);
  EXPECT_EQ(request->path, "/v2/models/a b/infer");
  EXPECT_EQ(request->query, "x=%31");
  EXPECT_EQ(request->headers.find("Content-Type"), "image/png");
  EXPECT_EQ(request->headers.find("x-odd"), "quote \" and \xc3\xa9");
  EXPECT_EQ(request->body, body);
}

// The form that docs/aws.md promises, byte for byte.
TEST(FunctionEvent, IsPlainJson) {
  http::Headers headers;
  headers.add("accept", "a");
  headers.add("Accept", "b");
  EXPECT_EQ(*write_function_event(http::Method::get, "/v2", headers, ""),
            R"({"method":"GET","target":"/v2","headers":{"accept":"a, b"}})");
  EXPECT_EQ(*write_function_event(http::Method::post, "/", {}, "hi"),
            R"({"method":"POST","target":"/","headers":{},"body":"aGk="})");
}

TEST(FunctionEvent, SaysWhatIsWrong) {
  const struct {
    const char* json;
    const char* says;
  } cases[] = {
      {"", "not a JSON object"},
      {"[1]", "not a JSON object"},
      {"{}", "'method' is ''"},
      {R"({"key1":"value1"})", "HTTP requests as JSON"},
      {R"({"method":7})", "'method' must be a string, not a whole number"},
      {R"({"method":"POST"})", "'target' is ''"},
      {R"({"method":"POST","target":"v2"})", "'target' is 'v2'"},
      {R"({"method":"POST","target":"/%zz"})", "'target'"},
      {R"({"method":"POST","target":"/","headers":[]})", "'headers' must be an object"},
      {R"({"method":"POST","target":"/","headers":{"a":1}})", "'headers.a' must be a string"},
      {R"({"method":"POST","target":"/","body":"a*b"})", "'body' is not base64"},
  };
  for (const auto& one : cases) {
    const auto request = read_function_event(one.json);
    ASSERT_FALSE(request) << one.json;
    EXPECT_EQ(request.error().code, ErrorCode::invalid);
    EXPECT_THAT(request.error().message, HasSubstr(one.says)) << one.json;
  }
}

TEST(FunctionEvent, WhatIsUnknownOrAbsentDoesNotMatter) {
  const auto request =
      read_function_event(R"({"later":{"deep":[1]},"method":"GET","target":"/v2","body":null})");
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->path, "/v2");
  EXPECT_EQ(request->body, "");
}

TEST(FunctionReply, ComesBackAsItWent) {
  http::Response response;
  response.status = 503;
  response.content_type = "text/plain";
  response.headers.add("Retry-After", "1");
  response.body = std::string("\0\xff", 2);
  const auto json =
      write_function_reply(response, {true, true, milliseconds(123), milliseconds(4)});
  ASSERT_TRUE(json) << json.error().message;
  const auto reply = read_function_reply(*json);
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->answer.status, 503);
  EXPECT_EQ(reply->answer.headers.find("content-type"), "text/plain");
  EXPECT_EQ(reply->answer.headers.find("retry-after"), "1");
  EXPECT_EQ(reply->answer.body, response.body);
  EXPECT_TRUE(reply->ran.cold);
  EXPECT_TRUE(reply->ran.provisioned);
  EXPECT_EQ(reply->ran.initialised, milliseconds(123));
  EXPECT_EQ(reply->ran.run, milliseconds(4));
  EXPECT_FALSE(read_function_reply(R"({"status":200})")->ran.provisioned) << "of an older worker";
}

TEST(FunctionReply, OfAnotherProgramIsUnavailable) {
  for (const char* json :
       {"null", "\"hello\"", "{}", R"({"statusCode":200})", R"({"status":99})",
        R"({"status":"200"})", R"({"status":200,"run_ms":-1})", R"({"status":200,"run_ms":1e300})",
        R"({"status":200,"cold":1})", R"({"status":200,"provisioned":"yes"})",
        R"({"status":200,"body":{}})"}) {
    const auto reply = read_function_reply(json);
    ASSERT_FALSE(reply) << json;
    EXPECT_EQ(reply.error().code, ErrorCode::unavailable) << json;
  }
}

TEST(FunctionEvent, TheLimitIsExactAndNamed) {
  const http::Headers none;
  const std::size_t frame = write_function_event(http::Method::post, "/", none, "abc")->size() - 4;
  const std::size_t room = (kFunctionJsonMax - frame) / 4 * 3;
  const auto most = write_function_event(http::Method::post, "/", none, std::string(room, 'x'));
  ASSERT_TRUE(most) << most.error().message;
  EXPECT_LE(most->size(), kFunctionJsonMax);
  EXPECT_GT(most->size(), kFunctionJsonMax - 4);
  const auto over = write_function_event(http::Method::post, "/", none, std::string(room + 1, 'x'));
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, ErrorCode::invalid);
  EXPECT_THAT(over.error().message, HasSubstr("over the 6291456"));

  http::Response response;
  response.body = std::string(room + 1000, 'x');
  const auto reply = write_function_reply(response, {});
  ASSERT_FALSE(reply);
  EXPECT_THAT(reply.error().message, HasSubstr("an answer of"));
}

}  // namespace
}  // namespace paragon

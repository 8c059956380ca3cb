#include "load/answer.h"

#include <gtest/gtest.h>

namespace paragon {
namespace {

using End = LoadOutcome::End;

Result<http::Answer> http_answer(int status, std::string body) {
  http::Answer answer;
  answer.status = status;
  answer.body = std::move(body);
  return answer;
}

const char* const kGood = R"({"model_name":"small","outputs":[
  {"name":"labels","datatype":"BYTES","shape":[1,2],"data":["cat","dog"]},
  {"name":"scores","datatype":"FP32","shape":[1,2],"data":[0.9,0.1]}],
  "parameters":{"variant":"small_int8","resource":"function 1024 MB","cost_usd":0.000012}})";

TEST(Answer, ReadsWhoServedWhatItCostAndWhetherItIsRight) {
  const LoadOutcome outcome = read_answer(http_answer(200, kGood), "cat");
  EXPECT_EQ(outcome.end, End::answered);
  EXPECT_EQ(outcome.variant, "small_int8");
  EXPECT_EQ(outcome.resource, "function 1024 MB");
  ASSERT_TRUE(outcome.cost);
  EXPECT_DOUBLE_EQ(outcome.cost->value, 0.000012);
  EXPECT_EQ(outcome.correct, true);
  EXPECT_EQ(read_answer(http_answer(200, kGood), "dog").correct, false);
  EXPECT_EQ(read_answer(http_answer(200, kGood), "").correct, std::nullopt);
}

TEST(Answer, ALabelMayListSynonyms) {
  EXPECT_EQ(read_answer(http_answer(200, kGood), "cat, house cat").correct, true);
  EXPECT_EQ(read_answer(http_answer(200, kGood), "house cat, cat").correct, false);
  EXPECT_EQ(read_answer(http_answer(200, kGood), "catfish, cat").correct, false);
}

TEST(Answer, AServerWithoutOurParametersIsNamedByItsModel) {
  const LoadOutcome outcome = read_answer(http_answer(200, R"({"model_name":"resnet","outputs":[
        {"name":"y","datatype":"FP32","shape":[1],"data":[3]}]})"),
                                          "cat");
  EXPECT_EQ(outcome.end, End::answered);
  EXPECT_EQ(outcome.variant, "resnet");
  EXPECT_FALSE(outcome.cost);
  EXPECT_FALSE(outcome.correct);  // numbers name no class
}

TEST(Answer, RefusalsAreToldFromFailures) {
  for (const int status : {429, 503}) {
    const LoadOutcome outcome =
        read_answer(http_answer(status, R"({"error":"no capacity"})"), "cat");
    EXPECT_EQ(outcome.end, End::refused) << status;
    EXPECT_EQ(outcome.trouble, "HTTP " + std::to_string(status) + ": no capacity");
  }
  for (const int status : {400, 404, 500, 504, 302}) {
    EXPECT_EQ(read_answer(http_answer(status, ""), "cat").end, End::failed) << status;
  }
  const LoadOutcome lost = read_answer(Error{ErrorCode::unavailable, "connection refused"}, "cat");
  EXPECT_EQ(lost.end, End::failed);
  EXPECT_EQ(lost.trouble, "connection refused");
}

TEST(Answer, WhatCannotBeReadIsAFailure) {
  for (const char* body : {"", "hello", "[]", "{", R"({"outputs":[{"name":3}]})"}) {
    const LoadOutcome outcome = read_answer(http_answer(200, body), "cat");
    EXPECT_EQ(outcome.end, End::failed) << body;
    EXPECT_NE(outcome.trouble.find("cannot be read"), std::string::npos) << body;
  }
}

TEST(Answer, LongAndBinaryTroubleStaysOneShortLine) {
  const LoadOutcome outcome =
      read_answer(http_answer(500, std::string(100, '\n') + std::string(1000, 'x')), "");
  EXPECT_LT(outcome.trouble.size(), 200U);
  EXPECT_EQ(outcome.trouble.find('\n'), std::string::npos);
  // Never cut inside a character.
  std::string text;
  for (int i = 0; i < 200; ++i) text += "µ";
  const std::string cut = read_answer(http_answer(500, "x" + text), "").trouble;
  EXPECT_EQ(cut.substr(cut.size() - 5), "µ...");
}

}  // namespace
}  // namespace paragon

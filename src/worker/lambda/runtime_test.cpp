#include "worker/lambda/runtime.h"

#include <gmock/gmock.h>

#include "wire/raw_client.h"
#include "worker/lambda/events.h"
#include "worker/lambda/test_api.h"

namespace paragon {
namespace {

using ::testing::HasSubstr;
using testing::RuntimeApi;
using namespace std::chrono_literals;

class LambdaRuntimeTest : public ::testing::Test {
 protected:
  // With a handler that keeps what it gets in `events` and answers when the test does.
  void begin() { begin_with(*LambdaRuntime::endpoint(api.address().c_str())); }
  void begin_with(const http::Endpoint& endpoint) {
    runtime = std::make_unique<LambdaRuntime>(
        loop, endpoint,
        [this](std::string event, LambdaRuntime::Answer answer) {
          events.push_back(std::move(event));
          answers.push_back(std::move(answer));
        },
        [this](Status status) {
          EXPECT_FALSE(ended) << "ended twice";
          ended = std::move(status);
        });
  }
  bool until(const std::function<bool()>& done) { return run_until(loop, done); }

  Loop loop;
  RuntimeApi api{loop};
  std::unique_ptr<LambdaRuntime> runtime;
  std::vector<std::string> events;
  std::vector<LambdaRuntime::Answer> answers;
  std::optional<Status> ended;
};

TEST_F(LambdaRuntimeTest, HandsBackOneAnswerAfterTheOther) {
  begin();
  EXPECT_FALSE(api.waiting()) << "before it is ready";
  runtime->start();
  api.invoke("first");
  api.invoke("second");
  ASSERT_TRUE(until([&] { return events.size() == 1; }));
  EXPECT_EQ(events[0], "first");
  EXPECT_FALSE(api.waiting()) << "one at a time";
  answers[0](std::string("one"));
  answers[0](std::string("again"));
  ASSERT_TRUE(until([&] { return events.size() == 2; }));
  answers[0](std::string("late"));
  answers[1](std::string("two"));
  ASSERT_TRUE(until([&] { return api.waiting(); }));
  ASSERT_EQ(api.told.size(), 2U);
  EXPECT_EQ(api.told[0].what, "1/response");
  EXPECT_EQ(api.told[0].body, "one");
  EXPECT_EQ(api.told[1].what, "2/response");
  EXPECT_EQ(api.told[1].body, "two");
  EXPECT_FALSE(ended);
}

TEST_F(LambdaRuntimeTest, AnErrorIsToldAndTheNextEventAnswered) {
  begin();
  runtime->start();
  api.invoke("bad");
  ASSERT_TRUE(until([&] { return events.size() == 1; }));
  answers[0](Error{ErrorCode::invalid, "no \"request\""});
  ASSERT_TRUE(until([&] { return api.waiting(); }));
  ASSERT_EQ(api.told.size(), 1U);
  EXPECT_EQ(api.told[0].what, "1/error");
  EXPECT_EQ(api.told[0].error_type, "Paragon.invalid");
  EXPECT_EQ(api.told[0].body,
            R"({"errorMessage":"no \"request\"","errorType":"Paragon.invalid","stackTrace":[]})");
}

TEST_F(LambdaRuntimeTest, AnAnswerThatIsTooLargeBecomesAnError) {
  begin();
  runtime->start();
  api.invoke("event");
  ASSERT_TRUE(until([&] { return events.size() == 1; }));
  api.status = 413;
  answers[0](std::string("huge"));
  ASSERT_TRUE(until([&] { return api.waiting(); }));
  ASSERT_EQ(api.told.size(), 2U);
  EXPECT_EQ(api.told[1].what, "1/error");
  EXPECT_THAT(api.told[1].body, HasSubstr("larger than Lambda takes"));
}

TEST_F(LambdaRuntimeTest, StopsAtOnceWhileItWaits) {
  begin();
  runtime->start();
  ASSERT_TRUE(until([&] { return api.waiting(); }));
  runtime->stop();
  ASSERT_TRUE(until([&] { return ended.has_value(); }));
  EXPECT_TRUE(ended->ok());
}

TEST_F(LambdaRuntimeTest, StopsAfterTheEventAtHand) {
  begin();
  runtime->start();
  api.invoke("event");
  ASSERT_TRUE(until([&] { return events.size() == 1; }));
  runtime->stop();
  answers[0](std::string("answer"));
  ASSERT_TRUE(until([&] { return ended.has_value(); }));
  EXPECT_TRUE(ended->ok());
  ASSERT_EQ(api.told.size(), 1U);
  EXPECT_EQ(api.told[0].body, "answer");
  EXPECT_FALSE(api.waiting());
}

TEST_F(LambdaRuntimeTest, AFailureAtTheStartIsToldAndTheEnd) {
  begin();
  runtime->fail({ErrorCode::not_found, "no such model"});
  ASSERT_TRUE(until([&] { return ended.has_value(); }));
  ASSERT_FALSE(ended->ok());
  EXPECT_EQ(ended->error().message, "no such model");
  ASSERT_EQ(api.told.size(), 1U);
  EXPECT_EQ(api.told[0].what, "init/error");
  EXPECT_EQ(api.told[0].error_type, "Paragon.not_found");
}

TEST_F(LambdaRuntimeTest, ARuntimeApiThatFailsIsTheEnd) {
  begin();
  api.next_status = 500;
  runtime->start();
  ASSERT_TRUE(until([&] { return ended.has_value(); }));
  ASSERT_FALSE(ended->ok());
  EXPECT_THAT(ended->error().message, HasSubstr("answered 500 to the next event"));
}

TEST_F(LambdaRuntimeTest, ARuntimeApiThatGoesIsTheEnd) {
  begin();
  runtime->start();
  ASSERT_TRUE(until([&] { return api.waiting(); }));
  api.die();
  ASSERT_TRUE(until([&] { return ended.has_value(); }));
  ASSERT_FALSE(ended->ok());
  EXPECT_EQ(ended->error().code, ErrorCode::unavailable);
}

TEST_F(LambdaRuntimeTest, MayBeDestroyedWithAnEventAtHand) {
  begin();
  runtime->start();
  api.invoke("event");
  ASSERT_TRUE(until([&] { return events.size() == 1; }));
  runtime.reset();
  answers[0](std::string("nobody takes it"));
  loop.post([&] { loop.stop(); });
  loop.run();
  EXPECT_TRUE(api.told.empty());
}

TEST(LambdaRuntimeEndpoint, SaysWhatTheVariableIsFor) {
  EXPECT_THAT(LambdaRuntime::endpoint(nullptr).error().message,
              HasSubstr("AWS_LAMBDA_RUNTIME_API is not set"));
  EXPECT_THAT(LambdaRuntime::endpoint("host:port:x").error().message,
              HasSubstr("AWS_LAMBDA_RUNTIME_API: "));
  EXPECT_EQ(LambdaRuntime::endpoint("127.0.0.1:9001")->port, 9001);
}

TEST(LambdaEventsTest, AnswersRequestsAndRefusesWhatIsNone) {
  Loop loop;
  LambdaEvents events(loop, [](http::Request&& request, const http::Reply& reply) {
    if (request.path == "/drop") return;
    http::Response response;
    response.body = request.path == "/large" ? std::string(5'000'000, 'x') : request.body;
    reply(std::move(response));
  });
  events.initialised(120ms);
  std::vector<Result<std::string>> said;
  const auto ask = [&](const std::string& event) {
    events.answer(event, [&](Result<std::string> answer) { said.push_back(std::move(answer)); });
  };
  ask(R"({"method":"POST","target":"/echo","body":"aGk="})");
  ask(R"({"method":"POST","target":"/echo","body":"aGk="})");
  ask(R"({"key1":"value1"})");
  ask(R"({"method":"GET","target":"/large"})");
  ask(R"({"method":"GET","target":"/drop"})");
  ASSERT_EQ(said.size(), 5U);
  ASSERT_TRUE(said[0]);
  EXPECT_THAT(*said[0], HasSubstr(R"("status":200)"));
  EXPECT_THAT(*said[0],
              HasSubstr(R"("body":"aGk=","cold":true,"provisioned":false,"initialised_ms":120)"));
  EXPECT_THAT(*said[1], HasSubstr(R"("cold":false)"));
  EXPECT_EQ(said[2].error().code, ErrorCode::invalid);
  EXPECT_THAT(said[3].error().message, HasSubstr("an answer of 5000000 bytes"));
  EXPECT_THAT(*said[4], HasSubstr(R"("status":500)"));
}

TEST(ProcessAge, GrowsFromTheStart) {
  const Duration age = process_age();
  EXPECT_GE(age, Duration{});
  EXPECT_LT(age, 1h);  // not the age of the system
}

}  // namespace
}  // namespace paragon

// Reports, failures, and answers that are wrong. Right ones, rendered from AWS's own model, are
// read in tests/aws.
#include "cloud/aws/lambda_answer.h"

#include <gmock/gmock.h>

#include "base/random.h"
#include "wire/base64.h"

namespace paragon::aws::lambda {
namespace {

using testing::HasSubstr;

constexpr const char* kLog =
    "START RequestId: 6f1 Version: $LATEST\nREPORT RequestId: no\nEND RequestId: 6f1\n"
    "REPORT RequestId: 6f1\tDuration: 12.34 ms\tBilled Duration: 113 ms\tMemory Size: 1024 MB\t"
    "Max Memory Used: 87 MB\tInit Duration: 100.21 ms\t\n";

TEST(LambdaAnswer, ReadsTheReportOfAColdStart) {
  const auto report = read_report(kLog);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->duration, from_milliseconds(12.34));
  EXPECT_EQ(report->billed, from_milliseconds(113));
  EXPECT_EQ(report->initialised, from_milliseconds(100.21));
  EXPECT_EQ(report->memory, megabytes(1024));
  EXPECT_EQ(report->memory_used, megabytes(87));
}

TEST(LambdaAnswer, AWarmStartHasNoInitialisation) {
  std::string log = kLog;
  log.erase(log.find("\tInit"));
  const auto report = read_report(log);
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->initialised);
}

TEST(LambdaAnswer, AReportThatIsNotWholeIsNone) {
  EXPECT_FALSE(read_report(""));
  EXPECT_FALSE(read_report("REPORT RequestId: 6f1\tDuration: 12.34 ms\t"));
  std::string log = kLog;
  log.replace(log.find("113 ms"), 6, "113 s");
  EXPECT_FALSE(read_report(log));
}

TEST(LambdaAnswer, ReadsAnInvocation) {
  http::Answer answer{200, {}, "{\"ok\":true}"};
  answer.headers.add("X-Amz-Executed-Version", "7");
  answer.headers.add("X-Amz-Log-Result", base64(kLog));
  const auto invocation = read_invocation(std::move(answer));
  EXPECT_EQ(invocation.payload, "{\"ok\":true}");
  EXPECT_EQ(invocation.version, "7");
  EXPECT_EQ(invocation.log, kLog);
  EXPECT_FALSE(failure_of(invocation, "f"));
}

TEST(LambdaAnswer, SaysHowTheFunctionFailed) {
  const auto failure = [](const char* payload) {
    return *failure_of(Invocation{payload, "Unhandled", "", ""}, "paragon-512");
  };
  const Error late = failure(
      "{\"errorMessage\":\"2026-01-31T23:59:59.000Z 6f1 Task timed out after 3.00 seconds\"}");
  EXPECT_EQ(late.code, ErrorCode::timeout);
  EXPECT_THAT(late.message, HasSubstr("function paragon-512 failed (Unhandled): 2026"));
  EXPECT_EQ(failure("{\"errorType\":\"Sandbox.Timedout\",\"errorMessage\":\"x\"}").code,
            ErrorCode::timeout);
  EXPECT_EQ(
      failure("{\"errorType\":\"Runtime.ExitError\",\"errorMessage\":\"signal: killed\"}").code,
      ErrorCode::unavailable);
  EXPECT_EQ(failure("{\"errorType\":\"ValueError\",\"errorMessage\":\"no such model\"}").code,
            ErrorCode::internal);
  EXPECT_THAT(failure("not JSON").message, HasSubstr("not JSON"));
}

TEST(LambdaAnswer, IsReadyOnlyWhenActiveAndUpdated) {
  const auto ready = [](const std::string& state, const std::string& update) {
    const auto read = read_function("{\"FunctionName\":\"f\",\"State\":\"" + state +
                                    "\",\"LastUpdateStatus\":\"" + update + "\"}");
    return read.value().ready();
  };
  EXPECT_TRUE(ready("Active", "Successful"));
  EXPECT_FALSE(ready("Pending", "Successful"));
  EXPECT_FALSE(ready("Active", "InProgress"));
  EXPECT_FALSE(ready("", ""));
}

TEST(LambdaAnswer, SurvivesWhatTheNetDoesToIt) {
  const std::string whole =
      "{\"Functions\":[{\"FunctionName\":\"f\",\"MemorySize\":128,\"Environment\":{\"Variables\":"
      "{\"A\":\"b\"}}}],\"NextMarker\":null}";
  ASSERT_TRUE(read_list_functions(whole));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(read_list_functions(whole.substr(0, size))) << size;
  }
  Random random(5);
  for (int i = 0; i < 5000; ++i) {
    std::string changed = whole;
    changed[random.below(changed.size())] = static_cast<char>(random.below(256));
    const auto read = read_list_functions(changed);
    if (!read) {
      EXPECT_EQ(read.error().code, ErrorCode::unavailable);
    }
  }
  EXPECT_FALSE(read_list_functions("{\"Functions\":[1]}"));
  EXPECT_FALSE(read_function("[]"));
  EXPECT_FALSE(read_get_function("{\"Configuration\":3}"));
}

}  // namespace
}  // namespace paragon::aws::lambda

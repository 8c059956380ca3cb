#include "cloud/aws/fault.h"

#include <gmock/gmock.h>

namespace paragon::aws {
namespace {

using testing::HasSubstr;

http::Answer answer(int status, std::string body) { return {status, {}, std::move(body)}; }

TEST(Fault, ReadsEc2sEnvelope) {
  const Fault fault = read_xml_fault(
      answer(400,
             "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Errors><Error>"
             "<Code>InvalidAMIID.NotFound</Code><Message>The image id &apos;[ami-1]&apos; does not "
             "exist</Message></Error></Errors><RequestID>ea966190-f9aa</RequestID></Response>"));
  EXPECT_EQ(fault.code, "InvalidAMIID.NotFound");
  EXPECT_EQ(fault.message, "The image id '[ami-1]' does not exist");
  EXPECT_EQ(fault.request_id, "ea966190-f9aa");
  const Error error = as_error(fault, "EC2 RunInstances in eu-central-1");
  EXPECT_EQ(error.code, ErrorCode::not_found);
  EXPECT_EQ(
      error.message,
      "EC2 RunInstances in eu-central-1: AWS answered 400 InvalidAMIID.NotFound: The image id "
      "'[ami-1]' does not exist (request ea966190-f9aa); check the id and the region");
}

TEST(Fault, ReadsTheEnvelopeOfSts) {
  const Fault fault = read_xml_fault(
      answer(403,
             "<ErrorResponse "
             "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>"
             "<Code>ExpiredToken</Code><Message>expired</Message></Error><RequestId>r1</RequestId>"
             "</ErrorResponse>"));
  EXPECT_EQ(fault.code, "ExpiredToken");
  EXPECT_EQ(fault.request_id, "r1");
  EXPECT_TRUE(credentials_expired(fault));
  EXPECT_FALSE(may_be_retried(fault));
}

TEST(Fault, ReadsLambdas) {
  http::Answer given = answer(429,
                              "{\"Reason\":\"ReservedFunctionConcurrentInvocationLimitExceeded\","
                              "\"Type\":\"User\",\"message\":\"Rate Exceeded.\"}");
  given.headers.add("x-amzn-ErrorType", "TooManyRequestsException");
  given.headers.add("x-amzn-RequestId", "r2");
  const Fault fault = read_json_fault(given);
  EXPECT_EQ(fault.code, "TooManyRequestsException");
  EXPECT_EQ(fault.message, "Rate Exceeded.");
  EXPECT_EQ(fault.request_id, "r2");
  EXPECT_EQ(code_of(fault), ErrorCode::throttled);
  EXPECT_TRUE(may_be_retried(fault));
}

TEST(Fault, TypesLoseTheirNamespaceAndTheirLink) {
  http::Answer linked = answer(403, "{}");
  linked.headers.add("X-Amzn-ErrorType",
                     "AccessDeniedException:http://internal.amazon.com/coral/com.amazon.coral/");
  EXPECT_EQ(read_json_fault(linked).code, "AccessDeniedException");
  EXPECT_EQ(read_json_fault(answer(400, "{\"__type\":\"com.amazon.x#ValidationException\"}")).code,
            "ValidationException");
}

TEST(Fault, WhatCannotBeReadGoesByItsStatus) {
  const Fault proxy = read_xml_fault(answer(502, "<html>bad\r\ngateway" + std::string(500, 'x')));
  EXPECT_EQ(code_of(proxy), ErrorCode::unavailable);
  EXPECT_TRUE(may_be_retried(proxy));
  EXPECT_THAT(proxy.message, HasSubstr("bad"));
  EXPECT_LE(proxy.message.size(), 203u);
  EXPECT_EQ(as_error(proxy, "x").message.find('\n'), std::string::npos);
  for (const auto& [status, code] : {std::pair{400, ErrorCode::invalid},
                                     {403, ErrorCode::denied},
                                     {404, ErrorCode::not_found},
                                     {429, ErrorCode::throttled},
                                     {500, ErrorCode::unavailable}}) {
    EXPECT_EQ(code_of(read_json_fault(answer(status, "[]"))), code) << status;
    EXPECT_EQ(code_of(read_json_fault(answer(status, "\xff{"))), code) << status;
    EXPECT_EQ(code_of(read_xml_fault(answer(status, ""))), code) << status;
  }
}

TEST(Fault, CodesMeanWhatAwsDocuments) {
  struct Row {
    const char* code;
    int status;
    ErrorCode means;
    bool retry;
  };
  for (const Row& row : {
           Row{"RequestLimitExceeded", 503, ErrorCode::throttled, true},
           Row{"ThrottlingException", 400, ErrorCode::throttled, true},
           Row{"InsufficientInstanceCapacity", 500, ErrorCode::insufficient_capacity, false},
           Row{"VcpuLimitExceeded", 400, ErrorCode::insufficient_capacity, false},
           Row{"SpotMaxPriceTooLow", 400, ErrorCode::insufficient_capacity, false},
           Row{"Unsupported", 400, ErrorCode::insufficient_capacity, false},
           Row{"UnsupportedOperation", 400, ErrorCode::invalid, false},
           Row{"UnauthorizedOperation", 403, ErrorCode::denied, false},
           Row{"AuthFailure", 401, ErrorCode::denied, false},
           Row{"SignatureDoesNotMatch", 403, ErrorCode::denied, false},
           Row{"InvalidInstanceID.NotFound", 400, ErrorCode::not_found, false},
           Row{"InvalidInstanceID.Malformed", 400, ErrorCode::invalid, false},
           Row{"IdempotentParameterMismatch", 400, ErrorCode::invalid, false},
           Row{"InternalError", 500, ErrorCode::unavailable, true},
           Row{"ResourceConflictException", 409, ErrorCode::unavailable, true},
           Row{"SomethingNew", 500, ErrorCode::unavailable, true},
           Row{"SomethingNew", 400, ErrorCode::invalid, false},
       }) {
    const Fault fault{row.status, row.code, "", ""};
    EXPECT_EQ(code_of(fault), row.means) << row.code;
    EXPECT_EQ(may_be_retried(fault), row.retry) << row.code;
  }
}

TEST(Fault, ADryRunSucceedsByFailing) {
  EXPECT_TRUE(dry_run_would_succeed({412, "DryRunOperation", "", ""}));
  EXPECT_FALSE(dry_run_would_succeed({403, "UnauthorizedOperation", "", ""}));
}

}  // namespace
}  // namespace paragon::aws

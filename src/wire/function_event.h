// A request and its answer as JSON: what goes to a function and comes back from a cloud whose
// functions take JSON and not HTTP (AWS Lambda).
//
//   event   {"method":"POST","target":"/v2/models/m/infer?x=1","headers":{"content-type":"..."},
//            "body":"<base64>"}
//   answer  {"status":200,"headers":{...},"body":"<base64>","cold":true,"provisioned":false,
//            "initialised_ms":123.4,"run_ms":1.2}
//
// An absent body is an empty one. A header that repeats is written once, its values joined by
// commas. What is not known is skipped. Pure: who sends and who receives both use this file.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "wire/http_client.h"

namespace paragon {

// Bytes of JSON, either way; Lambda's limit. A body may have three quarters of it.
inline constexpr std::size_t kFunctionJsonMax = 6 * 1024 * 1024;

// Error: invalid when it is over the limit, with the sizes.
Result<std::string> write_function_event(http::Method method, std::string_view target,
                                         const http::Headers& headers, std::string_view body);

// The request as a server would have read it; `arrived` is left to the caller. Error: invalid, with
// what is wrong with which field.
Result<http::Request> read_function_event(std::string_view json);

// What the worker knows of the environment that answered.
struct FunctionRun {
  bool cold = false;         // its first event, which waited for it to be initialised
  bool provisioned = false;  // it is kept initialised, called or not
  Duration initialised{};    // from the start of the process to its first event
  Duration run{};            // of this event, inside the worker
};
struct FunctionReply {
  http::Answer answer;
  FunctionRun ran;
};

// Errors: invalid when it is over the limit, with the sizes.
Result<std::string> write_function_reply(const http::Response& response, const FunctionRun& ran);
// Error: unavailable when it is not such an answer, with what is wrong with which field.
Result<FunctionReply> read_function_reply(std::string_view json);

}  // namespace paragon

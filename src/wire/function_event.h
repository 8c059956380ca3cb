// A request and its answer as JSON: what goes to a function and comes back from a cloud whose
// functions take JSON and not HTTP (AWS Lambda).
//
//   event   {"method":"POST","target":"/v2/models/m/infer?x=1","headers":{"content-type":"..."},
//            "body":"<base64>"}
//   answer  {"status":200,"headers":{...},"body":"<base64>","cold":true,"initialised_ms":123.4,
//            "run_ms":1.2}
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

struct FunctionReply {
  http::Answer answer;
  bool cold = false;       // the first event of its environment
  Duration initialised{};  // of the environment, from the start of the process to its first event
  Duration run{};          // of this event, inside the worker
};

// Errors: invalid when it is over the limit, with the sizes.
Result<std::string> write_function_reply(const http::Response& response, bool cold,
                                         Duration initialised, Duration run);
// Error: unavailable when it is not such an answer, with what is wrong with which field.
Result<FunctionReply> read_function_reply(std::string_view json);

}  // namespace paragon

// The function's side of the AWS Lambda Runtime API: takes one event after the other from whoever
// runs the function, and hands back what the handler makes of each.
//
//   GET  /2018-06-01/runtime/invocation/next             waits, for as long as it takes
//   POST /2018-06-01/runtime/invocation/{id}/response    the handler's answer
//   POST /2018-06-01/runtime/invocation/{id}/error       its error, as errorType and errorMessage
//   POST /2018-06-01/runtime/init/error                  why there will be no answer at all
//
// Promises:
// 1. One event at a time: the next is asked for when the last one's answer has been taken.
// 2. `ended` is called exactly once, later: with ok after stop(), else with what went wrong. A
//    Runtime API that fails is such an end: the environment is of no use then, and starts anew.
// Everything runs on the loop's thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "wire/http_client.h"
#include "wire/loop.h"

namespace paragon {

class LambdaRuntime {
 public:
  // Called once for each event, now or later.
  using Answer = std::function<void(Result<std::string>)>;
  using Handler = std::function<void(std::string event, Answer answer)>;

  // From AWS_LAMBDA_RUNTIME_API ("127.0.0.1:9001"). Error: invalid, with what the variable is for.
  static Result<http::Endpoint> endpoint(const char* variable);

  LambdaRuntime(Loop& loop, http::Endpoint api, Handler handler, std::function<void(Status)> ended);
  ~LambdaRuntime();

  void start();  // the function is ready: asks for its first event
  void stop();   // ends at once, or after the event at hand
  // Instead of start(): says that the function cannot run, and ends with this error.
  void fail(const Error& error);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace paragon

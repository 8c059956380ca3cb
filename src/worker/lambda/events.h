// Events of a function answered by an HTTP handler, such as the worker's own.
#pragma once

#include "wire/http_server.h"
#include "wire/loop.h"
#include "worker/lambda/runtime.h"

namespace paragon {

// Since this process was started, by the system's count (in steps of 10 ms). Frozen time counts.
Duration process_age();

// Reads an event into a request (wire/function_event.h), and its answer into JSON. What is no
// request is an error of the event, and so is an answer over the limit. Whether the environment is
// kept provisioned it knows from AWS_LAMBDA_INITIALIZATION_TYPE. Must outlive the handler's
// replies.
class LambdaEvents {
 public:
  LambdaEvents(Loop& loop, http::Handler handler);
  // To be said when the first event is asked for; goes into every answer.
  void initialised(Duration took) { initialised_ = took; }
  void answer(const std::string& event, LambdaRuntime::Answer done);

 private:
  Loop& loop_;
  http::Handler handler_;
  Duration initialised_{};
  bool provisioned_;
  bool cold_;  // nobody waits for the start of one that is kept provisioned
};

}  // namespace paragon

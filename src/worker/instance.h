// What whoever runs the worker on a cloud asks it: GET /paragon/v1/instance.
//
//   {"heard_s": 5.0, "orphan_after_s": 600, "interruption": {"action":"terminate","in_s":118.2}}
//
// The question is its controller's sign of life, and heard_s says how long ago the one before was
// (the first: since the start). A worker that hears nothing for `orphan_after` is orphaned: nobody
// would end it, and it would be paid for until somebody looks. interruption: null until the cloud
// has said that it will take the instance away. Times are seconds; runs on the loop's thread.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/time.h"
#include "wire/http.h"
#include "wire/loop.h"

namespace paragon {

class Instance {
 public:
  struct Interruption {
    std::string action;  // "terminate", "stop" or "hibernate"
    Time at{};
  };

  // `orphaned` is called once, when orphan_after has passed without a question; never where that is
  // not given.
  Instance(Loop& loop, std::optional<Duration> orphan_after, std::function<void()> orphaned);

  http::Response answer();  // to the question, which counts as heard
  void interrupted(std::optional<Interruption> interruption) {
    interruption_ = std::move(interruption);
  }

 private:
  void watch();

  Loop& loop_;
  std::optional<Duration> orphan_after_;
  std::function<void()> orphaned_;
  std::optional<Interruption> interruption_;
  Time heard_;
  Loop::Timer timer_;
};

}  // namespace paragon

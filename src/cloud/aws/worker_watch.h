// The worker on one instance as the cloud asks about it: first until it is ready, then as a
// heartbeat, which tells the worker that its controller lives and us when the instance will be
// taken away.
#pragma once

#include <functional>
#include <memory>

#include "base/time.h"
#include "wire/http_client.h"
#include "wire/loop.h"

namespace paragon::aws {

// What a worker says of its instance. Error: unavailable, when it is not that.
struct WorkerWord {
  std::optional<Duration> taken_in;  // its spot instance will be taken away then
};
Result<WorkerWord> read_worker_word(const std::string& body);

inline constexpr const char* kReadyPath = "/v2/health/ready";
inline constexpr const char* kInstancePath = "/paragon/v1/instance";

class WorkerWatch {
 public:
  struct Listener {
    std::function<void()> on_ready;                       // once
    std::function<void(Duration notice)> on_interrupted;  // once
  };

  // Asks every `every` (sooner until it is ready). Must not be destroyed from inside a callback;
  // after its end none is called.
  WorkerWatch(Loop& loop, http::Endpoint endpoint, Duration every, Listener listener);
  ~WorkerWatch();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace paragon::aws

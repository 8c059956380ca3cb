// The Cloud: what capacity is bought from. local/ runs it as processes on this machine; others
// follow behind the same seam.
//
// Promises of every implementation (checked by one contract suite):
// 1. Level-triggered: list() is the truth. Events tell of changes in one ordered stream; an event
//    may repeat, none is needed for correctness after a list().
// 2. launch() with the same id twice launches one machine. The id comes from the brain and names
//    the order and the machine.
// 3. terminate() may be repeated until the answer is MachineGone; of an unknown machine it answers
//    MachineGone.
// 4. Every invoke() is answered exactly once, with an answer or an error.
// 5. Nothing is left running for ever: what this cloud started ends with it, or by itself once it
//    has not heard from its controller for a while; until then list() of the next controller has
//    it.
// Everything runs on the loop's thread; calls never block.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "base/units.h"
#include "catalog/provisioned.h"
#include "wire/http_client.h"

namespace paragon {

// The machine answers the Open Inference Protocol at `endpoint`.
struct MachineReady {
  MachineId machine;
  http::Endpoint endpoint;
};
// Will never be ready, or was lost: a boot failure, a crash, no capacity.
struct MachineFailed {
  MachineId machine;
  Error error;
  bool never_ran = false;         // the order was refused: there was no machine, nothing is billed
  bool billed_on = false;         // it is being ended; MachineGone follows, until then it is billed
  std::optional<Duration> ran{};  // as MachineGone's
};
// Will be taken away after `notice` (spot). MachineGone follows.
struct MachineInterrupted {
  MachineId machine;
  Duration notice;
};
// Ended as asked. Billing has stopped.
struct MachineGone {
  MachineId machine;
  // How long the cloud counts that it ran, which is what is billed; zero: it never did. None: from
  // its order until now.
  std::optional<Duration> ran{};
};
// A call that brought no answer, or brought it after it was given up, is billed nevertheless. Comes
// before the call's error where it is known by then. Where nobody knows what the call did it is
// billed as if it had run until it was lost.
struct CallBilled {
  FunctionOfferId offer;
  Duration billed{};  // as the offer's billing step rounds it
};
struct Listed {
  struct Machine {
    MachineId machine;
    MachineOfferId offer;
    bool ready = false;
    Duration ran{};  // so far, as the cloud counts it; zero where it does not
  };
  std::vector<Machine> machines;
};
using CloudEvent = std::variant<MachineReady, MachineFailed, MachineInterrupted, MachineGone,
                                CallBilled, Listed, ProvisionedState>;

// One query for a function: the worker's HTTP body as it would go to a machine.
struct FunctionCall {
  FunctionOfferId offer;
  VariantId variant;
  std::string target;  // "/v2/models/garment_s/infer"
  http::Headers headers;
  std::shared_ptr<const std::string> body;
  Duration timeout = std::chrono::seconds(60);
  http::Method method = http::Method::post;
};

struct FunctionAnswer {
  http::Answer answer;
  bool cold = false;         // an environment was started for it
  bool provisioned = false;  // it ran in one that is kept
  Duration billed{};         // as the offer's billing step rounds it
  Duration initialised{};    // of a cold start: process start and model load
};

class Cloud {
 public:
  using OnEvent = std::function<void(const CloudEvent&)>;
  // Errors: throttled (concurrency limit), unavailable (environment lost), timeout, invalid
  // (payload over the limit).
  using OnAnswer = std::function<void(Result<FunctionAnswer>)>;

  virtual ~Cloud() = default;
  virtual void launch(MachineOfferId offer, MachineId id) = 0;
  // Lets the machine finish what it runs (at most its drain time), then ends it.
  virtual void terminate(MachineId id) = 0;
  virtual void invoke(FunctionCall call, OnAnswer done) = 0;
  virtual void list() = 0;  // answered by a Listed event
  // These environments should be kept initialised from now on, called or not, and none else. Each
  // change is told by a ProvisionedState; for a pair that is no longer wanted the last one says
  // that none is kept, and that nothing more is billed. A cloud without such a thing does nothing.
  virtual void provision(const std::vector<Provisioned>&) {}
};

}  // namespace paragon

// What comes into the brain: queries, and how the world answered its decisions.
#pragma once

#include <cstdint>
#include <optional>

#include "base/id.h"
#include "base/time.h"
#include "base/units.h"
#include "catalog/constraints.h"

namespace paragon {

struct Query {
  TaskId task;
  Constraints constraints;          // what the client said; the task's defaults fill the rest
  std::optional<VariantId> pinned;  // the client named a variant: selection is skipped
};

// How one attempt at a query ended.
enum class Ending : std::uint8_t {
  answered,   // by the model
  rejected,   // the worker refused it for good (bad input): nothing to try again
  lost,       // the machine or environment went away before the answer: the query goes elsewhere
  throttled,  // the function's concurrency limit was hit: likewise
  abandoned,  // the client has gone: nobody waits for an answer
};

// The attempt brought nothing, and the query is to go elsewhere.
constexpr bool goes_elsewhere(Ending ending) {
  return ending == Ending::lost || ending == Ending::throttled;
}

struct Outcome {
  DecisionId decision;  // which attempt this is about; an outdated one is ignored
  Ending ending = Ending::answered;
  Duration service{};        // time on the slot or in the environment, as the worker measured it
  bool cold = false;         // functions: an environment had to be started
  Duration billed{};         // functions: as the cloud rounds it
  bool provisioned = false;  // functions: it ran in an environment that is kept provisioned
};

enum class MachineEventKind {
  ready,        // answers queries from now on
  failed,       // boot failure or crash: gone, not billed from here on
  lost,         // does no work any more, but is billed until `failed` or `gone` follows
  interrupted,  // will be taken away after the notice: serves on until shortly before
  gone,         // ended as ordered
};

struct MachineEvent {
  MachineId machine;
  MachineEventKind kind = MachineEventKind::ready;
  Duration notice{};       // interrupted only
  bool never_ran = false;  // failed only: the cloud had none, so nothing is billed
  // failed and gone: how long it ran in all, as the cloud counts it; none: since it was bought
  std::optional<Duration> ran{};
};

}  // namespace paragon

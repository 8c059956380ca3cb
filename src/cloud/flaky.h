// A cloud that fails as real ones do, around any other: for tests, by seed.
//
// Each kind of fault draws from a random stream of its own, so one rate can be changed without
// moving the others' faults. With all rates zero it is the cloud inside, nothing else.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "base/random.h"
#include "cloud/cloud.h"
#include "wire/loop.h"

namespace paragon {

struct FlakySettings {
  std::uint64_t seed = 1;
  // Shares, 0 to 1.
  double launch_fails = 0;  // MachineFailed, insufficient_capacity; the cloud inside never hears
  double invoke_throttled = 0;  // likewise
  double invoke_fails = 0;      // unavailable: half before the call, half after, its answer lost
  double event_lost = 0;
  double event_repeated = 0;
  // Mean times from ready, exponential; zero: never.
  Duration dies_after{};
  Duration interrupted_after{};
  Duration notice = std::chrono::seconds(120);  // between MachineInterrupted and the end
};

class Flaky final : public Cloud {
 public:
  // Makes the cloud inside, which reports to the given callback.
  using Make = std::function<std::unique_ptr<Cloud>(OnEvent)>;

  Flaky(Loop& loop, const FlakySettings& settings, const Make& make, OnEvent on_event);

  // How a machine is made to die. Unset: it is terminated and its MachineGone becomes
  // MachineFailed, which is gentler than a crash, for it finishes what it runs.
  void set_kill(std::function<void(MachineId)> kill) { kill_ = std::move(kill); }

  void launch(MachineOfferId offer, MachineId id) override;
  void terminate(MachineId id) override;
  void invoke(FunctionCall call, OnAnswer done) override;
  void list() override;
  void provision(const std::vector<Provisioned>& wanted) override { inside_->provision(wanted); }

 private:
  struct Doom {
    Loop::Timer death;
    Loop::Timer interruption;
    bool died = false;
  };

  void pass(const CloudEvent& event);  // from inside
  void deliver(const CloudEvent& event);
  void doom(MachineId id);
  void die(MachineId id);
  void interrupt(MachineId id);

  Loop& loop_;
  const FlakySettings settings_;
  OnEvent on_event_;
  std::function<void(MachineId)> kill_;
  Random events_;
  Random calls_;
  std::map<MachineId, Doom> dooms_;
  std::shared_ptr<Flaky*> self_;
  std::unique_ptr<Cloud> inside_;  // ends first
};

}  // namespace paragon

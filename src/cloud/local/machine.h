// One machine of the local cloud: a worker process from the order to its end.
//
//   booting ──ready and delay over──► ready ──terminate──► draining ──exit──► ended (gone)
//      └────────── exit, or not ready in time ──────────────────────────────► ended (failed)
//
// The process starts with the order; the machine is ready when the process says so and the
// provisioning delay is over, whichever is later.
#pragma once

#include <functional>
#include <memory>

#include "catalog/offer.h"
#include "cloud/cloud.h"
#include "cloud/local/host.h"

namespace paragon {

class LocalMachine {
 public:
  // Called with MachineReady at most once and with MachineFailed or MachineGone exactly once. May
  // be called from inside the constructor and terminate(); must not destroy the machine.
  using Report = std::function<void(CloudEvent)>;

  LocalMachine(Loop& loop, Host& host, MachineId id, MachineOfferId offer_id,
               const MachineOffer& offer, int slots, Duration delay,
               const LocalCloudSettings& settings, Report report);

  void terminate();  // repeating it changes nothing
  void kill();       // as if the hardware died

  MachineOfferId offer() const { return offer_id_; }
  Vcpus vcpus() const { return vcpus_; }
  bool ready() const { return state_ == State::ready; }
  bool ended() const { return state_ == State::ended; }
  const http::Endpoint* endpoint() const { return worker_ ? &worker_->endpoint() : nullptr; }
  pid_t pid() const { return worker_ ? worker_->child().pid() : 0; }

 private:
  enum class State { booting, ready, draining, ended };

  void look_ready();
  void exited(const Child::Exit& exit);
  void end(CloudEvent last);
  void fail(ErrorCode code, const std::string& what);

  const MachineId id_;
  const MachineOfferId offer_id_;
  const std::string label_;  // "machine 3 (c5.large)"
  const Vcpus vcpus_;
  const Duration drain_time_;
  Report report_;
  State state_ = State::booting;
  bool process_up_ = false;
  bool delay_over_ = false;
  std::unique_ptr<Worker> worker_;
  Loop::Timer delay_;
  Loop::Timer boot_limit_;
};

}  // namespace paragon

// The embedded cloud: machines and functions are processes on this computer.
//
// A machine is `<program> worker ...` with the offer's slots, memory and CPU share, ready after the
// offer's provisioning delay and no earlier than it really is. A function environment is the same
// program in function mode. Time is not scaled: what is slow in the offer is slow here.
//
// Beyond the promises of Cloud: events and answers never come from inside a call; terminate() of a
// machine that failed answers MachineGone; an id once used launches nothing again (it repeats what
// became of it). Destroying the cloud kills everything at once, and should this process be killed
// instead, the workers end by themselves.
#pragma once

#include <map>
#include <memory>
#include <unordered_map>

#include "catalog/catalog.h"
#include "cloud/cloud.h"
#include "cloud/local/functions.h"
#include "cloud/local/machine.h"
#include "cloud/local/settings.h"

namespace paragon {

class LocalCloud final : public Cloud {
 public:
  // `catalog` outlives the cloud. Errors as Host::open.
  static Result<std::unique_ptr<LocalCloud>> open(Loop& loop, const Catalog& catalog,
                                                  const LocalCloudSettings& settings,
                                                  OnEvent on_event);
  ~LocalCloud() override;

  void launch(MachineOfferId offer, MachineId id) override;
  void terminate(MachineId id) override;
  void invoke(FunctionCall call, OnAnswer done) override;
  void list() override;

  // As if the hardware died; MachineFailed follows. For tests and fault injection.
  void kill(MachineId id);

  const std::string& capping() const { return host_->capping(); }  // how CPU is shared out
  const std::string& run_dir() const { return host_->run_dir(); }
  const Host& host() const { return *host_; }
  const LocalMachine* machine(MachineId id) const;
  const Functions& functions() const { return functions_; }

 private:
  LocalCloud(Loop& loop, const Catalog& catalog, const LocalCloudSettings& settings,
             std::unique_ptr<Host> host, OnEvent on_event);

  std::optional<Error> no_room_for(const MachineOffer& offer) const;
  void report(MachineId id, CloudEvent event);
  void emit(CloudEvent event);

  Loop& loop_;
  const Catalog& catalog_;
  const LocalCloudSettings settings_;
  OnEvent on_event_;
  std::unique_ptr<Host> host_;
  Functions functions_;
  std::map<MachineId, std::unique_ptr<LocalMachine>> machines_;
  std::unordered_map<MachineId, CloudEvent> ended_;  // a few bytes for each machine there ever was
  std::shared_ptr<LocalCloud*> self_;  // for events still on their way when we are gone
};

}  // namespace paragon

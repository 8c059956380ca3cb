// The machines as the live side holds them: carries orders to the cloud, turns the cloud's events
// into the brain's, and notices what the cloud does not say.
//
// A machine has failed when the cloud says so or the cloud's list lacks it, and is lost when it
// keeps queries waiting and does not answer a probe. A lost one is terminated, and held until it is
// gone: until then it is billed.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "brain/orders.h"
#include "brain/query.h"
#include "cloud/cloud.h"
#include "serve/machine_link.h"

namespace paragon {

struct MachinesSettings {
  Duration probe_timeout = std::chrono::seconds(2);  // a machine silent this long is dead
  Duration list_every = std::chrono::seconds(10);    // reconciliation with the cloud
  std::size_t connections_per_machine = 256;
};

class Machines {
 public:
  using OnEvent = std::function<void(const MachineEvent&)>;
  Machines(Loop& loop, MachinesSettings settings, OnEvent on_event);

  // Asks the cloud for what it holds of an earlier controller. Each such machine is held from then
  // on and told to `adopt`; after that `begun` is called, once. Comes before all else.
  using Adopt = std::function<void(const Listed::Machine&)>;
  void begin(Cloud& cloud, Adopt adopt, std::function<void()> begun);
  void order(const Order& order);
  void on_cloud_event(const CloudEvent& event);  // not CallBilled

  // The link of a machine that is up; null otherwise. Valid until the next event.
  std::shared_ptr<MachineLink> link(MachineId id) const;
  std::optional<MachineOfferId> offer(MachineId id) const;
  std::vector<std::shared_ptr<MachineLink>> ready_links() const;
  bool any_ready() const;

  // Traffic, so that silence is noticed.
  void sent(MachineId id);
  void heard(MachineId id);
  // A connection broke: finds out whether the machine still lives, declares it failed if not, and
  // then calls `done`, on the loop's thread.
  void verify(MachineId id, std::function<void()> done);
  // Every second or so: probes the silent, lists the cloud when it is time.
  void tick();

  // Terminates everything; `stopped` is called once the cloud has confirmed it.
  void stop(std::function<void()> stopped);

 private:
  struct Held {
    MachineOfferId offer;
    Time ordered{};
    std::shared_ptr<MachineLink> link;  // null while booting, and of a lost one
    bool releasing = false;
    int outstanding = 0;
    Time last_heard{};
  };
  void lose(MachineId id, Held& held, const std::string& why);
  void end(MachineId id, const MachineEvent& event);
  void take_up(const Listed& listed);
  void reconcile(const Listed& listed);
  void check_stopped();

  Loop& loop_;
  MachinesSettings settings_;
  OnEvent on_event_;
  Cloud* cloud_ = nullptr;
  std::unordered_map<MachineId, Held> held_;
  Time listed_{};  // when list() was called last
  bool listing_ = false;
  Adopt adopt_;
  std::function<void()> begun_;  // null once it was called
  std::function<void()> stopped_;
  std::shared_ptr<Machines*> self_;  // lets a late probe find out that this is gone
};

}  // namespace paragon

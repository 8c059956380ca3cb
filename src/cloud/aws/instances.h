// The machine side of the cloud on AWS: EC2 instances, each running a worker.
//
//   ordering ─► pending ─► starting ─► ready ─┬─► ending ─► (gone)
//      │           │           │              │      ▲
//      ├───────────┴───────────┴──────────────┼──────┘ given up: failed, billed until gone
//      └──────────────────────────────────────┴─► (failed)
//
// ordering: RunInstances is on its way. It may be repeated without harm: the same order has the
// same client token and tags. pending: launched; starting: running, its worker does not answer yet;
// ending: as asked, or given up because its worker did not get ready, EC2's own checks failed, or
// nobody knows whether its order was carried out before it was refused.
//
// The truth is what EC2 lists under the deployment's tag, asked again and again, sooner while
// anything changes. What it lists and we do not know (of an earlier run of the controller, or of an
// order whose answer was lost) is taken up as a machine; two instances of one order become one.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "cloud/aws/instance_list.h"
#include "cloud/aws/machine_order.h"
#include "cloud/aws/ownership.h"
#include "cloud/aws/running_time.h"
#include "cloud/aws/service.h"
#include "cloud/aws/settings.h"
#include "cloud/aws/status_checks.h"
#include "cloud/aws/worker_watch.h"
#include "cloud/cloud.h"

namespace paragon::aws {

class Instances {
 public:
  // All outlive it. Events are reported on the loop, never from inside a call.
  Instances(Account& account, Service& ec2, const Catalog& catalog, const AwsSettings& settings,
            Cloud::OnEvent on_event);
  ~Instances();  // leaves all instances as they are

  void launch(MachineOfferId offer, MachineId id);  // as Cloud's
  void terminate(MachineId id);
  void list();

 private:
  enum class State { ordering, pending, starting, ready, ending };
  struct Held {
    MachineOfferId offer;
    State state = State::ordering;
    std::string instance;    // its id; empty while not known
    bool in_flight = false;  // RunInstances is on its way
    std::size_t subnet = 0;  // of the settings' that is tried
    bool unsure = false;     // an order brought no answer: there may be an instance
    Time ordered{};          // last
    Time waiting_since{};    // first ordered, or taken up
    Time told_to_end{};      // when EC2 was last told
    Time last_seen{};        // when a list that had it was asked for, or it was launched
    RunningTime running;
    std::optional<http::Endpoint> endpoint;
    std::unique_ptr<WorkerWatch> watch;
    bool interrupted = false;  // the controller was told
  };
  using Listed = std::vector<ec2::Instance>;

  // instance_orders.cpp
  void run(MachineId id);
  void ran(MachineId id, Reply reply);
  void found(MachineId id, const ec2::Instance& instance, Time asked);
  void refused(MachineId id, const Refusal& why);
  void give_up(MachineId id, Error why);
  void end_instance(Held& held);
  void end_instances(const std::vector<std::string>& instances);
  void told(const Reply& reply);

  // instance_states.cpp
  bool changing() const;
  void look();
  void listed(const Listed& instances, Time asked);
  void tell_all();
  void take_up(const ec2::Instance& instance, const MachineOwner& owner, Time asked);
  void follow(MachineId id, const ec2::Instance& instance, Time asked);
  // The earliest that it can have been launched.
  Time launched(const ec2::Instance& instance) const;
  void start(MachineId id, Held& held, const ec2::Instance& instance);
  void lose(MachineId id, const Held& held, const ec2::Instance& instance);
  void interrupt(MachineId id, Held& held, Duration notice);
  std::map<MachineId, Held>::iterator by_instance(const std::string& instance);
  void impaired(const std::string& instance, const std::string& what);
  void announced(const std::string& instance, Duration in);
  void forget_missing(Time asked);
  void give_up_late();

  void end(MachineId id, CloudEvent last);
  void emit(CloudEvent event);
  std::string label(MachineId id, const Held& held) const;

  Account& account_;
  Service& ec2_;
  Loop& loop_;
  const Catalog& catalog_;
  const AwsSettings& settings_;
  Cloud::OnEvent on_event_;
  std::map<MachineId, Held> held_;
  std::map<MachineId, CloudEvent> ended_;  // a few bytes for each machine there ever was
  int asked_to_list_ = 0;                  // list() calls not yet answered
  bool taken_up_ = false;                  // a machine, which nobody was told of yet
  Loop::Timer ticker_;
  std::unique_ptr<InstanceList> list_;
  std::unique_ptr<StatusChecks> checks_;
  std::shared_ptr<Instances*> self_;
};

}  // namespace paragon::aws

// Orders to EC2, to launch an instance and to end it, and what is made of the answers.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "cloud/aws/instances.h"

namespace paragon::aws {

void Instances::run(MachineId id) {
  Held& held = held_.at(id);
  held.in_flight = true;
  held.ordered = loop_.now();
  const auto order = order_for(catalog_, settings_, held.offer, id, held.subnet);
  ec2_.send({ec2::request_for(ec2_.host(), order), actions::kRunInstances},
            [self = std::weak_ptr(self_), id](Reply reply) {
              if (auto still = self.lock()) (*still)->ran(id, std::move(reply));
            });
}

void Instances::ran(MachineId id, Reply reply) {
  const auto there = held_.find(id);
  if (there == held_.end()) return;  // a list had it, and it has ended
  Held& held = there->second;
  held.in_flight = false;
  if (const auto* why = std::get_if<Refusal>(&reply)) return refused(id, *why);
  const auto launched = ec2::read_run_instances(std::get<http::Answer>(reply).body);
  if (!held.instance.empty()) return;  // a list had it before this answer came
  // Carried out, but not to be read: the lists will show it, or it is ordered again.
  held.unsure = true;
  if (!launched || launched->empty()) return;
  found(id, launched->front(), held.ordered);
}

// The instance of an order.
void Instances::found(MachineId id, const ec2::Instance& instance, Time asked) {
  Held& held = held_.at(id);
  held.instance = instance.id;
  held.last_seen = loop_.now();
  held.running.launched(std::max(held.waiting_since, launched(instance)));
  if (held.state == State::ending) {
    end_instance(held);
  } else {
    held.state = State::pending;
  }
  follow(id, instance, asked);
}

void Instances::refused(MachineId id, const Refusal& why) {
  Held& held = held_.at(id);
  if (!held.instance.empty()) return;  // a list had it before this answer came
  const bool own_fault = why.error.code == ErrorCode::unavailable && why.fault.status >= 500;
  held.unsure = held.unsure || why.maybe_done || own_fault;
  const bool passing = why.error.code == ErrorCode::unavailable ||
                       why.error.code == ErrorCode::timeout ||
                       why.error.code == ErrorCode::throttled;
  if (held.unsure) {
    // The lists will show the instance, or it is ordered again.
    if (passing || held.state == State::ending) return;
    return give_up(id, {why.error.code, label(id, held) + ": " + why.error.message});
  }
  if (held.state == State::ending) return end(id, MachineGone{id, Duration{}});
  if (why.error.code == ErrorCode::insufficient_capacity &&
      held.subnet + 1 < settings_.instances.subnets.size()) {
    ++held.subnet;
    return run(id);
  }
  end(id, MachineFailed{id, {why.error.code, label(id, held) + ": " + why.error.message}, true});
}

// The controller need not wait for what becomes of it; whoever pays has to.
void Instances::give_up(MachineId id, Error why) {
  Held& held = held_.at(id);
  held.state = State::ending;
  if (!held.instance.empty()) end_instance(held);
  emit(MachineFailed{id, std::move(why), false, true});
}

void Instances::end_instance(Held& held) {
  held.told_to_end = loop_.now();
  end_instances({held.instance});
}

// What becomes of them the lists show; one that stays alive is told again.
void Instances::end_instances(const std::vector<std::string>& instances) {
  ec2::TerminateInstances order;
  order.instance_ids = instances;
  ec2_.send({ec2::request_for(ec2_.host(), order), actions::kTerminateInstances},
            [self = std::weak_ptr(self_)](const Reply& reply) {
              if (auto still = self.lock()) (*still)->told(reply);
            });
}

void Instances::told(const Reply& reply) {
  if (const auto* why = std::get_if<Refusal>(&reply))
    return spdlog::warn("event=aws_terminate error=\"{}\"", why->error.message);
  const auto changes = ec2::read_terminate_instances(std::get<http::Answer>(reply).body);
  if (!changes) return spdlog::warn("event=aws_terminate error=\"{}\"", changes.error().message);
  for (const ec2::StateChange& change : *changes) {
    const auto held = by_instance(change.id);
    if (held != held_.end()) held->second.running.ended(change.before, loop_.now());
  }
}

}  // namespace paragon::aws

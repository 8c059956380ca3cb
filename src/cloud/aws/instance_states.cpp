// What EC2 lists of the instances, and what that means for the machines that are held.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "cloud/aws/instances.h"

namespace paragon::aws {
namespace {

constexpr Duration kEndAgain = std::chrono::seconds(15);
constexpr Duration kAnnouncedNear = std::chrono::minutes(5);

bool live(ec2::InstanceState state) {
  using ec2::InstanceState;
  return state == InstanceState::pending || state == InstanceState::running ||
         state == InstanceState::stopping || state == InstanceState::stopped;
}

}  // namespace

bool Instances::changing() const {
  return std::any_of(held_.begin(), held_.end(), [](const auto& one) {
    return one.second.state != State::ready || one.second.interrupted;
  });
}

void Instances::look() {
  if (list_->asking() && asked_to_list_ == 0) return;
  const Time asked = loop_.now();
  list_->ask([this, asked, owed = asked_to_list_](const Result<Listed>& result) {
    if (!result) spdlog::warn("event=aws_list error=\"{}\"", result.error().message);
    if (result) {
      listed(*result, asked);
      asked_to_list_ -= owed;
      if (std::exchange(taken_up_, false) || owed > 0) tell_all();
    }
    const auto& pace = settings_.instances;
    ticker_ = loop_.after(changing() ? pace.poll_changing : pace.poll_settled, [this] { look(); });
  });
}

void Instances::tell_all() {
  paragon::Listed all;
  for (const auto& [id, held] : held_) {
    all.machines.push_back(
        {id, held.offer, held.state == State::ready, held.running.ran(loop_.now())});
  }
  emit(std::move(all));
}

void Instances::listed(const Listed& instances, Time asked) {
  std::map<std::string, MachineId> by_instance;
  for (const auto& [id, held] : held_)
    if (!held.instance.empty()) by_instance.emplace(held.instance, id);
  std::vector<std::string> strays;
  for (const ec2::Instance& instance : instances) {
    if (const auto known = by_instance.find(instance.id); known != by_instance.end()) {
      held_.at(known->second).last_seen = asked;
      follow(known->second, instance, asked);
      continue;
    }
    const auto owner = owner_of(instance);
    if (!owner || owner->deployment != settings_.deployment) continue;
    const auto held = held_.find(owner->machine);
    const bool ours = owner->run == settings_.run;
    if (ours && held != held_.end() && held->second.instance.empty()) {
      found(owner->machine, instance, asked);  // the order's answer was lost, or is on its way
    } else if (!live(instance.state)) {
      continue;
    } else if (!ours && held == held_.end() && !ended_.contains(owner->machine) &&
               catalog_.find_machine_offer(owner->offer)) {
      take_up(instance, *owner, asked);
    } else {
      strays.push_back(instance.id);  // a second one of an order, or one that was given up
    }
  }
  if (!strays.empty()) end_instances(strays);
  forget_missing(asked);
  give_up_late();
}

void Instances::take_up(const ec2::Instance& instance, const MachineOwner& owner, Time asked) {
  Held& held = held_[owner.machine];
  held.offer = *catalog_.find_machine_offer(owner.offer);
  held.state = State::pending;
  held.instance = instance.id;
  held.waiting_since = held.last_seen = asked;
  // Who ordered it counted it from its launch on, and so that goes on.
  held.running.launched(launched(instance));
  held.running.seen(ec2::InstanceState::running, asked, loop_.now());
  taken_up_ = true;
  follow(owner.machine, instance, asked);
}

Time Instances::launched(const ec2::Instance& instance) const {
  if (!instance.launched) return loop_.now();
  const auto ago = account_.now() - *instance.launched;
  return loop_.now() - std::max<Duration>(ago + std::chrono::seconds(1), Duration{});
}

void Instances::follow(MachineId id, const ec2::Instance& instance, Time asked) {
  using ec2::InstanceState;
  Held& held = held_.at(id);
  held.running.seen(instance.state, asked, loop_.now());
  if (held.state == State::ending) {
    if (instance.state == InstanceState::terminated)
      return end(id, MachineGone{id, held.running.ran(loop_.now())});
    if (live(instance.state) && loop_.now() - held.told_to_end > kEndAgain) end_instance(held);
    return;
  }
  if (instance.state == InstanceState::running) {
    if (held.state == State::pending) start(id, held, instance);
  } else if (instance.state != InstanceState::pending && instance.state != InstanceState::unknown) {
    lose(id, held, instance);  // one that was only stopped is ended as a stray
  }
}

void Instances::start(MachineId id, Held& held, const ec2::Instance& instance) {
  const InstanceSettings& from = settings_.instances;
  const std::string& address =
      from.public_address ? instance.public_address : instance.private_address;
  if (address.empty()) return;  // not yet
  held.state = State::starting;
  held.endpoint = http::Endpoint{address, from.port, false, {}};
  WorkerWatch::Listener listener;
  listener.on_ready = [this, id] {
    Held& ready = held_.at(id);
    if (ready.state != State::starting) return;
    ready.state = State::ready;
    emit(MachineReady{id, *ready.endpoint});
  };
  listener.on_interrupted = [this, id](Duration notice) { interrupt(id, held_.at(id), notice); };
  held.watch =
      std::make_unique<WorkerWatch>(loop_, *held.endpoint, from.heartbeat, std::move(listener));
}

void Instances::interrupt(MachineId id, Held& held, Duration notice) {
  if (std::exchange(held.interrupted, true)) return;
  emit(MachineInterrupted{id, notice});
}

void Instances::impaired(const std::string& instance, const std::string& what) {
  const auto found = by_instance(instance);
  if (found == held_.end() || found->second.state == State::ending) return;
  const MachineId id = found->first;
  give_up(id, {ErrorCode::unavailable, label(id, found->second) + ": " + what});
  look();
}

// AWS says so days ahead; the machine serves on until it is near.
void Instances::announced(const std::string& instance, Duration in) {
  const auto found = by_instance(instance);
  if (found == held_.end() || found->second.state != State::ready || in > kAnnouncedNear) return;
  interrupt(found->first, found->second, in);
}

std::map<MachineId, Instances::Held>::iterator Instances::by_instance(const std::string& instance) {
  return std::find_if(held_.begin(), held_.end(),
                      [&](const auto& one) { return one.second.instance == instance; });
}

void Instances::lose(MachineId id, const Held& held, const ec2::Instance& instance) {
  std::string what = fmt::format("it is {}", ec2::name(instance.state));
  if (instance.state_reason.size() > 2) what += ": " + instance.state_reason;
  end(id, MachineFailed{id,
                        {ErrorCode::unavailable, label(id, held) + ": " + what},
                        false,
                        false,
                        held.running.ran(loop_.now())});
}

void Instances::forget_missing(Time asked) {
  std::vector<MachineId> missing;
  std::vector<MachineId> unknown;
  for (const auto& [id, held] : held_) {
    if (held.in_flight) continue;
    if (held.instance.empty()) {
      unknown.push_back(id);
    } else if (asked - held.last_seen > settings_.instances.list_lag) {
      missing.push_back(id);
    }
  }
  for (const MachineId id : missing) {
    const Held& held = held_.at(id);
    const Duration ran = held.running.ran(loop_.now());
    if (held.state == State::ending) {
      end(id, MachineGone{id, ran});
    } else {
      end(id, MachineFailed{id,
                            {ErrorCode::unavailable, label(id, held) + ": EC2 has it no longer"},
                            false,
                            false,
                            ran});
    }
  }
  for (const MachineId id : unknown) {
    const Held& held = held_.at(id);
    if (held.state != State::ending) {
      run(id);  // the same order: it launches nothing twice
    } else if (asked - held.ordered > settings_.instances.list_lag) {
      end(id, MachineGone{id, Duration{}});
    }
  }
}

void Instances::give_up_late() {
  std::vector<MachineId> late;
  for (const auto& [id, held] : held_) {
    const bool booting = held.state != State::ready && held.state != State::ending;
    if (booting && loop_.now() - held.waiting_since > settings_.instances.boot_timeout)
      late.push_back(id);
  }
  for (const MachineId id : late) {
    give_up(id, {ErrorCode::timeout,
                 label(id, held_.at(id)) + ": its worker did not get ready in time"});
  }
}

}  // namespace paragon::aws

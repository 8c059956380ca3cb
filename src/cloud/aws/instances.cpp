#include "cloud/aws/instances.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "cloud/aws/user_data.h"

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

ec2::RunInstances order_for(const Catalog& catalog, const AwsSettings& settings,
                            MachineOfferId offer_id, MachineId machine, std::size_t subnet) {
  const MachineOffer& offer = catalog.offer(offer_id);
  const InstanceSettings& from = settings.instances;
  const MachineOwner owner{settings.deployment, settings.run, machine, offer.name};
  ec2::RunInstances order;
  order.launch_template = from.launch_template;
  order.image_id = from.image;
  order.instance_type = instance_type(offer);
  order.security_group_ids = from.security_groups;
  order.key_name = from.key_name;
  order.instance_profile = from.instance_profile;
  if (from.public_address) order.public_address = true;
  order.user_data = user_data(from, catalog.slots_most(offer_id));
  if (offer.market == Market::spot) order.spot = ec2::SpotOptions{};
  order.tags = tags_of(owner);
  order.client_token = order_token(owner);
  if (!from.subnets.empty()) {
    order.subnet_id = from.subnets[subnet % from.subnets.size()];
    // Another subnet is another order.
    if (subnet > 0) order.client_token += fmt::format("-{}", subnet);
  }
  return order;
}

Instances::Instances(Account& account, Service& ec2, const Catalog& catalog,
                     const AwsSettings& settings, Cloud::OnEvent on_event)
    : account_(account),
      ec2_(ec2),
      loop_(account.loop()),
      catalog_(catalog),
      settings_(settings),
      on_event_(std::move(on_event)),
      list_(std::make_unique<InstanceList>(ec2, settings.deployment)),
      self_(std::make_shared<Instances*>(this)) {
  StatusChecks::Listener listener;
  listener.instances = [this] {
    std::vector<std::string> serving;
    for (const auto& [id, held] : held_)
      if (held.state == State::ready) serving.push_back(held.instance);
    return serving;
  };
  listener.on_impaired = [this](const auto& instance, const auto& what) {
    impaired(instance, what);
  };
  listener.on_event = [this](const auto& instance, Duration in) { announced(instance, in); };
  checks_ = std::make_unique<StatusChecks>(account, ec2, settings.instances.status_every,
                                           std::move(listener));
}

Instances::~Instances() = default;

// --- what the controller wants

void Instances::launch(MachineOfferId offer, MachineId id) {
  if (const auto there = held_.find(id); there != held_.end()) {
    if (there->second.state == State::ready) emit(MachineReady{id, *there->second.endpoint});
    return;
  }
  if (const auto ended = ended_.find(id); ended != ended_.end()) return emit(ended->second);
  if (offer.index() >= catalog_.machine_offers().size())
    return emit(MachineFailed{id, {ErrorCode::invalid, "no such machine offer"}, true});
  Held& held = held_[id];
  held.offer = offer;
  held.waiting_since = loop_.now();
  held.running.launched(loop_.now());
  run(id);
  look();
}

void Instances::terminate(MachineId id) {
  const auto there = held_.find(id);
  if (there == held_.end()) return emit(MachineGone{id});
  Held& held = there->second;
  if (held.state == State::ending) return;
  held.state = State::ending;
  if (!held.instance.empty()) end_instance(held);
  look();
}

void Instances::list() {
  ++asked_to_list_;
  look();
}

// --- orders

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

// --- what EC2 lists

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

// --- what the controller is told

void Instances::end(MachineId id, CloudEvent last) {
  held_.erase(id);
  ended_.emplace(id, last);
  emit(std::move(last));
}

void Instances::emit(CloudEvent event) {
  loop_.post([self = std::weak_ptr(self_), event = std::move(event)] {
    if (auto still = self.lock()) (*still)->on_event_(event);
  });
}

std::string Instances::label(MachineId id, const Held& held) const {
  return fmt::format("machine {} ({}{}{})", id.value, catalog_.offer(held.offer).name,
                     held.instance.empty() ? "" : ", ", held.instance);
}

}  // namespace paragon::aws

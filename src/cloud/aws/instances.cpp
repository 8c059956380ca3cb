#include "cloud/aws/instances.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "cloud/aws/user_data.h"

namespace paragon::aws {
namespace {

// What EC2 has launched or ended may be missing from its lists for a while.
constexpr Duration kListLag = std::chrono::seconds(60);
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
    : ec2_(ec2),
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
  held.ordered = loop_.now();
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
  const auto order = order_for(catalog_, settings_, held.offer, id, held.subnet);
  ec2_.send({ec2::request_for(ec2_.host(), order), actions::kRunInstances},
            [self = std::weak_ptr(self_), id](Reply reply) {
              if (auto still = self.lock()) (*still)->ran(id, std::move(reply));
            });
}

void Instances::ran(MachineId id, Reply reply) {
  const auto there = held_.find(id);
  if (there == held_.end()) return;  // given up meanwhile; a list will show what came of it
  Held& held = there->second;
  held.in_flight = false;
  if (const auto* why = std::get_if<Refusal>(&reply)) return refused(id, *why);
  const auto launched = ec2::read_run_instances(std::get<http::Answer>(reply).body);
  // Carried out, but not to be read: the lists will show it, or it is ordered again.
  if (!launched || launched->empty() || !held.instance.empty()) return;
  held.instance = launched->front().id;
  held.last_seen = loop_.now();
  if (held.state == State::ending) return end_instance(held);
  held.state = State::pending;
  follow(id, launched->front());
}

void Instances::refused(MachineId id, const Refusal& why) {
  Held& held = held_.at(id);
  if (!held.instance.empty()) return;  // a list had it before this answer came
  if (why.fault.status == 0 && why.error.code != ErrorCode::denied &&
      why.error.code != ErrorCode::invalid && why.error.code != ErrorCode::not_found &&
      why.error.code != ErrorCode::unsupported) {
    return;  // not known whether it was carried out: listed() will find it or order it again
  }
  if (held.state == State::ending) return end(id, MachineGone{id});
  if (why.error.code == ErrorCode::insufficient_capacity &&
      held.subnet + 1 < settings_.instances.subnets.size()) {
    ++held.subnet;
    return run(id);
  }
  end(id, MachineFailed{id, {why.error.code, label(id, held) + ": " + why.error.message}, true});
}

void Instances::end_instance(Held& held) {
  held.told_to_end = loop_.now();
  end_strays({held.instance});
}

// What becomes of it the lists show; where it stays alive it is told again.
void Instances::end_strays(const std::vector<std::string>& instances) {
  ec2::TerminateInstances order;
  order.instance_ids = instances;
  ec2_.send({ec2::request_for(ec2_.host(), order), actions::kTerminateInstances},
            [](const Reply& reply) {
              if (const auto* why = std::get_if<Refusal>(&reply))
                spdlog::warn("event=aws_terminate error=\"{}\"", why->error.message);
            });
}

// --- what EC2 lists

bool Instances::changing() const {
  return std::any_of(held_.begin(), held_.end(),
                     [](const auto& one) { return one.second.state != State::ready; });
}

void Instances::look() {
  if (list_->asking() && asked_to_list_ == 0) return;
  const Time asked = loop_.now();
  list_->ask([this, asked, owed = asked_to_list_](const Result<Listed>& result) {
    if (!result) spdlog::warn("event=aws_list error=\"{}\"", result.error().message);
    if (result) {
      listed(*result, asked);
      if (owed > 0) {
        asked_to_list_ -= owed;
        paragon::Listed all;
        for (const auto& [id, held] : held_)
          all.machines.push_back({id, held.offer, held.state == State::ready});
        emit(std::move(all));
      }
    }
    const auto& pace = settings_.instances;
    ticker_ = loop_.after(changing() ? pace.poll_changing : pace.poll_settled, [this] { look(); });
  });
}

void Instances::listed(const Listed& instances, Time asked) {
  std::map<std::string, MachineId> by_instance;
  for (const auto& [id, held] : held_)
    if (!held.instance.empty()) by_instance.emplace(held.instance, id);
  std::vector<std::string> strays;
  for (const ec2::Instance& instance : instances) {
    if (const auto known = by_instance.find(instance.id); known != by_instance.end()) {
      held_.at(known->second).last_seen = asked;
      follow(known->second, instance);
      continue;
    }
    const auto owner = owner_of(instance);
    if (!owner || owner->deployment != settings_.deployment || !live(instance.state)) continue;
    const auto held = held_.find(owner->machine);
    const bool ours = owner->run == settings_.run;
    if (ours && held != held_.end() && held->second.instance.empty()) {
      held->second.instance = instance.id;  // an order whose answer was lost
      held->second.last_seen = asked;
      if (held->second.state == State::ending) {
        end_instance(held->second);
      } else {
        held->second.state = State::pending;
        follow(owner->machine, instance);
      }
    } else if (!ours && held == held_.end() && !ended_.contains(owner->machine) &&
               catalog_.find_machine_offer(owner->offer)) {
      take_up(instance, *owner, asked);
    } else {
      strays.push_back(instance.id);  // a second one of an order, or one that was given up
    }
  }
  if (!strays.empty()) end_strays(strays);
  forget_missing(asked);
  give_up_late();
}

void Instances::take_up(const ec2::Instance& instance, const MachineOwner& owner, Time asked) {
  Held& held = held_[owner.machine];
  held.offer = *catalog_.find_machine_offer(owner.offer);
  held.state = State::pending;
  held.instance = instance.id;
  held.ordered = held.last_seen = asked;
  follow(owner.machine, instance);
}

void Instances::follow(MachineId id, const ec2::Instance& instance) {
  using ec2::InstanceState;
  Held& held = held_.at(id);
  if (held.state == State::ending) {
    if (instance.state == InstanceState::terminated) return end(id, MachineGone{id});
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

// The instance becomes a stray, which is ended.
void Instances::impaired(const std::string& instance, const std::string& what) {
  const auto found = by_instance(instance);
  if (found == held_.end() || found->second.state == State::ending) return;
  const MachineId id = found->first;
  end(id, MachineFailed{id, {ErrorCode::unavailable, label(id, found->second) + ": " + what}});
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
  end(id, MachineFailed{id, {ErrorCode::unavailable, label(id, held) + ": " + what}});
}

void Instances::forget_missing(Time asked) {
  std::vector<MachineId> missing;
  std::vector<MachineId> unknown;
  for (const auto& [id, held] : held_) {
    if (held.in_flight) continue;
    if (held.instance.empty()) {
      unknown.push_back(id);
    } else if (asked - held.last_seen > kListLag) {
      missing.push_back(id);
    }
  }
  for (const MachineId id : missing) {
    const Held& held = held_.at(id);
    if (held.state == State::ending) {
      end(id, MachineGone{id});
    } else {
      end(id,
          MachineFailed{id, {ErrorCode::unavailable, label(id, held) + ": EC2 has it no longer"}});
    }
  }
  for (const MachineId id : unknown) {
    const Held& held = held_.at(id);
    if (held.state != State::ending) {
      run(id);  // the same order: it launches nothing twice
    } else if (asked - held.ordered > kListLag) {
      end(id, MachineGone{id});
    }
  }
}

void Instances::give_up_late() {
  std::vector<MachineId> late;
  for (const auto& [id, held] : held_) {
    const bool booting = held.state != State::ready && held.state != State::ending;
    if (booting && loop_.now() - held.ordered > settings_.instances.boot_timeout)
      late.push_back(id);
  }
  // Their instances are strays from now on.
  for (const MachineId id : late) {
    end(id, MachineFailed{id,
                          {ErrorCode::timeout,
                           label(id, held_.at(id)) + ": its worker did not get ready in time"}});
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

#include "cloud/aws/instances.h"

#include <fmt/format.h>

#include <utility>

namespace paragon::aws {

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

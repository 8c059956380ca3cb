#include "serve/machines.h"

#include <spdlog/spdlog.h>

#include <unordered_set>
#include <utility>

namespace paragon {

Machines::Machines(Loop& loop, MachinesSettings settings, OnEvent on_event)
    : loop_(loop),
      settings_(settings),
      on_event_(std::move(on_event)),
      self_(std::make_shared<Machines*>(this)) {}

void Machines::begin(Cloud& cloud, Adopt adopt, std::function<void()> begun) {
  cloud_ = &cloud;
  adopt_ = std::move(adopt);
  begun_ = std::move(begun);
  listed_ = loop_.now();
  listing_ = true;
  cloud.list();
}

void Machines::take_up(const Listed& listed) {
  listing_ = false;
  for (const Listed::Machine& machine : listed.machines) {
    spdlog::info("event=machine_adopted machine={} offer={}", machine.machine.value,
                 machine.offer.value);
    Held& held = held_[machine.machine];
    held.offer = machine.offer;
    held.ordered = loop_.now();
    adopt_(machine);
    // Its address came with an event that nobody heard: ordered again, the cloud repeats it.
    if (machine.ready) cloud_->launch(machine.offer, machine.machine);
  }
  if (auto begun = std::exchange(begun_, nullptr)) begun();
}

void Machines::order(const Order& order) {
  if (const auto* buy = std::get_if<Buy>(&order)) {
    spdlog::info("event=machine_bought machine={} offer={} why={}", buy->machine.value,
                 buy->offer.value, name(buy->why));
    Held& held = held_[buy->machine];
    held.offer = buy->offer;
    held.ordered = loop_.now();
    cloud_->launch(buy->offer, buy->machine);
    return;
  }
  const auto* release = std::get_if<Release>(&order);
  if (release == nullptr) return;
  spdlog::info("event=machine_released machine={} why={}", release->machine.value,
               name(release->why));
  auto found = held_.find(release->machine);
  if (found != held_.end()) found->second.releasing = true;
  cloud_->terminate(release->machine);
}

void Machines::on_cloud_event(const CloudEvent& event) {
  if (const auto* ready = std::get_if<MachineReady>(&event)) {
    auto found = held_.find(ready->machine);
    if (found == held_.end()) {
      cloud_->terminate(ready->machine);
      return;
    }
    if (found->second.link != nullptr || found->second.releasing) return;
    found->second.link =
        std::make_shared<MachineLink>(loop_, ready->endpoint, settings_.connections_per_machine);
    found->second.last_heard = loop_.now();
    spdlog::info("event=machine_ready machine={} after_s={:.3f}", ready->machine.value,
                 seconds(loop_.now() - found->second.ordered));
    on_event_({ready->machine, MachineEventKind::ready, {}});
  } else if (const auto* failed = std::get_if<MachineFailed>(&event)) {
    const auto found = held_.find(failed->machine);
    if (found == held_.end()) return;
    if (failed->billed_on) return lose(failed->machine, found->second, failed->error.message);
    spdlog::warn("event=machine_failed machine={} error=\"{}\"", failed->machine.value,
                 failed->error.message);
    end(failed->machine,
        {failed->machine, MachineEventKind::failed, {}, failed->never_ran, failed->ran});
  } else if (const auto* interrupted = std::get_if<MachineInterrupted>(&event)) {
    if (!held_.contains(interrupted->machine)) return;
    spdlog::warn("event=machine_interrupted machine={} notice_s={:.1f}", interrupted->machine.value,
                 seconds(interrupted->notice));
    on_event_({interrupted->machine, MachineEventKind::interrupted, interrupted->notice});
  } else if (const auto* gone = std::get_if<MachineGone>(&event)) {
    if (!held_.contains(gone->machine)) return;
    spdlog::info("event=machine_gone machine={}", gone->machine.value);
    end(gone->machine, {gone->machine, MachineEventKind::gone, {}, false, gone->ran});
  } else if (begun_ != nullptr) {
    take_up(std::get<Listed>(event));
  } else {
    reconcile(std::get<Listed>(event));
  }
}

std::shared_ptr<MachineLink> Machines::link(MachineId id) const {
  auto found = held_.find(id);
  return found == held_.end() ? nullptr : found->second.link;
}

std::optional<MachineOfferId> Machines::offer(MachineId id) const {
  auto found = held_.find(id);
  if (found == held_.end()) return std::nullopt;
  return found->second.offer;
}

std::vector<std::shared_ptr<MachineLink>> Machines::ready_links() const {
  std::vector<std::shared_ptr<MachineLink>> links;
  for (const auto& [id, held] : held_) {
    if (held.link != nullptr && !held.releasing) links.push_back(held.link);
  }
  return links;
}

bool Machines::any_ready() const {
  for (const auto& [id, held] : held_) {
    if (held.link != nullptr && !held.releasing) return true;
  }
  return false;
}

void Machines::sent(MachineId id) {
  auto found = held_.find(id);
  if (found == held_.end()) return;
  if (found->second.outstanding++ == 0) found->second.last_heard = loop_.now();
}

void Machines::heard(MachineId id) {
  auto found = held_.find(id);
  if (found == held_.end()) return;
  if (found->second.outstanding > 0) --found->second.outstanding;
  found->second.last_heard = loop_.now();
}

void Machines::verify(MachineId id, std::function<void()> done) {
  auto machine = link(id);
  if (machine == nullptr) {
    done();
    return;
  }
  std::weak_ptr<Machines*> self = self_;
  std::weak_ptr<MachineLink> asked = machine;
  machine->probe(settings_.probe_timeout,
                 [self, asked, id, done = std::move(done)](bool alive) mutable {
                   auto here = self.lock();
                   if (here == nullptr) return;
                   auto still = (*here)->link(id);
                   if (!alive && still != nullptr && still == asked.lock()) {
                     (*here)->lose(id, (*here)->held_.at(id), "it does not answer");
                     (*here)->cloud_->terminate(id);
                   }
                   done();
                 });
}

void Machines::lose(MachineId id, Held& held, const std::string& why) {
  spdlog::warn("event=machine_failed machine={} error=\"{}\"", id.value, why);
  held.link = nullptr;
  held.releasing = true;
  on_event_({id, MachineEventKind::lost, {}});
}

void Machines::end(MachineId id, const MachineEvent& event) {
  held_.erase(id);
  on_event_(event);
  check_stopped();
}

void Machines::tick() {
  const Time now = loop_.now();
  std::vector<MachineId> silent;
  for (const auto& [id, held] : held_) {
    if (held.link != nullptr && held.outstanding > 0 &&
        now - held.last_heard > settings_.probe_timeout) {
      silent.push_back(id);
    }
  }
  for (MachineId id : silent) verify(id, [] {});
  if (!listing_ && now - listed_ >= settings_.list_every) {
    listed_ = now;
    listing_ = true;
    cloud_->list();
  }
}

void Machines::reconcile(const Listed& listed) {
  listing_ = false;
  std::unordered_set<MachineId> there;
  for (const Listed::Machine& machine : listed.machines) {
    there.insert(machine.machine);
    if (held_.contains(machine.machine)) continue;
    spdlog::warn("event=machine_unknown machine={} action=terminate", machine.machine.value);
    Held& held = held_[machine.machine];
    held.offer = machine.offer;
    held.ordered = loop_.now();
    held.releasing = true;
    adopt_(machine);
    on_event_({machine.machine, MachineEventKind::lost, {}});
    cloud_->terminate(machine.machine);
  }
  std::vector<MachineId> missing;
  for (const auto& [id, held] : held_) {
    if (!there.contains(id) && held.ordered < listed_) missing.push_back(id);
  }
  for (MachineId id : missing) {
    auto found = held_.find(id);
    if (found == held_.end()) continue;
    const bool asked_for = found->second.releasing;
    held_.erase(found);
    spdlog::warn("event=machine_missing machine={}", id.value);
    on_event_({id, asked_for ? MachineEventKind::gone : MachineEventKind::failed, {}});
  }
  check_stopped();
}

void Machines::stop(std::function<void()> stopped) {
  stopped_ = std::move(stopped);
  std::vector<MachineId> all;
  for (auto& [id, held] : held_) {
    held.releasing = true;
    all.push_back(id);
  }
  for (MachineId id : all) cloud_->terminate(id);
  check_stopped();
}

void Machines::check_stopped() {
  if (stopped_ == nullptr || !held_.empty()) return;
  auto stopped = std::move(stopped_);
  stopped_ = nullptr;
  loop_.post(std::move(stopped));
}

}  // namespace paragon

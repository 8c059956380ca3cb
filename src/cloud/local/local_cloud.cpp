#include "cloud/local/local_cloud.h"

#include <algorithm>

namespace paragon {
namespace {

constexpr std::uint64_t kProvisioning = 0x626f6f74;  // names the random streams of delays

}  // namespace

Result<std::unique_ptr<LocalCloud>> LocalCloud::open(Loop& loop, const Catalog& catalog,
                                                     const LocalCloudSettings& settings,
                                                     OnEvent on_event) {
  auto host = Host::open(loop, settings);
  if (!host.ok()) return host.error();
  return std::unique_ptr<LocalCloud>(
      new LocalCloud(loop, catalog, settings, std::move(*host), std::move(on_event)));
}

LocalCloud::LocalCloud(Loop& loop, const Catalog& catalog, const LocalCloudSettings& settings,
                       std::unique_ptr<Host> host, OnEvent on_event)
    : loop_(loop),
      catalog_(catalog),
      settings_(settings),
      on_event_(std::move(on_event)),
      host_(std::move(host)),
      functions_(loop, *host_, catalog, settings),
      self_(std::make_shared<LocalCloud*>(this)) {}

LocalCloud::~LocalCloud() {
  // All at once before each is waited for: the kernel ends them side by side.
  for (auto& [id, machine] : machines_) machine->kill();
}

void LocalCloud::launch(MachineOfferId offer_id, MachineId id) {
  if (auto there = machines_.find(id); there != machines_.end()) {
    if (there->second->ready()) emit(MachineReady{id, *there->second->endpoint()});
    return;
  }
  if (auto ended = ended_.find(id); ended != ended_.end()) return emit(ended->second);
  if (offer_id.index() >= catalog_.machine_offers().size())
    return emit(MachineFailed{id, Error{ErrorCode::invalid, "no such machine offer"}, true});
  const MachineOffer& offer = catalog_.offer(offer_id);
  if (auto full = no_room_for(offer)) {
    const MachineFailed failed{id, std::move(*full), true};
    ended_.emplace(id, failed);
    return emit(failed);
  }
  Random random = Random(settings_.seed).stream(kProvisioning).stream(id.value);
  machines_[id] = std::make_unique<LocalMachine>(
      loop_, *host_, id, offer_id, offer, catalog_.slots_most(offer_id),
      offer.provisioning_delay.sample(random), settings_,
      [this, id](CloudEvent event) { report(id, std::move(event)); });
}

std::optional<Error> LocalCloud::no_room_for(const MachineOffer& offer) const {
  if (machines_.size() >= static_cast<std::size_t>(settings_.machines_max))
    return Error{ErrorCode::insufficient_capacity, "the local cloud holds " +
                                                       std::to_string(machines_.size()) +
                                                       " machines, which is its machines_max"};
  if (!settings_.vcpus_max) return std::nullopt;
  Vcpus sold{};
  for (const auto& [id, machine] : machines_) sold += machine->vcpus();
  if (sold + offer.vcpus <= *settings_.vcpus_max) return std::nullopt;
  return Error{ErrorCode::insufficient_capacity,
               offer.name + " does not fit: " + std::to_string(sold.value) + " of vcpus_max " +
                   std::to_string(settings_.vcpus_max->value) + " are sold"};
}

void LocalCloud::terminate(MachineId id) {
  auto there = machines_.find(id);
  if (there != machines_.end() && !there->second->ended()) return there->second->terminate();
  emit(MachineGone{id});
}

void LocalCloud::kill(MachineId id) {
  if (auto there = machines_.find(id); there != machines_.end()) there->second->kill();
}

void LocalCloud::invoke(FunctionCall call, OnAnswer done) {
  functions_.invoke(std::move(call), std::move(done));
}

void LocalCloud::list() {
  loop_.post([self = std::weak_ptr<LocalCloud*>(self_)] {
    auto still = self.lock();
    if (!still) return;
    Listed listed;
    for (const auto& [id, machine] : (*still)->machines_)
      if (!machine->ended()) listed.machines.push_back({id, machine->offer(), machine->ready()});
    (*still)->on_event_(listed);
  });
}

const LocalMachine* LocalCloud::machine(MachineId id) const {
  auto there = machines_.find(id);
  return there == machines_.end() ? nullptr : there->second.get();
}

// From inside a machine, which therefore is destroyed later.
void LocalCloud::report(MachineId id, CloudEvent event) {
  if (!std::holds_alternative<MachineReady>(event)) {
    ended_.emplace(id, event);
    loop_.post([self = std::weak_ptr<LocalCloud*>(self_), id] {
      if (auto still = self.lock()) (*still)->machines_.erase(id);
    });
  }
  emit(std::move(event));
}

void LocalCloud::emit(CloudEvent event) {
  loop_.post([self = std::weak_ptr<LocalCloud*>(self_), event = std::move(event)] {
    if (auto still = self.lock()) (*still)->on_event_(event);
  });
}

}  // namespace paragon

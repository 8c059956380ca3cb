#include "worker/model_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace paragon {

ModelStore::Lease::Lease(ModelStore* store, std::shared_ptr<Model> model)
    : store_(store), model_(std::move(model)) {}
ModelStore::Lease::Lease(Lease&& other) noexcept
    : store_(std::exchange(other.store_, nullptr)), model_(std::move(other.model_)) {}
ModelStore::Lease& ModelStore::Lease::operator=(Lease&& other) noexcept {
  if (this != &other) {
    release();
    store_ = std::exchange(other.store_, nullptr);
    model_ = std::move(other.model_);
  }
  return *this;
}
ModelStore::Lease::~Lease() { release(); }

void ModelStore::Lease::release() {
  ModelStore* store = std::exchange(store_, nullptr);
  if (store == nullptr) return;
  const VariantId id = model_->id;
  model_.reset();  // before the store may drop it, so that its memory really is free then
  store->release(id);
}

ModelStore::ModelStore(const Catalog& catalog, Memory limit, Load load)
    : catalog_(catalog),
      limit_(limit),
      load_(std::move(load)),
      entries_(catalog.variants().size()) {}

Memory ModelStore::footprint(const Variant& variant) {
  return std::max(variant.memory - kProcess, megabytes(1));
}

bool ModelStore::has_room(VariantId variant) const {
  return limit_.value == 0 || used_ + footprint(catalog_.variant(variant)) + kProcess <= limit_;
}

ModelStore::Lease ModelStore::find(VariantId variant) {
  Entry& entry = entries_[variant.index()];
  if (entry.state != State::ready) return {};
  entry.last_used = ++tick_;
  ++entry.leases;
  return Lease(this, entry.model);
}

void ModelStore::acquire(VariantId variant, std::function<void(Result<Lease>)> done) {
  Entry& entry = entries_[variant.index()];
  if (entry.state == State::unloading) entry.state = State::ready;  // wanted again in time
  if (entry.state == State::ready) {
    done(find(variant));
    return;
  }
  const Variant& what = catalog_.variant(variant);
  if (limit_.value > 0 && footprint(what) + kProcess > limit_) {
    entry.failure =
        fmt::format("variant '{}' needs {} MB of memory and the limit is {} MB; raise --memory-mb",
                    what.name, (footprint(what) + kProcess).value, limit_.value);
    done(Error{ErrorCode::insufficient_capacity, entry.failure});
    return;
  }
  entry.waiting.push_back(std::move(done));
  if (entry.state == State::loading) return;
  entry.state = State::loading;
  queued_.push_back(variant);
  try_queued();
}

void ModelStore::unload(VariantId variant) {
  Entry& entry = entries_[variant.index()];
  if (entry.state != State::ready) return;
  if (entry.leases == 0) {
    drop(entry);
    try_queued();
  } else {
    entry.state = State::unloading;
  }
}

ModelStore::State ModelStore::state(VariantId variant) const {
  return entries_[variant.index()].state;
}
const std::string& ModelStore::last_failure(VariantId variant) const {
  return entries_[variant.index()].failure;
}
const Model* ModelStore::peek(VariantId variant) const {
  return entries_[variant.index()].model.get();
}

// Drops unused variants, least recently used first, until `wanted` more fits. Drops nothing when
// that would not be enough.
bool ModelStore::make_room(Memory wanted) {
  if (limit_.value == 0) return true;
  Memory idle{};
  for (const Entry& entry : entries_) {
    if (entry.model != nullptr && entry.leases == 0) idle += footprint(*entry.model->variant);
  }
  if (used_ - idle + wanted + kProcess > limit_) return false;
  while (used_ + wanted + kProcess > limit_) {
    Entry* oldest = nullptr;
    for (Entry& entry : entries_) {
      if (entry.model == nullptr || entry.leases > 0) continue;
      if (oldest == nullptr || entry.last_used < oldest->last_used) oldest = &entry;
    }
    PARAGON_CHECK(oldest != nullptr, "idle memory without an idle variant");
    drop(*oldest);
  }
  return true;
}

void ModelStore::try_queued() {
  // In order of asking: a large variant is not overtaken for ever by small ones.
  while (!queued_.empty() && make_room(footprint(catalog_.variant(queued_.front())))) {
    const VariantId variant = queued_.front();
    queued_.pop_front();
    start(variant);
  }
}

void ModelStore::start(VariantId variant) {
  used_ += footprint(catalog_.variant(variant));  // from now on: loading takes the memory
  load_(variant, [this, variant](Result<std::shared_ptr<Model>> result) {
    finished(variant, std::move(result));
  });
}

void ModelStore::finished(VariantId variant, Result<std::shared_ptr<Model>> result) {
  Entry& entry = entries_[variant.index()];
  auto waiting = std::move(entry.waiting);
  entry.waiting.clear();
  if (!result) {
    used_ -= footprint(catalog_.variant(variant));
    entry.state = State::unloaded;
    entry.failure = result.error().message;
    for (auto& done : waiting) done(result.error());
    try_queued();
    return;
  }
  entry.state = State::ready;
  entry.failure.clear();
  entry.model = *std::move(result);
  std::vector<Lease> leases;  // all before the first is used: none may be dropped in between
  for (std::size_t i = 0; i < waiting.size(); ++i) leases.push_back(find(variant));
  for (std::size_t i = 0; i < waiting.size(); ++i) waiting[i](std::move(leases[i]));
}

void ModelStore::drop(Entry& entry) {
  used_ -= footprint(*entry.model->variant);
  entry.model.reset();
  entry.state = State::unloaded;
}

void ModelStore::release(VariantId variant) {
  Entry& entry = entries_[variant.index()];
  PARAGON_CHECK(entry.leases > 0, "a lease let go twice");
  if (--entry.leases > 0) return;
  if (entry.state == State::unloading) drop(entry);
  if (!queued_.empty()) try_queued();
}

}  // namespace paragon

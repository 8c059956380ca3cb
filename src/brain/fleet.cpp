#include "brain/fleet.h"

#include <algorithm>

namespace paragon {

using State = MachineStatus::State;

Fleet::Fleet(const Catalog& catalog)
    : catalog_(&catalog),
      offers_(catalog.machine_offers().size()),
      free_(offers_),
      fits_(catalog.variants().size()) {
  for (std::uint32_t o = 0; o < catalog.machine_offers().size(); ++o) {
    counts_.push_back({MachineOfferId{o}});
  }
  for (std::uint32_t v = 0; v < catalog.variants().size(); ++v) {
    for (std::uint32_t o = 0; o < catalog.machine_offers().size(); ++o) {
      const int slots = catalog.profile(VariantId{v}, MachineOfferId{o}).slots;
      shares_.push_back(slots == 0 ? 0 : kWhole / static_cast<std::uint32_t>(slots));
      slot_prices_.push_back(by_second(catalog.offer(MachineOfferId{o}).price) *
                             share_of_whole(VariantId{v}, MachineOfferId{o}));
    }
  }
}

std::uint32_t Fleet::buy(MachineId id, MachineOfferId offer, Time now, Duration before) {
  account(now);
  std::uint32_t row;
  if (free_rows_.empty()) {
    row = static_cast<std::uint32_t>(rows_.size());
    rows_.emplace_back();
    for (FreeSet& set : free_) {
      set.words.resize(row / 64 + 1);
      set.summary.resize(row / 4096 + 1);
    }
  } else {
    // The lowest free row, so that the fleet stays dense.
    const auto lowest = std::min_element(free_rows_.begin(), free_rows_.end());
    row = *lowest;
    *lowest = free_rows_.back();
    free_rows_.pop_back();
  }
  Machine& m = rows_[row];
  m = Machine{};
  m.id = id;
  m.offer = offer;
  m.in_use = true;
  m.bought = now;
  m.before = before;
  m.expected = now + catalog_->offer(offer).provisioning_delay.percentile95();
  if (id.index() >= row_of_.size()) row_of_.resize(id.index() + 1, kNoRow);
  row_of_[id.index()] = row;
  ++counts_[offer.index()].booting;
  ++booting_;
  ++live_;
  recount();
  return row;
}

void Fleet::ready(std::uint32_t row) {
  Machine& m = rows_[row];
  if (m.state != State::booting) return;
  m.state = State::ready;
  --counts_[m.offer.index()].booting;
  ++counts_[m.offer.index()].ready;
  --booting_;
  ++ready_;
  recount();
  mark(row);
}

void Fleet::leave(std::uint32_t row, Time until) {
  Machine& m = rows_[row];
  if (m.state != State::ready) return drain(row);
  m.state = State::leaving;
  m.leaves = until;
  --counts_[m.offer.index()].ready;
  ++counts_[m.offer.index()].leaving;
  ++leaving_;
}

void Fleet::drain_leaving(Time now) {
  if (leaving_ == 0) return;
  for (std::uint32_t row = 0; row < rows_.size(); ++row) {
    const Machine& m = rows_[row];
    if (m.in_use && m.state == State::leaving && m.leaves <= now) drain(row);
  }
}

void Fleet::drain(std::uint32_t row) {
  Machine& m = rows_[row];
  if (m.state == State::draining) return;
  MachineCount& count = counts_[m.offer.index()];
  if (m.state == State::booting) {
    --count.booting;
    --booting_;
  } else {
    if (m.state == State::leaving) {
      --count.leaving;
      --leaving_;
    } else {
      --count.ready;
    }
    --ready_;
    used_ready_ -= m.used;
  }
  ++count.draining;
  m.state = State::draining;
  recount();
  mark(row);
}

void Fleet::remove(std::uint32_t row, Time now) {
  Machine& m = rows_[row];
  PARAGON_CHECK(m.in_use && m.running == 0 && m.used == 0, "a machine left with queries on it");
  account(now);
  drain(row);
  --counts_[m.offer.index()].draining;
  --live_;
  m.in_use = false;
  row_of_[m.id.index()] = kNoRow;
  free_rows_.push_back(row);
}

void Fleet::hold(MachineOfferId offer) {
  offers_held_.push_back(offer);
  if (fits_all_) return;
  fits_all_ = true;
  for (std::uint32_t v = 0; v < fits_.size(); ++v) {
    if (share(VariantId{v}, offer) > 0) fits_[v] = 1;
    fits_all_ = fits_all_ && fits_[v] != 0;
  }
}

void Fleet::recount() {
  offers_held_.clear();
  fits_.assign(fits_.size(), 0);
  fits_all_ = false;
  for (const bool burstable : {false, true}) {
    for (const MachineCount& count : counts_) {
      if (count.booting + count.ready + count.leaving == 0) continue;
      const bool is_burstable = catalog_->offer(count.offer).market == Market::burstable;
      if (is_burstable == burstable) hold(count.offer);
    }
  }
  next_expected_ = kNever;
  if (booting_ == 0) return;
  for (const Machine& m : rows_) {
    if (m.in_use && m.state == State::booting) {
      next_expected_ = std::min(next_expected_, m.expected);
    }
  }
}

void Fleet::suspect(std::uint32_t row) {
  if (rows_[row].suspect) return;
  rows_[row].suspect = true;
  suspects_.push_back(row);
  mark(row);
}

void Fleet::clear_suspects() {
  for (const std::uint32_t row : suspects_) {
    rows_[row].suspect = false;
    mark(row);
  }
  suspects_.clear();
}

std::uint32_t Fleet::find(MachineId id) const {
  return id.index() < row_of_.size() ? row_of_[id.index()] : kNoRow;
}

double Fleet::take_busy_mean(Time now) {
  account(now);
  const double mean = ready_integral_ > 0 ? busy_integral_ / (ready_integral_ * kWhole) : 0;
  busy_integral_ = ready_integral_ = 0;
  return mean;
}

double Fleet::busy() const {
  return ready_ == 0 ? 0
                     : static_cast<double>(used_ready_) / (static_cast<double>(ready_) * kWhole);
}

std::uint32_t Fleet::most_idle(MachineOfferId offer, Time bought_by) const {
  std::uint32_t best = kNoRow;
  const auto better = [&](const Machine& a, const Machine& b) {
    if (a.state != b.state) return a.state == State::booting;  // nothing runs there yet
    return a.used <= b.used;  // of equals the last row: load packs on the first
  };
  for (std::uint32_t row = 0; row < rows_.size(); ++row) {
    const Machine& m = rows_[row];
    if (!m.in_use || m.offer != offer) continue;
    if (m.state == State::leaving || m.state == State::draining) continue;
    if (m.state == State::ready && m.bought > bought_by) continue;
    if (best == kNoRow || better(m, rows_[best])) best = row;
  }
  if (best != kNoRow && rows_[best].bought > bought_by) return kNoRow;
  return best;
}

}  // namespace paragon

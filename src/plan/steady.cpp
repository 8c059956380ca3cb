#include "plan/steady.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "brain/estimates.h"
#include "brain/function_terms.h"
#include "brain/meter.h"
#include "plan/erlang.h"

namespace paragon::plan {
namespace {

// The share of service times over `limit`, lognormal with these percentiles.
double slower_than(Duration limit, Duration p50, Duration p99) {
  if (limit <= Duration::zero()) return 1;
  const double sigma = service_sigma(p50, p99);
  const double log_ratio = std::log(seconds(limit) / seconds(p50));
  if (sigma <= 0) return log_ratio < 0 ? 1 : 0;
  return 0.5 * std::erfc(log_ratio / sigma / std::sqrt(2.0));
}

// The mean of a lognormal time and of its square, in seconds.
double mean_of(Duration p50, Duration p99) {
  const double sigma = service_sigma(p50, p99);
  return seconds(p50) * std::exp(sigma * sigma / 2);
}
double mean_square_of(Duration p50, Duration p99) {
  const double sigma = service_sigma(p50, p99);
  return seconds(p50) * seconds(p50) * std::exp(2 * sigma * sigma);
}

}  // namespace

std::optional<FunctionFor> function_for(const Need& need, const Catalog& catalog,
                                        Duration overhead) {
  const Estimates estimates(catalog);
  const FunctionTerms terms(catalog, estimates);
  std::optional<FunctionFor> best;
  bool best_in_time = false;
  Duration quickest = Duration::max();
  for (std::uint32_t o = 0; o < catalog.function_offers().size(); ++o) {
    const CallTerms& call = terms.on(need.variant, FunctionOfferId{o});
    if (!call.usable || (need.max_cost && call.price > *need.max_cost)) continue;
    const bool in_time = !need.deadline || call.high + overhead <= *need.deadline;
    const bool better = !best || (in_time != best_in_time ? in_time
                                  : in_time               ? call.price < best->call
                                                          : call.high < quickest);
    if (!better) continue;
    best = FunctionFor{FunctionOfferId{o}, call.price, call.slowest};
    best_in_time = in_time;
    quickest = call.high;
  }
  if (best) {  // chosen by the median, as the brain does; paid by the mean
    const FunctionProfile& p = catalog.profile(need.variant, best->offer);
    best->call =
        call_price(catalog.offer(best->offer), from_seconds(mean_of(p.service_p50, p.service_p99)));
  }
  return best;
}

SteadyModel::SteadyModel(const Catalog& catalog, const BrainSettings& settings,
                         std::vector<Need> needs, Duration hand_off)
    : catalog_(catalog), overhead_(settings.overhead), needs_(std::move(needs)) {
  const auto offers = static_cast<std::uint32_t>(catalog.machine_offers().size());
  for (const Need& need : needs_) {
    functions_.push_back(settings.functions ? function_for(need, catalog, overhead_)
                                            : std::nullopt);
    const std::optional<FunctionFor>& f = functions_.back();
    double late = 1;
    if (f) {
      const FunctionProfile& p = catalog.profile(need.variant, f->offer);
      late =
          need.deadline ? slower_than(*need.deadline - overhead_, p.service_p50, p.service_p99) : 0;
    }
    late_on_function_.push_back(late);
  }
  for (std::uint32_t o = 0; o < offers; ++o) {
    PerOffer& per = per_offer_.emplace_back();
    double mean = 0;
    double square = 0;
    for (const Need& need : needs_) {
      const MachineProfile& p = catalog.profile(need.variant, MachineOfferId{o});
      if (p.slots == 0) {
        per.work = std::numeric_limits<double>::infinity();
        per.fits = false;
        break;
      }
      const double held = mean_of(p.service_p50, p.service_p99) + seconds(hand_off);
      per.work += need.share * held / p.slots;
      mean += need.share * held;
      square += need.share * mean_square_of(p.service_p50, p.service_p99);
      per.late.push_back(need.deadline
                             ? slower_than(*need.deadline - overhead_, p.service_p50, p.service_p99)
                             : 0);
      per.held.push_back(held);
    }
    if (!per.fits) continue;
    per.slots = mean / per.work;
    per.variability = std::clamp(square / (mean * mean) / 2, 0.5, 4.0);
  }
}

// How long a query waits for a slot before it goes elsewhere; `held` is what a slot takes for it.
Duration SteadyModel::patience(std::size_t need, double held) const {
  if (!needs_[need].deadline) return Duration::max();
  const std::optional<FunctionFor>& f = functions_[need];
  const Duration ahead = f ? f->slowest : from_seconds(held);
  return std::max(Duration::zero(), *needs_[need].deadline - overhead_ - ahead);
}

// Dispatch fills one machine after the other, burstable ones last; and each banks what it earns
// while it has less to do than its baseline, so what counts is its mean over all levels.
Dollars SteadyModel::surcharge_in_an_hour(const Fleet& fleet, std::span<const BusyFor> busy) const {
  double capacity = 0;  // queries a second
  double others = 0;    // of it what is filled first
  for (const sim::Standing& part : fleet) {
    const double serves = part.machines / work(part.offer);
    capacity += serves;
    if (catalog_.offer(part.offer).market != Market::burstable) others += serves;
  }
  Dollars sum;
  for (const sim::Standing& part : fleet) {
    const MachineOffer& offer = catalog_.offer(part.offer);
    if (offer.market != Market::burstable) continue;
    const double baseline = offer.baseline();
    for (int k = 0; k < part.machines && offer.surcharge_per_vcpu_hour; ++k) {
      double used = 0;
      for (const BusyFor& level : busy) {
        const double machines = (level.busy * capacity - others) * work(part.offer);
        used += level.share * std::clamp(machines - k, 0.0, 1.0);
      }
      const double over = std::max(0.0, used - baseline) * offer.vcpus.value;
      sum += *offer.surcharge_per_vcpu_hour * std::chrono::hours(1) * over;
    }
    others += part.machines / work(part.offer);
  }
  return sum;
}

// In standard mode a burstable machine does in the long run what it earns.
double SteadyModel::share_of_speed(MachineOfferId offer) const {
  const MachineOffer& o = catalog_.offer(offer);
  if (o.credits_per_hour <= 0 || o.surcharge_per_vcpu_hour) return 1;
  return std::min(1.0, o.baseline());
}

Expected SteadyModel::without_surcharge(const Fleet& fleet, Rate rate) const {
  double served = 0;  // queries a second when all slots are busy
  double slots = 0;
  double variability = 0;
  std::vector<double> held(needs_.size(), 0);
  std::vector<double> late(needs_.size(), 0);
  for (const sim::Standing& part : fleet) {
    const PerOffer& per = per_offer_[part.offer.index()];
    const double serves = part.machines * share_of_speed(part.offer) / per.work;
    served += serves;
    slots += part.machines * per.slots;
    variability += serves * per.variability;
    for (std::size_t i = 0; i < needs_.size(); ++i) {
      held[i] += serves * per.held[i];
      late[i] += serves * per.late[i];
    }
  }
  Expected e;
  e.machines = price_of(fleet, catalog_);
  const int whole_slots = static_cast<int>(std::floor(slots + 1e-9));
  std::vector<Patience> patient;
  for (std::size_t i = 0; i < needs_.size(); ++i) {
    patient.push_back(
        {served > 0 ? patience(i, held[i] / served) : Duration::zero(), needs_[i].share});
  }
  const OfferedWait wait(rate, from_seconds(served > 0 ? whole_slots / served : 1), whole_slots,
                         patient, served > 0 ? variability / served : 1);
  // Slots go to the earliest deadline, so who leaves does not follow from the patience of a class:
  // where queries leave at all, those of all classes have come near their last moment, and all
  // leave alike, but for those without a deadline.
  double leaving = 0;
  double bounded = 0;
  for (const Patience& p : patient) {
    leaving += p.share * wait.longer_than(p.wait);
    if (p.wait != Duration::max() || served <= 0) bounded += p.share;
  }
  leaving = bounded > 0 ? std::min(1.0, leaving / bounded) : 0;
  double work = 0;  // share of what comes that machines do, in work
  double offered = 0;
  Dollars calls;  // for a query
  for (std::size_t i = 0; i < needs_.size(); ++i) {
    const double leaves = patient[i].wait == Duration::max() && served > 0 ? 0 : leaving;
    const double share = needs_[i].share;
    e.waits += share * std::max(0.0, wait.longer_than(Duration::zero()) - leaves);
    e.missed += share * (1 - leaves) * (served > 0 ? late[i] / served : 0);
    if (functions_[i]) {
      e.on_functions += share * leaves;
      calls += functions_[i]->call * (share * leaves);
      e.missed += share * leaves * late_on_function_[i];
    } else {
      e.missed += share * leaves;
    }
    work += share * (1 - leaves) * held[i];
    offered += share * held[i];
  }
  if (served > 0 && offered > 0) e.busy = std::min(1.0, rate.value / served * work / offered);
  e.functions = per_hour((calls * (rate * std::chrono::hours(1))).value);
  return e;
}

Expected SteadyModel::expect(const Fleet& fleet, Rate rate) const {
  const LoadLevel level{rate, 1};
  return expect(fleet, std::span(&level, 1));
}

Expected SteadyModel::expect(const Fleet& fleet, std::span<const LoadLevel> levels) const {
  Expected mean;
  double queries = 0;
  std::vector<BusyFor> busy;
  for (const LoadLevel& level : levels) {
    const Expected e = without_surcharge(fleet, level.rate);
    busy.push_back({e.busy, level.share});
    const double weight = level.share * level.rate.value;
    mean.machines += e.machines * level.share;
    mean.functions += e.functions * level.share;
    mean.busy += e.busy * level.share;
    mean.on_functions += e.on_functions * weight;
    mean.missed += e.missed * weight;
    mean.waits += e.waits * weight;
    queries += weight;
  }
  mean.machines += per_hour(surcharge_in_an_hour(fleet, busy).value);
  if (queries > 0) {
    mean.on_functions /= queries;
    mean.missed /= queries;
    mean.waits /= queries;
  }
  return mean;
}

}  // namespace paragon::plan

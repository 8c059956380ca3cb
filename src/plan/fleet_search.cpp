#include "plan/fleet_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace paragon::plan {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
// Fleets of two offers are looked for around the capacity of the best of one.
constexpr double kCapacityLeast = 0.7;
constexpr double kCapacityMost = 1.3;

class Search {
 public:
  Search(const SteadyModel& model, const Catalog& catalog, std::span<const LoadLevel> levels,
         const FleetLimits& limits)
      : model_(model), catalog_(catalog), levels_(levels), limits_(limits) {
    for (std::uint32_t o = 0; o < catalog.machine_offers().size(); ++o) {
      const MachineOfferId id{o};
      if (!model.fits(id)) continue;
      if (limits.allowed && !limits.allowed(catalog.offer(id))) continue;
      offers_.push_back(id);
    }
  }

  std::vector<FleetChoice> best(std::size_t count) {
    add({});
    for (const MachineOfferId offer : offers_) one(offer);
    // Also of one that has too many spot machines: with others beside them it may be the best.
    const double capacity =
        tried_.empty() ? 0 : capacity_of(std::ranges::min_element(tried_, by_rank())->fleet);
    for (const MachineOfferId first : offers_) {
      for (const MachineOfferId second : offers_) {
        if (first.value < second.value) two(first, second, capacity);
      }
    }
    std::erase_if(tried_, [&](const FleetChoice& c) { return !spot_allows(c.fleet); });
    std::ranges::stable_sort(tried_, by_rank());
    return thinned(count);
  }

 private:
  // By how much it is outside the limits.
  double excess(const Expected& e) const {
    return std::max(0.0, e.missed - limits_.missed_most) +
           std::max(0.0, e.waits - limits_.wait_most);
  }

  // Those within the limits by cost, then the others by how far they are outside.
  std::function<bool(const FleetChoice&, const FleetChoice&)> by_rank() const {
    const auto rank = [this](const FleetChoice& c) {
      return std::tuple(excess(c.expected), c.expected.total().value);
    };
    return [rank](const FleetChoice& a, const FleetChoice& b) { return rank(a) < rank(b); };
  }

  double capacity_of(const Fleet& fleet) const {  // queries a second
    double sum = 0;
    for (const sim::Standing& part : fleet) sum += part.machines / model_.work(part.offer);
    return sum;
  }

  bool spot_allows(const Fleet& fleet) const {
    double spot = 0;
    for (const sim::Standing& part : fleet) {
      if (catalog_.offer(part.offer).market == Market::spot) {
        spot += part.machines / model_.work(part.offer);
      }
    }
    return spot <= limits_.spot_share_most * capacity_of(fleet) * (1 + 1e-9);
  }

  void add(const Fleet& fleet) {
    if (machines_in(fleet) > limits_.machines_max) return;
    FleetChoice choice{fleet, model_.expect(fleet, levels_)};
    if (excess(choice.expected) == 0 && spot_allows(fleet)) {
      least_ = std::min(least_, choice.expected.total().value);
    }
    tried_.push_back(std::move(choice));
  }

  // More machines than serve the highest level twice over change nothing.
  int most_of(MachineOfferId offer) const {
    const double peak = levels_.empty() ? 0 : levels_.back().rate.value;
    const double enough = std::ceil(2 * peak * model_.work(offer)) + 2;
    return static_cast<int>(std::min<double>(limits_.machines_max, enough));
  }

  void one(MachineOfferId offer) {
    for (int n = 1; n <= most_of(offer); ++n) {
      if (catalog_.offer(offer).price.value * n > least_) break;
      add({{offer, n}});
    }
  }

  void two(MachineOfferId first, MachineOfferId second, double capacity) {
    const double each = 1 / model_.work(first);
    const double other = 1 / model_.work(second);
    for (int n = 1; n * each < kCapacityMost * capacity && n <= limits_.machines_max; ++n) {
      const int from = static_cast<int>(std::ceil((kCapacityLeast * capacity - n * each) / other));
      const int to = static_cast<int>(std::floor((kCapacityMost * capacity - n * each) / other));
      for (int m = std::max(1, from); m <= to; ++m) {
        const Fleet fleet{{first, n}, {second, m}};
        if (price_of(fleet, catalog_).value > least_) break;
        if (spot_allows(fleet)) add(fleet);
      }
    }
  }

  // Of each set of offers the best and at most two more.
  std::vector<FleetChoice> thinned(std::size_t count) const {
    constexpr int kOfASet = 3;
    std::vector<FleetChoice> out;
    for (const FleetChoice& choice : tried_) {
      if (out.size() == count) break;
      const auto same = std::ranges::count_if(out, [&](const FleetChoice& other) {
        return std::ranges::equal(choice.fleet, other.fleet, {}, &sim::Standing::offer,
                                  &sim::Standing::offer);
      });
      if (same < kOfASet) out.push_back(choice);
    }
    return out;
  }

  const SteadyModel& model_;
  const Catalog& catalog_;
  std::span<const LoadLevel> levels_;
  const FleetLimits& limits_;
  std::vector<MachineOfferId> offers_;
  std::vector<FleetChoice> tried_;
  double least_ = kNever;  // cost of the best within the limit
};

}  // namespace

std::vector<FleetChoice> cheapest_fleets(const SteadyModel& model, const Catalog& catalog,
                                         std::span<const LoadLevel> levels,
                                         const FleetLimits& limits, std::size_t count) {
  return Search(model, catalog, levels, limits).best(count);
}

}  // namespace paragon::plan

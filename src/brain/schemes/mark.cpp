// A plan over instance types for the coming minutes (MArk, ATC '19).
//
// Once a minute the demand of the steps ahead is covered greedily: at the highest uncovered demand
// of the first six steps, the instance that covers most per dollar over the time it is needed, the
// running ones being free to start and new ones paying 180 s of start. Machines are given back only
// down to the element-wise highest of the last six plans. A surge that finds no slot in time goes
// to functions.
//
// Paper and published code disagree. Paper (mode 0, the default): the demand is forecast (an LSTM;
// here the forecaster that every scheme gets) and functions catch surges. Code (mode 1): the
// forecast call is commented out, the demand is 1.2 x the highest minute so far, flat for 50
// minutes, and the fallback to functions stands behind a `return`, so it never runs.
#include <algorithm>
#include <limits>

#include "brain/schemes/schemes.h"
#include "brain/schemes/window.h"
#include "brain/schemes/words.h"

namespace paragon {
namespace {

constexpr Duration kStep = std::chrono::minutes(1);
constexpr std::size_t kSteps = 50;  // planned ahead
constexpr std::size_t kFirst = 6;   // of them are covered in full; and plans a scale-in looks at
constexpr Duration kPiece = std::chrono::seconds(5);

constexpr std::array kKnobs{
    Knob{"mode", 0, 0, 1, "0: as the paper says, 1: as the published code does", "paper; code"},
    Knob{"margin", 1.2, 1, 10, "mode 1: on the highest minute so far", "code"},
    Knob{"start_s", 180, 0, 3600, "of a new machine, paid for nothing", "code"},
    Knob{"warm_up_min", 5, 0, 60, "mode 0: until then the demand as it is, no forecast", "code"},
};

class Mark final : public Scheme {
 public:
  explicit Mark(const Knobs& knobs)
      : as_coded_(knobs["mode"] >= 0.5),
        margin_(knobs["margin"]),
        start_(knobs.seconds("start_s")),
        warm_up_(from_seconds(60 * knobs["warm_up_min"])),
        every_(kStep) {}

  Wanted decide(const View& view) override {
    if (view.load.closed() > 0 && every_.due(view.now)) plan(view);
    return {targets_, {}};
  }
  Overflow overflow(const Overflowing& query, const View&) const override {
    if (as_coded_) return Overflow::wait;
    return query.machine_in_time ? Overflow::wait_for_deadline : Overflow::function_now;
  }
  std::string why(const View& /*view*/) const override {
    if (targets_.empty()) return "no load is known yet";
    return fmt::format(
        "planned at {}, and every minute: at most {} in the next {} minutes ({}), covered by what "
        "carries most of it per dollar, a new machine paying {} of start; of each offer the most "
        "of the last {} plans",
        words::moment(planned_at_), words::rate(highest_ahead_), kFirst,
        as_coded_ ? words::number(margin_) + " times the highest so far"
                  : "the forecast, as peaky as the last minute",
        words::length(start_), kFirst);
  }

 private:
  using Demand = std::array<double, kSteps>;  // queries a second, by step

  Demand demand(const View& view) {
    const double minute = view.load.rate(kStep).value;
    const double peak = view.load.peak(kPiece, kStep).value;
    highest_ = std::max(highest_, peak);
    Demand demand;
    if (as_coded_) {
      demand.fill(margin_ * highest_);
    } else if (view.now.time_since_epoch() < warm_up_) {
      demand.fill(peak);
    } else {
      const double peaky = minute > 0 ? peak / minute : 1;
      for (std::size_t k = 0; k < kSteps; ++k) {
        demand[k] = peaky * view.forecast.expect(kStep * static_cast<std::int64_t>(k + 1)).value;
      }
      demand[0] = std::max(demand[0], peak);
    }
    return demand;
  }

  void plan(const View& view) {
    Demand residual = demand(view);
    planned_at_ = view.now;
    highest_ahead_ = per_second(*std::max_element(residual.begin(), residual.begin() + kFirst));
    const std::size_t offers = view.machines.size();
    std::vector<int> running(offers);
    for (std::size_t o = 0; o < offers; ++o) {
      running[o] = view.machines[o].booting + view.machines[o].ready;
    }
    std::vector<int> chosen(offers);
    for (int machines = 0; machines < view.machines_max; ++machines) {
      const auto top = std::max_element(residual.begin(), residual.begin() + kFirst);
      if (*top <= 1e-9) break;
      const auto end = std::find_if(top, residual.end(), [](double left) { return left <= 0; });
      const std::size_t best = cheapest(view, {top, end}, running);
      if (best == offers) break;
      const double capacity = view.rate_of(MachineOfferId{static_cast<std::uint32_t>(best)}).value;
      for (auto step = top; step != end; ++step) *step -= capacity;
      ++chosen[best];
      --running[best];
    }
    plans_[next_plan_++ % kFirst] = std::move(chosen);
    targets_.clear();
    for (std::uint32_t o = 0; o < offers; ++o) {
      int most = 0;
      for (const std::vector<int>& one : plans_) most = std::max(most, one.empty() ? 0 : one[o]);
      targets_.push_back({MachineOfferId{o}, most, OrderReason::forecast});
    }
    // What the floor adds should be the cheapest.
    std::swap(targets_[0], targets_[view.cheapest.index()]);
  }

  // The offer that covers most of the span per dollar; none: the number of offers.
  std::size_t cheapest(const View& view, std::span<const double> span,
                       const std::vector<int>& running) const {
    std::size_t best = running.size();
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t o = 0; o < running.size(); ++o) {
      const MachineOfferId id{static_cast<std::uint32_t>(o)};
      const MachineOffer& offer = view.catalog.offer(id);
      const double capacity = view.rate_of(id).value;
      if (!(capacity > 0) || (offer.market != Market::on_demand && running[o] <= 0)) continue;
      double covered = 0;
      for (const double left : span) covered += std::min(capacity, left);
      const Duration held = kStep * static_cast<std::int64_t>(span.size());
      const Dollars cost = offer.price * (held + (running[o] > 0 ? Duration::zero() : start_));
      if (cost.value / covered < least) {
        least = cost.value / covered;
        best = o;
      }
    }
    return best;
  }

  bool as_coded_;
  double margin_;
  Duration start_;
  Duration warm_up_;
  Every every_;
  double highest_ = 0;
  std::array<std::vector<int>, kFirst> plans_;
  std::size_t next_plan_ = 0;
  std::vector<Target> targets_;
  Time planned_at_{};
  Rate highest_ahead_;
};

}  // namespace

constinit const SchemeInfo kMark{"mark", "a greedy plan over instance types for the minutes ahead",
                                 "MArk (ATC '19), paper and code", kKnobs, make_from_knobs<Mark>};

}  // namespace paragon

// Buys a machine while it pays for itself: the paper's scheme with the economics worked out.
//
// A machine is worth having when the chance that it is busy exceeds its price over the price of
// functions for the same work. So the number of machines is the newsvendor's: as many as each earns
// its price, over the distribution of the demand when a machine ordered now will be ready
// (brain/demand.h). Below that rate it buys none, and functions serve everything.
//
// Which past tells the distribution of the future? A long memory is right while the load is steady
// and wrong for minutes after it has jumped; the best window differs by load and by hour. So
// several windows advise at once, and each is charged, in dollars, what following it would have
// cost: its machines, and functions for what they could not take. Advice counts by its recent bill
// (exponentially weighted experts: Littlestone and Warmuth, 1994), so the scheme finds the memory
// that suits the load without being told.
//
// Queries without a slot wait while they can be on time, strict ones too: a function that starts
// later costs the same. That needs functions that answer without a cold start, so enough
// environments for a multiple of the load are kept warm; a call every few minutes is nearly free.
// So a query counts on one of them at its last moment, also while all are busy or still starting:
// a strict one would be late for certain with a cold start of its own, and a relaxed one would have
// to leave that much earlier, time in which a machine may yet have room for it.
//
// Because functions can take all of the load at any moment, machines may be of a kind that is taken
// away: where spot or burstable ones are cheaper, those are bought (brain/schemes/markets.h).
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "brain/demand.h"
#include "brain/meter.h"
#include "brain/schemes/markets.h"
#include "brain/schemes/schemes.h"
#include "brain/schemes/window.h"
#include "brain/schemes/words.h"

namespace paragon {
namespace {

constexpr std::array<std::size_t, 6> kWindows{15, 30, 60, 120, 300, 600};  // seconds
constexpr std::size_t kFirstAdvisor = 2;   // until the first advice can be judged
constexpr std::size_t kHorizonMax = 1024;  // seconds
// Without functions a machine is all there is: worth having if it is busy a fiftieth of the time.
constexpr double kRatioWithoutFunctions = 0.02;
// An environment that cannot be told from the fastest in practice is as good, and cheaper.
constexpr double kNearlyAsFast = 1.25;
constexpr double kShareKeptWarm = 0.5;  // of the concurrency limit, at most
constexpr double kRare = 0.001;         // share of the load under which a variant is not kept warm

constexpr std::array kKnobs{
    Knob{"smoothing_s", 4, 1, 60, "peaks shorter than this need no machine: queries wait", "ours"},
    Knob{"memory_s", 300, 10, 36000, "how long the bill of old advice counts", "ours"},
    Knob{"sharpness", 50, 0, 1000, "how fast advice that costs more loses weight", "ours"},
    Knob{"hold_s", 30, 0, 3600, "a machine is kept this long after it was last wanted", "ours"},
    Knob{"warm", 4, 0, 100, "environments kept warm, in multiples of the load", "ours"},
    Knob{"spot", 1, 0, 1, "share of the machines bought on the spot market, at most", "ours"},
    Knob{"one_market", 0.5, 0, 1, "share of them in any one spot market, at most", "ours"},
    Knob{"burstable", 1, 0, 1, "whether a machine that is alone may be burstable", "ours"},
};

class Newsvendor final : public Scheme {
 public:
  explicit Newsvendor(const Knobs& knobs)
      : smoothing_(static_cast<std::size_t>(knobs["smoothing_s"])),
        forget_(std::exp(-1 / knobs["memory_s"])),
        sharpness_(knobs["sharpness"]),
        hold_time_(knobs.seconds("hold_s")),
        warm_(knobs["warm"]),
        markets_({knobs["spot"], knobs["one_market"], knobs["burstable"] >= 0.5}) {}

  Wanted decide(const View& view) override {
    if (!load_known(view)) {
      wanted_ = 0;
      targets_.assign(1, {view.cheapest, 0, OrderReason::demand});
      return {targets_, {}};
    }
    price(view);
    const double work = view.work_per_query[markets_.base().index()];
    const std::uint64_t fresh =
        std::min<std::uint64_t>(view.load.closed() - seen_, view.load.samples());
    for (std::uint64_t age = fresh; age > 0; --age) {
      second(view.load.sample(age - 1) * work, view);
    }
    seen_ = view.load.closed();
    const int now = static_cast<int>(std::lround(blend()));
    wanted_ = hold_.most(now, hold_time_, view.now);
    markets_.split(wanted_, demand_, view,
                   now > view.booting + view.ready ? OrderReason::forecast : OrderReason::demand,
                   targets_);
    return {targets_, environments(view)};
  }

  Overflow overflow(const Overflowing&, const View& view) const override {
    const bool functions_alone = wanted_ == 0 && view.booting + view.ready == 0;
    if (functions_alone) return Overflow::function_now;
    return warm_ > 0 ? Overflow::wait_for_warm : Overflow::wait_for_deadline;
  }
  std::string why(const View& view) const override {
    if (!load_known(view)) return "no load is known that machines could serve: none";
    std::string text = rule(view);
    if (second_ == 0) return text + "\nno second of load has passed yet: none";
    const Advice& advice = advice_[(second_ - 1) % kHorizonMax];
    const double least = least_bill();
    double weights = 0;
    for (std::size_t k = 0; k < kWindows.size(); ++k) weights += weight(k, least);
    for (std::size_t k = 0; k < kWindows.size(); ++k) {
      const int n = advice[k];
      const auto busy = [&](int machine) {
        return fmt::format("machine {} {}", machine,
                           words::percent(demand_.busy(machine, kWindows[k])));
      };
      text += fmt::format(
          "\nlast {} s{}: {} (busy: {}{}), which counts {}", kWindows[k],
          demand_.known() < kWindows[k] ? fmt::format(", {} known", demand_.known()) : "", n,
          n > 0 ? busy(n) + ", " : "", busy(n + 1),
          words::percent(judged_              ? weight(k, least) / weights
                         : k == kFirstAdvisor ? 1
                                              : 0));
    }
    text += judged_ ? "\nweighed by what following each would have cost lately"
                    : fmt::format("\nnone can be judged before a boot has passed, so that of {} s",
                                  kWindows[kFirstAdvisor]);
    return text + fmt::format(": {}, so {}; the most of the last {}: {}", words::number(blend()),
                              std::lround(blend()), words::length(hold_time_), wanted_);
  }

 private:
  using Advice = std::array<int, kWindows.size()>;

  static bool load_known(const View& view) {
    const double work = view.work_per_query[view.cheapest.index()];
    return work > 0 && std::isfinite(work);
  }

  // When a machine is worth having.
  std::string rule(const View& view) const {
    const std::string& name = view.catalog.offer(markets_.base()).name;
    const auto an_hour = [](double a_second) { return words::number(3600 * a_second); };
    std::string text =
        function_per_query(view)
            ? fmt::format(
                  "a {} is worth having while the chance that it is busy exceeds its price "
                  "over that of functions for the same work: ${} / ${} an hour = {}",
                  name, an_hour(machine_), an_hour(function_), words::percent(machine_ / function_))
            : fmt::format(
                  "functions cannot stand in, so a {} is worth having while it is busy {} "
                  "of the time",
                  name, words::percent(kRatioWithoutFunctions));
    const double alone = markets_.only_second().value;
    if (alone < machine_) {
      text += fmt::format(" (the only one: ${} an hour, being burstable, so {})", an_hour(alone),
                          words::percent(alone / function_));
    }
    return text;
  }

  // What a machine costs in a second, and what functions cost for what it does in one.
  void price(const View& view) {
    const std::optional<Dollars> per_query = function_per_query(view);
    markets_.look(view, per_query);
    machine_ = markets_.second().value;
    const double work = view.work_per_query[markets_.base().index()];
    function_ = per_query ? per_query->value / work : machine_ / kRatioWithoutFunctions;
  }

  // What functions cost for an average query: for the same answers, also where one would give a
  // lesser one. Nothing: they cannot stand in.
  static std::optional<Dollars> function_per_query(const View& view) {
    double per_query = 0;
    double known = 0;
    const std::vector<double>& mix = view.load.mix();
    for (std::uint32_t v = 0; v < mix.size(); ++v) {
      if (mix[v] <= 0) continue;
      double cheapest = std::numeric_limits<double>::infinity();
      for (std::uint32_t o = 0; o < view.catalog.function_offers().size(); ++o) {
        const FunctionProfile& profile = view.catalog.profile(VariantId{v}, FunctionOfferId{o});
        if (!profile.usable) continue;
        cheapest = std::min(
            cheapest, call_price(view.catalog.function_offers()[o], profile.service_p50).value);
      }
      per_query += mix[v] * cheapest;
      known += mix[v];
    }
    if (!view.functions || known <= 0 || !std::isfinite(per_query)) return std::nullopt;
    return dollars(per_query / known);
  }

  // One second of load has passed: what it needed, what it proves of old advice, and new advice.
  void second(double demand, const View& view) {
    demand_.observe(demand, smoothing_);
    const auto horizon = std::clamp<std::size_t>(
        static_cast<std::size_t>(std::ceil(seconds(view.provisioning))), 1, kHorizonMax - 1);
    if (second_ >= horizon) {
      const Advice& then = advice_[(second_ - horizon) % kHorizonMax];
      const double needed = demand_.latest();
      for (std::size_t k = 0; k < kWindows.size(); ++k) {
        bill_[k] =
            forget_ * bill_[k] + machine_ * then[k] + function_ * std::max(0.0, needed - then[k]);
      }
      judged_ = true;
    }
    const double alone = markets_.only_second().value / function_;
    demand_.worth_having(machine_ / function_, alone, kWindows.data(), kWindows.size(),
                         advice_[second_ % kHorizonMax].data());
    ++second_;
  }

  double blend() const {
    if (second_ == 0) return 0;
    const Advice& advice = advice_[(second_ - 1) % kHorizonMax];
    if (!judged_) return advice[kFirstAdvisor];
    const double least = least_bill();
    double sum = 0;
    double weights = 0;
    for (std::size_t k = 0; k < kWindows.size(); ++k) {
      const double counts = weight(k, least);
      sum += counts * advice[k];
      weights += counts;
    }
    return sum / weights;
  }
  double least_bill() const {
    return std::max(*std::min_element(bill_.begin(), bill_.end()), 1e-12);
  }
  double weight(std::size_t k, double least) const {
    return std::exp(-sharpness_ * (bill_[k] / least - 1));
  }

  // Warm environments for a multiple of the load, of each variant that is asked for.
  std::span<const WarmTarget> environments(const View& view) {
    warm_targets_.clear();
    if (!view.functions || warm_ <= 0) return {};
    const std::vector<double>& mix = view.load.mix_on_functions();
    const double rate = view.load.peak(std::chrono::seconds(5)).value;
    for (std::uint32_t v = 0; v < mix.size(); ++v) {
      if (mix[v] < kRare) continue;
      const std::optional<FunctionOfferId> offer = offer_for(VariantId{v}, view.catalog);
      if (!offer) continue;
      const double calls =
          rate * mix[v] * seconds(view.catalog.profile(VariantId{v}, *offer).service_p50);
      // In coarse steps: whenever the number grows, all of them are called to find those missing.
      const double step = std::exp2(std::ceil(2 * std::log2(warm_ * calls + 2)) / 2);
      const double most = kShareKeptWarm * mix[v] * view.catalog.offer(*offer).concurrency_limit;
      warm_targets_.push_back(
          {*offer, VariantId{v}, static_cast<int>(std::ceil(std::min(step, most)))});
    }
    return warm_targets_;
  }

  // The cheapest that is nearly as fast as the fastest: the one dispatch will choose.
  static std::optional<FunctionOfferId> offer_for(VariantId v, const Catalog& catalog) {
    Duration fastest = Duration::max();
    const auto count = static_cast<std::uint32_t>(catalog.function_offers().size());
    for (std::uint32_t o = 0; o < count; ++o) {
      const FunctionProfile& p = catalog.profile(v, FunctionOfferId{o});
      if (p.usable) fastest = std::min(fastest, p.service_p50);
    }
    std::optional<FunctionOfferId> best;
    Dollars least;
    for (std::uint32_t o = 0; o < count; ++o) {
      const FunctionProfile& p = catalog.profile(v, FunctionOfferId{o});
      if (!p.usable || seconds(p.service_p50) > kNearlyAsFast * seconds(fastest)) continue;
      const Dollars price = call_price(catalog.function_offers()[o], p.service_p50);
      if (!best || price < least) {
        best = FunctionOfferId{o};
        least = price;
      }
    }
    return best;
  }

  std::size_t smoothing_;
  double forget_;  // share of a bill that is left after a second
  double sharpness_;
  Duration hold_time_;
  double warm_;

  Markets markets_;
  double machine_ = 0;   // dollars a second
  double function_ = 0;  // dollars for a machine-second of work
  Demand demand_;
  std::array<Advice, kHorizonMax> advice_{};
  std::array<double, kWindows.size()> bill_{};
  std::uint64_t second_ = 0;
  std::uint64_t seen_ = 0;
  bool judged_ = false;
  int wanted_ = 0;  // machines' worth
  std::vector<Target> targets_;
  std::vector<WarmTarget> warm_targets_;
  Hold hold_;  // giving back and buying again costs a boot
};

}  // namespace

constinit const SchemeInfo kNewsvendor{"newsvendor",
                                       "a machine while it earns its price against functions",
                                       "ours", kKnobs, make_from_knobs<Newsvendor>};

}  // namespace paragon

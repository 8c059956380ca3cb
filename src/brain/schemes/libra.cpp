// A fixed share of the demand on machines, the rest on functions (LIBRA, policy `hybrid`).
//
// Mean and deviation of the arrivals per second are smoothed. Every 300 s the share of the machines
// is set to mean + deviation and machines are bought for it; a larger share holds once they have
// had time to start. Each second the first 80 % of the share's queries go to machines and the rest
// to functions, whether or not a machine has a free slot. Its simulator smooths with 0.2, its AWS
// scripts with 0.1: the simulator's is the default.
#include <cmath>

#include "brain/schemes/schemes.h"
#include "brain/schemes/window.h"
#include "brain/schemes/words.h"

namespace paragon {
namespace {

constexpr std::array kKnobs{
    Knob{"gain", 0.2, 0.001, 1, "weight of the newest second", "simulator; 0.1 in its AWS scripts"},
    Knob{"deviations", 1, 0, 10, "added to the mean", "simulator"},
    Knob{"every_s", 300, 1, 3600, "between two settings of the share", "simulator"},
    Knob{"start_s", 100, 0, 3600, "a larger share waits this long", "simulator: machine start"},
    Knob{"machine_share", 0.8, 0, 1, "of the share that machines get", "simulator"},
};

class Libra final : public Scheme {
 public:
  explicit Libra(const Knobs& knobs)
      : gain_(knobs["gain"]),
        deviations_(knobs["deviations"]),
        every_(knobs.seconds("every_s")),
        start_(knobs.seconds("start_s")),
        machine_share_(knobs["machine_share"]) {}

  Wanted decide(const View& view) override {
    learn(view.load);
    const bool known = view.load.closed() > 0;
    if (known && every_.due(view.now)) {
      bought_share_ = mean_ + deviations_ * deviation_;
      set_ = Setting{view.now, mean_, deviation_};
      holds_from_ = bought_share_ > share_ ? view.now + start_ : view.now;
    }
    if (view.now >= holds_from_) share_ = bought_share_;
    target_ = {view.cheapest, view.machines_for(per_second(bought_share_), view.cheapest),
               OrderReason::demand};
    return {{&target_, 1}, {}};
  }
  // Its machines take what they are given; here it may wait as long as that will be in time.
  Overflow overflow(const Overflowing&, const View&) const override {
    return Overflow::wait_for_deadline;
  }
  std::string why(const View& view) const override {
    if (!set_) return "no load is known yet: none";
    return fmt::format(
        "the share of the machines was set at {}, and is every {}: the mean of {} and {} "
        "deviations of {}; {}",
        words::moment(set_->when), words::length(every_.period()),
        words::rate(per_second(set_->mean)), words::number(deviations_),
        words::rate(per_second(set_->deviation)),
        words::sum(view, per_second(bought_share_), view.target_busy));
  }
  bool machine_first(Time now) override {
    const auto second = now.time_since_epoch() / std::chrono::seconds(1);
    if (second != second_) {
      second_ = second;
      in_second_ = 0;
    }
    return ++in_second_ <= std::floor(machine_share_ * share_);
  }

 private:
  void learn(const Monitor& load) {
    const auto fresh = std::min<std::uint64_t>(load.closed() - learned_, load.samples());
    for (std::uint64_t age = fresh; age > 0; --age) {
      const double x = load.sample(static_cast<std::size_t>(age - 1)) / seconds(Monitor::kSample);
      deviation_ += gain_ * (std::abs(mean_ - x) - deviation_);
      mean_ += gain_ * (x - mean_);
    }
    learned_ = load.closed();
  }

  double gain_;
  double deviations_;
  Every every_;
  Duration start_;
  double machine_share_;
  double mean_ = 0;  // queries a second
  double deviation_ = 0;
  double bought_share_ = 0;
  struct Setting {
    Time when;
    double mean = 0;
    double deviation = 0;
  };
  std::optional<Setting> set_;
  double share_ = 0;
  Time holds_from_{};
  std::uint64_t learned_ = 0;
  std::int64_t second_ = -1;
  double in_second_ = 0;
  Target target_;
};

}  // namespace

constinit const SchemeInfo kLibra{"libra", "a share of the load on machines, the rest on functions",
                                  "LIBRA, its simulator", kKnobs, make_from_knobs<Libra>};

}  // namespace paragon

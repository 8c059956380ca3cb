#include "trace/generate.h"

#include <cmath>

#include "base/random.h"

namespace paragon {
namespace {

class Constant final : public Arrivals {
 public:
  Constant(Rate rate, Duration length, Spacing spacing, std::uint64_t seed)
      : rate_(rate), length_(length), spacing_(spacing), random_(seed) {}

  std::optional<Time> next() override {
    if (rate_.value <= 0) return std::nullopt;
    const double mean = 1 / rate_.value;
    // Even ones are multiplied out, so that a long run does not drift.
    s_ = spacing_ == Spacing::even ? (static_cast<double>(count_++) + 0.5) * mean
                                   : s_ + random_.exponential(mean);
    if (s_ >= seconds(length_)) return std::nullopt;
    return at(from_seconds(s_));
  }

 private:
  Rate rate_;
  Duration length_;
  Spacing spacing_;
  Random random_;
  double s_ = 0;
  std::uint64_t count_ = 0;
};

// Thinning (Lewis and Shedler): draw at the peak rate, keep each with the share that holds then.
class CrowdArrivals final : public Arrivals {
 public:
  CrowdArrivals(const Crowd& crowd, std::uint64_t seed)
      : crowd_(crowd), random_(seed), s_(seconds(crowd.at.time_since_epoch())) {}

  std::optional<Time> next() override {
    if (crowd_.peak.value <= 0) return std::nullopt;
    const double end =
        seconds(crowd_.at.time_since_epoch() + crowd_.rise + crowd_.hold + crowd_.fall);
    while (true) {
      s_ += random_.exponential(1 / crowd_.peak.value);
      if (s_ >= end) return std::nullopt;
      const Time now = at(from_seconds(s_));
      if (random_.chance(crowd_.rate(now) / crowd_.peak)) return now;
    }
  }

 private:
  Crowd crowd_;
  Random random_;
  double s_;
};

class Merge final : public Arrivals {
 public:
  Merge(ArrivalsPtr a, ArrivalsPtr b)
      : a_(std::move(a)), b_(std::move(b)), next_a_(a_->next()), next_b_(b_->next()) {}

  std::optional<Time> next() override {
    const bool take_a = next_a_ && (!next_b_ || *next_a_ <= *next_b_);
    auto& taken = take_a ? next_a_ : next_b_;
    const std::optional<Time> out = taken;
    if (out) taken = (take_a ? a_ : b_)->next();
    return out;
  }

 private:
  ArrivalsPtr a_, b_;
  std::optional<Time> next_a_, next_b_;
};

class Until final : public Arrivals {
 public:
  Until(ArrivalsPtr arrivals, Time end) : arrivals_(std::move(arrivals)), end_(end) {}

  std::optional<Time> next() override {
    if (over_) return std::nullopt;
    const std::optional<Time> out = arrivals_->next();
    over_ = !out || *out >= end_;
    return over_ ? std::nullopt : out;
  }

 private:
  ArrivalsPtr arrivals_;
  Time end_;
  bool over_ = false;
};

}  // namespace

Rate Crowd::rate(Time now) const {
  const double t = seconds(now - at);
  const double top = seconds(rise), down = top + seconds(hold), end = down + seconds(fall);
  if (t < 0 || t >= end) return per_second(0);
  if (t < top) return peak * (t / top);
  if (t < down) return peak;
  return peak * ((end - t) / (end - down));
}

ArrivalsPtr constant(Rate rate, Duration length, Spacing spacing, std::uint64_t seed) {
  return std::make_unique<Constant>(rate, length, spacing, seed);
}

ArrivalsPtr crowd(const Crowd& crowd, std::uint64_t seed) {
  return std::make_unique<CrowdArrivals>(crowd, seed);
}

ArrivalsPtr merge(ArrivalsPtr a, ArrivalsPtr b) {
  return std::make_unique<Merge>(std::move(a), std::move(b));
}

ArrivalsPtr until(ArrivalsPtr arrivals, Time end) {
  return std::make_unique<Until>(std::move(arrivals), end);
}

}  // namespace paragon

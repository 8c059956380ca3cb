#include "brain/monitor.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace paragon {
namespace {

// Half of an arrival's weight in the mix is forgotten after a minute.
const double kForget = std::exp2(-1.0 / 60.0);

}  // namespace

Monitor::Monitor(std::size_t variants) : machines_(variants), functions_(variants) {}

void Monitor::advance(Time now) {
  if (now < sample_end_) return;
  const auto passed = (now - sample_end_) / kSample + 1;
  // After a long silence only the last kHistory samples matter; the rest would be overwritten.
  const auto to_close = std::min<std::int64_t>(passed, static_cast<std::int64_t>(kHistory) + 1);
  for (std::int64_t i = 0; i < to_close; ++i) close_sample();
  closed_total_ += static_cast<std::uint64_t>(passed - to_close);
  sample_end_ += kSample * passed;
}

void Monitor::close_sample() {
  ring_[head_] = current_;
  head_ = (head_ + 1) % kHistory;
  closed_ = std::min(closed_ + 1, kHistory);
  ++closed_total_;
  machines_.close_sample();
  functions_.close_sample();
  current_ = 0;
}

void Monitor::Mix::close_sample() {
  double sum = 0;
  for (std::size_t v = 0; v < weight.size(); ++v) {
    weight[v] = weight[v] * kForget + fresh[v];
    fresh[v] = 0;
    sum += weight[v];
  }
  // Below one arrival's worth of memory the last known mix is the better guess: keep it.
  if (sum < 1e-9) return;
  for (std::size_t v = 0; v < weight.size(); ++v) share[v] = weight[v] / sum;
}

std::uint32_t Monitor::sample(std::size_t age) const {
  PARAGON_CHECK(age < closed_, "sample older than the history");
  return ring_[(head_ + kHistory - 1 - age) % kHistory];
}

Rate Monitor::rate(Duration window) const {
  if (closed_ == 0) return per_second(0);
  const auto wanted = static_cast<std::size_t>(std::max<std::int64_t>(1, window / kSample));
  const std::size_t n = std::min(wanted, closed_);
  double sum = 0;
  for (std::size_t age = 0; age < n; ++age) sum += sample(age);
  return rate_of(sum, kSample * static_cast<std::int64_t>(n));
}

std::size_t Monitor::piece_sums(Duration sampling, Duration over,
                                std::array<double, kHistory>& out) const {
  const auto per_piece = static_cast<std::size_t>(std::max<std::int64_t>(1, sampling / kSample));
  const auto known =
      std::min(closed_, static_cast<std::size_t>(std::max<std::int64_t>(0, over / kSample)));
  const std::size_t pieces = known / per_piece;
  for (std::size_t p = 0; p < pieces; ++p) {
    double sum = 0;
    for (std::size_t i = 0; i < per_piece; ++i) sum += sample(p * per_piece + i);
    out[p] = sum / (static_cast<double>(per_piece) * seconds(kSample));
  }
  return pieces;
}

Rate Monitor::peak(Duration sampling, Duration over) const {
  std::array<double, kHistory> sums;
  const std::size_t n = piece_sums(sampling, over, sums);
  return per_second(n == 0 ? 0 : *std::max_element(sums.begin(), sums.begin() + n));
}

Rate Monitor::median(Duration sampling, Duration over) const {
  std::array<double, kHistory> sums;
  const std::size_t n = piece_sums(sampling, over, sums);
  if (n == 0) return per_second(0);
  const auto middle = sums.begin() + n / 2;
  std::nth_element(sums.begin(), middle, sums.begin() + n);
  return per_second(*middle);
}

double Monitor::peak_to_median(Duration sampling, Duration over) const {
  std::array<double, kHistory> sums;
  const std::size_t n = piece_sums(sampling, over, sums);
  if (n < 3) return 1;
  const double top = *std::max_element(sums.begin(), sums.begin() + n);
  const auto middle = sums.begin() + n / 2;
  std::nth_element(sums.begin(), middle, sums.begin() + n);
  if (top <= 0) return 1;
  // A median of nothing with some peak is as bursty as it gets; one query a piece stands in for it.
  return top / std::max(*middle, rate_of(1, sampling).value);
}

bool Monitor::bursty(Duration sampling, double at_least) const {
  return !known() || std::ranges::any_of(kBurstSpans, [&](Duration over) {
    return peak_to_median(sampling, over) >= at_least;
  });
}

}  // namespace paragon

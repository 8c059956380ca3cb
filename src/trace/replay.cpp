#include "trace/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/random.h"
#include "trace/trace_file.h"

namespace paragon {
namespace {

constexpr double kRateMost = 1e8;  // requests a second: a simulation of more would never end

// 1 - exp(-x). Nearly always x is small, and then a few terms of the series are exact.
double one_minus_exp(double x) {
  if (x > 1.0 / 32) return -std::expm1(-x);
  constexpr double kThird = 1.0 / 3, kFifth = 1.0 / 5, kSixth = 1.0 / 6;  // divisions are slow
  return x *
         (1 - x * 0.5 * (1 - x * kThird * (1 - x * 0.25 * (1 - x * kFifth * (1 - x * kSixth)))));
}

class Replay final : public Arrivals {
 public:
  // `length` is that of the cut, in the file's time.
  Replay(std::string file, TraceFile trace, const Shape& shape, Duration length)
      : file_(std::move(file)),
        trace_(std::move(trace)),
        shape_(shape),
        length_(length),
        random_(shape.seed) {}

  std::optional<Time> next() override {
    while (true) {
      while (given_ < drawn_ || left_ > 0) {
        if (given_ == drawn_) draw();
        const Duration in_file = row_.from + steps_[given_++];
        if (in_file < shape_.from) continue;
        if (in_file < shape_.from + length_) return to_timeline(in_file);
        left_ = given_ = drawn_ = 0;  // the rest of the row is later still
      }
      if (!next_row()) return std::nullopt;
    }
  }

 private:
  // Where in the row the next requests lie. For poisson that is the least of as many uniform points
  // as are left in what is left of the row, so none need be kept and sorted. They are drawn some at
  // a time: the logarithms do not wait for each other, and cost half as much as one by one.
  void draw() {
    drawn_ = static_cast<std::size_t>(std::min<std::uint64_t>(left_, kDraw));
    given_ = 0;
    const auto span = static_cast<double>(span_.count());
    const std::int64_t last = std::max<std::int64_t>(span_.count() - 1, 0);
    std::array<double, kDraw> gaps;
    if (shape_.spacing != Spacing::even) random_.exponentials({gaps.data(), drawn_});
    for (std::size_t i = 0; i < drawn_; ++i) {
      const auto n = static_cast<double>(left_--);
      if (shape_.spacing == Spacing::even)
        position_ = (static_cast<double>(total_) - n + 0.5) / static_cast<double>(total_);
      else
        position_ += (1 - position_) * one_minus_exp(gaps[i] / n);
      steps_[i] =
          Duration(std::min<std::int64_t>(static_cast<std::int64_t>(position_ * span), last));
    }
  }

  bool next_row() {
    while (true) {
      std::optional<TraceRow> row;
      if (ahead_) {
        row = *ahead_;
        ahead_.reset();
      } else {
        row = read();
      }
      const bool past = row && row->from >= shape_.from + length_;
      if (!row || past) {
        if (!again()) return false;
        continue;
      }
      ++number_;
      if (row->from + std::max(row->unit, Duration(1)) <= shape_.from) continue;
      start(*row);
      return true;
    }
  }

  void start(const TraceRow& row) {
    row_ = row;
    span_ = row.unit;
    if (span_ == Duration(0) && shape_.scale > 1) {
      ahead_ = read();
      span_ = ahead_ ? ahead_->from - row.from : Duration(0);
    }
    // A stream a row: the cut does not change what happens inside it.
    random_ = Random(shape_.seed).stream(number_ + (std::uint64_t(round_) << 40));
    position_ = 0;
    given_ = drawn_ = 0;
    left_ = total_ = scaled(row.requests);
  }

  std::uint64_t scaled(std::uint64_t requests) {
    const double mean = static_cast<double>(requests) * shape_.scale;
    if (shape_.scale == 1) return requests;
    if (shape_.spacing == Spacing::even || row_.unit == Duration(0)) {
      // Even on average over rows too: the fractions are carried, not rounded away.
      if (shape_.spacing == Spacing::even) {
        carry_ += mean;
        const double whole = std::floor(carry_ + 1e-9);
        carry_ -= whole;
        return static_cast<std::uint64_t>(whole);
      }
      const double whole = std::floor(mean);
      return static_cast<std::uint64_t>(whole) + (random_.chance(mean - whole) ? 1 : 0);
    }
    return random_.poisson(mean);
  }

  std::optional<TraceRow> read() {
    Result<std::optional<TraceRow>> row = trace_.next();
    return row ? *row : std::nullopt;
  }

  bool again() {
    const bool last = shape_.repeat != 0 && round_ + 1 >= shape_.repeat;
    if (last || number_ == 0) return false;  // a file without rows would never end
    Result<TraceFile> trace = TraceFile::open(file_);
    if (!trace) return false;
    trace_ = std::move(*trace);
    ahead_.reset();
    number_ = 0;
    ++round_;
    return true;
  }

  // Kept in integers for whole compressions, so that repeats do not drift.
  Time to_timeline(Duration in_file) const {
    const double ns = (static_cast<double>(length_.count()) * round_ +
                       static_cast<double>((in_file - shape_.from).count())) /
                      shape_.compress;
    return at(Duration(static_cast<std::int64_t>(std::min(ns, 9e18))));
  }

  static constexpr std::size_t kDraw = 64;

  std::string file_;
  TraceFile trace_;
  Shape shape_;
  Duration length_;
  Random random_;

  TraceRow row_;
  Duration span_{};                // in which the row's requests lie
  std::optional<TraceRow> ahead_;  // read to know the gap, not yet used
  std::uint64_t left_ = 0;         // of the row's requests, not yet drawn
  std::uint64_t total_ = 0;
  double position_ = 0;  // of the last one drawn, as a share of the span
  std::array<Duration, kDraw> steps_;
  std::size_t drawn_ = 0;
  std::size_t given_ = 0;  // of those drawn
  double carry_ = 0;
  std::uint64_t number_ = 0;  // of the row in the file
  int round_ = 0;
};

std::string wrong_shape(const Shape& shape, Duration length) {
  const auto positive = [](double x) { return std::isfinite(x) && x > 0 && x <= 1e9; };
  if (!positive(shape.compress))
    return fmt::format("compress: got {}, expected a number above 0, at most 1e9", shape.compress);
  if (!shape.mean && !positive(shape.scale))
    return fmt::format("scale: got {}, expected a number above 0, at most 1e9", shape.scale);
  if (shape.mean && !positive(shape.mean->value))
    return fmt::format("mean: got {} a second, expected a rate above 0, at most 1e9",
                       shape.mean->value);
  if (shape.repeat < 0) return fmt::format("repeat: got {}, expected 0 or more", shape.repeat);
  if (shape.from < Duration(0) || shape.from >= length)
    return fmt::format("from: got {} s, expected a time within the trace of {} s",
                       seconds(shape.from), seconds(length));
  if (shape.to && *shape.to <= shape.from)
    return fmt::format("to: got {} s, expected a time after from ({} s)", seconds(*shape.to),
                       seconds(shape.from));
  return "";
}

// Requests of the file inside the cut; of a unit that is cut, its share.
Result<double> requests_within(const std::string& file, Duration from, Duration to) {
  Result<TraceFile> trace = TraceFile::open(file);
  if (!trace) return trace.error();
  double requests = 0;
  while (true) {
    Result<std::optional<TraceRow>> row = trace->next();
    if (!row) return row.error();
    if (!*row || (*row)->from >= to) return requests;
    const TraceRow& r = **row;
    const Duration inside = std::min(r.from + r.unit, to) - std::max(r.from, from);
    if (r.unit == Duration(0))
      requests += r.from >= from ? 1 : 0;
    else if (inside > Duration(0))
      requests += static_cast<double>(r.requests) * (seconds(inside) / seconds(r.unit));
  }
}

}  // namespace

Result<ArrivalsPtr> replay_trace(const std::string& file, const Shape& wanted) {
  const Result<TraceSummary> summary = summarise(file);
  if (!summary) return summary.error();
  if (const std::string wrong = wrong_shape(wanted, summary->length); !wrong.empty())
    return {ErrorCode::invalid, file + ": " + wrong};
  Shape shape = wanted;
  const Duration to = std::min(shape.to.value_or(summary->length), summary->length);
  const Duration length = to - shape.from;
  const Result<double> requests = requests_within(file, shape.from, to);
  if (!requests) return requests.error();
  if (*requests == 0)
    return {ErrorCode::invalid, fmt::format("{}: holds no requests from {} s to {} s", file,
                                            seconds(shape.from), seconds(to))};
  if (shape.mean) shape.scale = shape.mean->value * seconds(length) / shape.compress / *requests;
  const double rate = *requests * shape.scale * shape.compress / seconds(length);
  if (rate > kRateMost)
    return {ErrorCode::invalid,
            fmt::format("{}: got a mean of {:.3g} requests a second after scaling, expected at "
                        "most {:g}",
                        file, rate, kRateMost)};
  Result<TraceFile> trace = TraceFile::open(file);
  if (!trace) return trace.error();
  return ArrivalsPtr(std::make_unique<Replay>(file, std::move(*trace), shape, length));
}

}  // namespace paragon

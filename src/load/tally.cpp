#include "load/tally.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"

namespace paragon {
namespace {

// Messages differ without end (ports, ids); beyond this many kinds they are counted together.
constexpr std::size_t kTroubles = 32;
constexpr double kZ95 = 1.959963984540054;

double wilson(const Proportion& share, double sign) {
  if (share.trials == 0) return std::numeric_limits<double>::quiet_NaN();
  const double n = static_cast<double>(share.trials);
  const double p = static_cast<double>(share.hits) / n;
  const double z2 = kZ95 * kZ95;
  const double middle = p + z2 / (2 * n);
  const double half = kZ95 * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
  return std::clamp((middle + sign * half) / (1 + z2 / n), 0.0, 1.0);
}

void count(Proportion& share, bool hit) {
  ++share.trials;
  if (hit) ++share.hits;
}

}  // namespace

double Proportion::value() const {
  if (trials == 0) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(hits) / static_cast<double>(trials);
}
double Proportion::low95() const { return wilson(*this, -1); }
double Proportion::high95() const { return wilson(*this, +1); }

void ClassTally::add(const LoadOutcome& outcome) {
  switch (outcome.end) {
    case LoadOutcome::End::answered:
      ++answered;
      latency.record(outcome.latency);
      if (deadline && outcome.latency > *deadline) ++late;
      if (outcome.correct) count(accuracy, *outcome.correct);
      if (outcome.cost) {
        cost += *outcome.cost;
        ++priced;
      }
      break;
    case LoadOutcome::End::refused:
      ++refused;
      break;
    case LoadOutcome::End::failed:
      ++failed;
      break;
    case LoadOutcome::End::unanswered:
      ++unanswered;
      break;
  }
}

void ClassTally::add(const ClassTally& other) {
  sent += other.sent;
  answered += other.answered;
  refused += other.refused;
  failed += other.failed;
  unanswered += other.unanswered;
  late += other.late;
  accuracy.hits += other.accuracy.hits;
  accuracy.trials += other.accuracy.trials;
  cost += other.cost;
  priced += other.priced;
  latency.add(other.latency);
}

void Tally::add_class(std::string name, std::optional<Duration> deadline) {
  ClassTally tally;
  tally.name = std::move(name);
  tally.deadline = deadline;
  classes_.push_back(std::move(tally));
  recent_.emplace_back();
}

void Tally::sent(std::size_t class_index, Duration lag) {
  ++classes_[class_index].sent;
  ++in_flight_;
  lag_.record(lag);
}

void Tally::ended(std::size_t class_index, const LoadOutcome& outcome) {
  PARAGON_CHECK(in_flight_ > 0, "a query ended that was not sent");
  --in_flight_;
  classes_[class_index].add(outcome);
  if (outcome.end == LoadOutcome::End::answered) {
    recent_[class_index].record(outcome.latency);
    ServedCount& by = served_[{outcome.variant, outcome.resource}];
    ++by.queries;
    if (outcome.correct) count(by.accuracy, *outcome.correct);
    if (outcome.cost) by.cost += *outcome.cost;
  } else if (!outcome.trouble.empty()) {
    auto it = troubles_.find(outcome.trouble);
    if (it != troubles_.end()) {
      ++it->second;
    } else {
      ++troubles_[troubles_.size() < kTroubles ? outcome.trouble : std::string(kOtherTroubles)];
    }
  }
}

ClassTally Tally::total() const {
  ClassTally sum;
  sum.name = "total";
  for (const ClassTally& tally : classes_) sum.add(tally);
  return sum;
}

Histogram Tally::take_recent(std::size_t class_index) {
  return std::exchange(recent_[class_index], Histogram{});
}

}  // namespace paragon

// What came of the load: counts, latencies, accuracy and cost, by class and by who served.
//
// Plain values; adding an outcome allocates nothing once its variant and resource were seen.
// Latencies are of answered queries and count from the moment the query was due to be sent, so a
// server that stalls, or a generator that is late, makes them longer instead of hiding queries
// (coordinated omission). Refused, failed and unanswered queries have no latency; they are misses.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/histogram.h"
#include "base/time.h"
#include "base/units.h"

namespace paragon {

// How one query ended.
struct LoadOutcome {
  enum class End {
    answered,
    refused,     // 429 or 503: the server said no
    failed,      // any other status, no connection, no answer in time, an answer nobody can read
    unanswered,  // the run was stopped first
  };
  End end = End::answered;
  Duration latency{};   // from the intended send time; of answered ones
  std::string variant;  // as the server named them; empty where it did not
  std::string resource;
  std::optional<Dollars> cost;  // as the server reported it
  std::optional<bool> correct;  // nothing where the right answer or the given one is not known
  std::string trouble;          // of refused and failed ones: what was said
};

// A share of successes with the 95 % interval of Wilson (1927), which holds for few trials too.
struct Proportion {
  std::uint64_t hits = 0;
  std::uint64_t trials = 0;
  double value() const;  // not-a-number without trials
  double low95() const;
  double high95() const;
};

struct ClassTally {
  std::string name;
  std::optional<Duration> deadline;  // the class's latency bound
  std::uint64_t sent = 0;
  std::uint64_t answered = 0;
  std::uint64_t refused = 0;
  std::uint64_t failed = 0;
  std::uint64_t unanswered = 0;
  std::uint64_t late = 0;  // answered after the deadline
  Proportion accuracy;     // of the answers with a known label
  Dollars cost;
  std::uint64_t priced = 0;  // answers that said what they cost
  Histogram latency;

  void add(const LoadOutcome& outcome);
  void add(const ClassTally& other);  // for sums over classes
  std::uint64_t missed() const { return late + refused + failed + unanswered; }
  std::uint64_t ended() const { return answered + refused + failed + unanswered; }
};

struct ServedCount {
  std::uint64_t queries = 0;
  Proportion accuracy;
  Dollars cost;
};

class Tally {
 public:
  void add_class(std::string name, std::optional<Duration> deadline);
  void sent(std::size_t class_index, Duration lag);
  void ended(std::size_t class_index, const LoadOutcome& outcome);

  const std::vector<ClassTally>& classes() const { return classes_; }
  ClassTally total() const;
  const Histogram& lag() const { return lag_; }  // from intended to actual sending
  using ServedBy = std::map<std::pair<std::string, std::string>, ServedCount, std::less<>>;
  const ServedBy& served() const { return served_; }  // by variant and resource
  // What went wrong how often; what is one kind too many counts as kOtherTroubles.
  static constexpr std::string_view kOtherTroubles = "(others)";
  const std::map<std::string, std::uint64_t, std::less<>>& troubles() const { return troubles_; }
  std::uint64_t in_flight() const { return in_flight_; }

  // Latencies of a class since the last call: for a live view.
  Histogram take_recent(std::size_t class_index);

  // The generator could not keep its own schedule: one query in a hundred left 10 ms late or more.
  bool fell_behind() const { return lag_.percentile(99) > std::chrono::milliseconds(10); }

 private:
  std::vector<ClassTally> classes_;
  std::vector<Histogram> recent_;
  Histogram lag_;
  ServedBy served_;
  std::map<std::string, std::uint64_t, std::less<>> troubles_;  // at most kTroubles kinds
  std::uint64_t in_flight_ = 0;
};

}  // namespace paragon

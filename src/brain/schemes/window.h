// The recent past of one number, one entry a tick: its mean and its highest over a span of time.
// And when to do something again, and for how long to hold on to machines.
#pragma once

#include <algorithm>
#include <deque>
#include <optional>

#include "base/time.h"

namespace paragon {

class Window {
 public:
  explicit Window(Duration span) : span_(span) {}
  Duration span() const { return span_; }

  void add(Time now, double value) {
    if (!begun_) begun_ = now;
    entries_.push_back({now, value});
    while (now - entries_.front().when >= span_) entries_.pop_front();
  }
  // Of a span that has not passed yet: over what has.
  double mean() const {
    double sum = 0;
    for (const Entry& entry : entries_) sum += entry.value;
    return entries_.empty() ? 0 : sum / static_cast<double>(entries_.size());
  }
  double highest() const {
    double most = 0;
    for (const Entry& entry : entries_) most = std::max(most, entry.value);
    return most;
  }
  // Whether the whole span has been seen.
  bool full(Time now) const { return begun_ && now - *begun_ >= span_; }

 private:
  struct Entry {
    Time when;
    double value;
  };
  Duration span_;
  std::optional<Time> begun_;
  std::deque<Entry> entries_;
};

// True once every `period`, and the first time it is asked.
class Every {
 public:
  explicit Every(Duration period) : period_(period) {}
  Duration period() const { return period_; }
  bool due(Time now) {
    if (last_ && now - *last_ < period_) return false;
    last_ = now;
    return true;
  }

 private:
  Duration period_;
  std::optional<Time> last_;
};

// Machines are not given back before the need for them has been lower for a whole hold time, since
// one bought back within it saves nothing: the highest need of that time.
class Hold {
 public:
  int most(int need, Duration hold, Time now) {
    while (!falling_.empty() && now - falling_.front().when > hold) falling_.pop_front();
    while (!falling_.empty() && falling_.back().machines <= need) falling_.pop_back();
    falling_.push_back({now, need});
    return falling_.front().machines;
  }

 private:
  struct Need {
    Time when;
    int machines;
  };
  std::deque<Need> falling_;  // the front is their maximum
};

}  // namespace paragon

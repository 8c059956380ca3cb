// A careful event loop and nothing else: arrivals apart, departures in a 4-ary heap of plain
// structs. What a simulator can reach at most on this scenario.
#include <algorithm>
#include <deque>
#include <vector>

#include "scenario.h"

namespace {

struct Departure {
  std::int64_t when;
  std::int64_t arrived;
};

class Departures {
 public:
  bool empty() const { return heap_.empty(); }
  std::int64_t next() const { return heap_.front().when; }

  void push(Departure d) {
    std::size_t i = heap_.size();
    heap_.push_back(d);
    while (i > 0 && heap_[(i - 1) / 4].when > d.when) {
      heap_[i] = heap_[(i - 1) / 4];
      i = (i - 1) / 4;
    }
    heap_[i] = d;
  }
  Departure pop() {
    const Departure top = heap_.front();
    const Departure last = heap_.back();
    heap_.pop_back();
    const std::size_t n = heap_.size();
    for (std::size_t i = 0; n > 0;) {
      std::size_t child = 4 * i + 1;
      if (child >= n) {
        heap_[i] = last;
        break;
      }
      for (std::size_t c = child + 1, end = std::min(4 * i + 5, n); c < end; ++c) {
        if (heap_[c].when < heap_[child].when) child = c;
      }
      if (heap_[child].when >= last.when) {
        heap_[i] = last;
        break;
      }
      heap_[i] = heap_[child];
      i = child;
    }
    return top;
  }

 private:
  std::vector<Departure> heap_;
};

}  // namespace

int main(int argc, char** argv) {
  const std::int64_t requests = peers::requests_wanted(argc, argv);
  struct Request {
    std::int64_t arrived;
    std::int64_t service;
  };
  peers::Gaps gaps;
  peers::Services services;
  peers::Answer answer;
  Departures departures;
  std::deque<Request> queue;
  int busy = 0;
  std::int64_t arrival = gaps.next();
  std::int64_t left = requests;
  while (left > 0 || !departures.empty()) {
    if (left > 0 && (departures.empty() || arrival < departures.next())) {
      const Request request{arrival, services.next()};
      if (busy < peers::kSlots) {
        ++busy;
        departures.push({arrival + request.service, arrival});
      } else {
        queue.push_back(request);
      }
      --left;
      arrival += gaps.next();
      continue;
    }
    const Departure d = departures.pop();
    answer.record(d.when - d.arrived);
    if (queue.empty()) {
      --busy;
    } else {
      departures.push({d.when + queue.front().service, queue.front().arrived});
      queue.pop_front();
    }
  }
  answer.print();
}

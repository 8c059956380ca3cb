// The limit: a careful event loop that simulates the same load without a brain.
//
// One pool of slots, first in first out, with the simulator's own arrivals, service times, event
// list and histogram, and nothing else: no selection, no deadlines, no autoscaler, no metering.
// Whatever decides anything per query costs more than this. The event list may also be a plain
// heap, which is what a careful loop has that is written without knowing our calendar.
#pragma once

#include <cstdint>
#include <vector>

#include "base/histogram.h"
#include "base/random.h"
#include "sim/departures.h"
#include "sim/service_times.h"
#include "trace/arrivals.h"

namespace paragon::bench {

struct PlainResult {
  std::uint64_t requests = 0;
  Histogram latency;
};

// `slots` must suffice for the load in the long run, or the queue grows with it.
template <class EventList>
PlainResult plain_loop(Arrivals& arrivals, const Catalog& catalog, VariantId variant,
                       Duration median, std::size_t slots, std::uint64_t seed) {
  struct Waiting {
    Time arrived;
    std::uint32_t quantile;
  };
  PlainResult result;
  Random random(seed);
  const sim::ServiceTimes times(catalog);
  EventList departures;
  std::vector<Time> running(slots);  // arrival of the query in each slot
  std::vector<std::uint32_t> free;
  for (std::size_t s = slots; s > 0; --s) free.push_back(static_cast<std::uint32_t>(s - 1));
  std::vector<Waiting> queue(1 << 16);  // a ring
  std::size_t head = 0;
  std::size_t waiting = 0;
  std::uint32_t order = 0;
  const auto start = [&](std::uint32_t slot, const Waiting& query, Time now) {
    running[slot] = query.arrived;
    departures.push({now + times.draw(variant, median, query.quantile), ++order, slot});
  };

  Time arrival = arrivals.next().value_or(kNever);
  while (arrival != kNever || !departures.empty()) {
    if (!departures.empty() && departures.top().when <= arrival) {
      const sim::Departure d = departures.top();
      departures.pop();
      result.latency.record(d.when - running[d.row]);
      if (waiting > 0) {
        start(d.row, queue[head], d.when);
        head = (head + 1) % queue.size();
        --waiting;
      } else {
        free.push_back(d.row);
      }
      continue;
    }
    ++result.requests;
    const Waiting query{arrival, static_cast<std::uint32_t>(random.bits() >> 32)};
    if (!free.empty()) {
      const std::uint32_t slot = free.back();
      free.pop_back();
      start(slot, query, arrival);
    } else {
      if (waiting == queue.size()) {
        std::vector<Waiting> larger(queue.size() * 2);
        for (std::size_t i = 0; i < waiting; ++i) larger[i] = queue[(head + i) % queue.size()];
        queue.swap(larger);
        head = 0;
      }
      queue[(head + waiting++) % queue.size()] = query;
    }
    arrival = arrivals.next().value_or(kNever);
  }
  return result;
}

}  // namespace paragon::bench

// SimGrid: an actor for the arrivals, an actor a slot, and a semaphore between them.
//
// SimGrid keeps time in seconds as a double, so latencies are rounded to the nanosecond; the runner
// allows the sum a relative 1e-6.
#include <cmath>
#include <deque>
#include <simgrid/s4u.hpp>

#include "scenario.h"

namespace sg4 = simgrid::s4u;

int main(int argc, char** argv) {
  const std::int64_t requests = peers::requests_wanted(argc, argv);
  sg4::Engine engine(&argc, argv);
  sg4::NetZone* zone = sg4::create_full_zone("zone");
  sg4::Host* host = zone->create_host("host", 1e9);
  zone->seal();

  peers::Answer answer;
  struct Request {
    double arrived;
    double service;
  };
  std::deque<Request> queue;
  const sg4::SemaphorePtr waiting = sg4::Semaphore::create(0);
  std::int64_t taken = 0;
  for (int slot = 0; slot < peers::kSlots; ++slot) {
    sg4::Actor::create("slot", host, [&] {
      for (;;) {
        waiting->acquire();
        if (taken == requests) return;
        ++taken;
        const Request request = queue.front();
        queue.pop_front();
        sg4::this_actor::sleep_for(request.service);
        answer.record(std::llround((sg4::Engine::get_clock() - request.arrived) * 1e9));
      }
    });
  }
  sg4::Actor::create("arrivals", host, [&] {
    peers::Gaps gaps;
    peers::Services services;
    std::int64_t now = 0;
    for (std::int64_t i = 0; i < requests; ++i) {
      now += gaps.next();
      sg4::this_actor::sleep_until(static_cast<double>(now) * 1e-9);
      queue.push_back({sg4::Engine::get_clock(), static_cast<double>(services.next()) * 1e-9});
      waiting->release();
    }
    for (int slot = 0; slot < peers::kSlots; ++slot) waiting->release();
  });
  engine.run();
  answer.print();
}

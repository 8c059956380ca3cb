// ns-3's event core: arrivals and departures as events, the queue in between as it comes.
#include <ns3/core-module.h>

#include <deque>

#include "scenario.h"

namespace {

class Pool {
 public:
  explicit Pool(std::int64_t requests) : left_(requests) { expect(); }

  peers::Answer answer;

 private:
  void expect() {
    if (left_-- > 0) ns3::Simulator::Schedule(ns3::NanoSeconds(gaps_.next()), &Pool::arrive, this);
  }
  struct Request {
    std::int64_t arrived;
    std::int64_t service;
  };
  void arrive() {
    const Request request{ns3::Simulator::Now().GetNanoSeconds(), services_.next()};
    if (busy_ < peers::kSlots) {
      ++busy_;
      serve(request);
    } else {
      queue_.push_back(request);
    }
    expect();
  }
  void serve(const Request& request) {
    ns3::Simulator::Schedule(ns3::NanoSeconds(request.service), &Pool::leave, this,
                             request.arrived);
  }
  void leave(std::int64_t arrived) {
    answer.record(ns3::Simulator::Now().GetNanoSeconds() - arrived);
    if (queue_.empty()) {
      --busy_;
    } else {
      serve(queue_.front());
      queue_.pop_front();
    }
  }

  peers::Gaps gaps_;
  peers::Services services_;
  std::deque<Request> queue_;
  std::int64_t left_;
  int busy_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  Pool pool(peers::requests_wanted(argc, argv));
  ns3::Simulator::Run();
  ns3::Simulator::Destroy();
  pool.answer.print();
}

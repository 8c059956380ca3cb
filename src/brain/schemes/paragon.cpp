// The paper's scheme: machines ahead of the load, functions for what comes too fast (section IV).
//
// Machines are bought for the forecast over the provisioning delay. Where the load is bursty (its
// peak far over its median, observation 4) functions absorb the peaks, so machines follow the
// expected rate; where it is calm functions are not worth their price, so machines follow the upper
// edge of the forecast and a query in no hurry stays with them. Strict queries without a slot take
// a function at once; relaxed ones wait and leave at the last responsible moment.
//
// Machines are given back only when the need has been lower for a whole hold time: what is billed
// at least, or a boot, whichever is longer, since a machine bought back within it saves nothing.
#include <algorithm>
#include <deque>

#include "brain/schemes/schemes.h"

namespace paragon {
namespace {

class Paragon final : public Scheme {
 public:
  Wanted decide(const View& view) override {
    const bool lean = view.functions && view.bursty;
    const Rate recent = view.load.rate(std::chrono::seconds(10));
    const Rate ahead = lean ? view.forecast.expect(view.provisioning)
                            : view.forecast.at_most(view.provisioning, 0.95);
    const int now = view.machines_for(recent, view.cheapest);
    const int then = view.machines_for(ahead, view.cheapest);
    const int held = hold(std::max(now, then), view);
    target_ = {view.cheapest, held, then > now ? OrderReason::forecast : OrderReason::demand};
    return {{&target_, 1}, {}};
  }

  Overflow overflow(const Overflowing& query, const View& view) const override {
    if (query.query_class == QueryClass::relaxed) return Overflow::wait_for_deadline;
    // Calm load: the few that find no slot are cheaper in the queue, as long as they are on time.
    if (!view.bursty && query.machine_in_time) return Overflow::wait_for_deadline;
    return Overflow::function_now;
  }

 private:
  // The highest need of the hold time.
  int hold(int need, const View& view) {
    const Duration span =
        std::max(view.provisioning, view.catalog.offer(view.cheapest).minimum_billed);
    while (!recent_.empty() && view.now - recent_.front().when > span) recent_.pop_front();
    while (!recent_.empty() && recent_.back().need <= need) recent_.pop_back();
    recent_.push_back({view.now, need});
    return recent_.front().need;
  }

  struct Need {
    Time when;
    int need;
  };
  Target target_;
  std::deque<Need> recent_;  // falling needs of the hold time: the front is their maximum
};

}  // namespace

constinit const SchemeInfo kParagon{
    "paragon",
    "machines ahead of the load, functions for what comes too fast",
    {},
    [](const Knobs&, const BrainSettings&) -> std::unique_ptr<Scheme> {
      return std::make_unique<Paragon>();
    }};

}  // namespace paragon

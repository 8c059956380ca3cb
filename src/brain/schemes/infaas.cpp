// INFaaS's machine daemon (ATC '21, from its code): one more machine when all are over 80 % busy.
//
// Every 2 s it compares the utilisation of its workers with 80 %; after any action it rests 15
// polls (30 s); it shuts one down when the average was at most 30 % for 15 polls. One machine at a
// time. It takes the least busy worker's utilisation, which among workers that are kept balanced is
// about their mean; our dispatcher packs instead, so here it is the mean. Its other half, choosing
// a variant for each query by bounds on latency and accuracy, is what our selection does for every
// scheme; model replicas need no scaling here, since a machine has all variants loaded.
#include "brain/schemes/schemes.h"
#include "brain/schemes/window.h"
#include "brain/schemes/words.h"

namespace paragon {
namespace {

constexpr std::array kKnobs{
    Knob{"out_at", 0.8, 0.05, 1, "utilisation above which a machine is added", "vm daemon, CPU"},
    Knob{"in_at", 0.3, 0, 1, "average utilisation at which one is shut down", "vm daemon, CPU"},
    Knob{"poll_s", 2, 0.1, 600, "between two looks", "vm daemon"},
    Knob{"rest_polls", 15, 0, 1000, "after an action; and low in a row before a shutdown",
         "vm daemon"},
};

class Infaas final : public Scheme {
 public:
  explicit Infaas(const Knobs& knobs)
      : out_at_(knobs["out_at"]),
        in_at_(knobs["in_at"]),
        rest_polls_(knobs.integer("rest_polls")),
        busy_(knobs.seconds("poll_s")),
        every_(knobs.seconds("poll_s")) {}

  Wanted decide(const View& view) override {
    if (view.ready > 0) busy_.add(view.now, view.busy_mean);
    if (every_.due(view.now)) poll(view);
    target_ = {view.cheapest, std::max(1, wanted_), OrderReason::demand};
    return {{&target_, 1}, {}};
  }
  Overflow overflow(const Overflowing&, const View&) const override { return Overflow::wait; }
  std::string why(const View&) const override {
    if (!seen_) return "none is ready, so how busy they are is not known: as they are, at least 1";
    return fmt::format(
        "{} busy over the last {}: {} (over {} one more; at most {} in {} polls, {} so far, one "
        "fewer; {} polls of rest after either, {} left)",
        words::percent(*seen_), words::length(every_.period()),
        step_ > 0   ? "one more"
        : step_ < 0 ? "one fewer"
                    : "as they are",
        words::percent(out_at_), words::percent(in_at_), rest_polls_, low_, rest_polls_, rest_);
  }

 private:
  void poll(const View& view) {
    wanted_ = view.booting + view.ready;
    const int have = wanted_;
    seen_.reset();
    step_ = 0;
    if (view.ready == 0) return;
    const double busy = busy_.mean();
    seen_ = busy;
    low_ = busy <= in_at_ ? low_ + 1 : 0;
    if (rest_ > 0) {
      --rest_;
    } else if (busy > out_at_) {
      ++wanted_;
      rest_ = rest_polls_;
    } else if (low_ >= rest_polls_ && wanted_ > 1) {
      --wanted_;
      rest_ = rest_polls_;
    }
    step_ = wanted_ - have;
  }

  double out_at_;
  double in_at_;
  int rest_polls_;
  Window busy_;
  Every every_;
  int rest_ = 0;
  int low_ = 0;
  int wanted_ = 0;
  Target target_;
  std::optional<double> seen_;  // in the last poll: how busy they were,
  int step_ = 0;                // and what it did about it
};

}  // namespace

constinit const SchemeInfo kInfaas{"infaas", "INFaaS's machine daemon: one more when all are busy",
                                   "INFaaS (ATC '21), its code", kKnobs, make_from_knobs<Infaas>};

}  // namespace paragon

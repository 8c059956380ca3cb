// Follows a plan: so many machines from such a time on, so many environments kept warm.
//
// For schedules made elsewhere with the load known in advance (sim/clairvoyant.cpp). The plan says
// what to have, booting machines included, so whoever makes it orders ahead. A query without a slot
// waits for one until its last moment and counts on a warm function then, a strict one too: a
// function that starts later costs the same. Without any machine there is nothing to wait for, and
// a small, slow function will do.
#include <algorithm>

#include "brain/schemes/schemes.h"
#include "brain/schemes/words.h"

namespace paragon {
namespace {

class Planned final : public Scheme {
 public:
  explicit Planned(const std::vector<PlanStep>& plan) : plan_(plan) {}

  Wanted decide(const View& view) override {
    for (; next_ < plan_.size() && plan_[next_].from <= view.now; ++next_) follow(plan_[next_]);
    return {machines_, warm_};
  }

  Overflow overflow(const Overflowing&, const View& view) const override {
    const bool machines =
        view.booting + view.ready > 0 ||
        std::ranges::any_of(machines_, [](const Target& target) { return target.machines > 0; });
    return machines ? Overflow::wait_for_warm : Overflow::function_now;
  }
  std::string why(const View&) const override {
    if (next_ == 0) return fmt::format("none of the plan's {} steps has come yet", plan_.size());
    return fmt::format("the plan, made with the load known in advance: step {} of {}, from {} on",
                       next_, plan_.size(), words::moment(plan_[next_ - 1].from));
  }

 private:
  void follow(const PlanStep& step) {
    if (step.warm) {
      const WarmTarget& wanted = *step.warm;
      const auto same = std::ranges::find_if(warm_, [&](const WarmTarget& w) {
        return w.offer == wanted.offer && w.variant == wanted.variant;
      });
      (same == warm_.end() ? warm_.emplace_back() : *same) = wanted;
      return;
    }
    const auto same = std::ranges::find_if(
        machines_, [&](const Target& target) { return target.offer == step.offer; });
    (same == machines_.end() ? machines_.emplace_back() : *same) = {step.offer, step.machines,
                                                                    OrderReason::forecast};
  }

  std::vector<PlanStep> plan_;
  std::size_t next_ = 0;
  std::vector<Target> machines_;
  std::vector<WarmTarget> warm_;
};

std::unique_ptr<Scheme> make_planned(const Knobs&, const BrainSettings& settings) {
  return std::make_unique<Planned>(settings.plan);
}

}  // namespace

constinit const SchemeInfo kPlanned{
    kPlanFollower, "a plan made with the load known in advance, for the clairvoyant schedule",
    "ours",        {},
    make_planned,  true};

}  // namespace paragon

#include "plan/break_even.h"

namespace paragon::plan {
namespace {

// The least load at which one breaks even at all; else the one that comes nearest to it.
bool better(const BreakEven& a, const BreakEven& b) {
  if (a.ever() != b.ever()) return a.ever();
  if (a.ever() && a.at != b.at) return a.at < b.at;
  return a.per_query_full < b.per_query_full;
}

}  // namespace

BreakEven break_even(const Need& need, const Catalog& catalog, const BrainSettings& settings,
                     Duration hand_off, bool spot) {
  Need alone = need;
  alone.share = 1;
  const SteadyModel model(catalog, settings, {alone}, hand_off);
  BreakEven out{.variant = need.variant, .function = model.functions().front()};
  // A burstable machine that is paid for what it does is not of one price.
  for (std::uint32_t o = 0; o < catalog.machine_offers().size(); ++o) {
    const MachineOfferId id{o};
    const MachineOffer& offer = catalog.offer(id);
    if (!model.fits(id) || offer.market == Market::burstable) continue;
    if (offer.market == Market::spot && !spot) continue;
    const MachineProfile& profile = catalog.profile(need.variant, id);
    if (need.deadline && profile.service_p50 + settings.overhead > *need.deadline) continue;
    BreakEven other{.variant = need.variant, .function = out.function, .machine = id};
    other.full = per_second(1 / model.work(id));
    other.per_query_full = offer.price * from_seconds(model.work(id));
    if (out.function) {
      other.at = per_second(offer.price * std::chrono::seconds(1) / out.function->call);
      other.busy = other.at / other.full;
    }
    if (!out.machine || better(other, out)) out = other;
  }
  return out;
}

}  // namespace paragon::plan

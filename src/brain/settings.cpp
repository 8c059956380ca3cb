#include "brain/settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "brain/scheme.h"
#include "catalog/complaints.h"

namespace paragon {
namespace {

void complain_of_knob(std::string_view scheme, std::string_view name, double value,
                      const auto& complain) {
  const SchemeInfo* info = find_scheme(scheme);
  if (info == nullptr) return;
  if (const Knob* knob = info->find_knob(name)) {
    if (value >= knob->least && value <= knob->most) return;
    complain(fmt::format("tuning: {}={}, expected {} to {} ({})", name, value, knob->least,
                         knob->most, knob->meaning));
    return;
  }
  std::string takes;
  for (const Knob& knob : info->knobs) {
    takes +=
        fmt::format("{}{} ({} to {})", takes.empty() ? "" : ", ", knob.name, knob.least, knob.most);
  }
  complain(fmt::format("tuning: the scheme '{}' has no knob {}; it takes {}", scheme,
                       in_quotes(std::string(name)), takes.empty() ? "none" : takes));
}

}  // namespace

Status check(const BrainSettings& s, const Catalog& catalog) {
  std::string wrong;
  const auto complain = [&](const std::string& text) {
    wrong += (wrong.empty() ? "" : "\n") + text;
  };
  const auto names = scheme_names();
  if (std::find(names.begin(), names.end(), s.scheme) == names.end()) {
    complain(fmt::format("scheme: got {}, expected one of: {}", in_quotes(s.scheme),
                         fmt::join(s.plan.empty() ? deciding_scheme_names() : names, ", ")));
  }
  for (const auto& [name, value] : s.tuning) complain_of_knob(s.scheme, name, value, complain);
  if (!s.plan.empty() && s.scheme != kPlanFollower) {
    complain(
        fmt::format("plan: the scheme '{}' takes none, only '{}' does", s.scheme, kPlanFollower));
  }
  for (std::size_t i = 0; i < s.plan.size(); ++i) {
    const PlanStep& step = s.plan[i];
    if (!step.warm && step.offer.index() >= catalog.machine_offers().size()) {
      complain(fmt::format("plan: step {} names a machine offer the catalog does not have", i));
    }
    if (step.machines < 0 || step.machines > 4096) {
      complain(fmt::format("plan: step {} has {} machines, expected 0 to 4096", i, step.machines));
    }
    if (step.warm && (step.warm->offer.index() >= catalog.function_offers().size() ||
                      step.warm->variant.index() >= catalog.variants().size())) {
      complain(fmt::format("plan: step {} warms what the catalog does not have", i));
    }
    if (i > 0 && step.from < s.plan[i - 1].from) {
      complain(fmt::format("plan: step {} begins before the one ahead of it", i));
    }
  }
  if (s.tick < std::chrono::milliseconds(100) || s.tick > std::chrono::hours(1)) {
    complain(fmt::format("tick: got {} s, expected 0.1 to 3600", seconds(s.tick)));
  }
  if (s.machines_max < 0 || s.machines_max > 4096) {
    complain(fmt::format("machines_max: got {}, expected 0 to 4096", s.machines_max));
  } else if (s.machines_min < 0 || s.machines_min > s.machines_max) {
    complain(fmt::format("machines_min: got {}, expected 0 to machines_max ({})", s.machines_min,
                         s.machines_max));
  }
  if (!(s.target_busy > 0 && s.target_busy <= 1)) {
    complain(fmt::format("target_busy: got {}, expected above 0, at most 1", s.target_busy));
  }
  if (s.budget_per_hour && !(s.budget_per_hour->value >= 0 && s.budget_per_hour->value < 1e9)) {
    complain(
        fmt::format("budget_usd_per_hour: got {}, expected 0 to 1e9", s.budget_per_hour->value));
  }
  if (s.waiting_max > 10'000'000) {
    complain(fmt::format("waiting_max: got {}, expected at most 10000000", s.waiting_max));
  }
  if (!(s.relaxed_slack >= 0 && s.relaxed_slack < 1e6)) {
    complain(fmt::format("relaxed_slack: got {}, expected 0 to 1e6", s.relaxed_slack));
  }
  if (s.overhead < Duration::zero() || s.overhead > std::chrono::seconds(60)) {
    complain(fmt::format("overhead: got {} ms, expected 0 to 60000", milliseconds(s.overhead)));
  }
  if (s.attempts_max < 1 || s.attempts_max > 100) {
    complain(fmt::format("attempts_max: got {}, expected 1 to 100", s.attempts_max));
  }
  if (s.machines_max > 0 && catalog.machine_offers().empty()) {
    complain("machine_offers: the catalog has none; add one, or set machines_max to 0");
  }
  if (wrong.empty()) return {};
  return {ErrorCode::invalid, wrong};
}

Status check(const BrainSettings& s, const Catalog& catalog,
             const std::vector<Provisioned>& provisioned) {
  if (provisioned.empty()) return {};
  if (!s.functions) return {ErrorCode::invalid, "provisioned: functions may not be used at all"};
  HourlyPrice all;
  for (const Provisioned& one : provisioned) all += keeping_price(catalog, one);
  // An hour begins and ends somewhere in a step.
  const Dollars at_most = all * (std::chrono::hours(1) + kProvisionedStep);
  if (!s.budget_per_hour || at_most <= *s.budget_per_hour) return {};
  return {ErrorCode::invalid,
          fmt::format("provisioned: keeping them costs up to ${:.4g} in an hour, over the "
                      "budget_usd_per_hour of {:g}; keep fewer, or allow more",
                      at_most.value, s.budget_per_hour->value)};
}

}  // namespace paragon

// Closed loops at the recommended number of queries, and two beyond it.
//
// The queries are served as a machine serves them: a slot a core, first in, first out. (Were each a
// thread of its own, the kernel would hand the cores round in slices of some milliseconds, and a
// query of a few microseconds would wait for thousands of times its own length.)
//
// The bound is the user's where it asks for few enough callers to be tried here; else what the
// model says of three queries a core. The model is fitted to one and two a core, on other visits:
// this tests how it goes on from there.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "profile/right_size.h"
#include "profile/statistics.h"
#include "profile/work.h"
#include "profile/write.h"

namespace paragon::profile {
namespace {

constexpr int kQueriesACore = 3;
constexpr int kMostACore = 100;
constexpr int kRounds =
    3;  // each takes turns with the other, so that what slows both is met by both
constexpr VisitSettings kVisit{.at_least = std::chrono::milliseconds(250), .runs_min = 200};

SlotCheck plan_check(const Profile& profile, const VariantProfile& v) {
  const QueueModel model = queue_model(profile, v);
  const MachineSize here{vcpus(profile.cores), 1, megabytes(1 << 20)};
  if (profile.bound) {
    const Slots slots = right_size(model, 1, v.memory(), *profile.bound, here);
    if (slots.parallel > 0 && slots.parallel <= kMostACore * profile.cores) {
      return {v.id, *profile.bound, slots.parallel, model.planned, {}, {}};
    }
  }
  const int slots = kQueriesACore * profile.cores;
  const double bound = seconds(predicted_p99(model, slots, 1, here)) / model.planned;
  return {v.id, from_seconds(bound), slots, model.planned, {}, {}};
}

// A visit of so many callers: first the queue fills, then each asks at least once more.
VisitSettings visit_settings(int callers) {
  VisitSettings settings = kVisit;
  settings.runs_min = std::max(settings.runs_min, static_cast<std::size_t>(callers));
  return settings;
}

Duration expected_visit(const Duration run, int callers, int cores) {
  const auto runs = static_cast<std::int64_t>(visit_settings(callers).runs_min);
  return run * callers / cores + std::max(kVisit.at_least, run * runs / cores);
}

}  // namespace

Result<std::vector<SlotCheck>> check_slots(Work& work, const Profile& profile) {
  std::vector<SlotCheck> checks;
  Duration once{};
  for (const VariantProfile& v : profile.variants) {
    checks.push_back(plan_check(profile, v));
    once += 2 * expected_visit(v.alone().mean, checks.back().slots + 2, profile.cores);
  }
  // It is the cores that would stand idle.
  std::erase_if(checks, [&](const SlotCheck& check) { return check.slots < profile.cores; });
  const int rounds = repeats_within(work.budget.checks, once, kRounds);
  work.course.expect("checks", once * rounds);
  for (SlotCheck& check : checks) {
    std::array<std::vector<Duration>, 2> p99;
    for (int round = 0; round < rounds; ++round) {
      for (std::size_t beyond = 0; beyond < 2; ++beyond) {
        if (work.around.stop) return interrupted();
        const int callers = check.slots + 2 * static_cast<int>(beyond);
        Subject& subject = *work.subjects.at(check.variant.value);
        work.course.advance("checks", expected_visit(subject.typical(), callers, profile.cores),
                            fmt::format("right-sizing: {}", work.name(check.variant.value)));
        auto visit = subject.visit_in_turn(profile.cores, callers, visit_settings(callers));
        if (!visit) return visit.error();
        p99[beyond].push_back(visit->p99);
      }
    }
    check.p99 = median(p99[0]);
    check.p99_beyond = median(p99[1]);
  }
  return checks;
}

Duration expected_checks(const Work& work) {
  Duration all{};
  for (const auto& [v, subject] : work.subjects) {
    const int callers = kQueriesACore * work.settings.cores;
    all += 2 * kRounds * expected_visit(subject->typical(), callers, work.settings.cores);
  }
  return std::min(all, work.budget.checks);
}

}  // namespace paragon::profile

// Closed loops at the recommended number of queries, and two beyond it.
//
// The queries are served as a machine serves them: a slot a core, first in, first out. (Were each a
// thread of its own, the kernel would hand the cores round in slices of some milliseconds, and a
// query of a few microseconds would wait for thousands of times its own length.)
//
// The bound is the user's where it asks for few enough callers to be tried here; else what the
// model says of three queries a core, which tests the model as well.
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
constexpr VisitSettings kVisit{.at_least = std::chrono::milliseconds(250), .runs_min = 10};

SlotCheck plan_check(const Profile& profile, const VariantProfile& v) {
  const double crowding = crowding_of(profile, v);
  const MachineSize here{vcpus(profile.cores), 1, megabytes(1 << 20)};
  const Alone alone{v.alone().mean, v.alone().p99};
  if (profile.bound) {
    const Slots slots = right_size(alone, crowding, 1, v.memory(), *profile.bound, here);
    if (slots.parallel > 0 && slots.parallel <= kMostACore * profile.cores) {
      return {v.id, *profile.bound, slots.parallel, {}, {}};
    }
  }
  const int slots = kQueriesACore * profile.cores;
  const double bound = seconds(predicted_p99(alone, crowding, slots, 1, here)) / kPlanned;
  return {v.id, from_seconds(bound), slots, {}, {}};
}

}  // namespace

Result<std::vector<SlotCheck>> check_slots(Work& work, const Profile& profile) {
  std::vector<SlotCheck> checks;
  for (const VariantProfile& v : profile.variants) {
    SlotCheck check = plan_check(profile, v);
    if (check.slots < profile.cores) continue;  // it is the cores that would stand idle
    std::array<std::vector<Duration>, 2> p99;
    for (int round = 0; round < kRounds; ++round) {
      for (std::size_t beyond = 0; beyond < 2; ++beyond) {
        if (work.around.stop) return interrupted();
        work.course.advance("checks", kVisit.at_least,
                            fmt::format("right-sizing: {}", work.name(v.id.value)));
        const int callers = check.slots + 2 * static_cast<int>(beyond);
        auto visit = work.subjects.at(v.id.value)->visit_in_turn(profile.cores, callers, kVisit);
        if (!visit) return visit.error();
        p99[beyond].push_back(quantile(visit->points, 0.99));
      }
    }
    check.p99 = median(p99[0]);
    check.p99_beyond = median(p99[1]);
    checks.push_back(check);
  }
  return checks;
}

Duration expected_checks(const Work& work) {
  return kVisit.at_least * 2 * kRounds * static_cast<std::int64_t>(work.variants().size());
}

}  // namespace paragon::profile

// Closed loops at the recommended number of queries, and two beyond it.
//
// The queries are served as a machine serves them: a slot a core, first in, first out. (Were each a
// thread of its own, the kernel would hand the cores round in slices of some milliseconds, and a
// query of a few microseconds would wait for thousands of times its own length.)
//
// Every variant was tried at three queries a core among the service times, by visits between those
// that the model is fitted to, so that slow spells of the computer meet both; the bound is what the
// model says of as many. Where the user's bound asks for few enough callers, that is tried here.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "profile/right_size.h"
#include "profile/statistics.h"
#include "profile/work.h"
#include "profile/write.h"

namespace paragon::profile {
namespace {

constexpr int kMostACore = 100;
constexpr int kRounds = 5;
constexpr VisitSettings kVisit{.at_least = std::chrono::milliseconds(150), .runs_min = 150};

MachineSize this_machine(const Profile& profile) {
  return {vcpus(profile.cores), 1, megabytes(1 << 20)};
}

// At the bound that makes it the recommended number.
std::optional<SlotCheck> tried_among_times(const Profile& profile, const VariantProfile& v) {
  const TurnLevels levels = turn_levels(profile.cores);
  const auto tried = v.in_turn.find(levels.tried), beyond = v.in_turn.find(levels.beyond);
  if (tried == v.in_turn.end() || beyond == v.in_turn.end()) return std::nullopt;
  const QueueModel model = queue_model(profile, v);
  const double said = seconds(predicted_p99(model, levels.tried, 1, this_machine(profile)));
  return SlotCheck{.variant = v.id,
                   .bound = from_seconds(said / model.planned),
                   .slots = levels.tried,
                   .planned = model.planned,
                   .p99 = median(tried->second.p99s),
                   .p99_beyond = median(beyond->second.p99s)};
}

// Fewer than the cores are not tried: it is the cores that would stand idle.
std::optional<SlotCheck> by_users_bound(const Profile& profile, const VariantProfile& v) {
  if (!profile.bound) return std::nullopt;
  const QueueModel model = queue_model(profile, v);
  const Slots slots = right_size(model, 1, v.memory(), *profile.bound, this_machine(profile));
  if (slots.parallel < profile.cores || slots.parallel > kMostACore * profile.cores) {
    return std::nullopt;
  }
  return SlotCheck{
      .variant = v.id, .bound = *profile.bound, .slots = slots.parallel, .planned = model.planned};
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
    if (const auto check = by_users_bound(profile, v)) {
      checks.push_back(*check);
      once += 2 * expected_visit(v.alone().mean, check->slots + 2, profile.cores);
    }
  }
  const int rounds = repeats_within(work.budget.checks, once, kRounds);
  work.course.expect("checks", once * rounds);
  // All in turn, round after round, so that a slow spell of the computer meets one visit of each.
  std::vector<std::array<std::vector<Duration>, 2>> p99s(checks.size());
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < checks.size(); ++i) {
      const SlotCheck& check = checks[i];
      Subject& subject = *work.subjects.at(check.variant.value);
      for (std::size_t beyond = 0; beyond < 2; ++beyond) {
        if (work.around.stop) return interrupted();
        const int callers = check.slots + 2 * static_cast<int>(beyond);
        work.course.advance("checks", expected_visit(subject.typical(), callers, profile.cores),
                            fmt::format("right-sizing: {}", work.name(check.variant.value)));
        auto visit = subject.visit_in_turn(profile.cores, callers, visit_settings(callers));
        if (!visit) return visit.error();
        p99s[i][beyond].push_back(visit->p99);
      }
    }
  }
  for (std::size_t i = 0; i < checks.size(); ++i) {
    checks[i].p99 = median(p99s[i][0]);
    checks[i].p99_beyond = median(p99s[i][1]);
  }
  for (const VariantProfile& v : profile.variants) {
    if (const auto check = tried_among_times(profile, v)) checks.push_back(*check);
  }
  std::stable_sort(checks.begin(), checks.end(), [](const SlotCheck& a, const SlotCheck& b) {
    return a.variant.value < b.variant.value;
  });
  return checks;
}

}  // namespace paragon::profile

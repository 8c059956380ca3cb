// Function sizes: each variant under the share of a processor that comes with each memory size.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "profile/lone_process.h"
#include "profile/statistics.h"
#include "profile/work.h"

namespace paragon::profile {
namespace {

constexpr const char* kHeader =
    "variant,memory_mb,round,threads,vcpus,vcpus_got,runs,mean_ns,billed_ns,points_ns";
constexpr std::size_t kRunsMin = 5;
constexpr Duration kRunsMost = std::chrono::seconds(2);  // beyond the first two of a visit
constexpr Duration kOneStart = std::chrono::milliseconds(200);

struct SizeVisit {
  Vcpus got;
  ShareVisit times;
};
using SizeKey = std::pair<std::uint32_t, std::int64_t>;  // variant, memory in MB
using SizeVisits = std::map<SizeKey, std::vector<SizeVisit>>;

int threads_of(Vcpus share) { return std::max(1, static_cast<int>(std::ceil(share.value - 1e-9))); }

// Nothing for a line that is none.
std::optional<SizeVisit> size_visit_of(const LogCells& row) {
  std::istringstream words(row[5] + " " + row[6] + " " + row[7] + " " + row[8] + " " + row[9]);
  double got = 0;
  std::int64_t runs = 0, mean = 0, billed = 0, point = 0;
  words >> got >> runs >> mean >> billed;
  if (!words || got < 0 || runs < 1 || mean < 1 || billed < 1) return std::nullopt;
  SizeVisit visit{vcpus(got),
                  {static_cast<std::size_t>(runs), Duration(mean), Duration(billed), {}, {}}};
  while (words >> point) visit.times.points.emplace_back(point);
  if (visit.times.points.empty()) return std::nullopt;
  return visit;
}

LogCells row_of(const std::string& variant, Memory memory, std::size_t round,
                const SizeVisit& visit) {
  std::string points;
  for (const Duration point : visit.times.points) {
    points += fmt::format("{}{}", points.empty() ? "" : " ", point.count());
  }
  const Vcpus share = share_of(memory);
  return {variant,
          fmt::format("{}", memory.value),
          fmt::format("{}", round),
          fmt::format("{}", threads_of(share)),
          fmt::format("{:.4f}", share.value),
          fmt::format("{:.4f}", visit.got.value),
          fmt::format("{}", visit.times.runs),
          fmt::format("{}", visit.times.mean.count()),
          fmt::format("{}", visit.times.billed.count()),
          points};
}

SizeTimes sum_up(Memory memory, const std::vector<SizeVisit>& visits) {
  std::vector<Duration> means, billed;
  std::vector<Weighted> runs;
  double got = 0;
  for (const SizeVisit& visit : visits) {
    means.push_back(visit.times.mean);
    billed.push_back(visit.times.billed);
    got += visit.got.value / static_cast<double>(visits.size());
    add_points(visit.times.points, visit.times.runs, runs);
  }
  return {.memory = memory,
          .share = share_of(memory),
          .got = vcpus(got),
          .mean = median(means),
          .p50 = quantile(runs, 0.5),
          .p99 = quantile(runs, 0.99),
          .billed = median(billed)};
}

// `run` on a whole processor.
VisitSettings visit_settings(const Work& work, Duration run, Vcpus share) {
  return shortened({.at_least = work.settings.size_time, .runs_min = kRunsMin},
                   from_seconds(seconds(run) / std::min(1.0, share.value)), kRunsMost);
}

// Those that hold the variant, and that this computer has the processors for.
std::vector<Memory> fitting(const Work& work, std::uint32_t v) {
  std::vector<Memory> fit;
  for (const Memory size : work.settings.sizes) {
    if (size >= work.profiles.at(v).memory() && share_of(size).value <= work.settings.cores) {
      fit.push_back(size);
    }
  }
  return fit;
}

class Sizes {
 public:
  Sizes(Work& work, LogFile& log, ControlGroups* groups) : work_(work), log_(log), groups_(groups) {
    for (const LogCells& row : log.rows()) {
      const auto variant = work.catalog.find_variant(row[0]);
      auto visit = size_visit_of(row);
      const std::int64_t memory = std::atoll(row[1].c_str());
      if (variant && visit) visits_[{variant->value, memory}].push_back(std::move(*visit));
    }
  }

  Status run() {
    Duration all{};
    for (const std::uint32_t v : work_.variants()) all += expected_sizes(work_, v);
    work_.course.expect("sizes", all * static_cast<std::int64_t>(work_.settings.size_rounds));
    for (std::size_t round = 1; round <= work_.settings.size_rounds; ++round) {
      // Judged by the lines, so that a run that goes on decides alike.
      if (round > 1 &&
          spent_ + spent_ / static_cast<std::int64_t>(round - 1) > work_.budget.sizes) {
        break;
      }
      for (const std::uint32_t v : work_.variants()) {
        if (work_.around.stop) return interrupted();
        work_.course.advance("sizes", expected_sizes(work_, v),
                             fmt::format("function sizes: {}", work_.name(v)));
        if (Status done = visit_all(v, round); !done) return done;
      }
    }
    for (const std::uint32_t v : work_.variants()) {
      for (const Memory size : fitting(work_, v)) {
        const auto& visits = visits_[{v, size.value}];
        if (!visits.empty()) work_.profiles[v].sizes.push_back(sum_up(size, visits));
      }
    }
    return {};
  }

 private:
  // The process that is measured, with so many threads.
  struct Lone {
    std::unique_ptr<LoneProcess> process;
    int threads = 0;
  };

  Status visit_all(std::uint32_t v, std::size_t round) {
    Lone lone;
    for (const Memory size : fitting(work_, v)) {
      if (work_.around.stop) return interrupted();
      auto& visits = visits_[{v, size.value}];
      if (visits.size() < round) {
        auto visited = visit(v, share_of(size), lone);
        if (!visited) return visited.error();
        visits.push_back(std::move(*visited));
        Status kept = log_.append(row_of(work_.name(v), size, round, visits.back()));
        if (!kept) return kept;
      }
      const ShareVisit& times = visits[round - 1].times;
      spent_ += from_seconds(seconds(times.mean) * static_cast<double>(times.runs));
    }
    return {};
  }

  Result<SizeVisit> visit(std::uint32_t v, Vcpus share, Lone& lone) {
    if (!lone.process || lone.threads != threads_of(share)) {
      lone.threads = threads_of(share);
      auto started = LoneProcess::start(work_.settings.program, work_.catalog.variants()[v].file,
                                        lone.threads, groups_);
      if (!started) return failure(v, started.error());
      lone.process = std::move(*started);
      // Warm, as an environment is that is called again.
      if (auto warm = lone.process->visit(vcpus(lone.threads), Duration(0), 3); !warm) {
        return failure(v, warm.error());
      }
    }
    const VisitSettings settings = visit_settings(work_, work_.profiles.at(v).alone().mean, share);
    const Duration begin = monotonic_now();
    auto times = lone.process->visit(share, settings.at_least, settings.runs_min);
    if (!times) return failure(v, times.error());
    const Vcpus got = vcpus(seconds(times->cpu) / seconds(monotonic_now() - begin));
    return SizeVisit{got, std::move(*times)};
  }

  Error failure(std::uint32_t v, const Error& error) const {
    return {error.code,
            fmt::format("variant '{}' in a process of its own: {}", work_.name(v), error.message)};
  }

  Work& work_;
  LogFile& log_;
  ControlGroups* groups_;
  SizeVisits visits_;
  Duration spent_{};  // on all visits so far, whenever they were
};

}  // namespace

Duration expected_sizes(const Work& work, std::uint32_t variant) {
  const Duration run = work.subjects.at(variant)->typical();
  Duration all = kOneStart;
  for (const Memory size : fitting(work, variant)) {
    const Vcpus share = share_of(size);
    const VisitSettings settings = visit_settings(work, run, share);
    const double runs = static_cast<double>(settings.runs_min) / std::min(1.0, share.value);
    all += std::max(settings.at_least, from_seconds(seconds(run) * runs));
  }
  return all;
}

Result<std::string> measure_sizes(Work& work) {
  if (work.settings.sizes.empty()) return std::string("not measured");
  auto log = LogFile::open(work.path("shares.csv"), kHeader);
  if (!log) return log.error();
  std::optional<ControlGroups> groups;
  std::string how = "stopped and continued 50 times a second";
  if (work.settings.control_groups) {
    auto found = ControlGroups::find();
    if (found) {
      how = found->text();
      groups.emplace(std::move(*found));
    }
  }
  if (Status done = Sizes(work, **log, groups ? &*groups : nullptr).run(); !done) {
    return done.error();
  }
  return how;
}

}  // namespace paragon::profile

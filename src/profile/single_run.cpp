#include "profile/single_run.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include "profile/batch.h"
#include "profile/statistics.h"
#include "profile/timed_runs.h"
#include "profile/visit.h"
#include "worker/model_session.h"

namespace paragon::profile {
namespace {

// The most memory this process has had. The one figure of the kernel that begins with the program
// itself: ru_maxrss begins with the parent's.
std::int64_t peak_kb() {
  std::ifstream in("/proc/self/status");
  std::string word;
  std::int64_t kb = 0;
  while (in >> word) {
    if (word == "VmHWM:" && in >> kb) return kb;
  }
  return 0;
}

Duration processor_time() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + Duration(now.tv_nsec);
}

void say(std::FILE* out, const std::string& line) {
  fmt::print(out, "{}\n", line);
  std::fflush(out);
}

int fail(std::FILE* out, std::string why) {
  std::replace(why.begin(), why.end(), '\n', ' ');
  say(out, "failed " + why);
  return 1;
}

Result<std::string> visit(ModelSession& session, const Batch& question,
                          const VisitSettings& settings) {
  ModelSession::Run run;
  TimedRuns timed;
  const auto inputs = question.inputs();
  const Duration cpu = processor_time();
  Status ran = time_runs(settings, timed, [&] { return session.run(inputs, 1, run); });
  if (!ran) return ran.error();
  const Duration used = processor_time() - cpu;
  Duration billed{};
  for (const Duration one : timed.runs) billed += std::chrono::ceil<std::chrono::milliseconds>(one);
  const auto count = static_cast<std::int64_t>(timed.runs.size());
  std::string line = fmt::format("{} {} {} {}", count, (timed.elapsed / count).count(),
                                 (billed / count).count(), used.count());
  std::sort(timed.runs.begin(), timed.runs.end());
  for (const Duration point : thinned(timed.runs, kPointsMost)) {
    line += fmt::format(" {}", point.count());
  }
  return line;
}

Error not_said(const std::string& line) {
  if (line.starts_with("failed ")) return {ErrorCode::invalid, line.substr(7)};
  return {ErrorCode::internal, fmt::format("the measuring process said '{}'", line.substr(0, 80))};
}

}  // namespace

Duration monotonic_now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::chrono::seconds(now.tv_sec) + Duration(now.tv_nsec);
}

int single_run(const SingleRunSettings& settings, std::FILE* in, std::FILE* out) {
  const Duration begun = monotonic_now();
  // Even while it is stopped: nobody would wake it.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  auto session = ModelSession::open(settings.file, settings.threads);
  if (!session) return fail(out, session.error().message);
  if ((*session)->outputs().empty()) return fail(out, "the network gives no output");
  const Duration loaded = monotonic_now();
  const Batch question = zeros_for(**session, 1);
  {
    ModelSession::Run run;
    if (Status ran = (*session)->run(question.inputs(), 1, run); !ran) {
      return fail(out, ran.error().message);
    }
  }
  const Duration first = monotonic_now();
  say(out, fmt::format("ready {} {} {} {}", (begun - settings.started).count(),
                       (loaded - begun).count(), (first - loaded).count(), peak_kb()));
  std::array<char, 128> line{};
  while (std::fgets(line.data(), static_cast<int>(line.size()), in) != nullptr) {
    std::istringstream words(line.data());
    std::int64_t milliseconds = 0;
    VisitSettings wanted{.runs_min = 1};
    words >> milliseconds >> wanted.runs_min;
    wanted.at_least = std::chrono::milliseconds(milliseconds);
    auto said = visit(**session, question, wanted);
    if (!said) return fail(out, said.error().message);
    say(out, *said);
  }
  return 0;
}

Result<ColdStart> parse_cold_start(const std::string& line) {
  std::istringstream words(line);
  std::string ready;
  std::int64_t process = -1, load = -1, first = -1, peak = -1;
  words >> ready >> process >> load >> first >> peak;
  if (!words || ready != "ready" || process < 0 || load < 0 || first < 0 || peak < 0) {
    return not_said(line);
  }
  return ColdStart{Duration(process), Duration(load), Duration(first), peak};
}

Result<ShareVisit> parse_share_visit(const std::string& line) {
  std::istringstream words(line);
  std::int64_t runs = 0, mean = -1, billed = -1, cpu = -1, point = 0;
  words >> runs >> mean >> billed >> cpu;
  if (!words || runs < 1 || mean < 0 || billed < 0 || cpu < 0) return not_said(line);
  ShareVisit visit{
      static_cast<std::size_t>(runs), Duration(mean), Duration(billed), Duration(cpu), {}};
  while (words >> point) visit.points.emplace_back(point);
  if (visit.points.empty() || visit.points.size() > kPointsMost) return not_said(line);
  return visit;
}

}  // namespace paragon::profile

// Cold starts: each variant in a fresh process, in turn, a few times over.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "profile/lone_process.h"
#include "profile/statistics.h"
#include "profile/work.h"

namespace paragon::profile {
namespace {

constexpr const char* kHeader = "variant,round,process_us,load_us,first_us,peak_kb";
constexpr Duration kOneStart = std::chrono::milliseconds(150);

LogCells row_of(const std::string& variant, std::size_t round, const ColdStart& start) {
  const auto us = [](Duration d) { return fmt::format("{}", d.count() / 1000); };
  return {variant,        fmt::format("{}", round), us(start.process),
          us(start.load), us(start.first),          fmt::format("{}", start.peak_kb)};
}

std::optional<ColdStart> cold_start_of(const LogCells& row) {
  std::array<std::int64_t, 4> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::string& cell = row[i + 2];
    const char* end = cell.data() + cell.size();
    const auto [rest, error] = std::from_chars(cell.data(), end, numbers[i]);
    if (error != std::errc{} || rest != end || numbers[i] < 0 ||
        numbers[i] > std::int64_t{1} << 42) {
      return std::nullopt;
    }
  }
  return ColdStart{std::chrono::microseconds(numbers[0]), std::chrono::microseconds(numbers[1]),
                   std::chrono::microseconds(numbers[2]), numbers[3]};
}

ColdStart middle(const std::vector<ColdStart>& starts) {
  std::vector<Duration> process, load, first;
  ColdStart all;
  for (const ColdStart& start : starts) {
    process.push_back(start.process);
    load.push_back(start.load);
    first.push_back(start.first);
    all.peak_kb = std::max(all.peak_kb, start.peak_kb);
  }
  all.process = median(process);
  all.load = median(load);
  all.first = median(first);
  return all;
}

}  // namespace

Status measure_starts(Work& work) {
  auto log = LogFile::open(work.path("starts.csv"), kHeader);
  if (!log) return log.error();
  std::map<std::uint32_t, std::vector<ColdStart>> starts;
  for (const LogCells& row : (*log)->rows()) {
    const auto variant = work.catalog.find_variant(row[0]);
    const auto start = cold_start_of(row);
    if (variant && start) starts[variant->value].push_back(*start);
  }
  const auto todo = static_cast<std::int64_t>(work.settings.starts * work.variants().size());
  work.course.expect("starts", kOneStart * todo);
  // Until the networks are loaded nobody knows how long the rest takes.
  work.course.expect("times",
                     std::chrono::seconds(10) * static_cast<std::int64_t>(work.variants().size()));
  for (std::size_t round = 1; round <= work.settings.starts; ++round) {
    for (const std::uint32_t v : work.variants()) {
      if (work.around.stop) return interrupted();
      work.course.advance("starts", kOneStart, fmt::format("cold starts: {}", work.name(v)));
      if (starts[v].size() >= round) continue;
      auto process = LoneProcess::start(work.settings.program, work.catalog.variants()[v].file,
                                        work.catalog.variants()[v].intra_threads);
      if (!process) {
        work.leave_out(v, process.error());
        continue;
      }
      // As the line says it, so that a run that goes on has the very same figures.
      const LogCells line = row_of(work.name(v), round, (*process)->cold_start());
      starts[v].push_back(*cold_start_of(line));
      Status kept = (*log)->append(line);
      if (!kept) return kept;
    }
  }
  for (const std::uint32_t v : work.variants()) {
    work.profiles[v].start = middle(starts[v]);
    work.profiles[v].starts = starts[v].size();
  }
  return {};
}

}  // namespace paragon::profile

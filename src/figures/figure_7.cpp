// Figure 7: how far the peaks of the traces are above their medians.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "figures/paper_figures.h"
#include "report/number.h"
#include "trace/replay.h"

namespace paragon::figures {
namespace {

constexpr std::array kWindows{1, 10, 60, 300};  // seconds
constexpr std::size_t kSampling = 1;            // of them: 10 s, what the load monitor samples by

// Arrivals in each second; empty when the trace cannot be read any more.
std::vector<std::uint64_t> per_second_counts(const PaperTrace& trace) {
  Result<ArrivalsPtr> arrivals = replay_trace(trace.file, trace.shape);
  std::vector<std::uint64_t> counts;
  if (!arrivals) return counts;
  while (const std::optional<Time> at = (*arrivals)->next()) {
    const auto second = static_cast<std::size_t>(at->time_since_epoch() / std::chrono::seconds(1));
    if (second >= counts.size()) counts.resize(second + 1);
    ++counts[second];
  }
  return counts;
}

// Over whole windows only; 0 when there is none or the median is 0.
double peak_to_median(const std::vector<std::uint64_t>& counts, std::size_t window) {
  std::vector<std::uint64_t> sums;
  for (std::size_t i = 0; i + window <= counts.size(); i += window) {
    std::uint64_t sum = 0;
    for (std::size_t j = i; j < i + window; ++j) sum += counts[j];
    sums.push_back(sum);
  }
  if (sums.empty()) return 0;
  std::sort(sums.begin(), sums.end());
  const std::uint64_t median = sums[(sums.size() - 1) / 2];
  return median == 0 ? 0 : static_cast<double>(sums.back()) / static_cast<double>(median);
}

svg::Plot rates(const PaperTrace& trace, const std::vector<std::uint64_t>& counts) {
  svg::Plot plot{.title = trace.title,
                 .x = {.title = "time", .kind = svg::Kind::time},
                 .y = {.title = "requests/s, mean of 10 s", .from = 0},
                 .height = 220};
  svg::Series line{.name = {}, .mark = svg::Mark::line, .points = {}};
  for (std::size_t i = 0; i + 10 <= counts.size(); i += 10) {
    std::uint64_t sum = 0;
    for (std::size_t j = i; j < i + 10; ++j) sum += counts[j];
    line.points.push_back({.x = static_cast<double>(i), .y = static_cast<double>(sum) / 10});
  }
  plot.series = {line};
  return plot;
}

}  // namespace

Outcome draw_peak_to_median(const Study& study) {
  Outcome out{.figure = 7, .title = "Peak to median"};
  out.notes = {
      "Of the arrivals that the runs replay, in windows of 1 s to 5 min. What an autoscaler "
      "meets depends on the window: one second holds the noise of small counts."};
  HtmlTable table{.heads = {"trace", "requests", "mean, requests/s"}, .rows = {}};
  for (const int window : kWindows) table.heads.push_back(fmt::format("in {} s", window));
  svg::Plot plot{.title = "Peak to median by window", .y = {.title = "peak / median"}};
  for (const int window : kWindows)
    plot.series.push_back(
        {.name = fmt::format("{} s", window), .mark = svg::Mark::bar, .points = {}});
  std::vector<svg::Plot> loads;
  std::string measured;
  double wiki = 0;
  double least_other = 1e300;
  for (const PaperTrace& trace : study.traces()) {
    const std::vector<std::uint64_t> counts = per_second_counts(trace);
    if (counts.empty()) continue;
    std::uint64_t all = 0;
    for (const std::uint64_t n : counts) all += n;
    std::vector<std::string> row{
        trace.title, count_text(all),
        number_text(static_cast<double>(all) / static_cast<double>(counts.size()))};
    const auto place = static_cast<double>(plot.x.categories.size());
    plot.x.categories.push_back(trace.title);
    for (std::size_t w = 0; w < kWindows.size(); ++w) {
      const double ratio = peak_to_median(counts, static_cast<std::size_t>(kWindows[w]));
      row.push_back(fmt::format("{:.2f}", ratio));
      plot.series[w].points.push_back({.x = place, .y = ratio});
      if (w != kSampling) continue;
      measured += fmt::format("{}{} {:.2f}", measured.empty() ? "" : ", ", trace.name, ratio);
      if (trace.name == "wiki") {
        wiki = ratio;
      } else {
        least_other = std::min(least_other, ratio);
      }
    }
    table.rows.push_back(std::move(row));
    loads.push_back(rates(trace, counts));
  }
  if (table.rows.empty()) return out;
  out.tables.push_back(table);
  out.plots.push_back({"figure-7-peak-to-median", plot});
  for (std::size_t i = 0; i < loads.size(); ++i)
    out.plots.push_back({fmt::format("figure-7-load-{}", study.traces()[i].name), loads[i]});
  if (wiki > 0 && least_other < 1e300) {
    out.statements.push_back(
        {.figure = "7",
         .prices = {},
         .claim = "Wiki's peak is not far above its median, those of the other traces are",
         .measured = "in 10 s: " + measured,
         .verdict = wiki < least_other ? Verdict::reached : Verdict::opposite});
  }
  return out;
}

}  // namespace paragon::figures

// A profile as a page: what each network is worth, and what it costs on what.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "profile/statistics.h"
#include "profile/write.h"
#include "report/number.h"

namespace paragon::profile {
namespace {

using svg::Kind;
using svg::Mark;

double percent(std::size_t part, std::size_t all) {
  return all == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(all);
}

const std::string& name_of(const VariantProfile& v, const Catalog& catalog) {
  return catalog.variant(v.id).name;
}

// One point a variant; the precisions of a network are one series each.
svg::Plot accuracy_plot(const Profile& profile, const Catalog& catalog) {
  svg::Plot plot{.title = "Accuracy against service time",
                 .note = "bars: 95 % interval; one thread, one query at a time",
                 .x = {.title = "service time, p50 (ms)", .kind = Kind::log},
                 .y = {.title = "top-1 accuracy (%)"},
                 .height = 400};
  double least = 100;
  for (const VariantProfile& v : profile.variants) {
    if (!v.grades) continue;
    const std::string& precision = catalog.variant(v.id).precision;
    auto series = std::find_if(plot.series.begin(), plot.series.end(),
                               [&](const svg::Series& s) { return s.name == precision; });
    if (series == plot.series.end()) {
      plot.series.push_back({.name = precision, .mark = Mark::points, .points = {}});
      series = plot.series.end() - 1;
    }
    const Interval interval = wilson95(v.grades->top1, v.grades->answered);
    least = std::min(least, 100 * interval.low.value);
    series->points.push_back({.x = milliseconds(v.alone().p50),
                              .y = percent(v.grades->top1, v.grades->answered),
                              .label = name_of(v, catalog),
                              .low = 100 * interval.low.value,
                              .high = 100 * interval.high.value});
  }
  plot.y.from = std::floor(least);
  return plot;
}

HtmlTable variant_table(const Profile& profile, const Catalog& catalog) {
  HtmlTable table{.heads = {"variant", "precision", "top-1", "95 %", "top-5", "p50", "p95", "p99",
                            "process", "load", "first", "memory"},
                  .rows = {},
                  .left = 2};
  for (const VariantProfile& v : profile.variants) {
    const CellTimes& alone = v.alone();
    std::vector<std::string> row{name_of(v, catalog), catalog.variant(v.id).precision};
    if (v.grades) {
      const Interval interval = wilson95(v.grades->top1, v.grades->answered);
      row.push_back(fmt::format("{:.2f} %", percent(v.grades->top1, v.grades->answered)));
      row.push_back(
          fmt::format("{:.2f} to {:.2f}", 100 * interval.low.value, 100 * interval.high.value));
      row.push_back(fmt::format("{:.2f} %", percent(v.grades->top5, v.grades->answered)));
    } else {
      row.insert(row.end(), 3, "-");
    }
    const char* unsure = alone.difference > profile.tolerance ? " ?" : "";
    for (std::string cell : {text_of(alone.p50) + unsure, text_of(alone.p95), text_of(alone.p99),
                             text_of(v.start.process), text_of(v.start.load),
                             text_of(v.start.first), fmt::format("{} MB", v.memory().value)}) {
      row.push_back(std::move(cell));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

svg::Plot start_plot(const Profile& profile, const Catalog& catalog) {
  svg::Plot plot{.title = "Cold start",
                 .note = "medians; files were in the system's cache",
                 .y = {.title = "ms"},
                 .stack_bars = true,
                 .height = 280};
  plot.series = {{.name = "process", .mark = Mark::bar, .points = {}},
                 {.name = "load", .mark = Mark::bar, .points = {}},
                 {.name = "first inference", .mark = Mark::bar, .points = {}}};
  for (const VariantProfile& v : profile.variants) {
    const auto at = static_cast<double>(plot.x.categories.size());
    plot.x.categories.push_back(name_of(v, catalog));
    const Duration parts[] = {v.start.process, v.start.load, v.start.first};
    for (std::size_t i = 0; i < 3; ++i) {
      plot.series[i].points.push_back({.x = at, .y = milliseconds(parts[i])});
    }
  }
  return plot;
}

// Rates over one axis of the cells, the others at 1.
svg::Plot rate_plot(const Profile& profile, const Catalog& catalog, std::string title,
                    std::string axis, int Cell::*along) {
  svg::Plot plot{.title = std::move(title),
                 .x = {.title = std::move(axis)},
                 .y = {.title = "queries a second", .kind = Kind::log},
                 .height = 360};
  for (const VariantProfile& v : profile.variants) {
    svg::Series series{.name = name_of(v, catalog), .mark = Mark::line, .points = {}};
    for (const auto& [cell, times] : v.times) {
      Cell others = cell;
      others.*along = 1;
      if (!others.alone()) continue;
      series.points.push_back({.x = static_cast<double>(cell.*along), .y = times.rate.value});
    }
    if (series.points.size() > 1) plot.series.push_back(std::move(series));
  }
  return plot;
}

svg::Plot size_plot(const Profile& profile, const Catalog& catalog, std::string title,
                    std::string y, double (*value)(const SizeTimes&, const FunctionPrice&)) {
  svg::Plot plot{.title = std::move(title),
                 .x = {.title = "memory (MB)", .kind = Kind::log},
                 .y = {.title = std::move(y), .kind = Kind::log},
                 .height = 360};
  for (const VariantProfile& v : profile.variants) {
    svg::Series series{.name = name_of(v, catalog), .mark = Mark::line, .points = {}};
    for (const SizeTimes& s : query_sizes(v)) {
      series.points.push_back(
          {.x = static_cast<double>(s.memory.value), .y = value(s, profile.price)});
    }
    plot.series.push_back(std::move(series));
  }
  return plot;
}

HtmlTable size_table(const Profile& profile, const Catalog& catalog) {
  HtmlTable table{.heads = {"variant", "", "memory", "processor", "mean", "p99", "a million"},
                  .rows = {},
                  .left = 2};
  for (const VariantProfile& v : profile.variants) {
    const auto sizes = query_sizes(v);
    const SizeChoice choice = choose_size(sizes, v.memory(), profile.bound, profile.price);
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      const SizeTimes& s = sizes[i];
      std::string what = choice.cheapest == i ? "cheapest" : "";
      if (choice.knee == i) what += what.empty() ? "knee" : ", knee";
      if (choice.cheapest == i) table.marked.push_back(table.rows.size());
      table.rows.push_back({i == 0 ? name_of(v, catalog) : "", what,
                            fmt::format("{} MB", s.memory.value), number_text(s.share.value),
                            text_of(s.mean), text_of(s.p99),
                            text_of(million_queries(s.memory, s.billed, profile.price))});
    }
  }
  return table;
}

HtmlTable slot_table(const Profile& profile, const Catalog& catalog, const Catalog::Parts& offers) {
  HtmlTable table{.heads = {"variant", "machine", "slots", "latency", "queries/s", "a million"},
                  .rows = {},
                  .left = 2};
  for (const SlotRow& row : slot_rows(profile, offers)) {
    std::vector<std::string> cells{catalog.variant(row.variant).name, row.offer->name,
                                   fmt::format("{}", row.slots.parallel)};
    if (row.slots.parallel > 0) {
      cells.push_back(text_of(row.slots.latency));
      cells.push_back(number_text(row.slots.rate.value));
      cells.push_back(text_of(row.million));
    }
    table.rows.push_back(std::move(cells));
  }
  return table;
}

HtmlTable check_table(const Profile& profile, const Catalog& catalog) {
  HtmlTable table{.heads = {"variant", "bound", "slots", "p99", "", "p99 of two more", ""},
                  .rows = {}};
  for (const SlotCheck& check : profile.checks) {
    table.rows.push_back({catalog.variant(check.variant).name, text_of(check.bound),
                          fmt::format("{}", check.slots), text_of(check.p99),
                          check.keeps() ? "keeps it" : "breaks it", text_of(check.p99_beyond),
                          check.two_more_break_it() ? "break it" : "keep it"});
  }
  return table;
}

Section slots_section(const Profile& profile, const Catalog& catalog,
                      const Catalog::Parts& offers) {
  const RightSizing sizing = right_sizing(profile);
  Section section{.title = "Queries in parallel on a machine"};
  std::string model = "As many as keep the bound at p99, by a model of what was measured here.";
  if (!sizing.errors.empty()) {
    model += fmt::format(
        " A full machine is {} slower, and handing a slot on takes {}. At the {} levels measured, "
        "predicted from the other variants, the model is off by {} in the middle and {} at most.",
        percent_text(sizing.crowding.slowdown), text_of(sizing.crowding.turn), sizing.errors.size(),
        percent_text(sizing.median_error()), percent_text(sizing.errors.back()));
  }
  section.paragraphs.push_back(std::move(model));
  if (!profile.checks.empty()) {
    section.paragraphs.push_back(
        "Tried on this computer: as many callers at once as the model recommends, and two more.");
    section.tables.push_back(check_table(profile, catalog));
  }
  if (profile.bound) section.tables.push_back(slot_table(profile, catalog, offers));
  return section;
}

std::string settled_text(const Profile& profile) {
  if (profile.unsettled() == 0) {
    return fmt::format("Two such runs agree within {} at p50 in all {} cells.",
                       percent_text(profile.tolerance), profile.cells());
  }
  return fmt::format(
      "{} of {} cells have not settled: there two such runs would differ by more than {} at p50 "
      "(times.csv says which; ? in the table).",
      profile.unsettled(), profile.cells(), percent_text(profile.tolerance));
}

}  // namespace

HtmlPage profile_page(const Profile& profile, const Catalog& catalog, const Catalog::Parts& offers,
                      const std::string& command) {
  const std::string& task = catalog.tasks().front().name;
  HtmlPage page{
      .title = fmt::format("{} networks for {}", profile.variants.size(), task),
      .subtitle = fmt::format("measured {} on {}, ONNX Runtime {}{}{}", profile.date, profile.host,
                              profile.onnxruntime, profile.labelled_set.empty() ? "" : "; ",
                              profile.labelled_set),
      .sections = {},
      .footer = "Made by: " + command};
  Section what{.title = "Accuracy and time", .paragraphs = {settled_text(profile)}};
  if (!profile.labelled_set.empty()) what.plots.push_back(accuracy_plot(profile, catalog));
  what.tables.push_back(variant_table(profile, catalog));
  what.plots.push_back(start_plot(profile, catalog));
  page.sections.push_back(std::move(what));

  Section rates{.title = "Rates"};
  for (svg::Plot& plot :
       std::array{rate_plot(profile, catalog, "Batches: one thread, one caller",
                            "queries in a batch", &Cell::batch),
                  rate_plot(profile, catalog, "Callers at once, of one thread each", "callers",
                            &Cell::concurrency),
                  rate_plot(profile, catalog, "Threads: one caller", "threads", &Cell::threads)}) {
    if (!plot.series.empty()) rates.plots.push_back(std::move(plot));
  }
  if (!rates.plots.empty()) page.sections.push_back(std::move(rates));

  Section sizes{.title = "Functions by memory",
                .paragraphs = {"A query's time under the share of a processor that comes with the "
                               "memory; shares were imposed by " +
                               profile.shares + "."},
                .tables = {size_table(profile, catalog)}};
  sizes.plots.push_back(
      size_plot(profile, catalog, "Time", "mean (ms)",
                [](const SizeTimes& s, const FunctionPrice&) { return milliseconds(s.mean); }));
  sizes.plots.push_back(size_plot(profile, catalog, "Cost", "USD a million queries",
                                  [](const SizeTimes& s, const FunctionPrice& price) {
                                    return million_queries(s.memory, s.billed, price).value;
                                  }));
  page.sections.push_back(std::move(sizes));
  if (profile.bound || !profile.checks.empty()) {
    page.sections.push_back(slots_section(profile, catalog, offers));
  }

  if (!profile.left_out.empty() || !profile.items_left_out.empty()) {
    Section out{.title = "Left out"};
    out.paragraphs = profile.left_out;
    out.paragraphs.insert(out.paragraphs.end(), profile.items_left_out.begin(),
                          profile.items_left_out.end());
    page.sections.push_back(std::move(out));
  }
  return page;
}

}  // namespace paragon::profile

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "profile/statistics.h"
#include "profile/write.h"
#include "report/number.h"
#include "report/table.h"

namespace paragon::profile {
namespace {

double share(std::size_t part, std::size_t all) {
  return all == 0 ? 0 : static_cast<double>(part) / static_cast<double>(all);
}

std::string accuracy_text(const VariantProfile& v) {
  if (!v.grades) return "-";
  const Interval interval = wilson95(v.grades->top1, v.grades->answered);
  return fmt::format("{:.1f} % ({:.1f}-{:.1f})", 100 * share(v.grades->top1, v.grades->answered),
                     100 * interval.low.value, 100 * interval.high.value);
}

std::string size_text(const std::vector<SizeTimes>& sizes, std::optional<std::size_t> chosen) {
  return chosen ? fmt::format("{}", sizes[*chosen].memory.value) : "-";
}

// What the time did not allow; nothing where it allowed all.
std::string budget_text(const Profile& profile) {
  std::vector<std::string> less;
  if (profile.items < profile.items_given) {
    less.push_back(fmt::format("asked about {} of {} labelled items (all: --limit {})",
                               count_text(profile.items), count_text(profile.items_given),
                               profile.items_given));
  }
  if (profile.rounds < profile.rounds_wanted) {
    less.push_back(fmt::format("{} rounds of {} (all: --rounds {})", profile.rounds,
                               profile.rounds_wanted, profile.rounds_wanted));
  }
  if (less.empty()) return {};
  return fmt::format("  to take no more than about {:g} min (--minutes): {}\n",
                     seconds(profile.whole) / 60, fmt::join(less, ", "));
}

}  // namespace

std::string profile_text(const Profile& profile, const Catalog& catalog) {
  TextTable table({{"variant", Align::left},
                   {"top-1 (95 %)"},
                   {"p50"},
                   {"p99"},
                   {"load"},
                   {"memory"},
                   {"cheapest MB"},
                   {"knee"},
                   {"$/million"}});
  for (const VariantProfile& v : profile.variants) {
    const auto sizes = query_sizes(v);
    const SizeChoice choice = choose_size(sizes, v.memory(), profile.bound, profile.price);
    const CellTimes& alone = v.alone();
    const std::string unsure = alone.difference > profile.tolerance ? " ?" : "";
    table.row({catalog.variant(v.id).name, accuracy_text(v), text_of(alone.p50) + unsure,
               text_of(alone.p99), text_of(v.start.load + v.start.first),
               fmt::format("{} MB", v.memory().value), size_text(sizes, choice.cheapest),
               size_text(sizes, choice.knee),
               choice.cheapest
                   ? text_of(million_queries(sizes[*choice.cheapest].memory,
                                             sizes[*choice.cheapest].billed, profile.price))
                   : "-"});
  }
  std::string text = fmt::format("{}\n", table.text("  "));
  text += fmt::format("  measured on {}, ONNX Runtime {}{}{}\n", profile.host, profile.onnxruntime,
                      profile.labelled_set.empty() ? "" : "; ", profile.labelled_set);
  text += fmt::format("  others had {} of the processors meanwhile; shares of functions: {}\n",
                      percent_text(profile.others), profile.shares);
  const std::size_t unsettled = profile.unsettled();
  text += unsettled == 0
              ? fmt::format("  two such runs agree within {:.0f} % at p50 in all {} cells\n",
                            100 * profile.tolerance, profile.cells())
              : fmt::format(
                    "  {} of {} cells have not settled (? above, times.csv): two such runs "
                    "would differ by more than {:.0f} % at p50\n",
                    unsettled, profile.cells(), 100 * profile.tolerance);
  text += budget_text(profile);
  const RightSizing sizing = right_sizing(profile);
  if (!sizing.errors.empty()) {
    text += fmt::format(
        "  right-sizing model: off by {} in the middle and {} at most over {} "
        "measured levels\n",
        percent_text(sizing.median_error()), percent_text(sizing.errors.back()),
        sizing.errors.size());
  }
  if (!profile.checks.empty()) {
    const auto count = [&](bool (SlotCheck::*what)() const) {
      return std::count_if(profile.checks.begin(), profile.checks.end(),
                           [&](const SlotCheck& check) { return (check.*what)(); });
    };
    text += fmt::format(
        "  tried here in a closed loop: as many queries as it recommends keep the bound at p99 in "
        "{} of {} cases,\n  two more break it in {} (checks.csv)\n",
        count(&SlotCheck::keeps), profile.checks.size(), count(&SlotCheck::two_more_break_it));
  }
  return text;
}

std::string profile_json(const Profile& profile, const Ensembles& ensembles,
                         const Catalog& catalog) {
  using nlohmann::ordered_json;
  ordered_json all;
  all["host"] = profile.host;
  all["date"] = profile.date;
  all["onnxruntime"] = profile.onnxruntime;
  all["labelled_set"] = profile.labelled_set;
  all["items"] = profile.items;
  all["items_given"] = profile.items_given;
  all["rounds"] = profile.rounds;
  all["others_share"] = profile.others;
  all["cells"] = profile.cells();
  all["cells_unsettled"] = profile.unsettled();
  const RightSizing sizing = right_sizing(profile);
  all["right_sizing"] = {{"crowding", sizing.crowding.slowdown},
                         {"turn_ms", milliseconds(sizing.crowding.turn)},
                         {"error_median", sizing.median_error()},
                         {"error_max", sizing.errors.empty() ? 0 : sizing.errors.back()}};
  all["variants"] = ordered_json::array();
  for (const VariantProfile& v : profile.variants) {
    const CellTimes& alone = v.alone();
    ordered_json one;
    one["name"] = catalog.variant(v.id).name;
    one["family"] = catalog.variant(v.id).family;
    one["precision"] = catalog.variant(v.id).precision;
    if (v.grades) {
      const Interval interval = wilson95(v.grades->top1, v.grades->answered);
      one["answered"] = v.grades->answered;
      one["top1"] = share(v.grades->top1, v.grades->answered);
      one["top1_low95"] = interval.low.value;
      one["top1_high95"] = interval.high.value;
      one["top5"] = share(v.grades->top5, v.grades->answered);
    }
    one["service_p50_ms"] = milliseconds(alone.p50);
    one["service_p95_ms"] = milliseconds(alone.p95);
    one["service_p99_ms"] = milliseconds(alone.p99);
    one["p50_difference"] = alone.difference;
    one["process_start_ms"] = milliseconds(v.start.process);
    one["session_ms"] = milliseconds(v.start.load);
    one["first_ms"] = milliseconds(v.start.first);
    one["memory_mb"] = v.memory().value;
    const auto sizes = query_sizes(v);
    const SizeChoice choice = choose_size(sizes, v.memory(), profile.bound, profile.price);
    if (choice.cheapest) one["function_cheapest_mb"] = sizes[*choice.cheapest].memory.value;
    if (choice.knee) one["function_knee_mb"] = sizes[*choice.knee].memory.value;
    all["variants"].push_back(std::move(one));
  }
  all["ensembles"] = ordered_json::array();
  for (const EnsembleProfile& found : ensembles.found) {
    ordered_json one;
    one["name"] = found.name;
    for (const std::uint32_t m : found.set.members) {
      one["members"].push_back(catalog.variant(profile.variants[m].id).name);
    }
    one["rule"] = name(found.set.rule);
    one["predicted"] = found.set.predicted.share().value;
    one["measured"] = found.measured.share().value;
    one["best_member"] = catalog.variant(profile.variants[found.best_member].id).name;
    one["gain"] = found.against_best.gain();
    one["gain_half95"] = found.against_best.half95();
    one["latency_ms"] = milliseconds(found.set.latency);
    one["usd_per_million"] = found.set.cost.value * 1e6;
    one["in_catalog"] = found.better_beyond_doubt();
    all["ensembles"].push_back(std::move(one));
  }
  all["left_out"] = profile.left_out;
  all["items_left_out"] = profile.items_left_out;
  // Names of files may be any bytes.
  return all.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace paragon::profile

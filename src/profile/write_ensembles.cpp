#include <fmt/format.h>
#include <fmt/ranges.h>

#include "profile/csv_text.h"
#include "profile/ensembles.h"
#include "profile/statistics.h"
#include "report/number.h"
#include "report/table.h"

namespace paragon::profile {
namespace {

std::string percent(Accuracy share) { return fmt::format("{:.2f}", share.value * 100); }

Interval interval_of(const ensemble::Tally& tally) { return wilson95(tally.right, tally.of); }

std::string cells(const ensemble::Tally& tally) {
  const Interval interval = interval_of(tally);
  return fmt::format("{},{},{},{}", tally.of, percent(tally.share()), percent(interval.low),
                     percent(interval.high));
}

std::vector<std::string> names_of(const EnsembleProfile& one, const Profile& profile,
                                  const Catalog& catalog) {
  std::vector<std::string> names;
  for (const std::uint32_t m : one.set.members) {
    names.push_back(catalog.variant(profile.variants[m].id).name);
  }
  return names;
}

const std::string& best_name(const EnsembleProfile& one, const Profile& profile,
                             const Catalog& catalog) {
  return catalog.variant(profile.variants[one.best_member].id).name;
}

}  // namespace

std::string ensembles_csv(const Ensembles& ensembles, const Profile& profile,
                          const Catalog& catalog) {
  std::string text =
      "name,members,rule,items_fitting,predicted_percent,predicted_low95_percent,"
      "predicted_high95_percent,items_held_out,measured_percent,measured_low95_percent,"
      "measured_high95_percent,best_member,best_member_percent,gain_points,gain_half95_points,"
      "latency_ms,usd_per_million,offer,in_catalog\n";
  for (const EnsembleProfile& one : ensembles.found) {
    text += fmt::format("{},{},{},{},{},{},{},{:.2f},{:.2f},{:.6g},{:.6g},{},{}\n", one.name,
                        fmt::join(names_of(one, profile, catalog), " "), name(one.set.rule),
                        cells(one.set.predicted), cells(one.measured),
                        best_name(one, profile, catalog), percent(one.best_alone.share()),
                        100 * one.against_best.gain(), 100 * one.against_best.half95(),
                        milliseconds(one.set.latency), one.set.cost.value * 1e6,
                        csv_cell(ensembles.price.offer), one.better_beyond_doubt() ? "yes" : "no");
  }
  return text;
}

std::string ensemble_weights_csv(const Ensembles& ensembles, const Profile& profile,
                                 const Catalog& catalog) {
  std::string text = "ensemble,member,class,weight\n";
  for (const EnsembleProfile& one : ensembles.found) {
    if (!one.better_beyond_doubt() || one.weights.empty()) continue;
    for (std::size_t m = 0; m < one.weights.size(); ++m) {
      const Variant& member = catalog.variant(profile.variants[one.set.members[m]].id);
      const std::vector<std::string>& labels = catalog.task(member.task).labels;
      for (std::size_t c = 0; c < labels.size(); ++c) {
        text += fmt::format("{},{},{},{:.4f}\n", one.name, member.name, csv_cell(labels[c]),
                            one.weights[m][c]);
      }
    }
  }
  return text;
}

std::string ensembles_yaml(const Ensembles& ensembles, const Profile& profile,
                           const Catalog& catalog) {
  std::string text;
  for (const EnsembleProfile& one : ensembles.found) {
    if (!one.better_beyond_doubt()) continue;
    const Interval interval = interval_of(one.measured);
    text += fmt::format(
        "  - name: {}\n    members: [{}]\n    rule: {}\n{}    accuracy_percent: {}\n"
        "    accuracy_low95_percent: {}\n    accuracy_high95_percent: {}\n"
        "    accuracy_source: {} items held out, {}\n",
        one.name, fmt::join(names_of(one, profile, catalog), ", "), name(one.set.rule),
        one.weights.empty() ? "" : "    weights_file: ensemble_weights.csv\n",
        percent(one.measured.share()), percent(interval.low), percent(interval.high),
        one.measured.of, profile.date);
  }
  return text.empty() ? text : "ensembles:\n" + text;
}

std::string ensembles_text(const Ensembles& ensembles, const Profile& profile,
                           const Catalog& catalog) {
  if (ensembles.fitting + ensembles.held_out == 0) return "";
  if (ensembles.found.empty()) {
    return "\n  no ensemble of these is worth having: none is more accurate than a network no "
           "dearer and no slower\n";
  }
  TextTable table({{"ensemble", Align::left},
                   {"members", Align::left},
                   {"predicted"},
                   {"measured (95 %)"},
                   {"best member"},
                   {"gain (95 %)"},
                   {"latency"},
                   {"$/million"}});
  std::size_t better = 0;
  for (const EnsembleProfile& one : ensembles.found) {
    const Interval interval = interval_of(one.measured);
    better += one.better_beyond_doubt() ? 1 : 0;
    table.row({one.name + (one.better_beyond_doubt() ? " *" : ""),
               fmt::format("{}", fmt::join(names_of(one, profile, catalog), " ")),
               fmt::format("{:.1f} %", 100 * one.set.predicted.share().value),
               fmt::format("{:.1f} % ({:.1f}-{:.1f})", 100 * one.measured.share().value,
                           100 * interval.low.value, 100 * interval.high.value),
               fmt::format("{:.1f} %", 100 * one.best_alone.share().value),
               fmt::format("{:+.2f} ({:.2f})", 100 * one.against_best.gain(),
                           100 * one.against_best.half95()),
               text_of(one.set.latency), text_of(dollars(one.set.cost.value * 1e6))});
  }
  return fmt::format(
      "\n{}\n  ensembles chosen on {} of the items and measured on the other {}; cost on {}\n"
      "  {} of {} more accurate than their best member beyond doubt (*): those are in the "
      "catalog\n",
      table.text("  "), ensembles.fitting, ensembles.held_out, ensembles.price.offer, better,
      ensembles.found.size());
}

}  // namespace paragon::profile

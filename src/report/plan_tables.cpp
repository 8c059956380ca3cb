#include "report/plan_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "brain/scheme.h"
#include "report/number.h"
#include "report/run_tables.h"

namespace paragon {
namespace {

using plan::Measured;

std::string hourly(HourlyPrice price) { return text_of(dollars(price.value)); }

// No dust: 0, 0.0032 %, 1.2 %.
std::string share(double part) {
  if (part == 0) return "0";
  const double percent = part * 100;
  return number_text(percent, percent < 1 ? 2 : 3) + " %";
}

std::string accuracy_text(Accuracy a) { return fmt::format("{:.2f} %", 100 * a.value); }

// The mean, and the runs' ends where they are far from each other.
std::string confirmed_cost(const Measured& m) {
  const bool alike = m.cost_most.value - m.cost_least.value <= 0.02 * m.cost.value;
  if (alike) return hourly(m.cost);
  return fmt::format("{} ({} to {})", hourly(m.cost), number_text(m.cost_least.value),
                     number_text(m.cost_most.value));
}

std::string starred(bool star, std::string_view name) {
  return fmt::format("{}{}", star ? "* " : "", name);
}

// What is beyond the bound stands out.
std::string missed_text(double missed, bool within) {
  return fmt::format("{}{}", share(missed), within ? "" : " !");
}

std::string market_text(const Measured& m, Market market) {
  const auto found = m.machine_share.find(market);
  return found == m.machine_share.end() ? "-" : fmt::format("{:.0f} %", 100 * found->second);
}

std::string change_text(HourlyPrice from, HourlyPrice to) {
  if (from.value <= 0) return "-";
  const double percent = 100 * (to / from - 1);
  return std::abs(percent) < 0.05 ? "0" : fmt::format("{:+.1f} %", percent);
}

// As flags; empty: the scheme as it comes.
std::string settings_of(const plan::Option& option) {
  std::string text;
  const SchemeInfo* scheme = find_scheme(option.scheme);
  for (const auto& [name, value] : option.tuning) {
    const auto knob = std::ranges::find(scheme->knobs, name, &Knob::name);
    if (knob != scheme->knobs.end() && value == knob->standard) continue;
    text += fmt::format(" --set {}={:g}", name, value);
  }
  if (text.empty()) return text;
  if (option.target_busy) text += fmt::format(" --target-busy {:g}", *option.target_busy);
  if (option.machines_min > 0) text += fmt::format(" --machines-min {}", option.machines_min);
  return fmt::format("--scheme {}{}", option.scheme, text);
}

}  // namespace

std::string what_it_is(const plan::Option& option, const Catalog& catalog) {
  if (option.is_fixed()) return plan::text_of(option.fleet, catalog);
  return settings_of(option).empty() ? "as it comes" : "its settings: below";
}

HtmlTable need_rows(const MadePlan& made) {
  HtmlTable table{.heads = {"class", "variant", "accuracy", "deadline", "share", "function"},
                  .rows = {},
                  .left = 2};
  const Catalog& catalog = *made.catalog;
  for (std::size_t i = 0; i < made.plan.needs.size(); ++i) {
    const plan::Need& need = made.plan.needs[i];
    const auto& function = made.plan.functions[i];
    table.rows.push_back({need.name, catalog.variant(need.variant).name,
                          accuracy_text(catalog.variant(need.variant).accuracy.top1),
                          need.deadline ? text_of(*need.deadline) : "-", share(need.share),
                          function ? catalog.offer(function->offer).name : "-"});
  }
  return table;
}

HtmlTable alternative_rows(const MadePlan& made) {
  HtmlTable table{
      .heads = {"alternative", "", "$/hour", "predicted", "$/million", "missed", "strict",
                "relaxed", "p99", "strict p99", "accuracy", "on functions", "spot", "burstable"},
      .rows = {},
      .left = 2};
  for (const plan::Alternative& a : made.plan.alternatives) {
    const Measured& m = a.confirmed;
    if (made.plan.recommended == table.rows.size()) table.marked.push_back(table.rows.size());
    table.rows.push_back({starred(made.plan.recommended == table.rows.size(), a.option.name),
                          what_it_is(a.option, *made.catalog), confirmed_cost(m),
                          hourly(a.option.expected ? a.option.expected->total() : a.searched),
                          text_of(m.per_million), missed_text(m.missed, a.within),
                          share(m.strict_missed), share(m.relaxed_missed), text_of(m.p99),
                          text_of(m.strict_p99), accuracy_text(m.accuracy),
                          share(m.share_on_functions), market_text(m, Market::spot),
                          market_text(m, Market::burstable)});
  }
  return table;
}

HtmlTable setting_rows(const MadePlan& made) {
  HtmlTable table{.heads = {"alternative", "settings", "looks"}, .rows = {}, .left = 2};
  for (const plan::Alternative& a : made.plan.alternatives) {
    if (a.option.is_fixed() || settings_of(a.option).empty()) continue;
    table.rows.push_back({a.option.name, settings_of(a.option), count_text(a.looks)});
  }
  return table;
}

HtmlTable answered_rows(const MadePlan& made) {
  HtmlTable table{.heads = {"variant", "answered by", "share"}, .rows = {}, .left = 2};
  if (!made.plan.recommended) return table;
  for (const auto& a : made.plan.alternatives[*made.plan.recommended].confirmed.answered) {
    table.rows.push_back({made.catalog->variant(a.variant).name, a.resource, share(a.share)});
  }
  return table;
}

HtmlTable front_rows(const MadePlan& made) {
  HtmlTable table{
      .heads = {"variant", "", "fleet", "accuracy", "$/million", "strict p99", "missed"},
      .rows = {},
      .left = 3};
  std::vector<const plan::FrontPoint*> points;
  for (const plan::FrontPoint& point : made.plan.front) points.push_back(&point);
  std::ranges::stable_sort(points, {}, [](const auto* p) { return p->measured.per_million; });
  for (const plan::FrontPoint* point : points) {
    const Measured& m = point->measured;
    if (point->not_beaten) table.marked.push_back(table.rows.size());
    const bool misses = m.missed > made.bounds.missed_most;
    table.rows.push_back({starred(point->not_beaten, made.catalog->variant(point->variant).name),
                          point->how, point->fleet, accuracy_text(m.accuracy),
                          text_of(m.per_million), text_of(m.strict_p99),
                          missed_text(m.missed, !misses)});
  }
  return table;
}

HtmlTable break_even_rows(const MadePlan& made) {
  HtmlTable table{.heads = {"variant", "function", "$/million", "machine", "$/million, full",
                            "requests/s, full", "a machine is cheaper from", "then busy"},
                  .rows = {}};
  const Catalog& catalog = *made.catalog;
  for (const plan::BreakEven& even : made.plan.break_evens) {
    const bool both = even.function && even.machine;
    table.rows.push_back({catalog.variant(even.variant).name,
                          even.function ? catalog.offer(even.function->offer).name : "-",
                          even.function ? text_of(even.function->call * 1e6) : "-",
                          even.machine ? catalog.offer(*even.machine).name : "-",
                          even.machine ? text_of(even.per_query_full * 1e6) : "-",
                          even.machine ? number_text(even.full.value) : "-",
                          !both         ? "-"
                          : even.ever() ? number_text(even.at.value) + " requests/s"
                                        : "never",
                          both ? percent_text(even.busy) : "-"});
  }
  return table;
}

HtmlTable sensitivity_rows(const MadePlan& made) {
  HtmlTable table{.heads = {"what if", "kept as it is, $/hour", "change", "missed", "cheapest then",
                            "", "$/hour", "saves"},
                  .rows = {}};
  const std::size_t kept = made.plan.recommended.value_or(0);
  for (const plan::Sensitivity& s : made.plan.sensitivities) {
    const Measured& as_is = s.alternatives[kept];
    const bool keeps = as_is.missed <= made.bounds.missed_most;
    std::vector<std::string> row{s.what_if.text, hourly(as_is.cost),
                                 change_text(made.plan.unchanged[kept].cost, as_is.cost),
                                 missed_text(as_is.missed, keeps)};
    if (!s.best) {
      row.insert(row.end(), {"none is within the bounds"});
    } else if (*s.best == kept) {
      row.insert(row.end(), {"the same"});
    } else {
      const bool anew = *s.best == s.alternatives.size();
      const plan::Option& option = anew ? *s.replanned : made.plan.alternatives[*s.best].option;
      const Measured& m = anew ? *s.replanned_measured : s.alternatives[*s.best];
      row.insert(row.end(),
                 {option.name, what_it_is(option, *made.catalog), hourly(m.cost),
                  keeps ? fmt::format("{:.1f} %", 100 * (1 - m.cost / as_is.cost)) : "-"});
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string recommendation(const MadePlan& made) {
  if (!made.plan.recommended) {
    std::string bounds = fmt::format("at most {} missed", share(made.bounds.missed_most));
    if (made.bounds.cost_most)
      bounds += fmt::format(", at most {} an hour", hourly(*made.bounds.cost_most));
    return fmt::format("Nothing is within the bounds ({}); the first below comes nearest.", bounds);
  }
  const plan::Alternative& best = made.plan.alternatives[*made.plan.recommended];
  const Measured& m = best.confirmed;
  std::string text = fmt::format("Recommended: {}, {}. {} an hour, {} a million queries; {} missed",
                                 best.option.name, what_it_is(best.option, *made.catalog),
                                 hourly(m.cost), text_of(m.per_million), share(m.missed));
  const double interruptions = plan::interruptions_per_month(best.option.fleet, *made.catalog);
  if (best.option.is_fixed() && interruptions > 0) {
    text += fmt::format("; a spot machine is taken away {} times a month",
                        number_text(interruptions, 2));
  }
  return text + ".";
}

std::string confirmation(const MadePlan& made) {
  return fmt::format(
      "Each alternative was confirmed by {} simulated runs of {} with seeds {} to {}.",
      made.confirmations, clock_text(made.length), made.seed + 1,
      made.seed + static_cast<std::uint64_t>(made.confirmations));
}

std::string plan_text(const MadePlan& made) {
  const plan::Plan& plan = made.plan;
  std::string text =
      fmt::format("{}: {} requests/s in the mean, {} at the peak; mix {}, catalog {}\n", made.load,
                  number_text(plan.load.mean.value), number_text(plan.load.peak.value), made.mix,
                  made.catalog_file);
  const auto section = [&](std::string_view title, HtmlTable table) {
    if (table.rows.empty()) return;
    table.marked.clear();  // the star says it here
    text += fmt::format("\n{}\n{}", title, text_of(table, "  "));
  };
  section("Which variant answers whom", need_rows(made));
  text += "\n" + recommendation(made) + "\n";
  section("Alternatives, cheapest first", alternative_rows(made));
  text += "  * recommended; ! beyond the bound. " + confirmation(made) + "\n";
  section("Settings that were searched", setting_rows(made));
  section("Who answers, as recommended", answered_rows(made));
  section("One variant for everything (* not beaten in cost, latency and accuracy together)",
          front_rows(made));
  for (const std::string& name : plan.too_slow) {
    text += fmt::format("  {}: too slow for the deadlines\n", name);
  }
  section("From which load on is a machine cheaper than functions", break_even_rows(made));
  section("What if", sensitivity_rows(made));
  text += fmt::format("\n{} simulations in {}\n", count_text(plan.simulations),
                      clock_text(from_seconds(made.wall_s)));
  return text;
}

}  // namespace paragon

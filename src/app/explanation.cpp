#include "app/explanation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "brain/alternatives.h"
#include "brain/journal_fields.h"
#include "report/number.h"
#include "report/table.h"
#include "serve/explain.h"

namespace paragon {
namespace {

using namespace std::chrono_literals;

constexpr const char* kIndent = "  ";

std::string moment(Time t) { return fmt::format("{:.3f} s", seconds(t.time_since_epoch())); }

std::string rate(Rate r) { return number_text(r.value) + "/s"; }

std::string percent(Accuracy a) { return fmt::format("{:.2f} %", a.value * 100); }

std::string place(const Catalog& catalog, const Alternative& a) {
  if (a.machine) return "machine " + catalog.offer(*a.machine).name;
  return "function " + catalog.offer(*a.function).name + (a.cold ? " (cold)" : " (warm)");
}

// What the route line says was chosen.
struct RouteChosen {
  std::optional<std::uint32_t> variant;
  std::optional<MachineOfferId> machine;
  std::optional<std::uint32_t> machine_id;
  std::optional<std::uint32_t> function;
  std::string why;
};

RouteChosen chosen_by(const Brain& brain, const std::string& line) {
  const Fields f(line);
  RouteChosen chosen;
  chosen.variant = f.number<std::uint32_t>("variant");
  chosen.machine_id = f.number<std::uint32_t>("machine");
  chosen.function = f.number<std::uint32_t>("function");
  chosen.why = std::string(f.text("why").value_or(""));
  for (const MachineStatus& m : brain.machines()) {
    if (chosen.machine_id && m.machine.value == *chosen.machine_id) chosen.machine = m.offer;
  }
  return chosen;
}

bool is_chosen(const Alternative& a, const RouteChosen& c) {
  return c.variant && a.variant.value == *c.variant &&
         (a.machine ? c.machine == a.machine : c.function && a.function->value == *c.function);
}

std::string why_words(const std::string& why) {
  for (std::size_t r = 0; r < kReasons; ++r) {
    const auto reason = static_cast<Reason>(r);
    if (why == name(reason)) return fmt::format("{} ({})", in_words(reason), why);
  }
  return why;
}

std::string route_words(const Brain& brain, const std::string& line) {
  const Catalog& catalog = brain.catalog();
  const Fields f(line);
  const RouteChosen c = chosen_by(brain, line);
  std::string where;
  if (c.machine_id) {
    where = fmt::format("machine {}", *c.machine_id);
    if (c.machine) where += " (" + catalog.offer(*c.machine).name + ")";
  } else if (c.function) {
    where = "function " + catalog.offer(FunctionOfferId{*c.function}).name +
            (f.number<int>("cold") == 1 ? ", cold" : ", warm");
  } else if (const auto until = f.number<std::int64_t>("wait_until_ns")) {
    where = *until == kNever.time_since_epoch().count()
                ? "wait for a machine"
                : "wait, until " + moment(Time{Duration(*until)}) + " at most";
  } else if (const auto ensemble = f.number<std::uint32_t>("ensemble")) {
    where = *ensemble < catalog.ensembles().size()
                ? "a query to each member of " + catalog.ensemble(EnsembleId{*ensemble}).name
                : "?";
  } else {
    where = "refuse";
  }
  if (c.variant) where = catalog.variant(VariantId{*c.variant}).name + " on " + where;
  return fmt::format("decision {}: {}, because {}", f.text("decision").value_or("?"), where,
                     why_words(c.why));
}

std::string span_words(Duration span) {
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(span).count();
  return whole % 60 == 0 ? fmt::format("{} min", whole / 60) : fmt::format("{} s", whole);
}

// The windows that lie in the past there was, and the past as a whole where a longer one does not.
std::string load_words(const Monitor& load) {
  const Duration past = Monitor::kSample * static_cast<std::int64_t>(load.samples());
  if (past == Duration::zero()) return "nothing is known of it yet";
  std::string text;
  for (const Duration window : {Duration(10s), Duration(1min), Duration(5min), Duration(10min)}) {
    const Duration over = std::min(window, past);
    text += fmt::format("{}{} over {}", text.empty() ? "" : ", ", rate(load.rate(over)),
                        span_words(over));
    if (window >= past) return window > past ? text + ", since it began" : text;
  }
  return text;
}

// What the rule of the paper makes of the peaks, and by which of them.
std::string burst_words(const View& view) {
  const Monitor& load = view.load;
  if (!load.known()) {
    return fmt::format(
        "unknown in the first {} s: until then the load counts as bursty, functions as worth "
        "having",
        Monitor::kFewest);
  }
  std::string ratios;
  for (const Duration over : Monitor::kBurstSpans) {
    ratios += fmt::format("{}{:.2f} over {}", ratios.empty() ? "" : ", ",
                          load.peak_to_median(View::kBurstSampling, over), span_words(over));
  }
  const bool bursty = load.bursty(View::kBurstSampling, View::kBursty);
  return fmt::format(
      "peak to median {}, by pieces of {}: {} {:g}, so by the paper's rule the load is {} worth "
      "having",
      ratios, span_words(View::kBurstSampling), bursty ? "one reaches" : "none reaches",
      View::kBursty,
      !bursty          ? "steady, functions not"
      : view.functions ? "bursty, functions"
                       : "bursty, functions (of which there are none)");
}

std::string forecast_words(const View& view) {
  const std::size_t samples = view.load.samples();
  if (samples == 0) return "none yet";
  const std::string expected = fmt::format(
      "{} in {}", rate(view.forecast.expect(view.provisioning)), text_of(view.provisioning));
  if (!view.load.known()) {
    return fmt::format("{}, from {} s of load: too little to say how far off it may be", expected,
                       samples);
  }
  return fmt::format("{} (95 %: at most {})", expected,
                     rate(view.forecast.at_most(view.provisioning, 0.95)));
}

// Each line of the scheme's own words, and what comes on top of them.
std::string wanted_because(const Brain& brain, const std::vector<JournalLine>& orders) {
  const std::string why = brain.why_wanted();
  if (why.empty()) return {};
  std::string text = "Because:\n" + std::string(kIndent);
  for (const char c : why) text += c == '\n' ? "\n" + std::string(kIndent) : std::string(1, c);
  const bool none = std::ranges::all_of(brain.wanted(),
                                        [](const Target& target) { return target.machines <= 0; });
  const bool bought = std::ranges::any_of(orders, [](const JournalLine& order) {
    return order.text.starts_with("> buy") && Fields(order.text).text("why") != "floor";
  });
  if (none && bought) {
    text += fmt::format("\n{}one nevertheless, for a query that waits and may not leave", kIndent);
  }
  return text + "\n";
}

// "Variant small"; "Ensemble three (small, medium)".
std::string pick_words(const Catalog& catalog, const Pick& pick) {
  if (!pick.ensemble) return "Variant " + name(catalog, pick);
  std::string members;
  for (const VariantId member : catalog.ensemble(*pick.ensemble).members) {
    members += (members.empty() ? "" : ", ") + catalog.variant(member).name;
  }
  return fmt::format("Ensemble {} ({})", name(catalog, pick), members);
}

// Why this variant.
std::string selection_words(const Brain& brain, const Query& query, const Alternatives& all) {
  const Catalog& catalog = brain.catalog();
  if (!all.nearest.empty()) {
    std::string text = "No variant meets its bounds on anything that may be bought.\n";
    if (all.chosen) {
      text = pick_words(catalog, *all.chosen) +
             ": nothing meets every bound, and as a best effort the nearest was taken.\n";
    }
    text += "Nearest:\n";
    for (const Relaxation& one : all.nearest) {
      text += fmt::format("{}{}\n", kIndent, in_words(catalog, one));
    }
    return text;
  }
  if (!all.chosen) return "Nothing that may be bought runs any variant of its task.\n";
  if (query.pinned) return pick_words(catalog, *all.chosen) + ": the query names it.\n";
  if (brain.settings().selection == Selection::naive) {
    return pick_words(catalog, *all.chosen) +
           ": the most accurate that may be bought, whatever the bounds (selection naive).\n";
  }
  const Objective objective = all.constraints.objective.value_or(kCheapest);
  const char* what = objective == kCheapest       ? "the cheapest"
                     : objective == kFastest      ? "the fastest"
                     : objective == kMostAccurate ? "the most accurate"
                                                  : "the best by its weights";
  return fmt::format("{}: {} that meets every bound on something that may be bought.\n",
                     pick_words(catalog, *all.chosen), what);
}

}  // namespace

std::string sight_text(const Brain& brain, Time now) {
  const BrainStatus s = brain.status(now);
  const View& view = brain.view();
  const auto line = [](const char* what, const std::string& value) {
    return fmt::format("{}{:<14}{}\n", kIndent, what, value);
  };
  std::string text = "What the brain saw:\n";
  text += line("load", load_words(view.load));
  text += line("burstiness", burst_words(view));
  text += line("forecast", forecast_words(view));
  std::string fleet;
  for (const MachineCount& count : view.machines) {
    if (count.booting + count.ready + count.draining == 0) continue;
    fleet += fmt::format("{}{}: {} ready, {} booting, {} draining", fleet.empty() ? "" : "; ",
                         brain.catalog().offer(count.offer).name, count.ready, count.booting,
                         count.draining);
  }
  text += line("machines", fleet.empty() ? "none" : fleet);
  text += line("in progress",
               fmt::format("{} queries, {} of them on functions; {} wait{}", s.running,
                           s.functions_running - s.warm_ups_running, s.waiting,
                           s.warm_ups_running == 0
                               ? ""
                               : fmt::format("; {} warm-up calls besides", s.warm_ups_running)));
  text += line("this hour", text_of(s.spent_this_hour) + " spent or promised" +
                                (brain.settings().budget_per_hour
                                     ? " of " + text_of(*brain.settings().budget_per_hour)
                                     : ""));
  return text;
}

std::string query_text(const Brain& brain, const Query& query, Time now, const JournalLine& route) {
  const Catalog& catalog = brain.catalog();
  const Alternatives all = brain.alternatives(query, now);
  const RouteChosen chosen = chosen_by(brain, route.text);
  const Fields f(route.text);
  std::string text =
      fmt::format("Query {} came at {}: {}, {}; it needs {}.\n{}\n", f.text("query").value_or("?"),
                  moment(now), catalog.task(query.task).name, name(all.query_class),
                  in_words(all.asked), route_words(brain, route.text));
  if (const auto ns = f.number<std::int64_t>("latency_ns"); ns && chosen.variant) {
    text += fmt::format("predicted: {} to the answer, {}\n", text_of(Duration(*ns)),
                        text_of(dollars(f.number<double>("usd").value_or(0))));
  }
  text += "\n" + sight_text(brain, now);
  text += "\n" + selection_words(brain, query, all);

  TextTable table({{"", Align::left},
                   {"variant", Align::left},
                   {"accuracy"},
                   {"on", Align::left},
                   {"answer in"},
                   {"cost"},
                   {"", Align::left}});
  VariantId last{UINT32_MAX};
  std::size_t left_out = 0;
  for (const Alternative& a : all.list) {
    const bool it = is_chosen(a, chosen);
    const bool first = a.variant != last;
    // A variant under the accuracy bound is that everywhere, and a machine that is not there says
    // nothing about this query: of those the first row shows what it would have cost.
    const bool same = a.obstacle == Obstacle::accuracy || a.obstacle == Obstacle::no_machine;
    if (same && !first && !it) {
      ++left_out;
      continue;
    }
    table.row({it ? ">" : "", first ? catalog.variant(a.variant).name : "",
               first ? percent(a.accuracy) : "", place(catalog, a),
               a.latency == Duration::max() ? "-" : text_of(a.latency), text_of(a.cost),
               it ? "chosen" : in_words(a, all.constraints)});
    last = a.variant;
  }
  text += table.text(kIndent);
  if (left_out > 0) {
    text += fmt::format("{}({} more: the same variants elsewhere, out for the same reason)\n",
                        kIndent, left_out);
  }
  return text;
}

std::string later_text(const Brain& brain, const std::vector<JournalLine>& later) {
  if (later.empty()) return {};
  std::string text = "\nWhat became of it:\n";
  for (const JournalLine& line : later) {
    const Fields f(line.text);
    if (line.text.starts_with("> ")) {
      text += fmt::format("{}{}: {}\n", kIndent, moment(line.when), route_words(brain, line.text));
    } else {
      text += fmt::format("{}{}: decision {} {} after {} of service\n", kIndent, moment(line.when),
                          f.text("decision").value_or("?"), f.text("ending").value_or("?"),
                          text_of(f.duration("service_ns")));
    }
  }
  return text;
}

std::string tick_text(const Brain& brain, Time now, const std::vector<JournalLine>& orders) {
  const Catalog& catalog = brain.catalog();
  const View& view = brain.view();
  std::string text;
  for (const JournalLine& line : orders) {
    const Fields f(line.text);
    const std::string why(f.text("why").value_or("?"));
    if (line.text.starts_with("> buy")) {
      const auto offer = f.number<std::uint32_t>("offer");
      text += fmt::format("At {}: buy machine {}, a {} ({})\n", moment(line.when),
                          f.text("machine").value_or("?"),
                          offer && *offer < catalog.machine_offers().size()
                              ? catalog.offer(MachineOfferId{*offer}).name
                              : "?",
                          why);
    } else if (line.text.starts_with("> release")) {
      text += fmt::format("At {}: give back machine {} ({})\n", moment(line.when),
                          f.text("machine").value_or("?"), why);
    } else {
      text += fmt::format("At {}: {}\n", moment(line.when), line.text.substr(2));
    }
  }
  if (orders.empty()) text += fmt::format("At {}: nothing was ordered.\n", moment(now));
  text += "\n" + sight_text(brain, now);
  text += fmt::format("{}(machines that were just ordered are among those booting)\n", kIndent);
  text += fmt::format("\nWhat the scheme {} wanted:\n", brain.settings().scheme);
  if (brain.wanted().empty()) text += fmt::format("{}no machines\n", kIndent);
  for (const Target& t : brain.wanted()) {
    text += fmt::format("{}{} machines of {} ({})\n", kIndent, t.machines,
                        catalog.offer(t.offer).name, name(t.why));
  }
  text += wanted_because(brain, orders);
  text += fmt::format("\nFor comparison, each offer for the present mix, machines {} busy:\n",
                      percent_text(view.target_busy));
  TextTable table({{"", Align::left},
                   {"offer", Align::left},
                   {"USD/hour"},
                   {"machine time a query"},
                   {"a million queries"},
                   {"for the last 10 s"},
                   {"for the last minute"},
                   {"for the forecast"}});
  for (std::uint32_t o = 0; o < catalog.machine_offers().size(); ++o) {
    const MachineOfferId id{o};
    const MachineOffer& offer = catalog.offer(id);
    const double work = view.work_per_query[o];
    const auto machines = [&](Rate r) { return fmt::format("{}", view.machines_for(r, id)); };
    if (!std::isfinite(work)) {
      table.row({"", offer.name, number_text(offer.price.value), "does not fit"});
      continue;
    }
    table.row({id == view.cheapest ? "*" : "", offer.name, number_text(offer.price.value),
               text_of(from_seconds(work)), text_of(offer.price * from_seconds(work * 1e6)),
               machines(view.load.rate(std::chrono::seconds(10))),
               machines(view.load.rate(std::chrono::seconds(60))),
               machines(view.forecast.expect(view.provisioning))});
  }
  return text + table.text(kIndent) + kIndent + "* the cheapest for the present mix\n";
}

}  // namespace paragon

#include "app/load_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "report/number.h"
#include "report/table.h"

namespace paragon {
namespace {

std::string share_text(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "-";
  return percent_text(static_cast<double>(part) / static_cast<double>(whole));
}

std::string percentile(const ClassTally& tally, double p) {
  return tally.latency.count() == 0 ? "-" : text_of(tally.latency.percentile(p));
}

std::string interval(const Proportion& share) {
  if (share.trials == 0) return "-";
  return fmt::format("{:.1f} to {:.1f} %", share.low95() * 100, share.high95() * 100);
}

void latency_row(TextTable& table, const ClassTally& one) {
  table.row({one.name, one.deadline ? text_of(*one.deadline) : "-", count_text(one.sent),
             count_text(one.answered), count_text(one.late), count_text(one.refused),
             count_text(one.failed + one.unanswered),
             fmt::format("{} ({})", count_text(one.missed()), share_text(one.missed(), one.sent)),
             percentile(one, 50), percentile(one, 90), percentile(one, 99), percentile(one, 99.9),
             one.latency.count() == 0 ? "-" : text_of(one.latency.max())});
}

void delivery_row(TextTable& table, const ClassTally& one) {
  const double per_thousand =
      one.priced == 0 ? 0 : one.cost.value * 1000 / static_cast<double>(one.priced);
  table.row({one.name, count_text(one.accuracy.trials), percent_text(one.accuracy.value()),
             interval(one.accuracy), one.priced == 0 ? "-" : text_of(one.cost),
             one.priced == 0 ? "-" : text_of(dollars(per_thousand))});
}

// "machine:c5.large/17" is one machine of "machine:c5.large".
std::string offer_of(const std::string& resource) { return resource.substr(0, resource.find('/')); }

std::string offer_text(const std::string& resource,
                       const std::map<std::string, std::size_t>& machines) {
  const auto it = machines.find(offer_of(resource));
  if (it == machines.end()) return resource;
  return fmt::format("{} ({} of them)", it->first, it->second);
}

using Named = std::pair<std::string, ServedCount>;

void served_rows(TextTable& table, const char* what, std::vector<Named> rows, std::uint64_t all) {
  std::sort(rows.begin(), rows.end(),
            [](const Named& a, const Named& b) { return a.second.queries > b.second.queries; });
  for (const auto& [name, served] : rows) {
    table.row({what, name.empty() ? "(not named)" : name, count_text(served.queries),
               share_text(served.queries, all), percent_text(served.accuracy.value()),
               served.cost.value == 0 ? "-" : text_of(served.cost)});
    what = "";
  }
}

}  // namespace

std::string latency_table(const Tally& tally) {
  TextTable table({{"class", Align::left},
                   {"deadline"},
                   {"sent"},
                   {"answered"},
                   {"late"},
                   {"refused"},
                   {"failed"},
                   {"missed"},
                   {"p50"},
                   {"p90"},
                   {"p99"},
                   {"p99.9"},
                   {"max"}});
  for (const ClassTally& one : tally.classes()) latency_row(table, one);
  table.rule();
  latency_row(table, tally.total());
  return table.text("  ");
}

std::string delivery_table(const Tally& tally) {
  TextTable table({{"class", Align::left},
                   {"judged"},
                   {"accuracy"},
                   {"95 % interval"},
                   {"cost"},
                   {"per 1,000"}});
  for (const ClassTally& one : tally.classes()) delivery_row(table, one);
  table.rule();
  delivery_row(table, tally.total());
  return table.text("  ");
}

std::string served_table(const Tally& tally) {
  std::map<std::string, ServedCount> variants, resources;
  std::uint64_t all = 0;
  std::set<std::string> machine_names;
  std::map<std::string, std::size_t> machines;  // how many there were of each offer
  for (const auto& [by, served] : tally.served()) machine_names.insert(by.second);
  for (const std::string& name : machine_names) {
    if (offer_of(name) != name) ++machines[offer_of(name)];
  }
  for (const auto& [by, served] : tally.served()) {
    for (ServedCount* sum : {&variants[by.first], &resources[offer_text(by.second, machines)]}) {
      sum->queries += served.queries;
      sum->accuracy.hits += served.accuracy.hits;
      sum->accuracy.trials += served.accuracy.trials;
      sum->cost += served.cost;
    }
    all += served.queries;
  }
  if (all == 0) return {};
  TextTable table({{"", Align::left},
                   {"served by", Align::left},
                   {"queries"},
                   {"share"},
                   {"accuracy"},
                   {"cost"}});
  served_rows(table, "variant", {variants.begin(), variants.end()}, all);
  table.rule();
  served_rows(table, "resource", {resources.begin(), resources.end()}, all);
  return table.text("  ");
}

// The commonest kinds; the rest, which can be dozens that differ in a number, as one line.
std::string trouble_list(const Tally& tally) {
  constexpr std::size_t kShown = 6;
  std::vector<std::pair<std::string, std::uint64_t>> rows;
  std::uint64_t others = 0;
  for (const auto& [what, count] : tally.troubles()) {
    if (what == Tally::kOtherTroubles) {
      others += count;
    } else {
      rows.emplace_back(what, count);
    }
  }
  std::stable_sort(rows.begin(), rows.end(), [](auto& a, auto& b) { return a.second > b.second; });
  std::string text;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i < kShown) {
      text += fmt::format("  {} x {}\n", count_text(rows[i].second), rows[i].first);
    } else {
      others += rows[i].second;
    }
  }
  if (others > 0) text += fmt::format("  {} x something else\n", count_text(others));
  return text;
}

std::string lag_warning(const Tally& tally) {
  if (!tally.fell_behind()) return {};
  return fmt::format(
      "The generator fell behind its own schedule: queries left {} late at the 99th percentile, {} "
      "at most (this is part of the latencies above; give it more CPU or ask for less).\n",
      text_of(tally.lag().percentile(99)), text_of(tally.lag().max()));
}

}  // namespace paragon

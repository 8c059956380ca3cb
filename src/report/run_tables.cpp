#include "report/run_tables.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/latency.h"
#include "report/number.h"
#include "report/table.h"

namespace paragon {
namespace {

std::string share_text(double share) {
  return share > 0 && share < 0.0005 ? fmt::format("{} %", number_text(share * 100, 2))
                                     : percent_text(share);
}

std::string missed_text(const sim::Fates& fates) {
  return fmt::format("{} ({})", count_text(fates.missed()), share_text(fates.violation_rate()));
}

std::string hours_text(Duration d) { return number_text(seconds(d) / 3600) + " h"; }

std::string multiple_text(const std::optional<double>& multiple) {
  return multiple ? fmt::format("{:.2f} x", *multiple) : "-";
}

std::string part_text(Dollars part, Dollars whole) {
  return whole.value > 0 ? percent_text(part / whole) : "-";
}

std::string accuracy_text(double sum, std::uint64_t answers) {
  if (answers == 0) return "-";
  return fmt::format("{:.2f} %", 100 * sum / static_cast<double>(answers));
}

// Of a class, or of all.
std::string percentile_text(const auto& of, double p) {
  return of.latency.count() == 0 ? "-" : text_of(percentile(of, p));
}

PlotLayer layer(std::string name, const std::vector<sim::Sample>& series,
                double (*value)(const sim::Sample&)) {
  PlotLayer l{std::move(name), {}};
  for (const sim::Sample& s : series) l.samples.push_back({s.from.time_since_epoch(), value(s)});
  return l;
}

std::string over_time(const sim::RunResult& r) {
  if (r.series.size() < 2) return {};
  const auto plot = [&](std::string title, std::vector<PlotLayer> layers) {
    Figure f;
    f.title = std::move(title);
    f.to = r.length;
    f.layers = std::move(layers);
    return "\n" + draw(f, "  ");
  };
  using S = sim::Sample;
  std::string text =
      plot("requests a second",
           {layer("", r.series, [](const S& s) { return s.arrivals.value; })}) +
      plot("machines", {layer("ready", r.series, [](const S& s) { return s.ready; }),
                        layer("booting", r.series, [](const S& s) { return s.booting; })});
  if (r.on_functions > 0) {
    text += plot("function calls in progress",
                 {layer("", r.series, [](const S& s) { return s.on_functions; })});
  }
  return text;
}

}  // namespace

HtmlTable cost_rows(const SimulatedRun& run) {
  const Bill& cost = run.result.cost;
  HtmlTable table{.heads = {"cost", "USD", "share"}, .rows = {}};
  table.rows.push_back(
      {"machines", text_of(cost.machines), part_text(cost.machines, cost.total())});
  table.rows.push_back(
      {"  of it idle: wasted", text_of(cost.wasted), part_text(cost.wasted, cost.total())});
  table.rows.push_back(
      {"functions", text_of(cost.functions), part_text(cost.functions, cost.total())});
  if (cost.keeping > Dollars{}) {
    table.rows.push_back({"  of it to keep some provisioned", text_of(cost.keeping),
                          part_text(cost.keeping, cost.total())});
  }
  table.marked.push_back(table.rows.size());
  table.rows.push_back({"total", text_of(cost.total()), ""});
  if (run.clairvoyant) {
    table.rows.push_back({run.clairvoyant->violation_rate > 0
                              ? fmt::format("clairvoyant schedule (misses {})",
                                            share_text(run.clairvoyant->violation_rate))
                              : "clairvoyant schedule",
                          text_of(run.clairvoyant->cost),
                          multiple_text(run.multiple_of_clairvoyant())});
  }
  if (run.bound) {
    table.rows.push_back({"least possible without a miss", text_of(run.bound->least),
                          multiple_text(run.multiple_of_bound())});
  }
  return table;
}

HtmlTable class_rows(const SimulatedRun& run) {
  HtmlTable table{.heads = {"class", "deadline", "requests", "late", "refused", "missed",
                            "accuracy", "p50", "p99", "p99.9"},
                  .rows = {}};
  double accuracy_sum = 0;
  std::uint64_t answers = 0;
  for (const sim::ClassResult& c : run.result.classes) {
    const std::uint64_t answered = c.fates.on_time + c.fates.late;
    table.rows.push_back({c.name, c.deadline ? text_of(*c.deadline) : "-",
                          count_text(c.fates.requests), count_text(c.fates.late),
                          count_text(c.fates.refused), missed_text(c.fates),
                          accuracy_text(c.accuracy_sum, answered), percentile_text(c, 50),
                          percentile_text(c, 99), percentile_text(c, 99.9)});
    accuracy_sum += c.accuracy_sum;
    answers += answered;
  }
  const auto sum = [&](const char* name, const sim::Fates& fates) {
    if (fates.requests == 0) return;
    table.rows.push_back({name, "", count_text(fates.requests), count_text(fates.late),
                          count_text(fates.refused), missed_text(fates)});
  };
  sum("all strict", run.result.strict);
  sum("all relaxed", run.result.relaxed);
  const sim::Fates& all = run.result.all;
  table.marked.push_back(table.rows.size());
  table.rows.push_back({"all", "", count_text(all.requests), count_text(all.late),
                        count_text(all.refused), missed_text(all),
                        accuracy_text(accuracy_sum, answers), percentile_text(run.result, 50),
                        percentile_text(run.result, 99), percentile_text(run.result, 99.9)});
  return table;
}

HtmlTable fleet_rows(const SimulatedRun& run) {
  const sim::RunResult& r = run.result;
  HtmlTable table{.heads = {"capacity", ""}, .rows = {}};
  const auto row = [&](const char* what, std::string value) {
    table.rows.push_back({what, std::move(value)});
  };
  row("machines at once, at most", count_text(static_cast<std::uint64_t>(r.machines_peak)));
  row("machines bought", count_text(r.machines_bought));
  row("machine time billed", hours_text(r.machine_time));
  row("machine time over what the load needed", hours_text(r.overprovisioned));
  if (r.boot_failures > 0) row("boots that failed", count_text(r.boot_failures));
  if (r.no_capacity > 0) row("orders the cloud had no machine for", count_text(r.no_capacity));
  if (r.interruptions > 0) row("spot machines taken away", count_text(r.interruptions));
  row("answered by functions",
      fmt::format("{} ({})", count_text(r.on_functions), share_text(run.share_on_functions())));
  if (r.cost.keeping > Dollars{}) {
    row("calls in provisioned environments", count_text(r.on_provisioned()));
  }
  row("cold starts met", count_text(r.cold_starts));
  if (r.warm_ups > 0) row("calls only to keep functions warm", count_text(r.warm_ups));
  if (r.throttled > 0) row("calls throttled", count_text(r.throttled));
  return table;
}

HtmlTable served_rows(const SimulatedRun& run) {
  HtmlTable table{.heads = {"variant", "served by", "queries", "share"}, .rows = {}, .left = 2};
  std::vector<sim::Served> served = run.result.served;
  std::stable_sort(served.begin(), served.end(),
                   [](const auto& a, const auto& b) { return a.queries > b.queries; });
  const auto all = static_cast<double>(run.result.all.requests);
  for (const sim::Served& s : served) {
    const std::string& offer =
        s.machine ? run.catalog->offer(*s.machine).name : run.catalog->offer(*s.function).name;
    table.rows.push_back({run.catalog->variant(s.variant).name,
                          (s.machine ? "machine " : "function ") + offer, count_text(s.queries),
                          share_text(static_cast<double>(s.queries) / all)});
  }
  return table;
}

namespace {

std::string whole_text(const HtmlTable& table, std::string_view indent) {
  std::vector<TextTable::Column> columns;
  for (std::size_t c = 0; c < table.heads.size(); ++c) {
    columns.push_back(
        {table.heads[c], static_cast<int>(c) < table.left ? Align::left : Align::right});
  }
  TextTable text(std::move(columns));
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    const bool last = r + 1 == table.rows.size();
    if (last && std::count(table.marked.begin(), table.marked.end(), r) > 0 && r > 0) text.rule();
    text.row(table.rows[r]);
  }
  return text.text(indent);
}

std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    width = std::max(width, display_width(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return width;
}

// The table's left columns, and of the others those from `from` to before `to`.
HtmlTable part_of(const HtmlTable& table, std::size_t from, std::size_t to) {
  HtmlTable part{.heads = {}, .rows = {}, .left = table.left, .marked = table.marked};
  const auto take = [&](std::vector<std::string> row) {
    row.resize(table.heads.size());
    std::vector<std::string> cells(row.begin(), row.begin() + table.left);
    cells.insert(cells.end(), row.begin() + static_cast<std::ptrdiff_t>(from),
                 row.begin() + static_cast<std::ptrdiff_t>(to));
    return cells;
  };
  part.heads = take(table.heads);
  for (const auto& row : table.rows) part.rows.push_back(take(row));
  return part;
}

}  // namespace

std::string text_of(const HtmlTable& table, std::string_view indent, std::size_t columns) {
  std::string whole = whole_text(table, indent);
  if (width_of(whole) <= columns) return whole;
  std::string text;
  for (std::size_t from = static_cast<std::size_t>(table.left); from < table.heads.size();) {
    std::size_t to = from + 1;
    std::string part = whole_text(part_of(table, from, to), indent);
    for (; to < table.heads.size(); ++to) {
      std::string wider = whole_text(part_of(table, from, to + 1), indent);
      if (width_of(wider) > columns) break;
      part = std::move(wider);
    }
    text += (text.empty() ? "" : "\n") + part;
    from = to;
  }
  return text;
}

std::string headline(const SimulatedRun& run) {
  const sim::RunResult& r = run.result;
  std::string text = fmt::format("{} on {}: {} requests in {}", r.scheme, run.trace,
                                 count_text(r.all.requests), clock_text(r.length));
  if (run.wall_s > 0) {
    text += fmt::format(
        ", simulated in {} ({} requests/s)", text_of(from_seconds(run.wall_s)),
        count_text(static_cast<std::uint64_t>(static_cast<double>(r.all.requests) / run.wall_s)));
  }
  return text;
}

std::string settings_text(const SimulatedRun& run, const std::string& seeds) {
  std::string text = "mix " + run.mix;
  text += run.settings.prices.empty() ? ", catalog " + run.catalog_file
                                      : ", prices " + run.settings.prices;
  text += ", " + seeds + "\n";
  if (!run.settings.unusual.empty()) text += run.settings.unusual + "\n";
  return text;
}

std::string run_text(const SimulatedRun& run, std::size_t columns) {
  std::string text =
      headline(run) + "\n" + settings_text(run, "seed " + std::to_string(run.result.seed));
  for (const HtmlTable& table :
       {class_rows(run), cost_rows(run), fleet_rows(run), served_rows(run)}) {
    text += "\n" + text_of(table, "  ", columns);
  }
  return text + over_time(run.result);
}

}  // namespace paragon

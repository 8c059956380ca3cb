// Figure 4: what a constant rate costs on machines alone and on functions alone.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "figures/paper_figures.h"
#include "report/number.h"

namespace paragon::figures {
namespace {

constexpr std::array kRates{10.0, 50.0, 100.0, 200.0};  // requests/s, as in the paper
constexpr std::array kModels{"mobilenet1.0", "resnet18", "resnet50", "resnet152"};

RunKey key_of(Prices prices, const char* model, double rate, Supply supply) {
  RunKey key;
  key.prices = prices;
  key.constant_rate = rate;
  key.variant = model;
  // Machines follow the demand; without machines to buy, every scheme sends all to functions.
  key.scheme = "reactive";
  key.supply = supply;
  return key;
}

}  // namespace

void need_constant_rates(Study& study) {
  for (const Prices prices : kBothPrices) {
    for (const char* model : kModels) {
      for (const double rate : kRates) {
        study.need(key_of(prices, model, rate, Supply::machines));
        study.need(key_of(prices, model, rate, Supply::functions));
      }
    }
  }
}

Outcome draw_constant_rates(const Study& study) {
  const double hours = seconds(study.inputs().constant_length) / 3600;
  Outcome out{.figure = 4, .title = "Machines against functions at constant rates"};
  out.notes = {fmt::format(
      "{} at each rate, Poisson arrivals, one model at a time. Machines: c5.large, as many as "
      "`reactive` wants at 70 % busy. Functions: the cheapest size for the model. Dollars an hour.",
      clock_text(study.inputs().constant_length))};
  for (const Prices prices : kBothPrices) {
    HtmlTable table{.heads = {"model, prices of " + std::string(name(prices)), "requests/s",
                              "machines, $/h", "functions, $/h", "functions / machines"},
                    .rows = {}};
    int cheaper = 0;
    double least = 1e300;
    double most = 0;
    for (const char* model : kModels) {
      svg::Plot plot{.title = fmt::format("{}, prices of {}", model, name(prices)),
                     .x = {.title = "requests/s"},
                     .y = {.title = "cost ($/hour)"},
                     .width = 380,
                     .height = 240};
      svg::Series machines{.name = "machines", .mark = svg::Mark::bar, .points = {}};
      svg::Series functions{.name = "functions", .mark = svg::Mark::bar, .points = {}};
      for (const double rate : kRates) {
        const double m =
            study.of(key_of(prices, model, rate, Supply::machines)).cost.total().value / hours;
        const double f =
            study.of(key_of(prices, model, rate, Supply::functions)).cost.total().value / hours;
        const auto at = static_cast<double>(plot.x.categories.size());
        plot.x.categories.push_back(fmt::format("{:g}", rate));
        machines.points.push_back({.x = at, .y = m});
        functions.points.push_back({.x = at, .y = f});
        table.rows.push_back({model, fmt::format("{:g}", rate), number_text(m), number_text(f),
                              fmt::format("{:.2f}", f / m)});
        cheaper += f > m ? 1 : 0;
        least = std::min(least, f / m);
        most = std::max(most, f / m);
      }
      plot.series = {machines, functions};
      out.plots.push_back({fmt::format("figure-4-{}-{}", model, name(prices)), plot});
    }
    const int all = static_cast<int>(kModels.size() * kRates.size());
    out.statements.push_back(
        {.figure = "4",
         .prices = std::string(name(prices)),
         .claim = "at constant rates machines are cheaper than functions",
         .measured = fmt::format("cheaper in {} of {} cases; functions cost {:.2f} to {:.2f} times "
                                 "as much",
                                 cheaper, all, least, most),
         .verdict = cheaper == all      ? Verdict::reached
                    : cheaper > all / 2 ? Verdict::direction
                                        : Verdict::opposite});
    out.tables.push_back(std::move(table));
  }
  return out;
}

}  // namespace paragon::figures

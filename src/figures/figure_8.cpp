// Figure 8: what the memory of a function does to compute time and to the cost of a million
// queries.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.h"
#include "brain/meter.h"
#include "catalog/derive.h"
#include "figures/paper_figures.h"
#include "report/number.h"

namespace paragon::figures {
namespace {

constexpr std::array kModels{"mobilenet1.0", "resnet18", "resnet50", "resnet152"};

// How each age sells functions.
struct Sizes {
  Prices prices;
  std::int64_t step;  // MB
  std::int64_t most;
  double per_vcpu;  // MB that come with one vCPU
};
constexpr std::array kSizes{Sizes{Prices::y2019, 64, 3008, 1792},
                            Sizes{Prices::y2026, 64, 10240, 1769}};

struct Size {
  std::int64_t memory = 0;  // MB
  double compute = 0;       // ms, as run
  double cost = 0;          // dollars for a million queries, as billed
};

std::vector<Size> curve(const Catalog& catalog, const char* model, const Sizes& sizes) {
  const std::optional<VariantId> v = catalog.find_variant(model);
  PARAGON_CHECK(v.has_value(), "a model of the catalog");
  std::vector<Size> curve;
  for (std::int64_t memory = 128; memory <= sizes.most; memory += sizes.step) {
    FunctionOffer offer = catalog.function_offers().front();
    offer.memory = megabytes(memory);
    offer.vcpus = vcpus(static_cast<double>(memory) / sizes.per_vcpu);
    const FunctionProfile p = derive(catalog.variant(*v), catalog.profile(*v), offer);
    if (!p.usable) continue;
    curve.push_back(
        {memory, milliseconds(p.service_p50), call_price(offer, p.service_p50).value * 1e6});
  }
  return curve;
}

// What the paper states is about the functions of its time.
void state(const Catalog& catalog, const Sizes& sizes, Outcome& out) {
  // Different compute times of one model are CPU tiers, whatever their number.
  std::vector<std::int64_t> tiers;
  for (const Size& s : curve(catalog, "mobilenet1.0", sizes)) {
    const auto compute = std::llround(s.compute * 1000);
    if (tiers.empty() || tiers.back() != compute) tiers.push_back(compute);
  }
  out.statements.push_back(
      {.figure = "8",
       .prices = std::string(name(sizes.prices)),
       .claim = "CPU comes in three tiers: 0.5 GB, 1.5 GB, above 2 GB",
       .measured = fmt::format("{} speeds of mobilenet1.0 over the sizes that hold it: in "
                               "proportion to memory up to {:g} MB, none above",
                               tiers.size(), sizes.per_vcpu),
       .verdict = tiers.size() == 3 ? Verdict::reached : Verdict::opposite});
  out.statements.push_back({.figure = "8",
                            .prices = std::string(name(sizes.prices)),
                            .claim = "a function has at most 3 GB",
                            .measured = fmt::format("at most {} MB", sizes.most),
                            .verdict = sizes.most <= 3072 ? Verdict::reached : Verdict::opposite});
}

}  // namespace

Outcome draw_function_memory(const Study& study) {
  Outcome out{.figure = 8, .title = "Memory of a function: compute time and cost"};
  out.notes = {
      "One picture a call, warm, on the published profiles and the rule that AWS documents: CPU in "
      "proportion to memory. The networks run on one thread, so more than one vCPU does not help "
      "them. A model is drawn from the smallest size that holds it."};
  for (const Sizes& sizes : kSizes) {
    const Catalog& catalog = study.inputs().books[sizes.prices];
    svg::Plot time{.title = fmt::format("Compute time, prices of {}", name(sizes.prices)),
                   .x = {.title = "memory (MB)"},
                   .y = {.title = "compute time (ms)", .kind = svg::Kind::log}};
    svg::Plot cost{
        .title = fmt::format("Cost of a million queries, prices of {}", name(sizes.prices)),
        .x = {.title = "memory (MB)"},
        .y = {.title = "cost ($)"}};
    HtmlTable table{
        .heads = {"model, prices of " + std::string(name(sizes.prices)), "cheapest size", "time",
                  "$/million", "largest size", "time", "$/million"},
        .rows = {}};
    for (const char* model : kModels) {
      const std::vector<Size> sold = curve(catalog, model, sizes);
      svg::Series times{.name = model, .mark = svg::Mark::line, .points = {}};
      svg::Series costs{.name = model, .mark = svg::Mark::step, .points = {}};
      for (const Size& s : sold) {
        times.points.push_back({.x = static_cast<double>(s.memory), .y = s.compute});
        costs.points.push_back({.x = static_cast<double>(s.memory), .y = s.cost});
      }
      time.series.push_back(times);
      cost.series.push_back(costs);
      const Size& best = *std::min_element(
          sold.begin(), sold.end(), [](const Size& a, const Size& b) { return a.cost < b.cost; });
      const Size& largest = sold.back();
      table.rows.push_back({model, fmt::format("{} MB", best.memory),
                            fmt::format("{:.0f} ms", best.compute), number_text(best.cost),
                            fmt::format("{} MB", largest.memory),
                            fmt::format("{:.0f} ms", largest.compute), number_text(largest.cost)});
    }
    for (svg::Plot* plot : {&time, &cost})
      plot->references = {{.name = "one vCPU", .value = sizes.per_vcpu, .vertical = true}};
    out.plots.push_back({fmt::format("figure-8-time-{}", name(sizes.prices)), time});
    out.plots.push_back({fmt::format("figure-8-cost-{}", name(sizes.prices)), cost});
    out.tables.push_back(table);

    if (sizes.prices == Prices::y2019) state(catalog, sizes, out);
  }
  return out;
}

}  // namespace paragon::figures

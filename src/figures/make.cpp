#include "figures/make.h"

#include <fmt/format.h>

#include <algorithm>

#include "figures/paper_figures.h"

namespace paragon::figures {
namespace {

constexpr Duration kConstant = std::chrono::hours(1);
constexpr Duration kConstantQuick = std::chrono::minutes(5);

Result<std::vector<const PaperFigure*>> chosen(const std::vector<int>& numbers) {
  std::vector<const PaperFigure*> figures;
  for (const PaperFigure& f : paper_figures()) {
    if (numbers.empty() || std::find(numbers.begin(), numbers.end(), f.number) != numbers.end())
      figures.push_back(&f);
  }
  for (const int n : numbers) {
    if (std::none_of(figures.begin(), figures.end(),
                     [n](const PaperFigure* f) { return f->number == n; }))
      return Error{ErrorCode::invalid,
                   fmt::format("figure: got {}, expected {} to {} (the others hold no numbers)", n,
                               paper_figures().front().number, paper_figures().back().number)};
  }
  return figures;
}

}  // namespace

Result<Made> make_figures(const Order& order,
                          const std::function<void(const FoundTraces&)>& on_found,
                          const OnStudyProgress& progress) {
  const auto figures = chosen(order.figures);
  if (!figures) return figures.error();
  Result<PriceBooks> books = load_price_books(order.data + "/paper", order.provisioning);
  if (!books) return books.error();
  std::map<std::string, Mix> workloads;
  for (const char* workload : {"workload-1", "workload-2"}) {
    Result<Mix> mix = load_mix(fmt::format("{}/mixes/{}.yaml", order.data, workload));
    if (!mix) return mix.error();
    workloads.emplace(workload, std::move(*mix));
  }
  Result<FoundTraces> traces = find_traces(order.traces, order.quick, order.seed);
  if (!traces) return traces.error();
  if (on_found) on_found(*traces);

  Made made{.outcomes = {}, .missing = traces->missing};
  Study study({std::move(*books), std::move(*traces), std::move(workloads),
               order.quick ? kConstantQuick : kConstant, order.seed});
  for (const PaperFigure* f : *figures) f->need(study);
  made.runs = study.runs();
  if (const Status status = study.make(order.threads, progress); !status) return status.error();
  for (const PaperFigure* f : *figures) made.outcomes.push_back(f->draw(study));
  return made;
}

}  // namespace paragon::figures

// Figures 2 and 3: which models there are, and that neither latency nor accuracy alone picks one.
#include <fmt/format.h>

#include <algorithm>

#include "figures/models.h"
#include "figures/paper_figures.h"

namespace paragon::figures {
namespace {

constexpr double kAlikeLatency = 0.25;  // of the fastest in the set
constexpr double kAlikeAccuracy = 0.5;  // percentage points

HtmlTable table_of(const std::vector<Model>& models, const std::vector<Model>& marked) {
  HtmlTable table{.heads = {"model", "top-1 accuracy", "latency, one core", "memory"}, .rows = {}};
  for (const Model& m : models) {
    if (std::any_of(marked.begin(), marked.end(), [&](const Model& x) { return x.name == m.name; }))
      table.marked.push_back(table.rows.size());
    table.rows.push_back({m.name, fmt::format("{:.2f} %", m.accuracy),
                          fmt::format("{:.1f} ms", m.latency),
                          fmt::format("{} MB", m.memory.value)});
  }
  return table;
}

svg::Series points_of(const std::string& name, const std::vector<Model>& models) {
  svg::Series series{.name = name, .mark = svg::Mark::points, .points = {}};
  for (const Model& m : models)
    series.points.push_back({.x = m.latency, .y = m.accuracy, .label = m.name});
  return series;
}

svg::Plot plane(const std::string& title) {
  return {.title = title,
          .note = "Published: gluon-cv (accuracy) and Proteus (latency of one picture on a CPU).",
          .x = {.title = "latency of one picture (ms)", .kind = svg::Kind::log},
          .y = {.title = "top-1 accuracy (%)", .from = 45, .to = 85},
          .height = 420};
}

std::vector<Model> without(const std::vector<Model>& models, const std::vector<Model>& taken) {
  std::vector<Model> rest;
  for (const Model& m : models) {
    if (std::none_of(taken.begin(), taken.end(), [&](const Model& x) { return x.name == m.name; }))
      rest.push_back(m);
  }
  return rest;
}

std::string names(const std::vector<Model>& models) {
  std::string text;
  for (const Model& m : models) text += (text.empty() ? "" : ", ") + m.name;
  return text;
}

}  // namespace

Outcome draw_models(const Study& study) {
  const std::vector<Model> models = models_of(study.inputs().books.y2026);
  const std::vector<Model> front = pareto(models);
  Outcome out{.figure = 2, .title = "Accuracy and latency of the models"};
  out.notes = {
      "The paper's model family by published figures of one source each, not measured here. "
      "Marked rows: no other model is both as accurate and as fast."};
  out.tables.push_back(table_of(models, front));
  svg::Plot plot = plane("Accuracy against latency");
  svg::Series line{.name = "the best for their latency", .mark = svg::Mark::line, .points = {}};
  for (const Model& m : front) line.points.push_back({.x = m.latency, .y = m.accuracy});
  plot.series = {points_of("model", models), line};
  out.plots.push_back({"figure-2-models", plot});

  const Model& fastest = front.front();
  const Model& best = front.back();
  out.statements.push_back(
      {.figure = "2",
       .prices = {},
       .claim = "accuracy is paid for with latency, over a wide range of models",
       .measured = fmt::format("{:.1f} % in {:.1f} ms ({}) to {:.1f} % in {:.0f} ms ({}); {} of {} "
                               "models are the best for their latency",
                               fastest.accuracy, fastest.latency, fastest.name, best.accuracy,
                               best.latency, best.name, front.size(), models.size()),
       .verdict = best.latency > fastest.latency && front.size() > 2 ? Verdict::reached
                                                                     : Verdict::opposite});
  return out;
}

Outcome draw_iso_sets(const Study& study) {
  const std::vector<Model> models = models_of(study.inputs().books.y2026);
  const std::vector<Model> latency = iso_latency(models, kAlikeLatency);
  const std::vector<Model> accuracy = iso_accuracy(models, kAlikeAccuracy);
  Outcome out{.figure = 3, .title = "Models of one latency, and of one accuracy"};
  out.notes = {
      fmt::format("Iso-latency: the largest set within {:.0f} % of its fastest member. "
                  "Iso-accuracy: the largest within {} points of its least accurate one. "
                  "Of equally large sets, the one that differs most in the other thing.",
                  100 * kAlikeLatency, kAlikeAccuracy)};
  out.tables.push_back(table_of(latency, {}));
  out.tables.push_back(table_of(accuracy, {}));
  svg::Plot first = plane("Iso-latency set");
  first.series = {points_of("about the same latency", latency),
                  points_of("other models", without(models, latency))};
  for (svg::Point& p : first.series[1].points) p.label.clear();
  svg::Plot second = plane("Iso-accuracy set");
  second.series = {points_of("about the same accuracy", accuracy),
                   points_of("other models", without(models, accuracy))};
  for (svg::Point& p : second.series[1].points) p.label.clear();
  out.plots = {{"figure-3-iso-latency", first}, {"figure-3-iso-accuracy", second}};

  const double points = accuracy_spread(latency);
  const double ratio = latency_ratio(accuracy);
  out.statements.push_back(
      {.figure = "3a",
       .prices = {},
       .claim = "models of about the same latency differ in accuracy",
       .measured = fmt::format("{:.1f} points within {}", points, names(latency)),
       .verdict = latency.size() > 1 && points > 1 ? Verdict::reached : Verdict::opposite});
  out.statements.push_back(
      {.figure = "3b",
       .prices = {},
       .claim = "models of about the same accuracy differ in latency",
       .measured = fmt::format("{:.1f} times within {}", ratio, names(accuracy)),
       .verdict = accuracy.size() > 1 && ratio > 1.25 ? Verdict::reached : Verdict::opposite});
  return out;
}

}  // namespace paragon::figures

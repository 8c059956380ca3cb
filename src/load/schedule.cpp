#include "load/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "trace/generate.h"
#include "trace/replay.h"
#include "trace/trace_file.h"

namespace paragon {
namespace {

constexpr std::uint64_t kClassStream = 7;

Error wrong(std::string message) { return {ErrorCode::invalid, std::move(message)}; }

bool positive(double value) { return std::isfinite(value) && value > 0; }

Result<Schedule> steady(const ScheduleSettings& settings) {
  if (!positive(settings.rate->value)) {
    return wrong(fmt::format("rate: got {}, takes queries a second above 0", settings.rate->value));
  }
  if (!settings.duration) return wrong("a load at a rate needs a duration");
  return Schedule{
      constant(*settings.rate, *settings.duration, Spacing::poisson, settings.seed),
      *settings.duration,
      fmt::format("{:g} queries a second, independent arrivals (generated)", settings.rate->value)};
}

std::string described(const ScheduleSettings& settings, Duration from, Duration to) {
  std::string text =
      fmt::format("trace {}, seconds {:g} to {:g}", settings.trace, seconds(from), seconds(to));
  if (settings.compress != 1) text += fmt::format(", compressed {:g} times", settings.compress);
  if (settings.mean) {
    text += fmt::format(", scaled to {:g} queries a second in the mean", settings.mean->value);
  } else if (settings.scale != 1) {
    text += fmt::format(", scaled by {:g}", settings.scale);
  }
  return text;
}

Result<Schedule> recorded(const ScheduleSettings& settings) {
  const auto summary = summarise(settings.trace);
  if (!summary) return summary.error();
  if (settings.from < Duration::zero() || settings.from >= summary->length) {
    return wrong(fmt::format("from: got {:g} s, {} is {:g} s long", seconds(settings.from),
                             settings.trace, seconds(summary->length)));
  }
  Shape shape;
  shape.from = settings.from;
  Duration end = summary->length;
  if (settings.duration) {
    const double wanted = seconds(settings.from) + seconds(*settings.duration) * settings.compress;
    if (wanted < seconds(end)) end = from_seconds(wanted);
  }
  shape.to = end;
  shape.compress = settings.compress;
  shape.scale = settings.scale;
  shape.mean = settings.mean;
  shape.seed = settings.seed;
  auto arrivals = replay_trace(settings.trace, shape);
  if (!arrivals) return arrivals.error();
  return Schedule{std::move(*arrivals),
                  from_seconds(seconds(end - settings.from) / settings.compress),
                  described(settings, settings.from, end)};
}

}  // namespace

Result<Schedule> make_schedule(const ScheduleSettings& settings) {
  if (settings.trace.empty() == !settings.rate) {
    return wrong("a load needs a trace or a rate, and not both");
  }
  if (settings.duration && *settings.duration <= Duration::zero()) {
    return wrong(
        fmt::format("duration: got {:g} s, takes more than 0", seconds(*settings.duration)));
  }
  if (!positive(settings.compress)) {
    return wrong(fmt::format("compress: got {:g}, takes a factor above 0", settings.compress));
  }
  if (!positive(settings.scale)) {
    return wrong(fmt::format("scale: got {:g}, takes a factor above 0", settings.scale));
  }
  if (settings.mean && !positive(settings.mean->value)) {
    return wrong(
        fmt::format("mean rate: got {:g}, takes queries a second above 0", settings.mean->value));
  }
  return settings.rate ? steady(settings) : recorded(settings);
}

std::function<std::optional<Due>()> drawn_from(ArrivalsPtr arrivals, Mix mix, std::uint64_t seed) {
  struct State {
    ArrivalsPtr arrivals;
    Mix mix;
    Random random;
  };
  // Shared only because std::function wants to be copied.
  auto state = std::make_shared<State>(
      State{std::move(arrivals), std::move(mix), Random(seed).stream(kClassStream)});
  return [state]() -> std::optional<Due> {
    const auto time = state->arrivals->next();
    if (!time) return std::nullopt;
    return Due{time->time_since_epoch(), state->mix.draw(state->random)};
  };
}

http::Headers slo_headers(const Constraints& constraints) {
  http::Headers headers;
  if (constraints.max_latency) {
    headers.add("x-paragon-slo-latency-ms",
                fmt::format("{}", milliseconds(*constraints.max_latency)));
  }
  if (constraints.min_accuracy) {
    headers.add("x-paragon-slo-min-accuracy", fmt::format("{}", constraints.min_accuracy->value));
  }
  if (constraints.max_cost) {
    headers.add("x-paragon-slo-max-cost-usd", fmt::format("{}", constraints.max_cost->value));
  }
  if (constraints.query_class) {
    headers.add("x-paragon-slo-class",
                *constraints.query_class == QueryClass::strict ? "strict" : "relaxed");
  }
  if (const auto& objective = constraints.objective) {
    headers.add("x-paragon-slo-objective",
                fmt::format("cost={},latency={},accuracy={}", objective->cost, objective->latency,
                            objective->accuracy));
  }
  if (constraints.best_effort) {
    headers.add("x-paragon-slo-best-effort", *constraints.best_effort ? "true" : "false");
  }
  return headers;
}

Result<std::vector<LoadClass>> load_classes(const Mix& mix) {
  std::vector<LoadClass> classes;
  for (const MixClass& one : mix.classes()) {
    if (one.task != mix.classes().front().task) {
      return wrong(fmt::format("the mix asks for the tasks {} and {}: one load takes one task",
                               mix.classes().front().task, one.task));
    }
    classes.push_back({one.name, one.constraints.max_latency, slo_headers(one.constraints)});
  }
  return classes;
}

}  // namespace paragon

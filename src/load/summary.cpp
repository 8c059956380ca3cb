#include "load/summary.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace paragon {
namespace {

using Json = nlohmann::ordered_json;

Json finite(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

double ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? std::nan("") : static_cast<double>(part) / static_cast<double>(whole);
}

Json latencies(const Histogram& histogram) {
  const auto ms = [&](Duration d) {
    return histogram.count() == 0 ? Json(nullptr) : Json(milliseconds(d));
  };
  return {{"mean", ms(histogram.mean())},
          {"p50", ms(histogram.percentile(50))},
          {"p90", ms(histogram.percentile(90))},
          {"p99", ms(histogram.percentile(99))},
          {"p99_9", ms(histogram.percentile(99.9))},
          {"max", ms(histogram.max())}};
}

Json accuracy_json(const Proportion& share) {
  return {{"judged", share.trials},
          {"correct", share.hits},
          {"share", finite(share.value())},
          {"low_95", finite(share.low95())},
          {"high_95", finite(share.high95())}};
}

Json counts(const ClassTally& tally, Duration elapsed) {
  const std::uint64_t on_time = tally.answered - tally.late;
  return {{"sent", tally.sent},
          {"answered", tally.answered},
          {"refused", tally.refused},
          {"failed", tally.failed},
          {"unanswered", tally.unanswered},
          {"late", tally.late},
          {"missed", tally.missed()},
          {"missed_share", finite(ratio(tally.missed(), tally.sent))},
          {"goodput_per_s", elapsed > Duration::zero()
                                ? Json(static_cast<double>(on_time) / seconds(elapsed))
                                : Json(nullptr)},
          {"latency_ms", latencies(tally.latency)},
          {"accuracy", accuracy_json(tally.accuracy)},
          {"cost_usd", tally.priced == 0 ? Json(nullptr) : Json(tally.cost.value)},
          {"priced", tally.priced}};
}

}  // namespace

std::string summary_json(const LoadRecord& record, const Tally& tally) {
  Json classes = Json::array();
  for (const ClassTally& one : tally.classes()) {
    Json entry = {
        {"name", one.name},
        {"deadline_ms", one.deadline ? Json(milliseconds(*one.deadline)) : Json(nullptr)}};
    entry.update(counts(one, record.elapsed));
    classes.push_back(std::move(entry));
  }
  Json served = Json::array();
  for (const auto& [by, what] : tally.served()) {
    served.push_back({{"variant", by.first},
                      {"resource", by.second},
                      {"queries", what.queries},
                      {"cost_usd", what.cost.value},
                      {"accuracy", accuracy_json(what.accuracy)}});
  }
  Json troubles = Json::array();
  for (const auto& [text, count] : tally.troubles()) {
    troubles.push_back({{"message", text}, {"count", count}});
  }
  const Json document = {{"format", "paragon-load-1"},
                         {"target", record.target},
                         {"task", record.task},
                         {"load",
                          {{"source", record.source},
                           {"pictures", record.pictures},
                           {"seed", record.seed},
                           {"duration_s", seconds(record.planned)},
                           {"mean_rate_per_s", record.mean_rate.value}}},
                         {"elapsed_s", seconds(record.elapsed)},
                         {"interrupted", record.interrupted},
                         {"send_lag_ms", latencies(tally.lag())},
                         {"fell_behind", tally.fell_behind()},
                         {"total", counts(tally.total(), record.elapsed)},
                         {"classes", std::move(classes)},
                         {"served", std::move(served)},
                         {"errors", std::move(troubles)}};
  // Foreign servers may send anything: what is no UTF-8 is replaced, not thrown.
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace paragon

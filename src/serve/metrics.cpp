#include "serve/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <limits>

#include "serve/explain.h"

namespace paragon {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

// The families of one scrape.
class Scrape {
 public:
  void family(const char* family_name, const char* help, MetricType type) {
    families_.push_back({family_name, help, type, {}});
  }
  void counter(double value, Labels labels = {}) {
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.counter.value = value;
    families_.back().metric.push_back(std::move(metric));
  }
  void gauge(double value, Labels labels = {}) {
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.gauge.value = value;
    families_.back().metric.push_back(std::move(metric));
  }
  void histogram(const LatencyBuckets& buckets, double scale, Labels labels) {
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.histogram.sample_count = buckets.count();
    metric.histogram.sample_sum = buckets.sum_seconds() * scale;
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < buckets.counts().size(); ++i) {
      below += buckets.counts()[i];
      const bool last = i == LatencyBuckets::kBoundsSeconds.size();
      metric.histogram.bucket.push_back({below, last ? std::numeric_limits<double>::infinity()
                                                     : LatencyBuckets::kBoundsSeconds[i] * scale});
    }
    families_.back().metric.push_back(std::move(metric));
  }
  void summary(const Histogram& durations, Labels labels = {}) {
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.summary.sample_count = durations.count();
    metric.summary.sample_sum = seconds(durations.mean()) * static_cast<double>(durations.count());
    for (double quantile : {0.5, 0.99, 0.999}) {
      metric.summary.quantile.push_back({quantile, seconds(durations.percentile(quantile * 100))});
    }
    families_.back().metric.push_back(std::move(metric));
  }
  std::string text() const { return prometheus::TextSerializer().Serialize(families_); }

 private:
  std::vector<MetricFamily> families_;
};

constexpr std::array kClasses{QueryClass::strict, QueryClass::relaxed};

void queries(Scrape& out, const Controller& controller) {
  const Statistics& s = controller.statistics();
  out.family("paragon_arrivals_total", "Well-formed queries that arrived", MetricType::Counter);
  out.counter(static_cast<double>(s.arrived));
  out.family("paragon_answered_total", "Queries answered by a model", MetricType::Counter);
  for (QueryClass c : kClasses) {
    out.counter(static_cast<double>(s.of(c).answered), {{"class", name(c)}});
  }
  out.family("paragon_refused_total", "Queries refused, by reason", MetricType::Counter);
  for (std::size_t i = 0; i < kReasons; ++i) {
    if (s.refused[i] > 0) {
      out.counter(static_cast<double>(s.refused[i]), {{"reason", name(static_cast<Reason>(i))}});
    }
  }
  out.counter(static_cast<double>(s.invalid), {{"reason", "invalid"}});
  out.counter(static_cast<double>(s.rejected), {{"reason", "rejected_by_worker"}});
  out.family("paragon_deadline_missed_total", "Queries answered after their latency bound",
             MetricType::Counter);
  for (QueryClass c : kClasses) {
    out.counter(static_cast<double>(s.of(c).missed), {{"class", name(c)}});
  }
  out.family("paragon_latency_seconds", "From arrival at the gateway to the answer",
             MetricType::Histogram);
  for (QueryClass c : kClasses) out.histogram(s.of(c).buckets, 1, {{"class", name(c)}});
  out.family("paragon_attempts_lost_total", "Attempts whose machine or environment went away",
             MetricType::Counter);
  out.counter(static_cast<double>(s.lost));
  out.family("paragon_attempts_throttled_total", "Attempts that met a concurrency limit",
             MetricType::Counter);
  out.counter(static_cast<double>(s.throttled));
  out.family("paragon_abandoned_total", "Queries whose client went away", MetricType::Counter);
  out.counter(static_cast<double>(s.abandoned));
  out.family("paragon_in_flight", "Queries accepted and not yet answered", MetricType::Gauge);
  out.gauge(static_cast<double>(controller.in_flight()));
  out.family("paragon_decision_seconds", "Time the brain took for a query that arrived",
             MetricType::Summary);
  out.summary(s.deciding);
}

void capacity(Scrape& out, const Controller& controller) {
  const Catalog& catalog = controller.catalog();
  const Time now = controller.now();
  const BrainStatus brain = controller.brain().status(now);
  out.family("paragon_queue_length", "Queries in the waiting room", MetricType::Gauge);
  out.gauge(brain.waiting);
  out.family("paragon_arrival_rate", "Arrivals per second over the window", MetricType::Gauge);
  out.gauge(brain.rate_10s.value, {{"window", "10s"}});
  out.gauge(brain.rate_60s.value, {{"window", "60s"}});

  std::vector<std::array<int, 3>> count(catalog.machine_offers().size());
  for (const MachineStatus& m : controller.brain().machines()) {
    ++count[m.offer.index()][static_cast<std::size_t>(m.state)];
  }
  out.family("paragon_machines", "Machines by offer and state", MetricType::Gauge);
  constexpr std::array kStates{"booting", "ready", "draining"};
  for (std::size_t i = 0; i < count.size(); ++i) {
    for (std::size_t state = 0; state < kStates.size(); ++state) {
      out.gauge(count[i][state],
                {{"offer", catalog.machine_offers()[i].name}, {"state", kStates[state]}});
    }
  }
  const auto functions = controller.brain().meter().functions(now);
  out.family("paragon_function_calls_total",
             "Function calls by offer and start; warm_up carried no query", MetricType::Counter);
  for (std::size_t i = 0; i < functions.size(); ++i) {
    const std::string& offer = catalog.function_offers()[i].name;
    out.counter(static_cast<double>(functions[i].cold), {{"offer", offer}, {"start", "cold"}});
    out.counter(static_cast<double>(functions[i].calls - functions[i].cold - functions[i].warm_ups),
                {{"offer", offer}, {"start", "warm"}});
    out.counter(static_cast<double>(functions[i].warm_ups),
                {{"offer", offer}, {"start", "warm_up"}});
  }
  out.family("paragon_functions_running", "Function calls under way", MetricType::Gauge);
  out.gauge(brain.functions_running);

  const Bill bill = controller.brain().meter().bill(now);
  out.family("paragon_cost_usd_total", "Dollars spent since the start", MetricType::Counter);
  out.counter(bill.machines.value, {{"kind", "machine"}});
  out.counter(bill.functions.value, {{"kind", "function"}});
  out.family("paragon_cost_wasted_usd", "Dollars for machines while nothing ran on them",
             MetricType::Gauge);
  out.gauge(bill.wasted.value);
  out.family("paragon_cost_this_hour_usd", "Dollars spent in this hour", MetricType::Gauge);
  out.gauge(brain.spent_this_hour.value);
}

// One sample a model: of variants, as `model` and `version`.
template <class Value>
void per_variant(Scrape& out, const Controller& controller, const char* family_name,
                 const char* help, Value value) {
  const Catalog& catalog = controller.catalog();
  out.family(family_name, help, MetricType::Counter);
  for (std::size_t i = 0; i < catalog.variants().size(); ++i) {
    const Variant& variant = catalog.variants()[i];
    out.counter(value(controller.statistics().by_variant[i]),
                {{"model", variant.name}, {"version", variant.version}});
  }
}

void triton_names(Scrape& out, const Controller& controller) {
  auto microseconds = [](Duration d) { return static_cast<double>(d.count()) * 1e-3; };
  auto answered = [](const ModelStatistics& m) { return static_cast<double>(m.success.count); };
  per_variant(out, controller, "nv_inference_request_success", "Successful requests", answered);
  out.family("nv_inference_request_failure", "Failed requests by reason", MetricType::Counter);
  const Catalog& catalog = controller.catalog();
  for (std::size_t i = 0; i < catalog.variants().size(); ++i) {
    const Variant& variant = catalog.variants()[i];
    out.counter(static_cast<double>(controller.statistics().by_variant[i].fail.count),
                {{"model", variant.name}, {"version", variant.version}, {"reason", "OTHER"}});
  }
  per_variant(out, controller, "nv_inference_count", "Inferences", answered);
  per_variant(out, controller, "nv_inference_exec_count", "Executions", answered);
  per_variant(out, controller, "nv_inference_request_duration_us", "Time of requests",
              [&](const ModelStatistics& m) { return microseconds(m.success.total); });
  per_variant(out, controller, "nv_inference_queue_duration_us", "Time outside of the model",
              [&](const ModelStatistics& m) { return microseconds(m.queue.total); });
  per_variant(out, controller, "nv_inference_compute_infer_duration_us", "Time in the model",
              [&](const ModelStatistics& m) { return microseconds(m.service.total); });
  out.family("nv_inference_pending_request_count", "Requests not yet answered", MetricType::Gauge);
  out.gauge(static_cast<double>(controller.in_flight()));
  out.family("nv_inference_first_response_histogram_ms", "Time to the response",
             MetricType::Histogram);
  for (QueryClass c : kClasses) {
    out.histogram(controller.statistics().of(c).buckets, 1e3, {{"class", name(c)}});
  }
}

}  // namespace

std::string render_metrics(const Controller& controller) {
  Scrape out;
  queries(out, controller);
  capacity(out, controller);
  triton_names(out, controller);
  return out.text();
}

}  // namespace paragon

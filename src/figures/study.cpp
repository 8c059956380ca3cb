#include "figures/study.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <numeric>
#include <thread>

#include "base/check.h"
#include "catalog/subset.h"
#include "sim/run.h"
#include "trace/generate.h"

namespace paragon::figures {
namespace {

// No figure may be shaped by it: the busiest trace under naive selection needs about 200.
constexpr int kMachinesMax = 1024;
constexpr Duration kSample = std::chrono::seconds(10);

const PaperTrace& trace_of(const RunKey& key, const StudyInputs& inputs) {
  const auto& traces = inputs.traces.traces;
  const auto found = std::find_if(traces.begin(), traces.end(),
                                  [&](const PaperTrace& t) { return t.name == key.trace; });
  PARAGON_CHECK(found != traces.end(), "a run of a trace that is not there");
  return *found;
}

double requests_of(const RunKey& key, const StudyInputs& inputs) {
  if (key.trace.empty()) return per_second(key.constant_rate) * inputs.constant_length;
  return static_cast<double>(trace_of(key, inputs).requests);
}

sim::Load load_of(const RunKey& key, const StudyInputs& inputs, const Catalog& catalog) {
  const auto arrivals = [&key, &inputs]() -> Result<ArrivalsPtr> {
    if (key.trace.empty())
      return constant(per_second(key.constant_rate), inputs.constant_length, Spacing::poisson,
                      inputs.seed);
    const PaperTrace& trace = trace_of(key, inputs);
    return replay_trace(trace.file, trace.shape);
  };
  if (!key.workload.empty()) return {arrivals, inputs.workloads.at(key.workload)};
  // Any query for the one variant that there is, without a deadline that could be missed.
  MixClass any{
      .name = key.variant, .weight = 1, .task = catalog.tasks().front().name, .constraints = {}};
  any.constraints.max_latency = std::chrono::seconds(60);
  any.constraints.query_class = QueryClass::strict;
  Result<Mix> mix = Mix::build({any});
  PARAGON_CHECK(mix.ok(), "a mix of one class");
  return {arrivals, std::move(*mix)};
}

Result<sim::RunResult> make_run(const RunKey& key, const StudyInputs& inputs,
                                const std::function<void(std::uint64_t)>& watch) {
  const Catalog& book = inputs.books[key.prices];
  const std::optional<VariantId> alone = book.find_variant(key.variant);
  PARAGON_CHECK(alone || key.variant.empty(), "no such variant");
  const Catalog catalog = alone ? only(book, *alone) : book;
  sim::Scenario scenario;
  scenario.catalog = &catalog;
  scenario.brain.scheme = key.scheme;
  scenario.brain.selection = key.selection;
  scenario.brain.functions = key.supply != Supply::machines;
  scenario.brain.machines_max = key.supply == Supply::functions ? 0 : kMachinesMax;
  scenario.brain.machines_min = key.supply == Supply::functions ? 0 : 1;
  scenario.load = load_of(key, inputs, catalog);
  scenario.seed = inputs.seed;
  scenario.sample = kSample;
  Result<sim::RunResult> result =
      sim::run(scenario, {}, [&](Time, std::uint64_t requests) { watch(requests); });
  if (!result)
    return {result.error().code, fmt::format("{}: {}", describe(key), result.error().message)};
  return result;
}

}  // namespace

std::string describe(const RunKey& key) {
  std::string text =
      key.trace.empty() ? fmt::format("{:g} requests/s", key.constant_rate) : key.trace;
  for (const std::string& part : {key.workload, key.variant, key.scheme}) {
    if (!part.empty()) text += ", " + part;
  }
  if (key.selection == Selection::naive) text += ", naive selection";
  return fmt::format("{}, {}", text, name(key.prices));
}

void Study::need(RunKey key) { runs_.try_emplace(std::move(key)); }

Status Study::make(int threads, const OnStudyProgress& progress) {
  struct Job {
    const RunKey* key = nullptr;
    sim::RunResult* result = nullptr;
    double requests = 0;
    std::atomic<std::uint64_t> simulated{0};
    std::optional<Error> error{};
  };
  std::vector<std::unique_ptr<Job>> jobs;
  for (auto& [key, result] : runs_) {
    auto& job = jobs.emplace_back(std::make_unique<Job>());
    job->key = &key;
    job->result = &result;
    job->requests = requests_of(key, inputs_);
  }
  // The longest first, so that no core is left with it at the end.
  std::vector<Job*> order;
  order.reserve(jobs.size());
  for (const auto& job : jobs) order.push_back(job.get());
  std::stable_sort(order.begin(), order.end(),
                   [](const Job* a, const Job* b) { return a->requests > b->requests; });

  std::mutex mutex;
  std::condition_variable moved;
  std::size_t next = 0;
  std::size_t done = 0;
  const auto work = [&] {
    for (;;) {
      Job* job = nullptr;
      {
        const std::lock_guard lock(mutex);
        if (next == order.size()) return;
        job = order[next++];
      }
      Result<sim::RunResult> made =
          make_run(*job->key, inputs_, [&](std::uint64_t n) { job->simulated = n; });
      if (made) {
        *job->result = std::move(*made);
      } else {
        job->error = made.error();
      }
      job->simulated = static_cast<std::uint64_t>(job->requests);
      const std::lock_guard lock(mutex);
      ++done;
      moved.notify_one();
    }
  };
  std::vector<std::jthread> workers;
  for (int i = 0; i < std::max(1, threads); ++i) workers.emplace_back(work);

  const double all =
      std::accumulate(order.begin(), order.end(), 0.0,
                      [](double sum, const Job* job) { return sum + job->requests; });
  std::unique_lock lock(mutex);
  while (done < order.size()) {
    moved.wait_for(lock, std::chrono::milliseconds(200));
    if (!progress) continue;
    double simulated = 0;
    for (const auto& job : jobs) {
      simulated += std::min(job->requests, static_cast<double>(job->simulated.load()));
    }
    progress({done, order.size(), all > 0 ? simulated / all : 1});
  }
  lock.unlock();
  workers.clear();
  for (const auto& job : jobs) {
    if (job->error) return *job->error;
  }
  return {};
}

const sim::RunResult& Study::of(const RunKey& key) const {
  const auto found = runs_.find(key);
  PARAGON_CHECK(found != runs_.end(), "a run that no figure asked for: " + describe(key));
  return found->second;
}

}  // namespace paragon::figures

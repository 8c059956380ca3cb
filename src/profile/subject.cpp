#include "profile/subject.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstring>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "profile/host_load.h"
#include "profile/statistics.h"

namespace paragon::profile {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kRowsKept = 8;
constexpr Duration kWarmUp = std::chrono::milliseconds(5);
constexpr int kWarmUpRuns = 5;

template <class Once>
Status warm_up(const Once& once) {
  const auto begin = Clock::now();
  for (int i = 0; i < kWarmUpRuns && (i == 0 || Clock::now() - begin < kWarmUp); ++i) {
    if (Status ran = once(); !ran) return ran;
  }
  return {};
}

// Does `work` for each of `runs`, all at the same time, each on a thread of its own (this one too).
// Error: of the first that has one.
template <class Work>
Status on_each(std::vector<TimedRuns>& runs, const Work& work) {
  std::vector<Status> ended(runs.size());
  const auto one = [&](std::size_t i) { ended[i] = work(runs[i]); };
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < runs.size(); ++i) threads.emplace_back(one, i);
  one(0);
  for (std::thread& thread : threads) thread.join();
  for (Status& status : ended) {
    if (!status) return std::move(status);
  }
  return {};
}

Error of(const Variant& variant, const Error& error) {
  return {error.code, fmt::format("variant '{}': {}", variant.name, error.message)};
}

Visit visit_of(const std::vector<TimedRuns>& callers, int rows, double others) {
  Visit visit;
  std::vector<Duration> all;
  Duration sum{};
  for (const TimedRuns& caller : callers) {
    if (caller.runs.empty()) continue;
    for (const Duration run : caller.runs) sum += run;
    all.insert(all.end(), caller.runs.begin(), caller.runs.end());
    visit.rate += rate_of(static_cast<double>(caller.runs.size()) * rows, caller.elapsed);
  }
  std::sort(all.begin(), all.end());
  visit.runs = all.size();
  visit.mean = sum / static_cast<std::int64_t>(all.size());
  visit.p99 = quantile(all, 0.99);
  visit.points = thinned(all, kPointsMost);
  visit.others = others;
  return visit;
}

}  // namespace

Result<std::unique_ptr<Subject>> Subject::open(const Catalog& catalog, VariantId id,
                                               const LabelledSet& set) {
  auto model = load_model(catalog, id);
  if (!model) return model.error();
  std::unique_ptr<Subject> subject(new Subject(std::move(*model)));
  if (Status fits = subject->sample(set); !fits) return fits.error();
  auto tried = subject->visit({id.value, subject->variant().intra_threads, 1, 1},
                              {.at_least = Duration(0), .runs_min = 3});
  if (!tried) return tried.error();
  subject->typical_ = std::max(Duration(1), tried->points.front());
  return subject;
}

// From a picture's file to the network's input.
Status Subject::prepare(const std::string& file, Scratch& scratch) const {
  if (Status decoded = decode_picture(file, scratch.picture); !decoded) return decoded;
  scratch.input.resize(model_->preprocessor->numbers());
  model_->preprocessor->run(scratch.picture.view(), scratch.input.data(), scratch.resize);
  return {};
}

// Keeps a few rows to make batches of, and the pictures they were, to time the handling.
Status Subject::sample(const LabelledSet& set) {
  const auto& input = model_->session->inputs().front();
  if (model_->takes_pictures()) {
    Scratch scratch;
    for (const LabelledItem& item : set.items) {
      if (rows_.size() == kRowsKept) break;
      const auto file = set.file(item);
      if (!file || !prepare(**file, scratch)) continue;  // the grading names it
      std::string row(scratch.input.size() * sizeof(float), '\0');
      std::memcpy(row.data(), scratch.input.data(), row.size());
      rows_.push_back(std::move(row));
      pictures_.push_back(*file);
    }
    return {};
  }
  if (!set.tensors) return {};
  if (model_->session->inputs().size() != 1 || input.type != oip::DataType::fp32) {
    return {ErrorCode::unsupported,
            fmt::format("variant '{}': labelled tensors go into one FP32 input, it has {} of which "
                        "the first is {}",
                        variant().name, model_->session->inputs().size(), oip::name(input.type))};
  }
  const auto& row = set.tensors->shape;
  bool fits = input.shape.size() == row.size() + 1;
  for (std::size_t i = 0; fits && i < row.size(); ++i) {
    fits = input.shape[i + 1] == -1 || input.shape[i + 1] == row[i];
  }
  if (!fits) {
    return {ErrorCode::invalid,
            fmt::format("variant '{}': the network's input '{}' has shape [{}], the rows of the "
                        "labelled set have [{}]",
                        variant().name, input.name, fmt::join(input.shape, ", "),
                        fmt::join(row, ", "))};
  }
  for (const LabelledItem& item : set.items) {
    if (rows_.size() == kRowsKept) break;
    rows_.emplace_back(set.tensors->row(item.row));
  }
  return {};
}

bool Subject::takes_batches() const {
  const auto& shape = model_->session->inputs().front().shape;
  return !shape.empty() && shape.front() == -1;
}

Batch Subject::batch_of(int rows) const {
  Batch batch = zeros_for(*model_->session, rows);
  if (rows_.empty()) return batch;
  std::string& data = batch.data.front();
  if (model_->takes_pictures()) {
    batch.shapes.front() = model_->input_shape(rows);
  } else if (data.size() != rows_[0].size() * static_cast<std::size_t>(rows)) {
    return batch;  // a free length inside the row: zeros of length 1 will do
  }
  data.clear();
  for (int i = 0; i < rows; ++i) data += rows_[static_cast<std::size_t>(i) % rows_.size()];
  return batch;
}

Result<ModelSession*> Subject::session(int threads) {
  if (threads == variant().intra_threads) return model_->session.get();
  auto& kept = sessions_[threads];
  if (!kept) {
    auto opened = ModelSession::open(variant().file, threads);
    if (!opened) return opened.error();
    kept = std::move(*opened);
  }
  return kept.get();
}

void Subject::release() { sessions_.clear(); }

Result<Visit> Subject::visit(const Cell& cell, const VisitSettings& settings) {
  auto chosen = session(cell.threads);
  if (!chosen) return chosen.error();
  ModelSession& session = **chosen;
  const Batch batch = batch_of(cell.batch);
  std::vector<TimedRuns> callers(static_cast<std::size_t>(cell.concurrency));
  std::optional<HostLoad> load;
  std::barrier ready(cell.concurrency, [&]() noexcept { load.emplace(); });
  const auto call = [&](TimedRuns& into) {
    ModelSession::Run run;
    const auto inputs = batch.inputs();
    const auto once = [&] { return session.run(inputs, 1, run); };
    Status ran = warm_up(once);
    ready.arrive_and_wait();
    if (ran) ran = time_runs(settings, into, once);
    return ran;
  };
  if (Status ran = on_each(callers, call); !ran) return of(variant(), ran.error());
  return visit_of(callers, cell.batch, load->others());
}

Result<Visit> Subject::visit_in_turn(int slots, int callers, const VisitSettings& settings) {
  auto chosen = session(1);
  if (!chosen) return chosen.error();
  ModelSession& session = **chosen;
  const Batch batch = batch_of(1);
  std::vector<TimedRuns> served(static_cast<std::size_t>(slots));
  std::mutex mutex;                     // of what follows, once all are ready
  std::deque<Clock::time_point> asked;  // since when each caller without a slot waits
  const auto filling = static_cast<std::size_t>(callers);
  std::size_t answers = 0;  // with those that fill the queue
  bool trouble = false;
  Clock::time_point begin;  // of what counts
  std::optional<HostLoad> load;
  std::barrier ready(slots, [&]() noexcept { asked.assign(filling, Clock::now()); });
  const auto enough = [&](Clock::time_point now) {
    return trouble || (answers >= filling + std::max<std::size_t>(1, settings.runs_min) &&
                       now - begin >= settings.at_least);
  };
  const auto serve = [&](TimedRuns& into) {
    ModelSession::Run run;
    const auto inputs = batch.inputs();
    const auto once = [&] { return session.run(inputs, 1, run); };
    Status ran = warm_up(once);
    ready.arrive_and_wait();
    std::unique_lock lock(mutex);
    while (ran && !enough(Clock::now())) {
      const Clock::time_point since = asked.front();  // callers are at least as many as slots
      asked.pop_front();
      lock.unlock();
      ran = once();
      lock.lock();
      const auto now = Clock::now();
      asked.push_back(now);
      if (++answers == filling) {
        load.emplace();
        begin = now;
      } else if (answers > filling) {
        into.runs.push_back(now - since);
        into.elapsed = now - begin;
      }
    }
    trouble = trouble || !ran;
    return ran;
  };
  if (Status ran = on_each(served, serve); !ran) return of(variant(), ran.error());
  return visit_of(served, 1, load->others());
}

Result<Visit> Subject::visit_handling(const VisitSettings& settings) {
  Scratch scratch;
  std::vector<float> scores(model_->gives_classes() ? model_->ranking->outputs() : 0);
  std::vector<Ranked> best;
  std::size_t next = 0;
  const auto once = [&]() -> Status {
    const std::string& file = *pictures_[next++ % pictures_.size()];
    if (Status prepared = prepare(file, scratch); !prepared) return prepared;
    best.clear();
    if (model_->gives_classes()) {
      model_->ranking->rank(scores, model_->task->top_k, best, scratch.rank);
    }
    return {};
  };
  std::vector<TimedRuns> one(1);
  if (Status warm = warm_up(once); !warm) return warm.error();
  const HostLoad load;
  if (Status ran = time_runs(settings, one[0], once); !ran) return ran.error();
  return visit_of(one, 1, load.others());
}

Result<std::vector<Ranked>> Subject::answer(const LabelledSet& set, const LabelledItem& item,
                                            std::size_t k, Scratch& scratch) {
  std::vector<std::int64_t> shape;
  ModelSession::Input input;
  if (model_->takes_pictures()) {
    const auto file = set.file(item);
    if (!file) return file.error();
    if (Status prepared = prepare(**file, scratch); !prepared) return prepared.error();
    shape = model_->input_shape(1);
    input = {scratch.input.data(), scratch.input.size() * sizeof(float), shape};
  } else {
    const std::string_view row = set.tensors->row(item.row);
    // Copied: rows of a file need not lie where floats may.
    scratch.input.resize(row.size() / sizeof(float));
    std::memcpy(scratch.input.data(), row.data(), row.size());
    shape = {1};
    shape.insert(shape.end(), set.tensors->shape.begin(), set.tensors->shape.end());
    input = {scratch.input.data(), row.size(), shape};
  }
  if (Status ran = model_->session->run({&input, 1}, 1, scratch.run); !ran) return ran.error();
  const auto& output = scratch.run.outputs().front();
  if (output.bytes != model_->ranking->outputs() * sizeof(float)) {
    return {ErrorCode::invalid,
            fmt::format("the network gave {} scores, the task has {}", output.bytes / sizeof(float),
                        model_->ranking->outputs())};
  }
  std::vector<Ranked> best;
  model_->ranking->rank({static_cast<const float*>(output.data), model_->ranking->outputs()}, k,
                        best, scratch.rank);
  return best;
}

}  // namespace paragon::profile

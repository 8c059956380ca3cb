#include "worker/inference_slots.h"

#include <sys/prctl.h>

#include "worker/execution.h"

namespace paragon {

InferenceSlots::InferenceSlots(Loop& loop, std::size_t variants, const SlotSettings& settings,
                               std::function<void(std::shared_ptr<WorkerQuery>)> finished)
    : loop_(loop), settings_(settings), finished_(std::move(finished)), batcher_(variants) {
  for (int i = 0; i < settings.slots; ++i) threads_.emplace_back([this] { work(); });
}

InferenceSlots::~InferenceSlots() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.request_stop();
  work_.notify_all();
  for (auto& thread : threads_) thread.join();
  *alive_ = false;
}

void InferenceSlots::set_rule(VariantId variant, const BatchRule& rule) {
  std::lock_guard lock(mutex_);
  batcher_.set_rule(variant, rule);
}

void InferenceSlots::push(std::shared_ptr<WorkerQuery> query) {
  const VariantId variant = query->variant;
  const Time deadline = query->deadline;
  const bool alone = query->rows != 1 || !query->model->takes_pictures();
  {
    std::lock_guard lock(mutex_);
    batcher_.push(variant, std::move(query), deadline, alone, loop_.now());
  }
  work_.notify_one();
}

void InferenceSlots::work() {
  // Sleeps of a slower pace and of waiting batches end on time, not 50 us late.
  prctl(PR_SET_TIMERSLACK, 1000UL, 0, 0, 0);
  Execution execution(settings_.pace, stop_.get_token());
  WorkerQueries batch;
  VariantId variant;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      for (;;) {
        if (stopping_) return;
        const Time now = loop_.now();
        batcher_.take(now, variant, batch);
        if (!batch.empty()) break;
        const Time due = batcher_.due();
        if (due == kNever) {
          work_.wait(lock);
        } else {
          work_.wait_for(lock, due - now);
        }
      }
    }
    const Time started = loop_.now();
    for (const auto& query : batch) {
      query->queued = std::max(Duration{}, started - query->arrived - query->compute_input);
    }
    execution.run(batch);
    learn(batch);
    hand_back(batch);
  }
}

// How long a batch takes is learned from those that ran: what the catalog knows was measured
// elsewhere, and alone. Only where batching is on.
void InferenceSlots::learn(const WorkerQueries& done) {
  const WorkerQuery& first = *done.front();
  if (first.model->batch_max <= 1 || first.error || first.rows != 1) return;
  static constexpr double kWeight = 0.1;  // of the newest run
  std::lock_guard lock(mutex_);
  BatchRule rule = batcher_.rule(first.variant);
  const auto blend = [](Duration old, Duration now) {
    return old + std::chrono::duration_cast<Duration>((now - old) * kWeight);
  };
  if (first.batch == 1) {
    rule.one = blend(rule.one, first.compute_infer + first.stretched);
  } else {
    const Duration all = first.compute_infer + first.stretched;
    rule.more = blend(rule.more, std::max(Duration{}, all - rule.one) / (first.batch - 1));
  }
  batcher_.set_rule(first.variant, rule);
}

void InferenceSlots::hand_back(WorkerQueries& done) {
  bool first = false;
  {
    std::lock_guard lock(done_mutex_);
    first = done_.empty();
    for (auto& query : done) done_.push_back(std::move(query));
  }
  done.clear();
  if (first) {  // else the loop has been told already and not yet looked
    loop_.post([this, alive = alive_] {
      if (*alive) collect();
    });
  }
}

void InferenceSlots::collect() {
  WorkerQueries done;
  {
    std::lock_guard lock(done_mutex_);
    done.swap(done_);
  }
  for (auto& query : done) finished_(std::move(query));
}

}  // namespace paragon

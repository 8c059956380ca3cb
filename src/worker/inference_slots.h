// The threads that run networks, and the queue in front of them.
//
// One thread a slot. A slot takes its next batch itself the moment it is free, so that nothing
// waits for the loop in between; finished queries are handed back to the loop in one go. Two
// thread hand-offs a query: loop -> slot -> loop.
//
//   loop ── push ──► Batcher ── take ──► slot thread ── finished ──► loop
//
// The queue is bounded by whoever pushes (worker_server.h counts accepted queries).
// Thread-safety: push() and set_rule() from any thread; the destructor from the loop's.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "wire/loop.h"
#include "worker/batcher.h"
#include "worker/pace.h"
#include "worker/worker_query.h"

namespace paragon {

struct SlotSettings {
  int slots = 1;  // at least 1
  PaceSettings pace;
};

class InferenceSlots {
 public:
  // `finished` is called on the loop's thread, once for each query that was pushed.
  InferenceSlots(Loop& loop, std::size_t variants, const SlotSettings& settings,
                 std::function<void(std::shared_ptr<WorkerQuery>)> finished);
  // Ends the threads after the run each is at; queries still queued are dropped.
  ~InferenceSlots();

  void set_rule(VariantId variant, const BatchRule& rule);
  // The query passed check_input.
  void push(std::shared_ptr<WorkerQuery> query);

 private:
  void work();
  void hand_back(WorkerQueries& done);
  void collect();
  void learn(const WorkerQueries& done);

  Loop& loop_;
  const SlotSettings settings_;
  const std::function<void(std::shared_ptr<WorkerQuery>)> finished_;

  std::mutex mutex_;  // guards the three below
  Batcher<std::shared_ptr<WorkerQuery>> batcher_;
  bool stopping_ = false;
  std::condition_variable work_;
  std::stop_source stop_;  // of slots that are held longer than a run takes

  std::mutex done_mutex_;  // guards done_
  WorkerQueries done_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // of the loop's thread

  std::vector<std::thread> threads_;
};

}  // namespace paragon

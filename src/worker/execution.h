// Runs a batch: prepares what is not yet prepared, runs the network, ranks, writes the answers.
//
// Everything between the queue and the answer happens here, on one thread, with memory that is used
// again: one Execution a slot. A picture that cannot be decoded fails its own query and leaves the
// others of the batch alone.
#pragma once

#include <span>
#include <stop_token>
#include <utility>

#include "worker/pace.h"
#include "worker/preprocess.h"
#include "worker/worker_query.h"

namespace paragon {

class Execution {
 public:
  // Each run holds its slot for as long as the pace says.
  explicit Execution(const PaceSettings& pace, std::stop_token stop = {})
      : pace_(pace, std::move(stop)) {}

  // Fills response, error and durations of each query. All are of one variant, checked by
  // check_input; more than one only where each has one row.
  void run(std::span<const std::shared_ptr<WorkerQuery>> queries);

  // Preprocessing of row 0 alone, for a query whose picture is large: fills query.prepared, or
  // query.error. May run on any thread.
  static void prepare(WorkerQuery& query);

 private:
  struct Scratch {
    Picture picture;
    Preprocessor::Scratch resize;
  };
  static Status row(const WorkerQuery& query, std::size_t index, float* out, Scratch& scratch);

  struct Row {
    WorkerQuery* query;
    std::size_t index;
  };
  void run_pictures(std::span<const std::shared_ptr<WorkerQuery>> queries);
  void run_rows(const Model& model, std::span<const Row> rows);
  void run_tensors(WorkerQuery& query);
  void collect(const Model& model, std::span<const Row> rows);

  Pace pace_;
  Scratch scratch_;
  std::vector<float> input_;
  std::vector<Row> rows_;
  std::vector<Row> running_;
  std::vector<Ranked> ranking_;
  ModelSession::Run run_;
};

}  // namespace paragon

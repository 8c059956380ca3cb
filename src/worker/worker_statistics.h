// What the worker did, in the words of Triton's statistics: counts and nanoseconds per variant.
//
// Thread-safety: one thread only (the loop's).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "worker/worker_query.h"

namespace paragon {

class WorkerStatistics {
 public:
  explicit WorkerStatistics(const Catalog& catalog)
      : catalog_(catalog), models_(catalog.variants().size()) {}

  // `now_unix_ms`: of the answer. A query that failed counts under `fail` only.
  void record(const WorkerQuery& query, Duration total, std::int64_t now_unix_ms);

  // {"model_stats": [...]}, of one variant or of all that were asked for something.
  std::string json(std::optional<VariantId> only) const;

 private:
  struct Sum {
    std::uint64_t count = 0;
    std::uint64_t ns = 0;
    void add(Duration d);
  };
  struct Batch {
    Sum input, infer, output;
  };
  struct Model {
    std::int64_t last_inference_unix_ms = 0;
    std::uint64_t inferences = 0;  // rows
    std::uint64_t executions = 0;  // runs of the network
    Sum success, fail, queue, input, infer, output;
    std::map<int, Batch> batches;  // by the number of rows that ran together
  };
  void append(std::string& out, VariantId id) const;

  const Catalog& catalog_;
  std::vector<Model> models_;
};

}  // namespace paragon

#include "worker/worker_statistics.h"

#include <fmt/format.h>

#include <iterator>

#include "wire/json_text.h"

namespace paragon {

void WorkerStatistics::Sum::add(Duration d) {
  ++count;
  ns += static_cast<std::uint64_t>(std::max<std::int64_t>(0, d.count()));
}

void WorkerStatistics::record(const WorkerQuery& query, Duration total, std::int64_t now_unix_ms) {
  Model& model = models_[query.variant.index()];
  model.executions += static_cast<std::uint64_t>(query.executions);
  if (query.error) {
    model.fail.add(total);
    return;
  }
  model.last_inference_unix_ms = now_unix_ms;
  model.inferences += query.rows;
  model.success.add(total);
  model.queue.add(query.queued);
  model.input.add(query.compute_input);
  model.infer.add(query.compute_infer + query.stretched);
  model.output.add(query.compute_output);
  if (query.executions > 0) {  // once per batch
    Batch& batch = model.batches[query.batch];
    batch.input.add(query.compute_input);
    batch.infer.add(query.compute_infer + query.stretched);
    batch.output.add(query.compute_output);
  }
}

void WorkerStatistics::append(std::string& out, VariantId id) const {
  const Model& model = models_[id.index()];
  const auto sum = [&out](const char* name, const Sum& s, const char* end) {
    fmt::format_to(std::back_inserter(out), R"("{}":{{"count":{},"ns":{}}}{})", name, s.count, s.ns,
                   end);
  };
  out += R"({"name":)";
  json::append_string(out, catalog_.variant(id).name);
  out += R"(,"version":)";
  json::append_string(out, catalog_.variant(id).version);
  fmt::format_to(std::back_inserter(out),
                 R"(,"last_inference":{},"inference_count":{},"execution_count":{},)"
                 R"("inference_stats":{{)",
                 model.last_inference_unix_ms, model.inferences, model.executions);
  sum("success", model.success, ",");
  sum("fail", model.fail, ",");
  sum("queue", model.queue, ",");
  sum("compute_input", model.input, ",");
  sum("compute_infer", model.infer, ",");
  sum("compute_output", model.output, ",");
  sum("cache_hit", {}, ",");
  sum("cache_miss", {}, "");
  out += R"(},"batch_stats":[)";
  bool first = true;
  for (const auto& [size, batch] : model.batches) {
    if (!first) out += ',';
    first = false;
    fmt::format_to(std::back_inserter(out), R"({{"batch_size":{},)", size);
    sum("compute_input", batch.input, ",");
    sum("compute_infer", batch.infer, ",");
    sum("compute_output", batch.output, "}");
  }
  out += R"(],"memory_usage":[]})";
}

std::string WorkerStatistics::json(std::optional<VariantId> only) const {
  std::string out = R"({"model_stats":[)";
  bool first = true;
  for (std::uint32_t i = 0; i < models_.size(); ++i) {
    const Model& model = models_[i];
    if (only ? only->value != i : model.success.count + model.fail.count == 0) continue;
    if (!first) out += ',';
    first = false;
    append(out, VariantId{i});
  }
  return out + "]}";
}

}  // namespace paragon

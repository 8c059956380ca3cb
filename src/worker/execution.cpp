#include "worker/execution.h"

#include <fmt/format.h>

#include <chrono>
#include <cstring>

#include "wire/base64.h"
#include "worker/infer_input.h"
#include "worker/infer_output.h"

namespace paragon {
namespace {

using Clock = std::chrono::steady_clock;

// Pictures in JSON come as base64 (JSON cannot carry bytes); both formats begin unmistakably.
bool is_base64_picture(std::string_view file) {
  return file.starts_with("iVBORw0KGgo") || file.starts_with("/9j/");
}

}  // namespace

Status Execution::row(const WorkerQuery& query, std::size_t index, float* out, Scratch& scratch) {
  const Preprocessor& preprocessor = *query.model->preprocessor;
  const PictureInput& input = query.picture;
  switch (input.kind) {
    case PictureInput::Kind::encoded: {
      const std::string_view file = input.files[index];
      auto status = is_base64_picture(file)
                        ? decode_picture(from_base64(file).value_or(std::string()), scratch.picture)
                        : decode_picture(file, scratch.picture);
      if (!status) {
        if (query.rows == 1) return status;
        return {status.error().code,
                fmt::format("picture {} of {}: {}", index + 1, query.rows, status.error().message)};
      }
      preprocessor.run(scratch.picture.view(), out, scratch.resize);
      return {};
    }
    case PictureInput::Kind::rgb: {
      const std::size_t bytes = std::size_t{3} * static_cast<std::size_t>(input.width) *
                                static_cast<std::size_t>(input.height);
      const auto* pixels = reinterpret_cast<const std::uint8_t*>(input.data.data());
      preprocessor.run({input.width, input.height, 3, pixels + index * bytes}, out, scratch.resize);
      return {};
    }
    case PictureInput::Kind::ready: {
      const std::size_t bytes = preprocessor.numbers() * sizeof(float);
      std::memcpy(out, input.data.data() + index * bytes, bytes);
      return {};
    }
  }
  return {};
}

void Execution::prepare(WorkerQuery& query) {
  const auto start = Clock::now();
  Scratch scratch;
  query.prepared.resize(query.model->preprocessor->numbers());
  if (auto status = row(query, 0, query.prepared.data(), scratch); !status) {
    query.error = status.error();
  }
  query.compute_input += Clock::now() - start;
}

void Execution::run(std::span<const std::shared_ptr<WorkerQuery>> queries) {
  if (queries.empty()) return;
  if (queries.front()->model->takes_pictures()) {
    run_pictures(queries);
  } else {
    for (const auto& query : queries) run_tensors(*query);
  }
  for (const auto& query : queries) write_response(*query);
}

void Execution::run_pictures(std::span<const std::shared_ptr<WorkerQuery>> queries) {
  rows_.clear();
  for (const auto& query : queries) {
    for (std::size_t i = 0; i < query->rows; ++i) rows_.push_back({query.get(), i});
  }
  const Model& model = *queries.front()->model;
  const auto chunk = static_cast<std::size_t>(model.batch_max);
  for (std::size_t at = 0; at < rows_.size(); at += chunk) {
    run_rows(model, std::span(rows_).subspan(at, std::min(chunk, rows_.size() - at)));
  }
}

void Execution::run_rows(const Model& model, std::span<const Row> rows) {
  pace_.begin(model);
  const std::size_t numbers = model.preprocessor->numbers();
  const float* input = nullptr;
  running_.clear();
  auto last = Clock::now();
  if (rows.size() == 1 && !rows[0].query->prepared.empty() && !rows[0].query->error) {
    input = rows[0].query->prepared.data();  // where it lies
    running_.push_back(rows[0]);
  } else {
    input_.resize(rows.size() * numbers);
    input = input_.data();
    for (const Row& item : rows) {
      WorkerQuery& query = *item.query;
      if (query.error) continue;
      float* out = input_.data() + running_.size() * numbers;
      if (!query.prepared.empty()) {
        std::memcpy(out, query.prepared.data(), numbers * sizeof(float));
      } else if (auto status = row(query, item.index, out, scratch_); !status) {
        query.error = status.error();
        continue;
      }
      running_.push_back(item);
      const auto now = Clock::now();
      query.compute_input += now - last;
      last = now;
    }
  }
  if (running_.empty()) return;

  const auto shape = model.input_shape(static_cast<std::int64_t>(running_.size()));
  const ModelSession::Input in{input, running_.size() * numbers * sizeof(float), shape};
  const std::size_t wanted = model.gives_classes() ? 1 : model.session->outputs().size();
  const auto status = model.session->run({&in, 1}, wanted, run_);
  const auto inferred = Clock::now();
  if (status) {
    collect(model, running_);
  } else {
    for (const Row& item : running_) item.query->error = status.error();
  }
  const auto collected = Clock::now();
  const Duration held = pace_.hold(running_.size());

  WorkerQuery* counted = nullptr;
  ++running_.front().query->executions;
  for (const Row& item : running_) {
    item.query->batch = std::max(item.query->batch, static_cast<int>(running_.size()));
    if (item.query == counted) continue;  // rows of one query lie side by side
    counted = item.query;
    item.query->compute_infer += inferred - last;
    item.query->compute_output += collected - inferred;
    item.query->stretched += held;
  }
}

void Execution::collect(const Model& model, std::span<const Row> rows) {
  if (model.gives_classes()) {
    const auto& output = run_.outputs()[0];
    const std::size_t each = model.ranking->outputs();
    if (output.bytes != rows.size() * each * sizeof(float)) {
      for (const Row& item : rows) {
        item.query->error =
            Error{ErrorCode::internal,
                  fmt::format("the network gave {} bytes for {} pictures, expected {} numbers each",
                              output.bytes, rows.size(), each)};
      }
      return;
    }
    const auto* scores = static_cast<const float*>(output.data);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      model.ranking->rank({scores + i * each, each}, rows[i].query->top_k, rows[i].query->ranked,
                          ranking_);
    }
    return;
  }
  for (const auto& output : run_.outputs()) {
    if (rows.size() == 1) break;  // whatever its shape, it is that row's
    if (!output.shape.empty() && output.shape[0] == static_cast<std::int64_t>(rows.size()))
      continue;
    for (const Row& item : rows) {
      item.query->error = Error{
          ErrorCode::internal, "the network's outputs do not follow the batch; set max_batch to 1"};
    }
    return;
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    append_outputs(*rows[i].query, run_.outputs(), i, rows.size());
  }
}

void Execution::run_tensors(WorkerQuery& query) {
  const Model& model = *query.model;
  pace_.begin(model);
  const auto start = Clock::now();
  std::vector<ModelSession::Input> inputs;
  for (const auto& tensor : query.infer.inputs) {
    inputs.push_back({tensor.data.data(), tensor.data.size(), tensor.shape});
  }
  const std::size_t wanted = model.gives_classes() ? 1 : model.session->outputs().size();
  const auto status = model.session->run(inputs, wanted, run_);
  const auto inferred = Clock::now();
  query.executions = 1;
  query.compute_infer = inferred - start;
  if (!status) {
    query.error = status.error();
  } else if (model.gives_classes()) {
    const auto& output = run_.outputs()[0];
    const std::size_t each = model.ranking->outputs();
    const std::size_t count = output.bytes / sizeof(float);
    if (count == 0 || count % each != 0) {
      query.error = Error{ErrorCode::invalid,
                          fmt::format("the network gave {} scores, not a multiple of the {} the "
                                      "catalog's mapping has",
                                      count, each)};
    } else {
      query.rows = count / each;
      const auto* scores = static_cast<const float*>(output.data);
      for (std::size_t i = 0; i < query.rows; ++i) {
        model.ranking->rank({scores + i * each, each}, query.top_k, query.ranked, ranking_);
      }
    }
  } else {
    append_outputs(query, run_.outputs(), 0, 1);
  }
  query.compute_output = Clock::now() - inferred;
  query.stretched = pace_.hold(query.rows);
}

}  // namespace paragon

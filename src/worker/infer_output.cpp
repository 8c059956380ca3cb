#include "worker/infer_output.h"

#include <cstring>
#include <string>

namespace paragon {
namespace {

void append_bytes(std::string& data, std::string_view text) {
  const auto length = static_cast<std::uint32_t>(text.size());
  char prefix[4];
  std::memcpy(prefix, &length, 4);  // little-endian, as every machine we build for
  data.append(prefix, 4);
  data.append(text);
}

std::vector<oip::Tensor> classes(const WorkerQuery& query) {
  const auto& labels = query.model->task->labels;
  const auto rows = static_cast<std::int64_t>(query.rows);
  const auto each = static_cast<std::int64_t>(query.ranked.size()) / rows;
  std::vector<oip::Tensor> tensors(2);
  tensors[0] = {"labels", oip::DataType::bytes, {rows, each}, {}};
  tensors[1] = {"scores", oip::DataType::fp32, {rows, each}, {}};
  for (const Ranked& ranked : query.ranked) {
    append_bytes(tensors[0].data, labels[static_cast<std::size_t>(ranked.label)]);
    char number[sizeof(float)];
    std::memcpy(number, &ranked.score, sizeof(float));
    tensors[1].data.append(number, sizeof(float));
  }
  return tensors;
}

std::string micros(Duration d) {
  return std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(d).count());
}

}  // namespace

void append_outputs(WorkerQuery& query, const std::vector<ModelSession::Output>& outputs,
                    std::size_t row, std::size_t rows) {
  const auto& specs = query.model->session->outputs();
  const bool fresh = query.outputs.empty();
  if (fresh) query.outputs.resize(outputs.size());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    oip::Tensor& tensor = query.outputs[i];
    const std::size_t bytes = outputs[i].bytes / rows;
    if (fresh) {
      tensor.name = specs[i].name;
      tensor.type = specs[i].type;
      tensor.shape = outputs[i].shape;
      if (rows > 1 && !tensor.shape.empty()) {
        tensor.shape[0] /= static_cast<std::int64_t>(rows);
      }
    } else if (!tensor.shape.empty()) {
      tensor.shape[0] += outputs[i].shape[0] / static_cast<std::int64_t>(rows);
    }
    tensor.data.append(static_cast<const char*>(outputs[i].data) + row * bytes, bytes);
  }
}

void write_response(WorkerQuery& query) {
  if (query.error) {
    query.response = oip::error_response(*query.error);
  } else {
    oip::InferResponse answer;
    answer.model_name = query.model->variant->name;
    answer.model_version = query.model->variant->version;
    answer.id = query.infer.id;
    answer.outputs = query.model->gives_classes() ? classes(query) : std::move(query.outputs);
    auto encoded = oip::render_response(answer, query.infer);
    query.response.status = 200;
    query.response.content_type = std::move(encoded.content_type);
    query.response.body = std::move(encoded.body);
    if (encoded.json_length > 0) {
      query.response.headers.add(oip::kJsonLength, std::to_string(encoded.json_length));
    }
  }
  query.response.headers.add("x-paragon-service-us",
                             micros(query.compute_input + query.compute_infer + query.stretched));
  query.response.headers.add("x-paragon-queue-us", micros(query.queued));
  query.response.headers.add("x-paragon-batch", std::to_string(query.batch));
}

}  // namespace paragon

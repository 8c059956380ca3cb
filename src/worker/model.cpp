#include "worker/model.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>

#include "catalog/model_file.h"

namespace paragon {
namespace {

using std::chrono::steady_clock;

bool fits(std::int64_t stated, std::int64_t wanted) { return stated == -1 || stated == wanted; }

Status check_picture_input(const Model& model) {
  const auto& inputs = model.session->inputs();
  const Variant& variant = *model.variant;
  if (inputs.size() != 1) {
    return {ErrorCode::unsupported,
            fmt::format("variant '{}': takes {} inputs; a network for pictures takes one",
                        variant.name, inputs.size())};
  }
  const TensorSpec& input = inputs[0];
  if (input.type != oip::DataType::fp32) {
    return {ErrorCode::unsupported,
            fmt::format("variant '{}': input '{}' is {}; a network for pictures takes FP32",
                        variant.name, input.name, oip::name(input.type))};
  }
  const auto expected = model.input_shape(1);
  bool right = input.shape.size() == expected.size();
  for (std::size_t i = 1; right && i < expected.size(); ++i) {
    right = fits(input.shape[i], expected[i]);
  }
  if (!right) {
    return {ErrorCode::invalid,
            fmt::format("variant '{}': the network's input '{}' has shape [{}], the catalog's "
                        "preprocessing gives [{}]; correct width, height, channels or layout",
                        variant.name, input.name, fmt::join(input.shape, ", "),
                        fmt::join(expected, ", "))};
  }
  return {};
}

// One run on zeros: shows what the outputs really are.
Status first_run(Model& model) {
  std::vector<float> zeros(model.preprocessor->numbers());
  const auto shape = model.input_shape(1);
  const ModelSession::Input input{zeros.data(), zeros.size() * sizeof(float), shape};
  ModelSession::Run run;
  const auto start = steady_clock::now();
  if (auto status = model.session->run({&input, 1}, 1, run); !status) {
    return {status.error().code,
            fmt::format("variant '{}': {}", model.variant->name, status.error().message)};
  }
  model.first = steady_clock::now() - start;
  if (!model.gives_classes()) return {};
  const auto& output = model.session->outputs()[0];
  const std::size_t outputs = run.outputs()[0].bytes / sizeof(float);
  if (output.type != oip::DataType::fp32 || outputs != model.ranking->outputs()) {
    return {ErrorCode::invalid,
            fmt::format("variant '{}': the network's output '{}' is {} with {} elements a picture, "
                        "the catalog expects FP32 with {} (labels of task '{}', or "
                        "class_of_output)",
                        model.variant->name, output.name, oip::name(output.type), outputs,
                        model.ranking->outputs(), model.task->name)};
  }
  return {};
}

}  // namespace

std::vector<std::int64_t> Model::input_shape(std::int64_t rows) const {
  const Preprocessing& how = variant->preprocessing;
  if (how.layout == Layout::nchw) return {rows, how.channel_count(), how.height, how.width};
  return {rows, how.height, how.width, how.channel_count()};
}

Result<std::shared_ptr<Model>> load_model(const Catalog& catalog, VariantId id) {
  const auto start = steady_clock::now();
  auto model = std::make_shared<Model>();
  model->id = id;
  model->variant = &catalog.variant(id);
  model->task = &catalog.task(model->variant->task);
  if (auto status = check_model_file(*model->variant); !status) {
    return {status.error().code,
            fmt::format("variant '{}': {}", model->variant->name, status.error().message)};
  }
  auto session = ModelSession::open(model->variant->file, model->variant->intra_threads);
  if (!session) {
    return {session.error().code,
            fmt::format("variant '{}': {}", model->variant->name, session.error().message)};
  }
  model->session = *std::move(session);
  if (model->session->outputs().empty()) {
    return {ErrorCode::invalid, fmt::format("variant '{}': gives no output", model->variant->name)};
  }
  if (model->task->output == OutputKind::classes) {
    model->ranking.emplace(model->variant->output, model->task->labels.size());
    if (model->session->outputs()[0].type != oip::DataType::fp32) {
      return {ErrorCode::unsupported,
              fmt::format("variant '{}': output '{}' is {}; scores of classes are FP32",
                          model->variant->name, model->session->outputs()[0].name,
                          oip::name(model->session->outputs()[0].type))};
    }
  }
  if (model->task->input == InputKind::image) {
    model->preprocessor.emplace(model->variant->preprocessing);
    if (auto status = check_picture_input(*model); !status) return status.error();
    const bool fixed = model->session->inputs()[0].shape[0] > 0;
    model->batch_max = fixed ? 1 : std::max(1, model->variant->max_batch);
    if (fixed && model->session->inputs()[0].shape[0] != 1) {
      return {ErrorCode::unsupported,
              fmt::format("variant '{}': the network only runs batches of {}; export it with a "
                          "free first dimension, or 1",
                          model->variant->name, model->session->inputs()[0].shape[0])};
    }
    if (auto status = first_run(*model); !status) return status.error();
  }
  model->load = steady_clock::now() - start;
  return model;
}

}  // namespace paragon

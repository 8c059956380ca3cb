#include "worker/model_session.h"

#include <fmt/format.h>
#include <onnxruntime_cxx_api.h>
#include <stdlib.h>

#include <filesystem>
#include <optional>

namespace paragon {
namespace {

// ONNX Runtime 1.29 reports to its makers what it runs on and how long that takes, and keeps a
// database for it in the user's home. Not from here, unless the variable is set to say otherwise.
// Before main(), where no other thread can be reading the environment.
[[maybe_unused]] const int kNoReports = setenv("ORT_DISABLE_TELEMETRY", "1", 0);

// One environment for the process. Never destroyed: sessions may outlive main() on other threads.
// Errors come back as values, so the library itself need not print them.
Ort::Env& environment() {
  static auto* env = new Ort::Env(ORT_LOGGING_LEVEL_FATAL, "paragon");
  return *env;
}

std::optional<oip::DataType> type_of(ONNXTensorElementDataType type) {
  using oip::DataType;
  switch (type) {
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL:
      return DataType::boolean;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8:
      return DataType::uint8;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16:
      return DataType::uint16;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32:
      return DataType::uint32;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64:
      return DataType::uint64;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8:
      return DataType::int8;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16:
      return DataType::int16;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32:
      return DataType::int32;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64:
      return DataType::int64;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16:
      return DataType::fp16;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT:
      return DataType::fp32;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE:
      return DataType::fp64;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16:
      return DataType::bf16;
    default:
      return std::nullopt;  // strings, complex numbers, 8-bit floats
  }
}

ONNXTensorElementDataType onnx_type(oip::DataType type) {
  using oip::DataType;
  switch (type) {
    case DataType::boolean:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL;
    case DataType::uint8:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8;
    case DataType::uint16:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16;
    case DataType::uint32:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32;
    case DataType::uint64:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64;
    case DataType::int8:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8;
    case DataType::int16:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16;
    case DataType::int32:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32;
    case DataType::int64:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64;
    case DataType::fp16:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16;
    case DataType::fp32:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
    case DataType::fp64:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE;
    case DataType::bf16:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16;
    case DataType::bytes:
      break;
  }
  return ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
}

Result<TensorSpec> spec_of(std::string name, const Ort::TypeInfo& type) {
  if (type.GetONNXType() != ONNX_TYPE_TENSOR) {
    return {ErrorCode::unsupported,
            fmt::format("'{}' is not a tensor; only plain tensors are served", name)};
  }
  const auto tensor = type.GetTensorTypeAndShapeInfo();
  const auto element = type_of(tensor.GetElementType());
  if (!element) {
    return {ErrorCode::unsupported,
            fmt::format("'{}' has ONNX element type {}, which is not served", name,
                        static_cast<int>(tensor.GetElementType()))};
  }
  TensorSpec spec{std::move(name), *element, tensor.GetShape()};
  for (auto& length : spec.shape) length = length < 0 ? -1 : length;
  return spec;
}

}  // namespace

struct ModelSession::Impl {
  Ort::Session session{nullptr};
  Ort::MemoryInfo memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  std::vector<const char*> input_names;  // point into inputs_ and outputs_
  std::vector<const char*> output_names;
};

struct ModelSession::Run::Values {
  std::vector<Ort::Value> inputs;
  std::vector<Ort::Value> outputs;
};

ModelSession::Run::Run() : values_(std::make_unique<Values>()) {}
ModelSession::Run::~Run() = default;
ModelSession::Run::Run(Run&&) noexcept = default;

ModelSession::ModelSession(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ModelSession::~ModelSession() = default;

Result<std::unique_ptr<ModelSession>> ModelSession::open(const std::string& file,
                                                         int intra_threads) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored)) {
    return {ErrorCode::not_found, fmt::format("no model file '{}'", file)};
  }
  try {
    Ort::SessionOptions options;
    options.SetIntraOpNumThreads(intra_threads);
    options.SetInterOpNumThreads(1);
    options.SetExecutionMode(ORT_SEQUENTIAL);
    options.SetGraphOptimizationLevel(ORT_ENABLE_ALL);
    options.AddConfigEntry("session.intra_op.allow_spinning", "0");
    options.AddConfigEntry("session.inter_op.allow_spinning", "0");
    auto impl = std::make_unique<Impl>();
    impl->session = Ort::Session(environment(), file.c_str(), options);
    std::unique_ptr<ModelSession> session(new ModelSession(std::move(impl)));
    if (auto status = session->describe(); !status) {
      return {status.error().code,
              fmt::format("model file '{}': {}", file, status.error().message)};
    }
    return session;
  } catch (const std::exception& e) {
    return {ErrorCode::invalid,
            fmt::format("model file '{}' cannot be loaded: {}", file, e.what())};
  }
}

// May throw what ONNX Runtime throws; open() catches.
Status ModelSession::describe() {
  Ort::AllocatorWithDefaultOptions allocator;
  const Ort::Session& session = impl_->session;
  for (std::size_t i = 0; i < session.GetInputCount(); ++i) {
    auto spec =
        spec_of(session.GetInputNameAllocated(i, allocator).get(), session.GetInputTypeInfo(i));
    if (!spec) return spec.error();
    inputs_.push_back(*std::move(spec));
  }
  for (std::size_t i = 0; i < session.GetOutputCount(); ++i) {
    auto spec =
        spec_of(session.GetOutputNameAllocated(i, allocator).get(), session.GetOutputTypeInfo(i));
    if (!spec) return spec.error();
    outputs_.push_back(*std::move(spec));
  }
  for (const auto& input : inputs_) impl_->input_names.push_back(input.name.c_str());
  for (const auto& output : outputs_) impl_->output_names.push_back(output.name.c_str());
  return {};
}

Status ModelSession::run(std::span<const Input> inputs, std::size_t wanted, Run& run) {
  PARAGON_CHECK(inputs.size() == inputs_.size(), fmt::format("{} inputs", inputs.size()));
  PARAGON_CHECK(wanted >= 1 && wanted <= outputs_.size(), fmt::format("{} outputs", wanted));
  auto& values = *run.values_;
  run.outputs_.clear();
  try {
    values.inputs.clear();
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      // ONNX Runtime only reads inputs; its interface has no word for that.
      values.inputs.push_back(Ort::Value::CreateTensor(
          impl_->memory, const_cast<void*>(inputs[i].data), inputs[i].bytes, inputs[i].shape.data(),
          inputs[i].shape.size(), onnx_type(inputs_[i].type)));
    }
    values.outputs.clear();
    for (std::size_t i = 0; i < wanted; ++i) values.outputs.emplace_back(nullptr);
    static const Ort::RunOptions options;
    impl_->session.Run(options, impl_->input_names.data(), values.inputs.data(), inputs.size(),
                       impl_->output_names.data(), values.outputs.data(), wanted);
    for (std::size_t i = 0; i < wanted; ++i) {
      const Ort::Value& value = values.outputs[i];
      Output output;
      output.shape = value.GetTensorTypeAndShapeInfo().GetShape();
      std::size_t count = 1;
      for (const auto length : output.shape) count *= static_cast<std::size_t>(length);
      output.bytes = count * oip::size_of(outputs_[i].type);
      output.data = value.GetTensorRawData();
      run.outputs_.push_back(std::move(output));
    }
    return {};
  } catch (const std::exception& e) {
    run.outputs_.clear();
    return {ErrorCode::invalid, fmt::format("the network refused the input: {}", e.what())};
  }
}

std::string onnxruntime_version() { return OrtGetApiBase()->GetVersionString(); }

}  // namespace paragon

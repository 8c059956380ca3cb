#include "worker/infer_input.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace paragon {
namespace {

using oip::DataType;

Error invalid(std::string message) { return {ErrorCode::invalid, std::move(message)}; }

std::string shape_text(const std::vector<std::int64_t>& shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

// The bytes that a shape stands for; nothing when a length is negative or the product overflows.
std::optional<std::size_t> bytes_of(const std::vector<std::int64_t>& shape, DataType type) {
  std::size_t bytes = oip::size_of(type);
  for (const auto length : shape) {
    if (length < 0 || __builtin_mul_overflow(bytes, static_cast<std::size_t>(length), &bytes)) {
      return std::nullopt;
    }
  }
  return bytes;
}

Status check_size(const oip::Tensor& tensor) {
  const auto bytes = bytes_of(tensor.shape, tensor.type);
  if (bytes && *bytes == tensor.data.size()) return {};
  return invalid(fmt::format("input '{}': {} bytes of data do not fill {} {}", tensor.name,
                             tensor.data.size(), oip::name(tensor.type), shape_text(tensor.shape)));
}

Status rows_in_range(const std::string& name, std::int64_t rows) {
  if (rows >= 1 && rows <= static_cast<std::int64_t>(kRowsMax)) return {};
  return invalid(
      fmt::format("input '{}': {} pictures; 1 to {} fit one request", name, rows, kRowsMax));
}

Status encoded_pictures(WorkerQuery& query, const oip::Tensor& tensor) {
  const bool list = tensor.shape.size() == 1 || (tensor.shape.size() == 2 && tensor.shape[1] == 1);
  auto files = oip::bytes_elements(tensor);
  if (!list || !files || static_cast<std::int64_t>(files->size()) != tensor.shape[0]) {
    return invalid(fmt::format(
        "input '{}': BYTES {} is not a list of encoded pictures; expected BYTES [N], each element "
        "a PNG or JPEG file",
        tensor.name, shape_text(tensor.shape)));
  }
  if (auto status = rows_in_range(tensor.name, tensor.shape[0]); !status) return status;
  query.rows = files->size();
  query.picture.kind = PictureInput::Kind::encoded;
  query.picture.files = *std::move(files);
  return {};
}

Status rgb_pictures(WorkerQuery& query, const oip::Tensor& tensor) {
  const auto& shape = tensor.shape;
  const std::size_t n = shape.size();
  if ((n != 3 && n != 4) || shape[n - 1] != 3) {
    return invalid(
        fmt::format("input '{}': UINT8 {} is not RGB pixels; expected [H, W, 3] or "
                    "[N, H, W, 3]",
                    tensor.name, shape_text(shape)));
  }
  if (auto status = check_size(tensor); !status) return status;
  const std::int64_t rows = n == 4 ? shape[0] : 1;
  if (auto status = rows_in_range(tensor.name, rows); !status) return status;
  const PictureLimits limits;
  if (shape[n - 3] < 1 || shape[n - 2] < 1 || shape[n - 3] > limits.side_max ||
      shape[n - 2] > limits.side_max) {
    return invalid(fmt::format("input '{}': pictures of {} x {} pixels; sides of 1 to {} are taken",
                               tensor.name, shape[n - 2], shape[n - 3], limits.side_max));
  }
  query.rows = static_cast<std::size_t>(rows);
  query.picture.kind = PictureInput::Kind::rgb;
  query.picture.data = tensor.data;
  query.picture.height = static_cast<int>(shape[n - 3]);
  query.picture.width = static_cast<int>(shape[n - 2]);
  return {};
}

Status ready_pictures(WorkerQuery& query, const oip::Tensor& tensor) {
  const Model& model = *query.model;
  const auto expected = model.input_shape(tensor.shape.empty() ? 1 : tensor.shape[0]);
  if (tensor.shape != expected) {
    auto wanted = model.input_shape(-1);
    return invalid(fmt::format("input '{}': FP32 {} does not match the network's own input {}",
                               tensor.name, shape_text(tensor.shape), shape_text(wanted)));
  }
  if (auto status = check_size(tensor); !status) return status;
  if (auto status = rows_in_range(tensor.name, tensor.shape[0]); !status) return status;
  query.rows = static_cast<std::size_t>(tensor.shape[0]);
  query.picture.kind = PictureInput::Kind::ready;
  query.picture.data = tensor.data;
  return {};
}

Status check_pictures(WorkerQuery& query) {
  const Model& model = *query.model;
  if (query.infer.raw) {
    query.rows = 1;
    query.picture.kind = PictureInput::Kind::encoded;
    query.picture.files.assign(1, query.request.body);
    return {};
  }
  const auto& inputs = query.infer.inputs;
  if (inputs.size() != 1) {
    return invalid(fmt::format("model '{}' takes one input, 'image', and got {}",
                               model.variant->name, inputs.size()));
  }
  const oip::Tensor& tensor = inputs[0];
  const std::string& own = model.session->inputs()[0].name;
  if (tensor.name != "image" && !(tensor.type == DataType::fp32 && tensor.name == own)) {
    return invalid(fmt::format("model '{}' has no input '{}'; expected 'image'",
                               model.variant->name, tensor.name));
  }
  if (tensor.type == DataType::bytes) return encoded_pictures(query, tensor);
  if (tensor.type == DataType::uint8) return rgb_pictures(query, tensor);
  if (tensor.type == DataType::fp32) return ready_pictures(query, tensor);
  return invalid(fmt::format(
      "input '{}' is {}; expected BYTES [N] of PNG or JPEG files, UINT8 [H, W, 3] or [N, H, W, 3], "
      "or FP32 {} as the network takes it",
      tensor.name, oip::name(tensor.type), shape_text(model.input_shape(-1))));
}

// A raw body for a network with one input: what is free in its shape follows from the size.
Status raw_tensor(WorkerQuery& query) {
  const auto& specs = query.model->session->inputs();
  const auto& name = query.model->variant->name;
  if (specs.size() != 1) {
    return invalid(
        fmt::format("a raw body fits a model with one input; '{}' has {}", name, specs.size()));
  }
  oip::Tensor tensor{specs[0].name, specs[0].type, specs[0].shape, std::move(query.request.body)};
  std::size_t bytes = oip::size_of(tensor.type);
  std::int64_t* open = nullptr;
  for (auto& length : tensor.shape) {
    if (length >= 0) {
      bytes *= static_cast<std::size_t>(length);
    } else if (open == nullptr) {
      open = &length;
    } else {
      return invalid(
          fmt::format("a raw body does not say the shape of input '{}' {}; send the "
                      "protocol's JSON header",
                      tensor.name, shape_text(specs[0].shape)));
    }
  }
  if (open != nullptr) {
    *open = bytes == 0 ? 0 : static_cast<std::int64_t>(tensor.data.size() / bytes);
  }
  query.infer.inputs.clear();
  query.infer.inputs.push_back(std::move(tensor));
  return {};
}

Status check_tensors(WorkerQuery& query) {
  const Model& model = *query.model;
  if (query.infer.raw) {
    if (auto status = raw_tensor(query); !status) return status;
  }
  const auto& specs = model.session->inputs();
  auto& inputs = query.infer.inputs;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const TensorSpec& spec = specs[i];
    const auto found = std::find_if(inputs.begin(), inputs.end(),
                                    [&](const oip::Tensor& t) { return t.name == spec.name; });
    if (found == inputs.end()) {
      return invalid(fmt::format("model '{}': input '{}' is missing; expected {} {}",
                                 model.variant->name, spec.name, oip::name(spec.type),
                                 shape_text(spec.shape)));
    }
    bool right = found->type == spec.type && found->shape.size() == spec.shape.size();
    for (std::size_t d = 0; right && d < spec.shape.size(); ++d) {
      right = spec.shape[d] == -1 || spec.shape[d] == found->shape[d];
    }
    if (!right) {
      return invalid(fmt::format("model '{}': input '{}' is {} {}; expected {} {}",
                                 model.variant->name, spec.name, oip::name(found->type),
                                 shape_text(found->shape), oip::name(spec.type),
                                 shape_text(spec.shape)));
    }
    if (auto status = check_size(*found); !status) return status;
    // In the session's order; a name that comes twice stays behind and is refused below.
    if (found - inputs.begin() < static_cast<std::ptrdiff_t>(i)) {
      return invalid(fmt::format("input '{}' comes twice", spec.name));
    }
    std::swap(inputs[i], *found);
  }
  if (inputs.size() > specs.size()) {
    return invalid(fmt::format("model '{}' has no input '{}', or it came twice",
                               model.variant->name, inputs[specs.size()].name));
  }
  return {};
}

}  // namespace

Status check_input(WorkerQuery& query) {
  return query.model->takes_pictures() ? check_pictures(query) : check_tensors(query);
}

Status check_outputs(const WorkerQuery& query) {
  for (const auto& asked : query.infer.outputs) {
    bool known = false;
    if (query.model->gives_classes()) {
      known = asked.name == "labels" || asked.name == "scores";
    } else {
      for (const auto& spec : query.model->session->outputs()) known |= spec.name == asked.name;
    }
    if (!known) {
      return invalid(
          fmt::format("model '{}' has no output '{}'{}", query.model->variant->name, asked.name,
                      query.model->gives_classes() ? "; it has 'labels' and 'scores'" : ""));
    }
  }
  return {};
}

}  // namespace paragon

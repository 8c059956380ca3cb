#include "serve/infer_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "wire/base64.h"

namespace paragon {
namespace {

// PNG or JPEG by its first bytes.
bool is_picture(std::string_view bytes) {
  return bytes.starts_with(std::string_view("\x89PNG\r\n\x1a\n", 8)) ||
         bytes.starts_with("\xff\xd8\xff");
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text = "[";
  for (std::int64_t side : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(side);
  return text + "]";
}

Error wrong_input(const oip::Tensor& tensor, const std::string& expected) {
  return {ErrorCode::invalid,
          fmt::format("input '{}': got {} {}, expected {}", tensor.name, oip::name(tensor.type),
                      shape_text(tensor.shape), expected)};
}

constexpr const char* kPictureForms =
    "one encoded picture (BYTES [1], PNG or JPEG) or one raw RGB picture (UINT8 [H, W, 3] or "
    "[1, H, W, 3])";

Status check_picture(const oip::Tensor& tensor) {
  const auto& shape = tensor.shape;
  if (tensor.type == oip::DataType::bytes) {
    if (tensor.elements() > 1) {
      return wrong_input(tensor,
                         "one picture in a request: constraints, price and choice are per picture; "
                         "send the others as requests of their own");
    }
    auto elements = oip::bytes_elements(tensor);
    if (!elements || elements->size() != 1) return wrong_input(tensor, kPictureForms);
    if (!is_picture(elements->front())) {
      return Error{ErrorCode::invalid,
                   fmt::format("input '{}': {} bytes that are neither PNG nor JPEG", tensor.name,
                               elements->front().size())};
    }
    return {};
  }
  if (tensor.type != oip::DataType::uint8) return wrong_input(tensor, kPictureForms);
  const bool batched = shape.size() == 4;
  if ((shape.size() != 3 && !batched) || shape.back() != 3) {
    return wrong_input(tensor, kPictureForms);
  }
  if (batched && shape[0] != 1) {
    return wrong_input(tensor,
                       "one picture in a request: send the others as requests of their own");
  }
  if (tensor.elements() == 0) return wrong_input(tensor, kPictureForms);
  return {};
}

// JSON has no way to write arbitrary bytes: a picture in it comes as base64.
void decode_base64_picture(oip::InferRequest& request) {
  if (request.inputs.size() != 1 || request.inputs[0].type != oip::DataType::bytes) return;
  auto elements = oip::bytes_elements(request.inputs[0]);
  if (!elements || elements->size() != 1 || is_picture(elements->front())) return;
  const auto decoded = from_base64(elements->front());
  // Where it is none, the check that follows says what it is.
  if (decoded && is_picture(*decoded)) request.inputs[0].data = oip::bytes_data({*decoded});
}

// Whether a request fits its task.
Status check_inputs(const Task& task, const oip::InferRequest& request) {
  if (task.input == InputKind::image && !request.raw) {
    if (request.inputs.size() != 1) {
      return Error{ErrorCode::invalid, fmt::format("inputs: got {}, expected {}",
                                                   request.inputs.size(), kPictureForms)};
    }
    Status picture = check_picture(request.inputs.front());
    if (!picture) return picture;
  }
  if (task.input == InputKind::tensor && request.raw) {
    return Error{ErrorCode::invalid,
                 fmt::format("task {} takes tensors, not a raw picture", task.name)};
  }
  if (task.output == OutputKind::classes) {
    for (const oip::RequestedOutput& output : request.outputs) {
      if (output.name != "labels" && output.name != "scores") {
        return Error{ErrorCode::invalid, fmt::format("output '{}': task {} gives labels and scores",
                                                     output.name, task.name)};
      }
    }
  }
  return {};
}

}  // namespace

Result<TakenApart> take_apart(const Task& task, http::Request&& in) {
  TakenApart out;
  out.arrived = in.arrived;
  std::string content_type(in.headers.find("content-type"));
  const bool has_length = in.headers.has(oip::kJsonLength);
  std::string json_length(in.headers.find(oip::kJsonLength));
  // curl --data-binary without a content type claims a form: the bytes say what it is.
  if (!has_length && task.input == InputKind::image && is_picture(in.body)) {
    if (!content_type.starts_with("image/")) {
      content_type = in.body.front() == '\xff' ? "image/jpeg" : "image/png";
    }
  }
  const bool raw = content_type.starts_with("image/") || (has_length && json_length == "0");
  if (raw) {
    if (task.input == InputKind::image && !is_picture(in.body)) {
      return Error{ErrorCode::invalid,
                   fmt::format("the body ({} bytes) is neither PNG nor JPEG", in.body.size())};
    }
    out.request.raw = true;
    out.request.binary_outputs = has_length;
  } else {
    auto parsed = oip::parse_request(content_type, json_length, in.body);
    if (!parsed) return parsed.error();
    out.request = std::move(parsed).value();
    if (task.input == InputKind::image && !has_length) decode_base64_picture(out.request);
  }
  Status fits = check_inputs(task, out.request);
  if (!fits) return fits.error();
  if (raw || has_length) {
    out.forward.add("content-type",
                    content_type.empty() ? "application/octet-stream" : std::move(content_type));
    if (has_length) out.forward.add(oip::kJsonLength, std::move(json_length));
    out.body = std::make_shared<const std::string>(std::move(in.body));
  } else {
    oip::Encoded encoded = oip::render_request(out.request, true);
    out.forward.add("content-type", encoded.content_type);
    if (encoded.json_length > 0) {
      out.forward.add(oip::kJsonLength, std::to_string(encoded.json_length));
    }
    out.body = std::make_shared<const std::string>(std::move(encoded.body));
  }
  std::int64_t top_k = 0;
  for (const oip::RequestedOutput& output : out.request.outputs) {
    top_k = std::max(top_k, output.classification);
  }
  if (auto asked = in.headers.find("x-paragon-top-k"); !asked.empty()) {
    out.forward.add("x-paragon-top-k", std::string(asked));
  } else if (top_k > 0) {
    out.forward.add("x-paragon-top-k", std::to_string(top_k));
  }
  out.request.inputs.clear();
  out.headers = std::move(in.headers);
  return out;
}

}  // namespace paragon

// Requests and responses of `infer` to bytes.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

#include <fmt/format.h>

#include "wire/json_text.h"
#include "wire/oip.h"

namespace paragon::oip {

namespace {

template <class T, class Append>
void append_elements(std::string& out, const Tensor& tensor, Append append) {
  for (std::size_t at = 0; at + sizeof(T) <= tensor.data.size(); at += sizeof(T)) {
    if (at > 0) out += ',';
    T value;
    std::memcpy(&value, tensor.data.data() + at, sizeof value);
    append(out, value);
  }
}

template <class T>
void append_integers(std::string& out, const Tensor& tensor) {
  append_elements<T>(out, tensor, [](std::string& to, T value) {
    const fmt::format_int text(value);
    to.append(text.data(), text.size());
  });
}

void append_data(std::string& out, const Tensor& tensor) {
  out += '[';
  switch (tensor.type) {
    case DataType::boolean:
      append_elements<char>(out, tensor,
                            [](std::string& to, char value) { to += value ? "true" : "false"; });
      break;
    case DataType::uint8:
      append_integers<std::uint8_t>(out, tensor);
      break;
    case DataType::uint16:
      append_integers<std::uint16_t>(out, tensor);
      break;
    case DataType::uint32:
      append_integers<std::uint32_t>(out, tensor);
      break;
    case DataType::uint64:
      append_integers<std::uint64_t>(out, tensor);
      break;
    case DataType::int8:
      append_integers<std::int8_t>(out, tensor);
      break;
    case DataType::int16:
      append_integers<std::int16_t>(out, tensor);
      break;
    case DataType::int32:
      append_integers<std::int32_t>(out, tensor);
      break;
    case DataType::int64:
      append_integers<std::int64_t>(out, tensor);
      break;
    case DataType::fp32:
      append_elements<float>(out, tensor, json::append_float);
      break;
    case DataType::fp64:
      append_elements<double>(out, tensor, json::append_number);
      break;
    case DataType::bytes:
      if (const auto elements = bytes_elements(tensor)) {
        for (std::size_t i = 0; i < elements->size(); ++i) {
          if (i > 0) out += ',';
          json::append_string(out, (*elements)[i]);
        }
      }
      break;
    case DataType::fp16:
    case DataType::bf16:
      break;  // never as JSON, see has_json_form()
  }
  out += ']';
}

bool has_json_form(DataType type) { return type != DataType::fp16 && type != DataType::bf16; }

template <class T>
bool all_finite(const Tensor& tensor) {
  for (std::size_t at = 0; at + sizeof(T) <= tensor.data.size(); at += sizeof(T)) {
    T value;
    std::memcpy(&value, tensor.data.data() + at, sizeof value);
    if (!std::isfinite(value)) return false;
  }
  return true;
}

// Whether whoever parses the JSON gets the same tensor.
bool same_as_json(const Tensor& tensor) {
  if (tensor.type == DataType::fp32) return all_finite<float>(tensor);
  if (tensor.type == DataType::fp64) return all_finite<double>(tensor);
  if (tensor.type == DataType::bytes) {
    const auto elements = bytes_elements(tensor);
    return !elements || std::all_of(elements->begin(), elements->end(), json::is_utf8);
  }
  return has_json_form(tensor.type);
}

void append_parameter(std::string& out, const Parameter& parameter) {
  std::visit(
      [&](const auto& value) {
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<T, bool>) {
          out += value ? "true" : "false";
        } else if constexpr (std::is_same_v<T, std::int64_t>) {
          out += fmt::format_int(value).c_str();
        } else if constexpr (std::is_same_v<T, double>) {
          const std::size_t from = out.size();
          json::append_number(out, value);
          // Stays a floating parameter for whoever reads it.
          if (std::isfinite(value) && out.find_first_of(".e", from) == std::string::npos) {
            out += ".0";
          }
        } else {
          json::append_string(out, value);
        }
      },
      parameter);
}

// Members of an object, with the commas between them.
class Members {
 public:
  explicit Members(std::string& out) : out_(out) { out_ += '{'; }
  std::string& next(std::string_view key) {
    if (!first_) out_ += ',';
    first_ = false;
    json::append_string(out_, key);
    out_ += ':';
    return out_;
  }
  void text(std::string_view key, std::string_view value) { json::append_string(next(key), value); }
  void end() { out_ += '}'; }

 private:
  std::string& out_;
  bool first_ = true;
};

void append_parameters(Members& members, const Parameters& parameters, bool binary_outputs) {
  if (parameters.empty() && !binary_outputs) return;
  Members inner(members.next("parameters"));
  for (const auto& [key, value] : parameters) append_parameter(inner.next(key), value);
  if (binary_outputs) inner.next("binary_data_output") += "true";
  inner.end();
}

void append_tensor(std::string& out, const Tensor& tensor, bool binary) {
  Members members(out);
  members.text("name", tensor.name);
  members.text("datatype", name(tensor.type));
  members.next("shape") += '[';
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
    if (i > 0) out += ',';
    out += fmt::format_int(tensor.shape[i]).c_str();
  }
  out += ']';
  if (binary) {
    members.next("parameters") += "{\"binary_data_size\":";
    out += fmt::format_int(tensor.data.size()).c_str();
    out += '}';
  } else {
    append_data(members.next("data"), tensor);
  }
  members.end();
}

struct Chosen {
  const Tensor* tensor;
  bool binary;
};

void append_tensors(std::string& out, const std::vector<Chosen>& tensors) {
  out += '[';
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (i > 0) out += ',';
    append_tensor(out, *tensors[i].tensor, tensors[i].binary);
  }
  out += ']';
}

Encoded encode(std::string json, const std::vector<Chosen>& tensors) {
  Encoded encoded{std::move(json), "application/json", 0};
  std::size_t binary_bytes = 0;
  bool any = false;
  for (const Chosen& one : tensors) {
    if (!one.binary) continue;
    any = true;
    binary_bytes += one.tensor->data.size();
  }
  if (!any) return encoded;
  encoded.json_length = encoded.body.size();
  encoded.content_type = "application/octet-stream";
  encoded.body.reserve(encoded.body.size() + binary_bytes);
  for (const Chosen& one : tensors) {
    if (one.binary) encoded.body += one.tensor->data;
  }
  return encoded;
}

std::vector<Chosen> choose(const InferResponse& response, const InferRequest& asked) {
  std::vector<Chosen> chosen;
  const auto add = [&](const Tensor& tensor, bool binary) {
    chosen.push_back({&tensor, binary || !has_json_form(tensor.type)});
  };
  if (asked.outputs.empty()) {
    for (const Tensor& tensor : response.outputs) add(tensor, asked.binary_outputs);
    return chosen;
  }
  for (const RequestedOutput& output : asked.outputs) {
    const auto found = std::find_if(response.outputs.begin(), response.outputs.end(),
                                    [&](const Tensor& t) { return t.name == output.name; });
    if (found != response.outputs.end()) add(*found, output.binary);
  }
  return chosen;
}

}  // namespace

Encoded render_response(const InferResponse& response, const InferRequest& asked) {
  const auto chosen = choose(response, asked);
  std::string out;
  out.reserve(512);
  Members members(out);
  members.text("model_name", response.model_name);
  if (!response.model_version.empty()) members.text("model_version", response.model_version);
  if (!response.id.empty()) members.text("id", response.id);
  append_parameters(members, response.parameters, false);
  append_tensors(members.next("outputs"), chosen);
  members.end();
  return encode(std::move(out), chosen);
}

Encoded render_request(const InferRequest& request, bool binary_inputs) {
  std::vector<Chosen> chosen;
  for (const Tensor& tensor : request.inputs) {
    chosen.push_back({&tensor, binary_inputs || !same_as_json(tensor)});
  }
  std::string out;
  out.reserve(512);
  Members members(out);
  if (!request.id.empty()) members.text("id", request.id);
  append_parameters(members, request.parameters, request.binary_outputs);
  append_tensors(members.next("inputs"), chosen);
  if (!request.outputs.empty()) {
    std::string& list = members.next("outputs");
    list += '[';
    for (std::size_t i = 0; i < request.outputs.size(); ++i) {
      const RequestedOutput& output = request.outputs[i];
      if (i > 0) list += ',';
      Members one(list);
      one.text("name", output.name);
      Members parameters(one.next("parameters"));
      parameters.next("binary_data") += output.binary ? "true" : "false";
      if (output.classification > 0) {
        parameters.next("classification") += fmt::format_int(output.classification).c_str();
      }
      parameters.end();
      one.end();
    }
    list += ']';
  }
  members.end();
  return encode(std::move(out), chosen);
}

}  // namespace paragon::oip

// Requests and responses of `infer` from bytes.
#include <charconv>
#include <set>

#include "wire/oip.h"
#include "wire/tensor_read.h"

namespace paragon::oip {

namespace {

struct Parts {
  std::string_view json;
  BinaryPart binary;
};

Result<std::size_t> read_length(std::string_view text) {
  std::size_t length = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (failed != std::errc{} || end != text.data() + text.size()) {
    return wrong("header Inference-Header-Content-Length must be a whole number, not '" +
                 std::string(text) + "'");
  }
  return length;
}

Result<Parts> split(std::string_view json_length, std::string_view body) {
  Parts parts{body, {}};
  if (json_length.empty()) return parts;
  const auto length = read_length(json_length);
  if (!length) return length.error();
  if (*length > body.size()) {
    return wrong("header Inference-Header-Content-Length says " + std::to_string(*length) +
                 " bytes of JSON, but the body has " + std::to_string(body.size()));
  }
  parts.json = body.substr(0, *length);
  parts.binary = {true, body.substr(*length), body.size() - *length};
  return parts;
}

Result<std::vector<Tensor>> read_tensors(const Json& json, Side side, BinaryPart& binary) {
  const std::string field = side == Side::input ? "inputs" : "outputs";
  simdjson::dom::array array;
  if (json.get(array)) return wrong("'" + field + "' must be an array, not " + kind(json));
  std::vector<Tensor> tensors;
  std::set<std::string, std::less<>> names;
  for (const Json element : array) {
    auto tensor = read_tensor(element, side, tensors.size(), binary);
    if (!tensor) return tensor.error();
    if (!names.insert(tensor->name).second) {
      return wrong(field.substr(0, field.size() - 1) + " '" + tensor->name + "' is given twice");
    }
    tensors.push_back(std::move(*tensor));
  }
  if (!binary.left.empty()) {
    return wrong(std::to_string(binary.left.size()) + " of " + std::to_string(binary.total) +
                 " binary bytes belong to no tensor: check each 'binary_data_size'");
  }
  return tensors;
}

// Takes one of the protocol's own parameters out of `parameters`; nothing when it was not given.
template <class T>
Result<std::optional<T>> take(Parameters& parameters, std::string_view key,
                              const std::string& where, const char* wanted) {
  const auto found = parameters.find(key);
  if (found == parameters.end()) return std::optional<T>();
  const T* value = std::get_if<T>(&found->second);
  if (value == nullptr) {
    return wrong(where + ": parameter '" + std::string(key) + "' must be " + wanted);
  }
  std::optional<T> taken = *value;
  parameters.erase(found);
  return taken;
}

Result<RequestedOutput> read_requested(const Json& json, std::size_t index, bool binary_default) {
  std::string where = "requested output " + std::to_string(index);
  simdjson::dom::object object;
  if (json.get(object)) return wrong(where + " must be an object, not " + kind(json));
  RequestedOutput output;
  Json field;
  if (object.at_key("name").get(field)) return wrong(where + ": 'name' is missing");
  auto name = read_string(field, where + ": 'name'");
  if (!name) return name.error();
  output.name = std::move(*name);
  output.binary = binary_default;
  where = "requested output '" + output.name + "'";
  if (object.at_key("parameters").get(field)) return output;
  auto parameters = read_parameters(field, where);
  if (!parameters) return parameters.error();
  const auto binary = take<bool>(*parameters, "binary_data", where, "a boolean");
  if (!binary) return binary.error();
  output.binary = binary->value_or(binary_default);
  const auto classes = take<std::int64_t>(*parameters, "classification", where, "a whole number");
  if (!classes) return classes.error();
  output.classification = classes->value_or(0);
  if (output.classification < 0) {
    return wrong(where + ": parameter 'classification' must not be negative");
  }
  return output;
}

Result<std::vector<RequestedOutput>> read_requested(const Json& json, bool binary_default) {
  std::vector<RequestedOutput> outputs;
  if (json.is_null()) return outputs;
  simdjson::dom::array array;
  if (json.get(array)) return wrong(std::string("'outputs' must be an array, not ") + kind(json));
  std::set<std::string, std::less<>> names;
  for (const Json element : array) {
    auto output = read_requested(element, outputs.size(), binary_default);
    if (!output) return output.error();
    if (!names.insert(output->name).second) {
      return wrong("requested output '" + output->name + "' is given twice");
    }
    outputs.push_back(std::move(*output));
  }
  return outputs;
}

// The fields of the body that the protocol knows, each at most once; others are passed over.
struct Fields {
  std::optional<Json> id, parameters, inputs, outputs, model_name, model_version;

  Status read(const simdjson::dom::object& object) {
    for (const auto& [key, value] : object) {
      std::optional<Json>* slot = nullptr;
      if (key == "id") slot = &id;
      if (key == "parameters") slot = &parameters;
      if (key == "inputs") slot = &inputs;
      if (key == "outputs") slot = &outputs;
      if (key == "model_name") slot = &model_name;
      if (key == "model_version") slot = &model_version;
      if (slot == nullptr) continue;
      if (*slot) return wrong("'" + std::string(key) + "' is given twice");
      *slot = value;
    }
    return {};
  }
};

Status read_text(const std::optional<Json>& json, const char* field, std::string& into) {
  if (!json || json->is_null()) return {};
  auto text = read_string(*json, std::string("'") + field + "'");
  if (!text) return text.error();
  into = std::move(*text);
  return {};
}

bool is_media_type(std::string_view content_type, std::string_view type) {
  content_type = content_type.substr(0, content_type.find(';'));
  while (content_type.ends_with(' ')) content_type.remove_suffix(1);
  return http::same_name(content_type, type);
}

bool is_picture(std::string_view content_type) {
  constexpr std::string_view kImage = "image/";
  return content_type.size() > kImage.size() &&
         http::same_name(content_type.substr(0, kImage.size()), kImage);
}

Result<InferRequest> raw_request(std::string_view body, bool binary_outputs) {
  if (body.empty()) return wrong("body is empty, expected a picture");
  InferRequest request;
  request.raw = true;
  request.binary_outputs = binary_outputs;
  request.inputs.push_back({"image", DataType::bytes, {1}, bytes_data({body})});
  return request;
}

// Kept between requests of ordinary size: its tables then need no allocation.
constexpr std::size_t kKeptMax = 1024 * 1024;

JsonDocument& document_for(std::size_t size, std::optional<JsonDocument>& own) {
  thread_local JsonDocument kept;
  return size <= kKeptMax ? kept : own.emplace();
}

}  // namespace

Result<InferRequest> parse_request(std::string_view content_type, std::string_view json_length,
                                   std::string_view body) {
  const bool all_raw = json_length == "0";
  if (is_picture(content_type) ||
      (all_raw && is_media_type(content_type, "application/octet-stream"))) {
    return raw_request(body, all_raw);
  }
  auto parts = split(json_length, body);
  if (!parts) return parts.error();
  std::optional<JsonDocument> own;
  const auto object = document_for(parts->json.size(), own).parse(parts->json);
  if (!object) return object.error();
  Fields fields;
  if (auto read = fields.read(*object); !read) return read.error();

  InferRequest request;
  if (auto read = read_text(fields.id, "id", request.id); !read) return read.error();
  if (fields.parameters) {
    auto parameters = read_parameters(*fields.parameters, "request");
    if (!parameters) return parameters.error();
    request.parameters = std::move(*parameters);
  }
  const auto binary = take<bool>(request.parameters, "binary_data_output", "request", "a boolean");
  if (!binary) return binary.error();
  request.binary_outputs = binary->value_or(false);
  if (!fields.inputs) return wrong("'inputs' is missing");
  auto inputs = read_tensors(*fields.inputs, Side::input, parts->binary);
  if (!inputs) return inputs.error();
  if (inputs->empty()) return wrong("'inputs' is empty");
  request.inputs = std::move(*inputs);
  if (fields.outputs) {
    auto outputs = read_requested(*fields.outputs, request.binary_outputs);
    if (!outputs) return outputs.error();
    request.outputs = std::move(*outputs);
  }
  return request;
}

Result<InferResponse> parse_response(std::string_view json_length, std::string_view body) {
  auto parts = split(json_length, body);
  if (!parts) return parts.error();
  std::optional<JsonDocument> own;
  const auto object = document_for(parts->json.size(), own).parse(parts->json);
  if (!object) return object.error();
  Fields fields;
  if (auto read = fields.read(*object); !read) return read.error();

  InferResponse response;
  if (auto read = read_text(fields.id, "id", response.id); !read) return read.error();
  if (auto read = read_text(fields.model_name, "model_name", response.model_name); !read) {
    return read.error();
  }
  if (auto read = read_text(fields.model_version, "model_version", response.model_version); !read) {
    return read.error();
  }
  if (fields.parameters) {
    auto parameters = read_parameters(*fields.parameters, "response");
    if (!parameters) return parameters.error();
    response.parameters = std::move(*parameters);
  }
  if (!fields.outputs) return wrong("'outputs' is missing");
  auto outputs = read_tensors(*fields.outputs, Side::output, parts->binary);
  if (!outputs) return outputs.error();
  response.outputs = std::move(*outputs);
  return response;
}

}  // namespace paragon::oip

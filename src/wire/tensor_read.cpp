#include "wire/tensor_read.h"

#include <cstdint>
#include <limits>
#include <optional>

namespace paragon::oip {

namespace {

constexpr std::size_t kRankMax = 32;

// The number of elements; refuses what no memory could hold.
Result<std::int64_t> read_shape(const Json& json, const std::string& where, Tensor& tensor) {
  simdjson::dom::array dims;
  if (json.get(dims)) return wrong(where + ": 'shape' must be an array, not " + kind(json));
  for (const Json dim : dims) {
    std::int64_t size = 0;
    if (dim.get(size)) return wrong(where + ": 'shape' must hold whole numbers, not " + kind(dim));
    if (size < 0) return wrong(where + ": 'shape' has the negative size " + std::to_string(size));
    tensor.shape.push_back(size);
  }
  if (tensor.shape.size() > kRankMax) {
    return wrong(where + ": 'shape' has more than " + std::to_string(kRankMax) + " dimensions");
  }
  // Bytes must be countable too, so that sizes never wrap. Zeros do not excuse the other sizes.
  std::int64_t elements = 1, product = 1;
  const auto limit = std::numeric_limits<std::int64_t>::max() / 16;
  for (const std::int64_t size : tensor.shape) {
    if (size > 0 && product > limit / size) return wrong(where + ": 'shape' has too many elements");
    if (size > 0) product *= size;
    elements *= size;
  }
  return elements;
}

std::optional<std::size_t> read_binary_size(const Json& parameters, const std::string& where,
                                            Error& error) {
  simdjson::dom::object object;
  if (parameters.is_null()) return std::nullopt;
  if (parameters.get(object)) {
    error = wrong(where + ": 'parameters' must be an object, not " + kind(parameters));
    return std::nullopt;
  }
  Json value;
  if (object.at_key("binary_data_size").get(value)) return std::nullopt;
  std::uint64_t size = 0;
  if (value.get(size)) {
    error = wrong(where + ": 'binary_data_size' must be a whole number of bytes, not " +
                  (value.is_int64() ? "a negative one" : kind(value)));
    return std::nullopt;
  }
  return size;
}

Status take_binary(std::size_t size, const std::string& where, std::int64_t elements,
                   BinaryPart& binary, Tensor& tensor) {
  if (!binary.present) {
    return wrong(where + ": 'binary_data_size' needs the header Inference-Header-Content-Length");
  }
  if (size > binary.left.size()) {
    return wrong(where + ": 'binary_data_size' is " + std::to_string(size) + ", but only " +
                 std::to_string(binary.left.size()) + " of " + std::to_string(binary.total) +
                 " binary bytes are left");
  }
  tensor.data = binary.left.substr(0, size);
  binary.left.remove_prefix(size);
  if (tensor.type == DataType::bytes) {
    const auto split = bytes_elements(tensor);
    if (!split) return wrong(where + ": lengths of its BYTES elements do not add up");
    if (split->size() != static_cast<std::size_t>(elements)) {
      return wrong(where + ": has " + std::to_string(split->size()) +
                   " elements, but 'shape' says " + std::to_string(elements));
    }
    return {};
  }
  const auto expected = static_cast<std::uint64_t>(elements) * size_of(tensor.type);
  if (size != expected) {
    return wrong(where + ": 'binary_data_size' is " + std::to_string(size) + ", but 'shape' and " +
                 name(tensor.type) + " make " + std::to_string(expected));
  }
  if (tensor.type == DataType::boolean) {
    for (char& value : tensor.data) value = value != 0;
  }
  return {};
}

}  // namespace

Result<Tensor> read_tensor(const Json& json, Side side, std::size_t index, BinaryPart& binary) {
  const char* noun = side == Side::input ? "input" : "output";
  std::string where = std::string(noun) + " " + std::to_string(index);
  simdjson::dom::object object;
  if (json.get(object)) return wrong(where + " must be an object, not " + kind(json));

  std::optional<Json> name_field, type_field, shape_field, data_field, parameters_field;
  for (const auto& [key, value] : object) {
    std::optional<Json>* slot = nullptr;
    if (key == "name") slot = &name_field;
    if (key == "datatype") slot = &type_field;
    if (key == "shape") slot = &shape_field;
    if (key == "data") slot = &data_field;
    if (key == "parameters") slot = &parameters_field;
    if (slot == nullptr) continue;
    if (*slot) return wrong(where + ": '" + std::string(key) + "' is given twice");
    *slot = value;
  }

  Tensor tensor;
  if (!name_field) return wrong(where + ": 'name' is missing");
  auto name = read_string(*name_field, where + ": 'name'");
  if (!name) return name.error();
  if (name->empty()) return wrong(where + ": 'name' is empty");
  tensor.name = std::move(*name);
  where = std::string(noun) + " '" + tensor.name + "'";

  if (!type_field) return wrong(where + ": 'datatype' is missing");
  const auto type_name = read_string(*type_field, where + ": 'datatype'");
  if (!type_name) return type_name.error();
  const auto type = data_type(*type_name);
  if (!type) {
    return wrong(where + ": unknown datatype '" + *type_name +
                 "' (BOOL, UINT8 to UINT64, INT8 to INT64, FP16, FP32, FP64, BF16 or BYTES)");
  }
  tensor.type = *type;

  if (!shape_field) return wrong(where + ": 'shape' is missing");
  const auto elements = read_shape(*shape_field, where, tensor);
  if (!elements) return elements.error();

  Error error{ErrorCode::invalid, ""};
  const auto binary_size =
      parameters_field ? read_binary_size(*parameters_field, where, error) : std::nullopt;
  if (!error.message.empty()) return error;
  if (binary_size && data_field) {
    return wrong(where + ": has both 'data' and 'binary_data_size', only one may be given");
  }
  Status filled;
  if (binary_size) {
    filled = take_binary(*binary_size, where, *elements, binary, tensor);
  } else if (data_field) {
    filled = read_data(*data_field, side, where, *elements, tensor);
  } else {
    filled = wrong(where + ": has neither 'data' nor the parameter 'binary_data_size'");
  }
  if (!filled) return filled.error();
  return tensor;
}

}  // namespace paragon::oip

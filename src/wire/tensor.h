// Tensors as the Open Inference Protocol v2 carries them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace paragon::oip {

enum class DataType {
  boolean,
  uint8,
  uint16,
  uint32,
  uint64,
  int8,
  int16,
  int32,
  int64,
  fp16,
  fp32,
  fp64,
  bf16,
  bytes
};
const char* name(DataType type);  // "FP32"
std::optional<DataType> data_type(std::string_view name);
std::size_t size_of(DataType type);  // bytes per element; 0 for bytes

// Data is little-endian and row-major; elements of BYTES are a 4-byte length and that many bytes,
// one after the other (the protocol's raw form), whatever form they came in.
struct Tensor {
  std::string name;
  DataType type = DataType::fp32;
  std::vector<std::int64_t> shape;
  std::string data;

  std::int64_t elements() const;  // product of shape; 1 for an empty shape
};

// The elements of a BYTES tensor; nothing when the lengths do not add up.
std::optional<std::vector<std::string_view>> bytes_elements(const Tensor& tensor);
std::string bytes_data(const std::vector<std::string_view>& elements);

}  // namespace paragon::oip

#include "wire/tensor.h"

#include <array>
#include <cstring>

#include "base/check.h"

namespace paragon::oip {

namespace {

struct TypeRow {
  DataType type;
  const char* name;
  std::size_t size;
};

constexpr std::array<TypeRow, 14> kTypes = {{
    {DataType::boolean, "BOOL", 1},
    {DataType::uint8, "UINT8", 1},
    {DataType::uint16, "UINT16", 2},
    {DataType::uint32, "UINT32", 4},
    {DataType::uint64, "UINT64", 8},
    {DataType::int8, "INT8", 1},
    {DataType::int16, "INT16", 2},
    {DataType::int32, "INT32", 4},
    {DataType::int64, "INT64", 8},
    {DataType::fp16, "FP16", 2},
    {DataType::fp32, "FP32", 4},
    {DataType::fp64, "FP64", 8},
    {DataType::bf16, "BF16", 2},
    {DataType::bytes, "BYTES", 0},
}};

const TypeRow& row(DataType type) {
  const auto index = static_cast<std::size_t>(type);
  PARAGON_CHECK(index < kTypes.size() && kTypes[index].type == type, std::to_string(index));
  return kTypes[index];
}

}  // namespace

const char* name(DataType type) { return row(type).name; }

std::optional<DataType> data_type(std::string_view name) {
  for (const TypeRow& row : kTypes) {
    if (name == row.name) return row.type;
  }
  return std::nullopt;
}

std::size_t size_of(DataType type) { return row(type).size; }

std::int64_t Tensor::elements() const {
  std::int64_t product = 1;
  for (const std::int64_t dim : shape) product *= dim;
  return product;
}

std::optional<std::vector<std::string_view>> bytes_elements(const Tensor& tensor) {
  std::vector<std::string_view> elements;
  std::string_view rest = tensor.data;
  while (!rest.empty()) {
    std::uint32_t length = 0;
    if (rest.size() < sizeof length) return std::nullopt;
    std::memcpy(&length, rest.data(), sizeof length);
    rest.remove_prefix(sizeof length);
    if (rest.size() < length) return std::nullopt;
    elements.push_back(rest.substr(0, length));
    rest.remove_prefix(length);
  }
  return elements;
}

std::string bytes_data(const std::vector<std::string_view>& elements) {
  std::size_t total = 0;
  for (const auto element : elements) total += sizeof(std::uint32_t) + element.size();
  std::string data;
  data.reserve(total);
  for (const auto element : elements) {
    const auto length = static_cast<std::uint32_t>(element.size());
    data.append(reinterpret_cast<const char*>(&length), sizeof length);
    data.append(element);
  }
  return data;
}

}  // namespace paragon::oip

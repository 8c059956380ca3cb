// `data` of a tensor: JSON numbers, booleans and strings to little-endian bytes, with the range of
// every type checked.
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "wire/tensor_read.h"

namespace paragon::oip {

namespace {

static_assert(std::endian::native == std::endian::little, "tensors are little-endian in memory");

class DataReader {
 public:
  DataReader(Side side, const std::string& where, std::int64_t elements, Tensor& tensor)
      : side_(side), where_(where), elements_(elements), tensor_(tensor) {}

  Status read(const Json& data) {
    simdjson::dom::array array;
    if (data.get(array)) return wrong(where_ + ": 'data' must be an array, not " + kind(data));
    switch (tensor_.type) {
      case DataType::boolean:
        return all<bool>(array);
      case DataType::uint8:
        return all<std::uint8_t>(array);
      case DataType::uint16:
        return all<std::uint16_t>(array);
      case DataType::uint32:
        return all<std::uint32_t>(array);
      case DataType::uint64:
        return all<std::uint64_t>(array);
      case DataType::int8:
        return all<std::int8_t>(array);
      case DataType::int16:
        return all<std::int16_t>(array);
      case DataType::int32:
        return all<std::int32_t>(array);
      case DataType::int64:
        return all<std::int64_t>(array);
      case DataType::fp32:
        return all<float>(array);
      case DataType::fp64:
        return all<double>(array);
      case DataType::bytes:
        return all<std::string_view>(array);
      case DataType::fp16:
      case DataType::bf16:
        return wrong(where_ + ": " + name(tensor_.type) +
                     " data cannot be given as JSON, send it in the binary form");
    }
    return wrong(where_ + ": unknown type");
  }

 private:
  // How long the arrays at each level of nesting are; -1 until the first one has been read.
  // Nested data must be regular, or its order would be anyone's guess.
  std::vector<std::int64_t> lengths_;

  template <class T>
  Status all(const simdjson::dom::array& array) {
    if (auto status = level<T>(array, 0); !status) return status;
    if (count_ != elements_) return miscount(std::to_string(count_));
    return {};
  }

  template <class T>
  Status level(const simdjson::dom::array& array, std::size_t depth) {
    if (lengths_.size() <= depth) lengths_.push_back(-1);
    std::int64_t length = 0;
    bool nested = false, flat = false;
    for (const Json element : array) {
      ++length;
      if (element.is_array()) {
        nested = true;
        if (flat) return ragged();
        if (auto status = level<T>(simdjson::dom::array(element), depth + 1); !status)
          return status;
      } else {
        flat = true;
        if (nested || (leaf_depth_ && *leaf_depth_ != depth)) return ragged();
        leaf_depth_ = depth;
        if (++count_ > elements_) return miscount("more");
        if (auto status = append<T>(element); !status) return status;
      }
    }
    if (lengths_[depth] >= 0 && lengths_[depth] != length) return ragged();
    lengths_[depth] = length;
    return {};
  }

  template <class T>
  Status append(const Json& element) {
    if constexpr (std::is_same_v<T, std::string_view>) {
      std::string_view text;
      if (element.get(text)) return mistyped(element, "a string");
      if (text.size() > std::numeric_limits<std::uint32_t>::max())
        return mistyped(element, "shorter");
      put(static_cast<std::uint32_t>(text.size()));
      tensor_.data.append(text);
    } else if constexpr (std::is_same_v<T, bool>) {
      bool value = false;
      if (element.get(value)) {
        std::int64_t number = 0;
        if (element.get(number) || (number != 0 && number != 1)) {
          return mistyped(element, "true or false");
        }
        value = number == 1;
      }
      put(static_cast<char>(value));
    } else if constexpr (std::is_floating_point_v<T>) {
      double value = 0;
      if (side_ == Side::output && element.is_null()) {
        value = std::numeric_limits<double>::quiet_NaN();
      } else if (element.get(value)) {
        return mistyped(element, "a number");
      }
      const T narrowed = static_cast<T>(value);
      if (std::isfinite(value) && !std::isfinite(narrowed)) return out_of_range(element);
      put(narrowed);
    } else if constexpr (std::is_signed_v<T>) {
      std::int64_t value = 0;
      if (element.get(value)) return not_whole(element);
      if (value < std::numeric_limits<T>::min() || value > std::numeric_limits<T>::max()) {
        return out_of_range(element);
      }
      put(static_cast<T>(value));
    } else {
      std::uint64_t value = 0;
      if (element.get(value)) return not_whole(element);
      if (value > std::numeric_limits<T>::max()) return out_of_range(element);
      put(static_cast<T>(value));
    }
    return {};
  }

  template <class T>
  void put(T value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    tensor_.data.append(bytes, sizeof value);
  }

  std::string here() const { return where_ + ": 'data' element " + std::to_string(count_ - 1); }
  Error mistyped(const Json& element, const char* wanted) const {
    return wrong(here() + " must be " + wanted + ", not " + kind(element));
  }
  Error not_whole(const Json& element) const {
    if (element.is_int64() || element.is_uint64()) return out_of_range(element);
    return mistyped(element, "a whole number");
  }
  Error out_of_range(const Json& element) const {
    return wrong(here() + " is " + simdjson::minify(element) + ", out of range of " +
                 name(tensor_.type));
  }
  Error ragged() const { return wrong(where_ + ": 'data' is not regularly nested"); }
  Error miscount(const std::string& got) const {
    return wrong(where_ + ": 'data' has " + got + " elements" +
                 (got == "more" ? " than" : ", but") + " 'shape' says " +
                 std::to_string(elements_));
  }

  Side side_;
  const std::string& where_;
  std::int64_t elements_;
  Tensor& tensor_;
  std::int64_t count_ = 0;
  std::optional<std::size_t> leaf_depth_;
};

}  // namespace

Status read_data(const Json& data, Side side, const std::string& where, std::int64_t elements,
                 Tensor& tensor) {
  // Elements are at least two characters each, so what is set aside stays in proportion to the body
  // only if counted first; simdjson has the count of a flat array at hand.
  simdjson::dom::array array;
  if (!data.get(array)) {
    const auto likely = std::min<std::uint64_t>(array.size(), static_cast<std::uint64_t>(elements));
    tensor.data.reserve(
        likely * std::max<std::size_t>(size_of(tensor.type), 16 * (size_of(tensor.type) == 0)));
  }
  return DataReader(side, where, elements, tensor).read(data);
}

}  // namespace paragon::oip

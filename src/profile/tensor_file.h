// NumPy's .npy: how labelled tensors come in.
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
//
// float32, little-endian, row-major, the first dimension counts the queries: what
// `numpy.save("x.npy", x.astype("float32"))` writes. Everything else is refused by name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace paragon::profile {

struct TensorRows {
  std::vector<std::int64_t> shape;  // of one row, without the first dimension
  std::size_t rows = 0;
  std::size_t row_bytes = 0;
  std::string data;  // rows x row_bytes

  std::string_view row(std::size_t i) const {
    return std::string_view(data).substr(i * row_bytes, row_bytes);
  }
};

// The header alone: where the data begins, and its shape. Errors say what was found.
struct TensorHead {
  std::vector<std::int64_t> shape;
  std::size_t data_at = 0;
  std::size_t data_bytes = 0;
};
Result<TensorHead> read_tensor_head(std::string_view file);

// At most 4 GB. Errors name the file.
Result<TensorRows> read_tensor_file(const std::string& path);

}  // namespace paragon::profile

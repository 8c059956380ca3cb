// One tensor of a request or response: its JSON description and data, or its share of the binary
// part. Includes simdjson: for the files of wire/ only.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/json_read.h"
#include "wire/tensor.h"

namespace paragon::oip {

// The raw tensors behind the JSON, handed out in order.
struct BinaryPart {
  bool present = false;  // the header with the JSON's length was sent
  std::string_view left;
  std::size_t total = 0;
};

enum class Side { input, output };

// `index` names the tensor in messages until its name is known. Of outputs, null in floating data
// reads as NaN, which JSON cannot say; of inputs it is refused.
Result<Tensor> read_tensor(const Json& json, Side side, std::size_t index, BinaryPart& binary);

// Elements of `data`, flat or nested as the shape says, appended to tensor.data.
Status read_data(const Json& data, Side side, const std::string& where, std::int64_t elements,
                 Tensor& tensor);

}  // namespace paragon::oip

// A task: what a client asks for. It fixes the input every variant can be fed from and the output
// every variant can be mapped to, so that variants of different input size and label order are
// interchangeable.
#pragma once

#include <string>
#include <vector>

#include "base/id.h"
#include "catalog/constraints.h"

namespace paragon {

enum class InputKind {
  image,   // an encoded picture (PNG or JPEG), or a raw RGB tensor UINT8 [H, W, 3] or [1, H, W, 3]
  tensor,  // plain tensors, passed to the model as they come
};

enum class OutputKind {
  classes,  // ranked class labels with scores, best first
  tensor,   // the model's own outputs
};

struct Task {
  std::string name;
  InputKind input = InputKind::image;
  OutputKind output = OutputKind::classes;
  std::vector<std::string> labels;  // the task's classes in the task's order; empty for tensors
  std::size_t top_k = 5;            // classes returned unless the query asks for another number
  Constraints defaults;             // hold where a query says nothing
  std::vector<VariantId> variants;  // filled by the catalog, in the catalog's order
};

}  // namespace paragon

#include "profile/batch.h"

#include <algorithm>

namespace paragon::profile {

std::vector<ModelSession::Input> Batch::inputs() const {
  std::vector<ModelSession::Input> inputs;
  for (std::size_t i = 0; i < data.size(); ++i) {
    inputs.push_back({data[i].data(), data[i].size(), shapes[i]});
  }
  return inputs;
}

Batch zeros_for(const ModelSession& session, std::int64_t rows) {
  Batch batch;
  for (const TensorSpec& spec : session.inputs()) {
    std::vector<std::int64_t> shape = spec.shape;
    std::size_t bytes = std::max<std::size_t>(1, oip::size_of(spec.type));
    for (std::size_t i = 0; i < shape.size(); ++i) {
      if (shape[i] == -1) shape[i] = i == 0 ? rows : 1;
      bytes *= static_cast<std::size_t>(shape[i]);
    }
    batch.data.emplace_back(bytes, '\0');
    batch.shapes.push_back(std::move(shape));
  }
  return batch;
}

}  // namespace paragon::profile

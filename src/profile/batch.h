// The inputs of one run of a network, and the memory they lie in.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "worker/model_session.h"

namespace paragon::profile {

struct Batch {
  std::vector<std::string> data;  // bytes of each input
  std::vector<std::vector<std::int64_t>> shapes;
  // Point into this batch.
  std::vector<ModelSession::Input> inputs() const;
};

// Zeros for each input: `rows` where the first length is free, 1 where any other is.
Batch zeros_for(const ModelSession& session, std::int64_t rows);

}  // namespace paragon::profile

// Asks instance metadata, again and again, whether this instance is to be taken away: a spot
// instance is told so two minutes before.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "cloud/aws/instance_metadata.h"
#include "wire/loop.h"

namespace paragon::aws {

class SpotWatch {
 public:
  struct Told {
    // When it changes: with the notice, or empty when it was taken back.
    std::function<void(const std::optional<metadata::SpotAction>&)> notice;
    // When metadata cannot be asked; once, until it could be again. It goes on asking.
    std::function<void(const Error&)> trouble;
  };

  // At `metadata` (metadata::endpoint), every `pause`, which AWS suggests to be 5 s. Calls back on
  // the loop's thread, later, until it is destroyed.
  SpotWatch(Loop& loop, http::Endpoint metadata, Duration pause, Told told);
  ~SpotWatch();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace paragon::aws

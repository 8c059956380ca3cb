// The world that credentials and region are looked for in, so that looking is pure.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "cloud/aws/endpoint.h"

namespace paragon::aws {

struct Outside {
  Variables variable;
  // A file's text; none where there is no such file. Errors: denied, when it cannot be read.
  std::function<Result<std::optional<std::string>>(const std::string& path)> read;
};

}  // namespace paragon::aws

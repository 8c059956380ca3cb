#include "cloud/aws/instance_region.h"

#include <optional>

#include "cloud/aws/metadata_session.h"

namespace paragon::aws {
namespace {

// On an instance the answer takes milliseconds; elsewhere nobody is there to wait for.
constexpr Duration kTimeout = std::chrono::milliseconds(500);  // each of two steps

}  // namespace

Result<std::string> region_of_instance(const Variables& variable) {
  if (metadata::disabled(variable)) {
    return Error{ErrorCode::unsupported,
                 "instance metadata is disabled (AWS_EC2_METADATA_DISABLED)"};
  }
  auto where = metadata::endpoint(variable);
  if (!where) return where.error();
  Loop loop;
  MetadataSession session(loop, std::move(*where), kTimeout);
  std::optional<Result<std::string>> region;
  session.ask(metadata::kRegionPath, [&](const Result<http::Answer>& answer) {
    region = answer ? metadata::read_region(*answer) : Result<std::string>(answer.error());
    loop.stop();
  });
  loop.run();
  return std::move(*region);
}

}  // namespace paragon::aws

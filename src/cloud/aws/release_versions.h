// Ends versions of a Lambda function, and first what is kept provisioned of each: that is billed,
// called or not, for as long as it is there.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "cloud/aws/service.h"

namespace paragon::aws {

// One after the other; what is gone already is as good as ended. Calls `done` in the end (at once
// where there are none), with the first error where one could not be ended; the rest is ended
// nevertheless. Nothing is called once `alive` has expired; what holds that must not outlive the
// service.
void release_versions(Service& lambda, const std::string& function,
                      std::vector<std::string> versions, std::weak_ptr<const void> alive,
                      std::function<void(Status)> done);

}  // namespace paragon::aws

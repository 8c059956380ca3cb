// EC2's own checks of the instances we hold, asked now and then: a host or a system that does not
// work, and events that AWS has scheduled. A worker that answers says nothing of either.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cloud/aws/ec2_answer.h"
#include "cloud/aws/service.h"

namespace paragon::aws {

class StatusChecks {
 public:
  struct Listener {
    std::function<std::vector<std::string>()> instances;  // which to ask about
    std::function<void(const std::string& instance, const std::string& what)> on_impaired;
    // It will be stopped, retired or rebooted; `in` is how long from now, not negative.
    std::function<void(const std::string& instance, Duration in)> on_event;
  };

  // `account` and `ec2` outlive it. Asks every `every`; must not be destroyed from inside a
  // callback. The same trouble may be told again.
  StatusChecks(Account& account, Service& ec2, Duration every, Listener listener);
  ~StatusChecks();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace paragon::aws

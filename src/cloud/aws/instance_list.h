// All instances of a deployment as EC2 lists them, whatever the number of pages.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cloud/aws/ec2_answer.h"
#include "cloud/aws/service.h"

namespace paragon::aws {

class InstanceList {
 public:
  using Done = std::function<void(Result<std::vector<ec2::Instance>>)>;

  // `ec2` outlives it. Listed are also those that have ended lately.
  InstanceList(Service& ec2, std::string deployment);
  ~InstanceList();  // outstanding questions are not answered any more

  // Calls `done` once, later, with what was asked for after this call: who asks while a list is on
  // its way gets the next one.
  void ask(Done done);
  bool asking() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace paragon::aws

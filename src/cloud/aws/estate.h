// All that a deployment has on AWS, found by its tags: to show it, and to end it, whatever happened
// before.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cloud/aws/ec2_answer.h"
#include "cloud/aws/lambda_answer.h"
#include "cloud/aws/service.h"

namespace paragon::aws {

struct OwnedFunction {
  lambda::Function function;
  std::string offer;
  std::string variant;
  // What is kept provisioned of it, and billed for as long as it is there. Nothing: AWS did not
  // say.
  std::optional<std::vector<lambda::ProvisionedConcurrency>> provisioned;

  std::vector<std::string> provisioned_versions() const;  // as far as it is known
};

struct Estate {
  std::vector<ec2::Instance> instances;  // without those that have ended
  std::vector<OwnedFunction> functions;

  bool empty() const { return instances.empty() && functions.empty(); }
};

class EstateAgent {
 public:
  // The services outlive it.
  EstateAgent(Loop& loop, Service& ec2, Service& lambda, std::string deployment);
  ~EstateAgent();  // nothing is called any more

  // What there is now. A function counts when its tag says so, whatever its name.
  void find(std::function<void(Result<Estate>)> done);
  void find_functions(std::function<void(Result<Estate>)> done);  // without the instances

  // Told of each step: "terminating i-0abc", "deleted function ...".
  using Say = std::function<void(const std::string&)>;
  // Ends everything and looks again until nothing is left. An error says what is left and why; the
  // rest is ended nevertheless. `patience` is for instances that take their time.
  void destroy(Duration patience, Say say, std::function<void(Status)> done);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace paragon::aws

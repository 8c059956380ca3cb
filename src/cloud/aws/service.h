// One AWS service in one region: requests are signed, sent, and sent again where that is right.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

#include "base/random.h"
#include "base/result.h"
#include "cloud/aws/account.h"
#include "cloud/aws/actions.h"
#include "cloud/aws/fault.h"
#include "cloud/aws/request.h"
#include "cloud/aws/retry.h"

namespace paragon::aws {

// Why something asked for was not done. `fault` is the service's own answer; its status is 0 when
// there was none, and whether it was done is then not known.
struct Refusal {
  Error error;
  Fault fault;
};
// An answer of status 2xx, or why there is none.
using Reply = std::variant<http::Answer, Refusal>;

struct ServiceCall {
  Result<ServiceRequest> request;  // an error is answered as a refusal
  Action action;
  bool may_be_repeated = true;  // where no answer came: it looks only, or twice does no harm
  Duration timeout = std::chrono::seconds(20);
  int attempts_max = 5;
};

class Service {
 public:
  enum class Form { xml, json };  // of its faults
  using Done = std::function<void(Reply)>;

  // `name` is AWS's short one ("ec2"), which also signs; `shown` is for people ("EC2"). The account
  // outlives the service. Errors: as service_endpoint.
  static Result<std::unique_ptr<Service>> open(Account& account, const std::string& name,
                                               std::string shown, Form form, std::uint64_t seed,
                                               std::string region = {});
  ~Service();  // outstanding calls end with `unavailable`, on the loop

  // Calls `done` exactly once, later. Throttling and faults of AWS's own are waited out (Retry);
  // credentials that turn out to have expired are fetched anew, once.
  void send(ServiceCall call, Done done);

  const std::string& host() const;  // for the Host header of requests

 private:
  struct Impl;
  explicit Service(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace paragon::aws

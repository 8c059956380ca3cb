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
// there was none.
struct Refusal {
  Error error;
  Fault fault;
  // It may have been done for all that: it was sent, now or in an attempt before, and no answer
  // came.
  bool maybe_done = false;
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

enum class FaultForm { xml, json };

struct ServiceName {
  const char* name;   // AWS's short one, which also signs
  const char* shown;  // for people
  FaultForm faults;
};

namespace services {

inline constexpr ServiceName kEc2{"ec2", "EC2", FaultForm::xml};
inline constexpr ServiceName kLambda{"lambda", "Lambda", FaultForm::json};
inline constexpr ServiceName kSts{"sts", "STS", FaultForm::xml};
inline constexpr ServiceName kQuotas{"servicequotas", "Service Quotas", FaultForm::json};
inline constexpr ServiceName kPricing{"pricing", "Price List", FaultForm::json};

}  // namespace services

class Service {
 public:
  using Done = std::function<void(Reply)>;

  // The account outlives the service. `region` empty: the account's. Errors: as service_endpoint.
  static Result<std::unique_ptr<Service>> open(Account& account, const ServiceName& service,
                                               std::uint64_t seed, std::string region = {});
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

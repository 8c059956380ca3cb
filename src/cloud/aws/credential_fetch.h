// Carries out a plan for credentials once: asks its origin, then takes on its roles one by one.
#pragma once

#include <functional>
#include <memory>

#include "base/result.h"
#include "cloud/aws/credential_plan.h"
#include "cloud/aws/outside.h"
#include "wire/loop.h"

namespace paragon::aws {

class CredentialFetch {
 public:
  using Done = std::function<void(Result<Credentials>)>;

  // Starts at once, on the loop's thread; `plan` and `outside` outlive it. Calls `done` exactly
  // once, perhaps already before this returns, unless destroyed before. Passing troubles of a
  // service are waited out for a few seconds. Errors: as the services and files say, each with what
  // was tried; no message holds a key or a token.
  CredentialFetch(Loop& loop, const CredentialPlan& plan, const Outside& outside, Instant now,
                  Done done);
  ~CredentialFetch();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace paragon::aws

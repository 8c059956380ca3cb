// Credentials when they are needed: kept while they last, fetched anew before they expire.
#pragma once

#include <functional>
#include <memory>

#include "base/result.h"
#include "cloud/aws/credential_plan.h"
#include "cloud/aws/outside.h"
#include "wire/loop.h"

namespace paragon::aws {

class CredentialSource {
 public:
  using Done = std::function<void(Result<Credentials>)>;
  using Clock = std::function<Instant()>;

  // Lives on the loop's thread. Reads nothing and asks nobody before the first get().
  CredentialSource(Loop& loop, CredentialPlan plan, Outside outside, Clock now);
  ~CredentialSource();  // outstanding calls end with `unavailable`
  CredentialSource(const CredentialSource&) = delete;
  CredentialSource& operator=(const CredentialSource&) = delete;

  // Calls `done` exactly once, later. Those who ask while credentials are being fetched share the
  // fetch. Where a fetch fails and the kept ones still last, these are given. Errors: as the chain
  // and the services say, each with what was tried; no message holds a key or a token.
  void get(Done done);

  // The kept ones were refused as expired: the next get() fetches.
  void forget();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

// Kept credentials are renewed when they have less than this left.
inline constexpr std::chrono::minutes kRenewBefore{5};

}  // namespace paragon::aws

// Whose AWS it is: credentials, region and the outside world that both come from; shared by all
// services that are talked to.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "cloud/aws/credential_source.h"
#include "cloud/aws/outside.h"

namespace paragon::aws {

// The environment and the files of this process.
Outside this_process();

// A call as it is told to whoever watches; holds no secret.
struct WatchedCall {
  std::string what;      // "EC2 RunInstances in eu-central-1"
  std::string request;   // "POST https://ec2.eu-central-1.amazonaws.com/ Action=RunInstances&..."
  bool changes = false;  // it buys, changes or ends something, rather than only looks
};

class Account {
 public:
  using Clock = CredentialSource::Clock;
  // False: the call is not to be sent; it ends with `unsupported`.
  using Watch = std::function<bool(const WatchedCall&)>;

  // `region` empty: as the chain says, else the region of the instance this runs on, which is asked
  // then and there, for a second at most. Errors as plan_credentials; invalid when nothing says a
  // region.
  static Result<std::unique_ptr<Account>> open(Loop& loop, Outside outside, std::string region,
                                               Clock now = system_clock());

  Loop& loop() { return loop_; }
  CredentialSource& credentials() { return credentials_; }
  const std::string& region() const { return region_; }
  const std::string& described() const { return described_; }  // where the credentials come from
  const std::string& region_from() const { return region_from_; }  // and the region: "AWS_REGION"
  const Outside& outside() const { return outside_; }
  Instant now() const { return now_(); }

  // For --dry-run: called before each call is sent. Of all services, also later ones.
  void watch(Watch watch) { watch_ = std::move(watch); }
  bool may_send(const WatchedCall& call) const { return !watch_ || watch_(call); }
  bool watched() const { return watch_ != nullptr; }

  static Clock system_clock();

 private:
  Account(Loop& loop, Outside outside, CredentialPlan plan, Clock now);

  Loop& loop_;
  Outside outside_;
  Clock now_;
  std::string region_;
  std::string region_from_;
  std::string described_;
  CredentialSource credentials_;
  Watch watch_;
};

}  // namespace paragon::aws

// Asks instance metadata, with the session token that its version 2 wants: fetched when there is
// none, kept for a few minutes, and fetched anew when it is refused.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "cloud/aws/instance_metadata.h"
#include "wire/loop.h"

namespace paragon::aws {

class MetadataSession {
 public:
  using Done = std::function<void(Result<http::Answer>)>;

  // At `endpoint` (metadata::endpoint). Each step answers within `timeout` or counts as lost. On
  // the loop's thread.
  MetadataSession(Loop& loop, http::Endpoint endpoint, Duration timeout);
  ~MetadataSession();  // outstanding questions are not answered

  // Calls `done` once, later: with the answer, of whatever status. Errors: unavailable and timeout
  // (nobody answers), denied (metadata gives out no session), each with what was asked.
  void ask(const std::string& path, Done done);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace paragon::aws

// The strict AWS of tests/aws/server in a process of its own, with what a program of ours needs to
// talk to it.
#pragma once

#include <sys/types.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cloud/aws/outside.h"

namespace paragon::testing {

using nlohmann::json;

class AwsServer {
 public:
  // `settings` of the server, like {"--boot-s", "0.2"}. Waits until it serves.
  explicit AwsServer(const std::vector<std::string>& settings = {});
  ~AwsServer();  // ends it, and with it all instances and functions
  AwsServer(const AwsServer&) = delete;
  AwsServer& operator=(const AwsServer&) = delete;

  bool serving() const { return port_ != 0; }
  const std::string& why_not() const { return why_not_; }  // "no python3 here", for instance

  // The environment of a program that uses it: endpoint, region, a key that may do what
  // deploy/aws/policy.json allows.
  std::vector<std::pair<std::string, std::string>> environment() const;
  aws::Outside outside() const;

  json control(const json& what) const;  // POST /_control
  // The same where it may come too late: what it is about may be gone.
  void try_control(const json& what) const;
  json state() const;  // GET /_control/state

  // From the state: instances that are pending or running; calls of an action that were made.
  std::vector<json> live() const;
  int calls(const std::string& action) const;

 private:
  json ask(const std::string& target, const json* what, bool may_be_refused = false) const;

  pid_t pid_ = -1;
  int out_ = -1;
  std::uint16_t port_ = 0;
  std::string why_not_;
};

}  // namespace paragon::testing

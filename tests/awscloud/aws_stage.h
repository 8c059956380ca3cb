// A cloud on AWS for tests: the server of aws_server.h, the stand-in worker on its instances and in
// its functions, and a small catalog of things to buy there.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "awscloud/aws_server.h"
#include "catalog/catalog.h"
#include "cloud/aws/aws_cloud.h"
#include "cloud/local/test_catalog.h"

namespace paragon::testing {

inline constexpr const char* kImage = "ami-0a1b2c3d4e5f60003";
inline constexpr const char* kSubnetA = "subnet-0a1b2c3d4e5f60001";
inline constexpr const char* kSubnetB = "subnet-0a1b2c3d4e5f60002";
inline constexpr const char* kWorkerGroup = "sg-0a1b2c3d4e5f60001";
inline constexpr const char* kFunctionRole = "arn:aws:iam::123456789012:role/paragon-function";

// Machine offers m5.large, m5.large:spot and c5.large; one function offer.
Catalog aws_catalog();
// A deployment `test` that boots the stand-in, asks often, and has the stand-in as functions' code.
aws::AwsSettings aws_settings_for_tests();

// Runs the loop until `when`, looking every 20 ms; false: not within the bound.
bool run_until(Loop& loop, const std::function<bool()>& when, Duration bound);

// One controller's cloud; several, one after another or at once, can share a server.
class AwsController {
 public:
  AwsController(Loop& loop, const AwsServer& server, const Catalog& catalog,
                aws::AwsSettings settings, Cloud::OnEvent on_event);

  Cloud& cloud() { return *cloud_; }
  void destroy() { cloud_.reset(); }

 private:
  std::unique_ptr<aws::Account> account_;
  std::unique_ptr<AwsCloud> cloud_;
};

}  // namespace paragon::testing

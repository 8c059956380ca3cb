#include "cloud/aws/account.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "cloud/aws/credential_chain.h"
#include "cloud/aws/instance_region.h"

namespace paragon::aws {
namespace {

std::string variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): nobody sets any
  return value == nullptr ? std::string() : std::string(value);
}

Result<std::optional<std::string>> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    const int reason = errno;
    if (reason == ENOENT || reason == ENOTDIR) return std::optional<std::string>();
    return Error{ErrorCode::denied, path + ": " + std::generic_category().message(reason)};
  }
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) return Error{ErrorCode::denied, path + ": cannot be read"};
  return std::optional<std::string>(std::move(text));
}

}  // namespace

Outside this_process() { return {variable, read_file}; }

Account::Clock Account::system_clock() {
  return [] { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); };
}

Result<std::unique_ptr<Account>> Account::open(Loop& loop, Outside outside, std::string region,
                                               Clock now) {
  auto plan = plan_credentials(outside);
  if (!plan) return plan.error();
  // The plan has it, too: roles are taken on in the region that is used.
  if (!region.empty()) {
    plan->region = std::move(region);
    plan->region_from = "the configuration";
  } else if (plan->region.empty()) {
    auto found = region_of_instance(outside.variable);
    if (!found) {
      return Error{ErrorCode::invalid,
                   fmt::format("no AWS region is set, and {}; set it in the configuration "
                               "(cloud.region), with --region, in AWS_REGION or in ~/.aws/config",
                               found.error().message)};
    }
    plan->region = std::move(*found);
    plan->region_from = "instance metadata";
  }
  return std::unique_ptr<Account>(
      new Account(loop, std::move(outside), std::move(*plan), std::move(now)));
}

Account::Account(Loop& loop, Outside outside, CredentialPlan plan, Clock now)
    : loop_(loop),
      outside_(std::move(outside)),
      now_(std::move(now)),
      region_(plan.region),
      region_from_(plan.region_from),
      described_(plan.described),
      credentials_(loop, std::move(plan), outside_, now_) {}

}  // namespace paragon::aws

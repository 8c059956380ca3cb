#include "cloud/aws/account.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

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
  if (region.empty()) region = plan->region;
  if (region.empty()) {
    return Error{ErrorCode::invalid,
                 "no AWS region is set; set it in the configuration (cloud.region), with --region, "
                 "in AWS_REGION or in ~/.aws/config"};
  }
  return std::unique_ptr<Account>(
      new Account(loop, std::move(outside), std::move(*plan), std::move(region), std::move(now)));
}

Account::Account(Loop& loop, Outside outside, CredentialPlan plan, std::string region, Clock now)
    : loop_(loop),
      outside_(std::move(outside)),
      now_(std::move(now)),
      region_(std::move(region)),
      described_(plan.described),
      credentials_(loop, std::move(plan), outside_, now_) {}

}  // namespace paragon::aws

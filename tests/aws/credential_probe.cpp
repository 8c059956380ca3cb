// Credentials and region as our chain finds them, fetched for real.
#include <map>
#include <optional>

#include "cloud/aws/account.h"
#include "cloud/aws/command_words.h"
#include "cloud/aws/credential_chain.h"
#include "probe.h"

namespace paragon::aws::probe {
namespace {

// By botocore's names.
const char* kind_of(const CredentialPlan& plan) {
  struct Kinds {
    const char* operator()(const Credentials&) const { return "keys"; }
    const char* operator()(const WebIdentity&) const { return "assume-role-with-web-identity"; }
    const char* operator()(const InstanceRole&) const { return "iam-role"; }
    const char* operator()(const ContainerRole&) const { return "container-role"; }
    const char* operator()(const CredentialProcess&) const { return "custom-process"; }
    const char* operator()(const SingleSignOn&) const { return "sso"; }
  };
  return plan.roles.empty() ? std::visit(Kinds(), plan.from) : "assume-role";
}

}  // namespace

Json credentials_of(const Json& asked) {
  const auto variables = asked.at("variables").get<std::map<std::string, std::string>>();
  const Outside outside{[&](const std::string& name) {
                          const auto found = variables.find(name);
                          return found == variables.end() ? std::string() : found->second;
                        },
                        this_process().read};
  const auto plan = plan_credentials(outside);
  if (!plan) return {{"error", plan.error().message}};
  Loop loop;
  const auto account = Account::open(loop, outside, plan->region.empty() ? "us-east-1" : "");
  if (!account) return {{"error", account.error().message}};
  std::optional<Result<Credentials>> got;
  (*account)->credentials().get([&](Result<Credentials> credentials) {
    got.emplace(std::move(credentials));
    loop.stop();
  });
  loop.run();
  if (!*got) return {{"error", got->error().message}};
  const Credentials& keys = **got;
  return {{"kind", kind_of(*plan)},
          {"described", plan->described},
          {"region", plan->region},
          {"region_from", plan->region_from},
          {"access_key_id", keys.access_key_id},
          {"secret_access_key", keys.secret_access_key.reveal()},
          {"session_token", keys.session_token.reveal()},
          {"lasts", !keys.expires.has_value()}};
}

Json words_of(const Json& asked) {
  const auto words = command_words(asked.at("line").get<std::string>());
  if (!words) return {{"error", words.error().message}};
  return {{"words", *words}};
}

}  // namespace paragon::aws::probe

// What a look at environment and files found out about credentials: from where they come first, and
// which roles are taken on with them. Plain values; nothing here has asked anybody yet.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cloud/aws/credentials.h"
#include "wire/http_client.h"

namespace paragon::aws {

// To be exchanged for credentials at the Security Token Service.
struct WebIdentity {
  std::string token_file;
  std::string role_arn;
  std::string session_name;
};

// To be asked for at instance metadata.
struct InstanceRole {};

// To be asked for at the endpoint that a container's environment names (ECS, EKS Pod Identity).
struct ContainerRole {
  http::Endpoint endpoint;
  std::string target;      // path and query; whoever knows it may ask, so it is not shown
  std::string token_file;  // of the Authorization header; goes before `token`
  Secret token;            // both empty: none is sent
};

// To be printed by a program of the user's.
struct CredentialProcess {
  std::vector<std::string> command;  // the program and its arguments
};

// To be asked for at the portal of IAM Identity Center, with what `aws sso login` left in a file.
struct SingleSignOn {
  std::string profile;  // whose login it is, for messages
  std::string token_file;
  std::string region;  // of the portal
  std::string account_id;
  std::string role_name;
};

using CredentialOrigin = std::variant<Credentials, WebIdentity, InstanceRole, ContainerRole,
                                      CredentialProcess, SingleSignOn>;

// An origin with words for people, which hold no secret: "profile 'default' in ~/.aws/config".
struct DescribedOrigin {
  CredentialOrigin from;
  std::string described;
};

// A role that is taken on with credentials that are there already.
struct RoleToAssume {
  std::string arn;
  std::string session_name;
  std::string external_id{};        // empty: none
  std::optional<int> duration_s{};  // none: an hour, as STS has it
};

struct CredentialPlan {
  CredentialOrigin from;
  std::vector<RoleToAssume> roles{};  // one after the other; mostly none
  std::string described{};            // of all that
  std::string tried{};        // of the last in the chain, which nobody chose: what came before it
  std::string region{};       // empty when nothing says one
  std::string region_from{};  // "AWS_REGION"
};

}  // namespace paragon::aws

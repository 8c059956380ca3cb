// Credentials of a container's role, at the endpoint that its environment names: Elastic Container
// Service, EKS Pod Identity, Greengrass. Pure: calls and readings; credential_fetch sends them.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "cloud/aws/credential_plan.h"
#include "cloud/aws/outside.h"
#include "wire/http_client.h"

namespace paragon::aws::container {

// From AWS_CONTAINER_CREDENTIALS_RELATIVE_URI (a path at 169.254.170.2), else
// AWS_CONTAINER_CREDENTIALS_FULL_URI, with AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, else
// AWS_CONTAINER_AUTHORIZATION_TOKEN. None when neither URI is set. The token goes only where nobody
// else listens: by https, to this computer, or to the addresses of ECS and EKS. Errors: invalid (no
// URL, or one of another host; the message names the variable).
Result<std::optional<DescribedOrigin>> role_in_environment(const Variables& variable);

// The token's file is read each time, for it is renewed. Errors: not_found (the file), invalid (a
// token of more than one line, which is not in the message), as Outside::read.
Result<http::Client::Call> call(const ContainerRole& role, const Outside& outside,
                                Duration timeout);

// Error: unavailable, when the answer is not what the endpoint sends.
Result<Credentials> read_credentials(const std::string& body);

}  // namespace paragon::aws::container

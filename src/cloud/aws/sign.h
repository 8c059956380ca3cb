// Signature Version 4, in headers: proves who sends a request, and that it was not changed.
//
// Pure: the time comes in. AWS accepts a signature for 5 minutes (EC2, Lambda) around its date.
// The reference for every form is botocore's signer; tests/aws compares the two.
#pragma once

#include <string>

#include "base/result.h"
#include "cloud/aws/credentials.h"
#include "cloud/aws/instant.h"
#include "cloud/aws/request.h"

namespace paragon::aws {

struct SigningScope {
  std::string service;  // "ec2", "lambda", "sts", "s3"
  std::string region;   // "eu-central-1"
};

// The headers to add before sending: X-Amz-Date, X-Amz-Security-Token for lent credentials,
// X-Amz-Content-Sha256 for S3, and Authorization. Covered are host, path, query, body and every
// header given, except those that proxies and clients change on the way (Connection, Expect,
// User-Agent and the like), which may be added or removed after signing.
// Errors: denied (no key); invalid (no host, service or region; a path without leading "/" or with
// "?"; a header that is not one line; one of the headers above given already; a method that has no
// name).
Result<http::Headers> sign(const ServiceRequest& request, const Credentials& credentials,
                           const SigningScope& scope, Instant now);

// What is hashed into the signature: the request in its one canonical form. `headers` are those of
// the request and those that sign() adds before Authorization. For tests and for finding out why a
// service refuses a signature; holds no secret but the session token.
std::string canonical_request(const ServiceRequest& request, const http::Headers& headers,
                              const SigningScope& scope);

}  // namespace paragon::aws

#include "cloud/aws/fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace paragon::aws {
namespace {

struct Known {
  std::string_view code;  // with "*" at the end: all codes that begin so
  ErrorCode means;
  bool retry;
  std::string_view advice;
};

constexpr std::string_view kKeys = "check the access key, the secret and the session token";
constexpr std::string_view kExpired = "the credentials have expired; get new ones";
constexpr std::string_view kPolicy = "let an IAM policy of these credentials allow the action";
constexpr std::string_view kQuota = "ask AWS for a higher quota, or allow other instance types";
constexpr std::string_view kCapacity = "allow other instance types or zones";
constexpr std::string_view kMissing = "check the id and the region";
constexpr std::string_view kLater = "try again later";

// EC2's, Lambda's and STS's documented codes, most particular first.
constexpr std::array kKnown = {
    Known{"RequestLimitExceeded", ErrorCode::throttled, true, kLater},
    Known{"Throttling*", ErrorCode::throttled, true, kLater},
    Known{"ThrottledException", ErrorCode::throttled, true, kLater},
    Known{"RequestThrottled*", ErrorCode::throttled, true, kLater},
    Known{"EC2ThrottledException", ErrorCode::throttled, true, kLater},
    Known{"TooManyRequestsException", ErrorCode::throttled, true,
          "try again later, or raise the function's concurrency limit"},
    Known{"SlowDown", ErrorCode::throttled, true, kLater},
    Known{"BandwidthLimitExceeded", ErrorCode::throttled, true, kLater},

    Known{"InstanceLimitExceeded", ErrorCode::insufficient_capacity, false, kQuota},
    Known{"VcpuLimitExceeded", ErrorCode::insufficient_capacity, false, kQuota},
    Known{"MaxSpotInstanceCountExceeded", ErrorCode::insufficient_capacity, false, kQuota},
    Known{"SpotMaxPriceTooLow", ErrorCode::insufficient_capacity, false,
          "raise the highest spot price, or leave it out"},
    Known{"Insufficient*", ErrorCode::insufficient_capacity, false, kCapacity},
    Known{"Unsupported", ErrorCode::insufficient_capacity, false,
          "the zone does not have this configuration; allow other instance types or zones"},

    Known{"ExpiredToken*", ErrorCode::denied, false, kExpired},
    Known{"RequestExpired", ErrorCode::denied, false,
          "set this computer's clock, or get new credentials"},
    Known{"InvalidSignatureException", ErrorCode::denied, false, kKeys},
    Known{"SignatureDoesNotMatch", ErrorCode::denied, false, kKeys},
    Known{"IncompleteSignature*", ErrorCode::denied, false, kKeys},
    Known{"AuthFailure", ErrorCode::denied, false, kKeys},
    Known{"InvalidClientTokenId", ErrorCode::denied, false, kKeys},
    Known{"UnrecognizedClientException", ErrorCode::denied, false, kKeys},
    Known{"MissingAuthenticationToken*", ErrorCode::denied, false, kKeys},
    Known{"InvalidIdentityToken", ErrorCode::denied, false,
          "check the web identity token and the role's trust policy"},
    Known{"UnauthorizedOperation", ErrorCode::denied, false, kPolicy},
    Known{"AccessDenied*", ErrorCode::denied, false, kPolicy},
    Known{"OptInRequired", ErrorCode::denied, false, "enable the service or region first"},
    Known{"PendingVerification", ErrorCode::denied, false, "AWS is still verifying the account"},
    Known{"Blocked", ErrorCode::denied, false, "AWS has blocked the account; contact its support"},

    Known{"InvalidAMIID.Unavailable", ErrorCode::not_found, false, kMissing},
    Known{"ResourceNotFoundException", ErrorCode::not_found, false, kMissing},
    Known{"ProvisionedConcurrencyConfigNotFoundException", ErrorCode::not_found, false, kMissing},

    Known{"ServiceUnavailable*", ErrorCode::unavailable, true, kLater},
    Known{"Unavailable", ErrorCode::unavailable, true, kLater},
    Known{"Internal*", ErrorCode::unavailable, true, kLater},
    Known{"ServiceException", ErrorCode::unavailable, true, kLater},
    Known{"RequestTimeout*", ErrorCode::unavailable, true, kLater},
    Known{"IDPCommunicationError", ErrorCode::unavailable, true, kLater},
    Known{"ResourceNotReadyException", ErrorCode::unavailable, true, kLater},
    Known{"ResourceConflictException", ErrorCode::unavailable, true,
          "it is being changed, or exists already; try again later"},
    Known{"PriorRequestNotComplete", ErrorCode::unavailable, true, kLater},

    Known{"IdempotentParameterMismatch", ErrorCode::invalid, false,
          "the same client token was used for another order"},
    Known{"RequestEntityTooLarge*", ErrorCode::invalid, false, "send less"},
    Known{"RequestTooLargeException", ErrorCode::invalid, false, "send less"},
};

const Known* known(const Fault& fault) {
  const auto* found = std::find_if(kKnown.begin(), kKnown.end(), [&](const Known& entry) {
    return entry.code.ends_with('*')
               ? fault.code.starts_with(entry.code.substr(0, entry.code.size() - 1))
               : fault.code == entry.code;
  });
  return found == kKnown.end() ? nullptr : found;
}

}  // namespace

ErrorCode code_of(const Fault& fault) {
  if (const Known* entry = known(fault)) return entry->means;
  if (fault.code.ends_with(".NotFound")) return ErrorCode::not_found;
  if (fault.status == 401 || fault.status == 403) return ErrorCode::denied;
  if (fault.status == 404) return ErrorCode::not_found;
  if (fault.status == 429) return ErrorCode::throttled;
  if (fault.status >= 400 && fault.status < 500) return ErrorCode::invalid;
  return ErrorCode::unavailable;
}

bool may_be_retried(const Fault& fault) {
  if (const Known* entry = known(fault)) return entry->retry;
  return fault.status == 429 || fault.status >= 500;
}

bool credentials_expired(const Fault& fault) {
  return fault.code.starts_with("ExpiredToken") || fault.code == "RequestExpired";
}

bool dry_run_would_succeed(const Fault& fault) { return fault.code == "DryRunOperation"; }

Error as_error(const Fault& fault, std::string_view tried) {
  std::string line = fmt::format("{}: AWS answered {}", tried, fault.status);
  if (!fault.code.empty()) line += ' ' + fault.code;
  if (!fault.message.empty()) line += ": " + fault.message;
  if (!fault.request_id.empty()) line += " (request " + fault.request_id + ')';
  if (const Known* entry = known(fault)) {
    line += fmt::format("; {}", entry->advice);
  } else if (code_of(fault) == ErrorCode::not_found) {
    line += fmt::format("; {}", kMissing);
  }
  // AWS's words may hold line ends; a message of ours is one line.
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return {code_of(fault), std::move(line)};
}

}  // namespace paragon::aws

// What an AWS service answers when it does not do what was asked, and what that means for us.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/http_client.h"

namespace paragon::aws {

struct Fault {
  int status = 0;          // of HTTP
  std::string code;        // "InsufficientInstanceCapacity"; empty when the answer holds none
  std::string message;     // AWS's own words; the beginning of the answer when it cannot be read
  std::string request_id;  // what AWS's support asks for; may be empty
};

// From answers in XML (EC2, STS): <Code> wherever it is, for authentication faults come in another
// envelope than the rest.
Fault read_xml_fault(const http::Answer& answer);

// From answers in JSON (Lambda): X-Amzn-ErrorType, or "__type" or "code" of the body.
Fault read_json_fault(const http::Answer& answer);

// What kind it is: by its code, or where that is unknown, by its status. Beside the obvious:
// denied        credentials that are wrong, expired or not allowed to
// insufficient_capacity   also quotas and spot prices above what was offered: another offer may do
// unavailable   AWS's own fault, or a resource that is not ready yet
ErrorCode code_of(const Fault& fault);

// Whether the same request may succeed when sent again later: throttling, AWS's own faults, and
// what is not ready yet. Not capacity (the next best offer comes first), and nothing that is
// invalid or denied.
bool may_be_retried(const Fault& fault);

// Whether fresh credentials may mend it: those used have expired.
bool credentials_expired(const Fault& fault);

// A dry run ends with a fault in any case; this one says that the request would have been carried
// out.
bool dry_run_would_succeed(const Fault& fault);

// For people, in one line: what was tried, what AWS answered, its request id, what to do. `tried`
// is like "EC2 RunInstances in eu-central-1".
Error as_error(const Fault& fault, std::string_view tried);

}  // namespace paragon::aws

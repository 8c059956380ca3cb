// When to send a request again: exponential back-off with full jitter, so that many who were
// refused together do not come back together. Pure, and deterministic by its random stream.
#pragma once

#include <optional>

#include "base/random.h"
#include "base/result.h"
#include "base/time.h"
#include "cloud/aws/fault.h"
#include "wire/http.h"

namespace paragon::aws {

struct RetrySettings {
  int attempts_max = 5;                                  // in all, the first included
  Duration first_wait = std::chrono::milliseconds(200);  // at most, before the second attempt
  Duration wait_max = std::chrono::seconds(20);          // of the jitter
  Duration asked_wait_max = std::chrono::minutes(2);     // of what the service asks for
};

// The retries of one request.
class Retry {
 public:
  Retry(const RetrySettings& settings, Random random) : settings_(settings), random_(random) {}

  // After an answer that is a fault: the time to wait before the next attempt, or none when there
  // is to be no other. At least as long as the service asked for (retry_after).
  std::optional<Duration> after(const Fault& fault, std::optional<Duration> asked = std::nullopt);

  // After no answer (unavailable, timeout): only what may be carried out twice is sent again.
  std::optional<Duration> after(const Error& lost, bool may_be_repeated);

  int attempts() const { return attempts_; }  // made so far, the first included

 private:
  std::optional<Duration> wait(Duration least);

  RetrySettings settings_;
  Random random_;
  int attempts_ = 1;
};

// How long the service asks to wait: Retry-After in seconds, or x-amz-retry-after in milliseconds.
// None when it does not say, or says it as a date.
std::optional<Duration> retry_after(const http::Headers& headers);

}  // namespace paragon::aws

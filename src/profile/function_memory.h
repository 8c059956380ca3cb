// Function memory: how much to give a function (paper sections II-E, III-B4 and figure 8).
//
// A function's share of a processor follows its memory, so more memory makes it faster and dearer a
// second. The time is measured under that share; the rest is arithmetic.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/time.h"
#include "base/units.h"

namespace paragon::profile {

// One vCPU at 1,769 MB, proportional below and above (AWS Lambda developer guide).
Vcpus share_of(Memory memory);

struct FunctionPrice {
  GbSecondPrice gb_second;
  Dollars call;
};

// AWS Lambda, x86, us-east-1, 2026 (data/prices/aws-us-east-1.yaml).
inline constexpr FunctionPrice kLambdaPrice{per_gb_second(0.0000166667), dollars(0.0000002)};

// One size, measured.
struct SizeTimes {
  Memory memory;
  Vcpus share;  // that was asked for
  Vcpus got;    // processor time over elapsed time of the measuring process
  Duration mean{};
  Duration p50{};
  Duration p99{};
  Duration billed{};  // mean of the queries' times, each rounded up to the billing step
};

Dollars million_queries(Memory memory, Duration billed, const FunctionPrice& price);

// Of `sizes` in ascending memory, those that hold `needs`:
struct SizeChoice {
  std::optional<std::size_t> cheapest;  // index of the cheapest whose p99 is within the bound
  std::optional<std::size_t> knee;      // the least that no larger one beats by more than 5 %
};
SizeChoice choose_size(std::span<const SizeTimes> sizes, Memory needs,
                       std::optional<Duration> bound, const FunctionPrice& price);

}  // namespace paragon::profile

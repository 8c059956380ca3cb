#include "cloud/call_limits.h"

#include <fmt/format.h>

namespace paragon {

CallLimits::CallLimits(const Catalog& catalog)
    : catalog_(catalog), in_progress_(catalog.function_offers().size()) {}

std::optional<Error> CallLimits::unfit(const FunctionCall& call) const {
  if (call.offer.index() >= in_progress_.size() ||
      call.variant.index() >= catalog_.variants().size())
    return Error{ErrorCode::invalid, "no such function offer or variant"};
  const FunctionOffer& offer = catalog_.offer(call.offer);
  const auto size = call.body ? static_cast<std::int64_t>(call.body->size()) : 0;
  if (size <= offer.payload_bytes_max) return std::nullopt;
  return Error{ErrorCode::invalid,
               fmt::format("a payload of {} bytes is over the limit of {} of {}", size,
                           offer.payload_bytes_max, offer.name)};
}

std::optional<Error> CallLimits::full(FunctionOfferId id) const {
  const FunctionOffer& offer = catalog_.offer(id);
  const int running = in_progress_[id.index()];
  if (running < offer.concurrency_limit) return std::nullopt;
  return Error{ErrorCode::throttled, fmt::format("{} runs {} calls, which is its concurrency limit",
                                                 offer.name, running)};
}

}  // namespace paragon

#include "cloud/aws/retry.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace paragon::aws {
namespace {

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  constexpr std::int64_t kDay = 24 * 3600 * 1000;  // longer in either unit means nothing to us
  return std::min(number, kDay);
}

}  // namespace

std::optional<Duration> Retry::wait(Duration least) {
  if (attempts_ >= settings_.attempts_max) return std::nullopt;
  Duration most = settings_.first_wait;
  for (int i = 1; i < attempts_ && most < settings_.wait_max; ++i) most *= 2;
  most = std::min(most, settings_.wait_max);
  ++attempts_;
  const auto jitter = from_seconds(seconds(most) * random_.uniform());
  return std::max(jitter, std::min(least, settings_.asked_wait_max));
}

std::optional<Duration> Retry::after(const Fault& fault, std::optional<Duration> asked) {
  if (!may_be_retried(fault)) return std::nullopt;
  return wait(asked.value_or(Duration::zero()));
}

std::optional<Duration> Retry::after(const Error& lost, bool may_be_repeated) {
  const bool passing = lost.code == ErrorCode::unavailable || lost.code == ErrorCode::timeout;
  if (!passing || !may_be_repeated) return std::nullopt;
  return wait(Duration::zero());
}

std::optional<Duration> retry_after(const http::Headers& headers) {
  if (const auto ms = whole(headers.find("x-amz-retry-after"))) {
    return std::chrono::milliseconds(*ms);
  }
  if (const auto s = whole(headers.find("retry-after"))) return std::chrono::seconds(*s);
  return std::nullopt;
}

}  // namespace paragon::aws

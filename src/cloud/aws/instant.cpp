#include "cloud/aws/instant.h"

#include <fmt/format.h>

#include <charconv>

namespace paragon::aws {
namespace {

struct Parts {
  int year;
  unsigned month;
  unsigned day;
  int hour;
  int minute;
  int second;
};

Parts parts_of(Instant when) {
  const auto day = std::chrono::floor<std::chrono::days>(when);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(when - day);
  return {static_cast<int>(date.year()),
          static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()),
          static_cast<int>(clock.hours().count()),
          static_cast<int>(clock.minutes().count()),
          static_cast<int>(clock.seconds().count())};
}

// Takes `digits` digits and the sign behind them (if any) off the front.
bool take(std::string_view& text, std::size_t digits, std::string_view sign, int& out) {
  if (text.size() < digits + sign.size()) return false;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
  }
  std::from_chars(text.data(), text.data() + digits, out);
  text.remove_prefix(digits);
  if (!text.starts_with(sign)) return false;
  text.remove_prefix(sign.size());
  return true;
}

}  // namespace

std::string basic_text(Instant when) {
  const Parts p = parts_of(when);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", p.year, p.month, p.day, p.hour, p.minute,
                     p.second);
}

std::string extended_text(Instant when) {
  const Parts p = parts_of(when);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", p.year, p.month, p.day, p.hour,
                     p.minute, p.second);
}

Result<Instant> read_instant(std::string_view text) {
  const Error wrong{ErrorCode::invalid,
                    fmt::format("'{}' is not a time like 2026-01-31T23:59:59Z", text)};
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!take(text, 4, "-", year) || !take(text, 2, "-", month) || !take(text, 2, "T", day) ||
      !take(text, 2, ":", hour) || !take(text, 2, ":", minute) || !take(text, 2, "", second)) {
    return wrong;
  }
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    const std::size_t digits = text.find_first_not_of("0123456789");
    if (digits == 0 || digits == std::string_view::npos) return wrong;
    text.remove_prefix(digits);
  }
  if (text != "Z" && text != "+00:00" && text != "+0000") return wrong;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return wrong;
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

}  // namespace paragon::aws

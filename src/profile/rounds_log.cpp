#include "profile/rounds_log.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace paragon::profile {
namespace {

template <class Number>
bool read(std::string_view text, Number& value, Number least, Number most) {
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  return error == std::errc{} && rest == end && value >= least && value <= most;
}

constexpr double kLongestUs = 1e12;  // eleven days

bool read_us(std::string_view text, Duration& value) {
  double us = 0;
  if (!read(text, us, 0.0, kLongestUs)) return false;
  value = from_seconds(us * 1e-6);
  return true;
}

bool read_points(std::string_view text, std::vector<Duration>& points) {
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    Duration point{};
    if (!read_us(text.substr(0, space), point)) return false;
    if (!points.empty() && point < points.back()) return false;
    points.push_back(point);
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
  }
  return !points.empty() && points.size() <= kPointsMost;
}

std::string us(Duration d) { return fmt::format("{:.3f}", static_cast<double>(d.count()) * 1e-3); }

}  // namespace

LogCells row_of(const Cell& cell, const std::string& variant, std::size_t round,
                const Visit& visit) {
  std::string points;
  for (const Duration point : visit.points) points += (points.empty() ? "" : " ") + us(point);
  return {variant,
          fmt::format("{}", cell.threads),
          fmt::format("{}", cell.concurrency),
          fmt::format("{}", cell.batch),
          cell.in_turn ? "1" : "0",
          fmt::format("{}", round),
          fmt::format("{}", visit.runs),
          us(visit.mean),
          us(visit.p99),
          fmt::format("{:.6g}", visit.rate.value),
          fmt::format("{:.3f}", visit.others),
          points};
}

Result<Visits> visits_of(const std::vector<LogCells>& rows, const Catalog& catalog) {
  Visits visits;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const LogCells& row = rows[i];
    Cell cell;
    Visit visit;
    double rate = 0;
    int in_turn = 0;
    std::size_t round = 0;
    const bool fine = row.size() == 12 && read(row[1], cell.threads, 0, 1024) &&
                      read(row[2], cell.concurrency, 1, 1024) &&
                      read(row[3], cell.batch, 1, 1 << 20) && read(row[4], in_turn, 0, 1) &&
                      read(row[5], round, std::size_t{1}, std::size_t{1} << 30) &&
                      read(row[6], visit.runs, std::size_t{1}, std::size_t{1} << 40) &&
                      read_us(row[7], visit.mean) && read_us(row[8], visit.p99) &&
                      read(row[9], rate, 0.0, 1e12) && read(row[10], visit.others, 0.0, 1.0) &&
                      read_points(row[11], visit.points) && visit.points.size() <= visit.runs;
    if (!fine) {
      return {ErrorCode::invalid,
              fmt::format("{}: not a line of measured times; --fresh begins anew", i + 2)};
    }
    const auto variant = catalog.find_variant(row[0]);
    if (!variant) continue;
    cell.variant = variant->value;
    cell.in_turn = in_turn == 1;
    visit.rate = per_second(rate);
    visits[cell].push_back(std::move(visit));
  }
  return visits;
}

}  // namespace paragon::profile

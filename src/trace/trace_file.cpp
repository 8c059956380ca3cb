#include "trace/trace_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/histogram.h"
#include "catalog/complaints.h"

namespace paragon {
namespace {

// What fits Paragon's timeline with room to spare.
constexpr Duration kLongest = std::chrono::hours(24 * 366 * 100);
constexpr std::uint64_t kMostPerRow = 1'000'000'000;  // more than any service gets in an hour

std::string cell(const std::string& line, std::size_t index) {
  std::size_t from = 0;
  for (; index > 0; --index) {
    const std::size_t comma = line.find(',', from);
    if (comma == std::string::npos) return "";
    from = comma + 1;
  }
  std::string text = line.substr(from, line.find(',', from) - from);
  while (text.ends_with(' ')) text.pop_back();
  return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}

template <class Number>
std::optional<Number> parse(const std::string& text) {
  Number value{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "YYYY-MM-DD HH:MM:SS[.fraction]" (or with a T, and a Z at the end) -> ns since 1970.
std::optional<std::int64_t> parse_date(std::string text) {
  if (text.ends_with('Z')) text.pop_back();
  if (text.size() < 19 || text[4] != '-' || text[7] != '-' ||
      (text[10] != ' ' && text[10] != 'T') || text[13] != ':' || text[16] != ':')
    return std::nullopt;
  const auto part = [&](std::size_t at, std::size_t size) {
    return parse<int>(text.substr(at, size)).value_or(-1);
  };
  const std::chrono::year_month_day date{std::chrono::year(part(0, 4)),
                                         std::chrono::month(static_cast<unsigned>(part(5, 2))),
                                         std::chrono::day(static_cast<unsigned>(part(8, 2)))};
  const int hour = part(11, 2), minute = part(14, 2);
  const auto second = parse<double>(text.substr(17));
  if (!date.ok() || part(0, 4) < 1970 || part(0, 4) > 2200 || hour < 0 || hour > 23 || minute < 0 ||
      minute > 59 || !second || !(*second >= 0 && *second < 61))
    return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch();
  return Duration(days + std::chrono::hours(hour) + std::chrono::minutes(minute)).count() +
         std::llround(*second * 1e9);
}

// Seconds or a date -> ns. "1692000000.123456789" keeps its microseconds: whole part and fraction
// are read apart, as a double would round them together; not those of "1.692e9".
std::optional<std::int64_t> parse_timestamp(const std::string& text) {
  if (text.find(':') != std::string::npos) return parse_date(text);
  const auto value = parse<double>(text);
  if (!value || !(*value >= 0 && *value < 9e9)) return std::nullopt;
  const std::size_t point =
      text.find_first_of("eE") == std::string::npos ? text.find('.') : std::string::npos;
  const auto whole = parse<std::int64_t>(text.substr(0, point));
  if (!whole || point == std::string::npos) return std::llround(*value * 1e9);
  const auto fraction = parse<double>("0" + text.substr(point));
  if (!fraction) return std::nullopt;
  return *whole * 1'000'000'000 + std::llround(*fraction * 1e9);
}

}  // namespace

Error TraceFile::trouble(const std::string& what) const {
  return {ErrorCode::invalid, fmt::format("{}:{}: {}", file_, lines_.line(), what)};
}

Result<TraceFile> TraceFile::open(const std::string& file) {
  Result<LineReader> lines = LineReader::open(file);
  if (!lines) return lines.error();
  TraceFile trace(file, std::move(*lines));
  std::string header;
  while (true) {
    Result<std::optional<std::string>> line = trace.lines_.next();
    if (!line) return line.error();
    if (!*line) return {ErrorCode::invalid, file + ": is empty, expected a header line and rows"};
    if ((*line)->empty() || (*line)->starts_with('#')) continue;
    header = **line;
    break;
  }
  std::string first = cell(header, 0);
  std::ranges::transform(first, first.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  trace.columns_ = static_cast<int>(std::ranges::count(header, ',')) + 1;
  if (first == "second") trace.unit_ = std::chrono::seconds(1);
  if (first == "minute") trace.unit_ = std::chrono::minutes(1);
  if (first == "hour") trace.unit_ = std::chrono::hours(1);
  const bool counts = trace.unit_ > Duration(0);
  if (counts && (cell(header, 1) != "requests" || trace.columns_ != 2))
    return trace.trouble(
        fmt::format("header: got {}, expected '{},requests'", in_quotes(header), first));
  if (!counts && first != "timestamp" && first != "time_s")
    return trace.trouble(fmt::format(
        "header: got {}, expected one of 'second,requests', 'minute,requests', 'hour,requests', "
        "'timestamp', 'time_s'",
        in_quotes(header)));
  return trace;
}

Result<std::optional<TraceRow>> TraceFile::next() {
  while (true) {
    Result<std::optional<std::string>> line = lines_.next();
    if (!line) return line.error();
    if (!*line) return std::optional<TraceRow>();
    if ((*line)->empty() || (*line)->starts_with('#')) continue;
    return unit_ > Duration(0) ? count_row(**line) : timestamp_row(**line);
  }
}

Result<std::optional<TraceRow>> TraceFile::count_row(const std::string& line) {
  const auto number = parse<std::int64_t>(cell(line, 0));
  const char* unit = unit_ == std::chrono::seconds(1)   ? "second"
                     : unit_ == std::chrono::minutes(1) ? "minute"
                                                        : "hour";
  if (std::ranges::count(line, ',') != 1)
    return trouble(
        fmt::format("got {}, expected two columns, {} and requests", in_quotes(line), unit));
  if (!number || *number < 0)
    return trouble(fmt::format("{}: got {}, expected a whole number, 0 or above", unit,
                               in_quotes(cell(line, 0))));
  if (next_ >= 0 && *number != next_)
    return trouble(fmt::format("{}: got {}, expected {} (no gaps: write 0 requests for a quiet {})",
                               unit, *number, next_, unit));
  if (next_ < 0) first_ = *number;
  if (*number - first_ > kLongest / unit_ || *number > 1'000'000'000'000)
    return trouble(fmt::format("{}: got {}, expected a trace of at most 100 years", unit, *number));
  next_ = *number + 1;

  const std::string text = cell(line, 1);
  const auto requests = parse<std::uint64_t>(text);
  if (!requests || *requests > kMostPerRow)
    return trouble(fmt::format("requests: got {}, expected a whole number from 0 to {}",
                               in_quotes(text), kMostPerRow));
  return std::optional(TraceRow{(*number - first_) * unit_, unit_, *requests});
}

Result<std::optional<TraceRow>> TraceFile::timestamp_row(const std::string& line) {
  const std::string text = cell(line, 0);
  const auto ns = parse_timestamp(text);
  if (!ns)
    return trouble(fmt::format(
        "timestamp: got {}, expected seconds (0 or above) or YYYY-MM-DD HH:MM:SS[.fraction]",
        in_quotes(text)));
  if (next_ < 0) first_ = *ns;
  if (*ns < next_)
    return trouble(
        fmt::format("timestamp: got {}, which is before the row above; expected "
                    "ascending timestamps",
                    in_quotes(text)));
  next_ = *ns;
  if (Duration(*ns - first_) > kLongest)
    return trouble("timestamp: more than 100 years after the first");
  return std::optional(TraceRow{Duration(*ns - first_), Duration(0), 1});
}

Result<TraceSummary> summarise(const std::string& file) {
  Result<TraceFile> trace = TraceFile::open(file);
  if (!trace) return trace.error();
  TraceSummary summary;
  summary.unit = trace->unit();
  Histogram counts;  // of requests, not of times: it only needs integers
  while (true) {
    Result<std::optional<TraceRow>> row = trace->next();
    if (!row) return row.error();
    if (!*row) break;
    ++summary.rows;
    summary.requests += (*row)->requests;
    summary.length = (*row)->from + (*row)->unit;
    summary.peak_per_unit = std::max(summary.peak_per_unit, (*row)->requests);
    counts.record(Duration((*row)->requests));
  }
  if (summary.rows == 0) return {ErrorCode::invalid, file + ": holds no rows, only a header"};
  if (summary.requests == 0)
    return {ErrorCode::invalid, file + ": holds no requests: every row is 0"};
  summary.median_per_unit = static_cast<std::uint64_t>(counts.percentile(50).count());
  if (summary.unit == Duration(0)) {
    // Of n requests the gaps are n - 1; with one more at the end, repeating keeps the rate.
    const auto gaps = static_cast<std::int64_t>(summary.rows) - 1;
    summary.length += gaps > 0 ? summary.length / gaps : std::chrono::seconds(1);
    if (summary.length <= Duration(0)) summary.length = std::chrono::seconds(1);
    summary.peak_per_unit = summary.median_per_unit = 0;
  }
  return summary;
}

}  // namespace paragon

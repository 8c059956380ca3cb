// What a query asks for. A line is one header or parameter: a letter for its kind, its name, '='
// and its value. What is accepted lies within the bounds that a refusal names.
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "serve/slo.h"

namespace {

using namespace paragon;

constexpr std::int64_t kNowUnixMs = 1'700'000'000'000;

template <class Number>
Number number_in(const std::string& text) {
  Number value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

void add(const std::string& line, oip::Parameters& parameters, http::Headers& headers) {
  const std::size_t equals = line.find('=');
  if (equals == std::string::npos || equals == 0) return;
  const std::string name = line.substr(1, equals - 1);
  const std::string value = line.substr(equals + 1);
  switch (line[0]) {
    case 'h':
      headers.add(name, value);
      break;
    case 'i':
      parameters[name] = number_in<std::int64_t>(value);
      break;
    case 'd':
      parameters[name] = number_in<double>(value);
      break;
    case 'b':
      parameters[name] = value == "true";
      break;
    default:
      parameters[name] = value;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  oip::Parameters parameters;
  http::Headers headers;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    add(std::string(line), parameters, headers);
  }
  const auto slo = read_slo(parameters, headers, {}, kNowUnixMs);
  if (!slo) {
    PARAGON_CHECK(slo.error().code == ErrorCode::invalid, slo.error().message);
    return 0;
  }
  const Constraints& c = slo->constraints;
  PARAGON_CHECK(!c.max_latency ||
                    (*c.max_latency >= Duration::zero() && *c.max_latency <= std::chrono::hours(1)),
                "a latency");
  PARAGON_CHECK(!c.min_accuracy || (c.min_accuracy->value >= 0 && c.min_accuracy->value <= 1),
                "an accuracy");
  PARAGON_CHECK(!c.max_cost || (c.max_cost->value > 0 && c.max_cost->value <= 1e6), "a cost");
  if (const auto& o = c.objective) {
    PARAGON_CHECK(o->cost >= 0 && o->latency >= 0 && o->accuracy >= 0, "a weight below 0");
    const double sum = o->cost + o->latency + o->accuracy;
    PARAGON_CHECK(sum > 0 && std::isfinite(sum), "weights of nothing");
  }
  PARAGON_CHECK(!slo->percentile || (*slo->percentile >= 50 && *slo->percentile < 100),
                "a percentile");
  PARAGON_CHECK(slo->tenant.size() <= 128, "a tenant");
  return 0;
}

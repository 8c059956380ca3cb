#include "serve/slo.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace paragon {
namespace {

enum class Meaning {
  latency,
  deadline,
  accuracy,
  cost,
  query_class,
  priority,
  objective,
  best_effort,
  percentile,
  tenant,
  explain
};

struct Field {
  std::string_view name;
  Meaning meaning;
  double scale;  // to seconds, share, dollars
  double least;  // of the value as it is written
  double most;
  bool alias = false;
  bool open_below = false;  // `least` itself is not allowed
};

constexpr double kHourMs = 3'600'000;

// The parameters; a header is `x-paragon-` and the name with dashes.
constexpr std::array kFields{
    Field{"slo_latency_ms", Meaning::latency, 1e-3, 0, kHourMs, false, true},
    Field{"slo_latency_us", Meaning::latency, 1e-6, 0, kHourMs * 1e3, false, true},
    Field{"slo_deadline_unix_ms", Meaning::deadline, 1e-3, 0, 1e15, false, true},
    Field{"slo_min_accuracy", Meaning::accuracy, 1, 0, 1},
    Field{"slo_min_accuracy_ppm", Meaning::accuracy, 1e-6, 0, 1e6},
    Field{"slo_max_cost_usd", Meaning::cost, 1, 0, 1e6, false, true},
    Field{"slo_max_cost_microusd", Meaning::cost, 1e-6, 0, 1e12, false, true},
    Field{"slo_class", Meaning::query_class, 0, 0, 0},
    Field{"slo_objective", Meaning::objective, 0, 0, 0},
    Field{"slo_best_effort", Meaning::best_effort, 0, 0, 0},
    Field{"slo_percentile", Meaning::percentile, 1, 50, 99.99},
    Field{"tenant", Meaning::tenant, 0, 0, 0},
    Field{"explain", Meaning::explain, 0, 0, 0},
    Field{"timeout", Meaning::latency, 1e-6, 0, kHourMs * 1e3, true},
    Field{"priority", Meaning::priority, 1, 0, 4294967295.0, true},
};

// Headers of others that mean one of ours.
constexpr std::array kForeignHeaders{
    Field{"x-slo-ttft-ms", Meaning::latency, 1e-3, 0, kHourMs, true, true},
    Field{"x-gateway-inference-objective", Meaning::query_class, 0, 0, 0, true},
    Field{"x-gateway-inference-fairness-id", Meaning::tenant, 0, 0, 0, true},
};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool starts_with_lower(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), text.begin(),
                                                    [](char p, char t) { return p == lower(t); });
}

bool equals_lower(std::string_view text, std::string_view lower_case) {
  return text.size() == lower_case.size() && starts_with_lower(text, lower_case);
}

const Field* find_parameter(std::string_view name) {
  for (const Field& field : kFields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

std::string shown(const oip::Parameter& value) {
  if (const auto* b = std::get_if<bool>(&value)) return *b ? "true" : "false";
  if (const auto* i = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *i);
  if (const auto* d = std::get_if<double>(&value)) return fmt::format("{}", *d);
  std::string text = std::get<std::string>(value);
  if (text.size() > 64) text = text.substr(0, 64) + "...";
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20) c = '?';
  }
  return "'" + text + "'";
}

std::optional<double> number(const oip::Parameter& value) {
  if (const auto* i = std::get_if<std::int64_t>(&value)) return static_cast<double>(*i);
  if (const auto* d = std::get_if<double>(&value)) return *d;
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr || text->empty()) return std::nullopt;
  double parsed = 0;
  const char* end = text->data() + text->size();
  const char* begin = text->data() + (text->front() == '+' ? 1 : 0);
  auto [stop, failure] = std::from_chars(begin, end, parsed);
  if (failure != std::errc() || stop != end) return std::nullopt;
  return parsed;
}

// Rounded, not cut: 0.05 s is 50 ms.
Duration nanoseconds_of(double s) { return Duration(std::llround(s * 1e9)); }

Error wrong(std::string_view name, const oip::Parameter& value, std::string_view takes) {
  return {ErrorCode::invalid, fmt::format("{}: got {}, takes {}", name, shown(value), takes)};
}

std::optional<QueryClass> class_named(std::string_view text) {
  if (equals_lower(text, "strict")) return QueryClass::strict;
  if (equals_lower(text, "relaxed")) return QueryClass::relaxed;
  return std::nullopt;
}

// "cost", or weights such as "cost=1,latency=0.001".
std::optional<Objective> objective_from(std::string_view text) {
  if (equals_lower(text, "cost")) return kCheapest;
  if (equals_lower(text, "latency")) return kFastest;
  if (equals_lower(text, "accuracy")) return kMostAccurate;
  Objective weights{0, 0, 0};
  while (!text.empty()) {
    std::string_view part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    auto equals = part.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    auto weight = number(oip::Parameter{std::string(part.substr(equals + 1))});
    if (!weight || !(*weight >= 0) || *weight > 1e12) return std::nullopt;
    std::string_view name = part.substr(0, equals);
    if (equals_lower(name, "cost")) {
      weights.cost = *weight;
    } else if (equals_lower(name, "latency")) {
      weights.latency = *weight;
    } else if (equals_lower(name, "accuracy")) {
      weights.accuracy = *weight;
    } else {
      return std::nullopt;
    }
  }
  if (weights.cost + weights.latency + weights.accuracy <= 0) return std::nullopt;
  return weights;
}

std::optional<bool> yes_or_no(const oip::Parameter& value) {
  if (const auto* b = std::get_if<bool>(&value)) return *b;
  const auto* text = std::get_if<std::string>(&value);
  if (text ? *text == "true" || *text == "1" : number(value) == 1.0) return true;
  if (text ? *text == "false" || *text == "0" : number(value) == 0.0) return false;
  return std::nullopt;
}

// Collects values; the place a value came from decides which one holds.
class Reader {
 public:
  Reader(const Constraints& defaults, std::int64_t unix_now_ms) : unix_now_ms_(unix_now_ms) {
    slo_.constraints = defaults;
  }

  Status take(const Field& field, std::string_view shown_name, const oip::Parameter& value,
              int place) {
    Constraints& c = slo_.constraints;
    switch (field.meaning) {
      case Meaning::latency: {
        if (field.alias && field.name == "timeout" && number(value) == 0.0) return {};  // none
        auto n = in_range(field, shown_name, value);
        if (!n) return n.error();
        keep(latency_place_, place, c.max_latency, nanoseconds_of(*n * field.scale),
             [](Duration a, Duration b) { return std::min(a, b); });
        return {};
      }
      case Meaning::deadline: {
        auto n = in_range(field, shown_name, value);
        if (!n) return n.error();
        double left_ms = *n - static_cast<double>(unix_now_ms_);
        if (left_ms <= 0) {
          return Error{ErrorCode::invalid,
                       fmt::format("{}: got {}, takes a time in the future (it is {} now)",
                                   shown_name, shown(value), unix_now_ms_)};
        }
        if (left_ms > kHourMs) {
          return Error{ErrorCode::invalid,
                       fmt::format("{}: got {}, takes a time at most one hour ahead (it is {} now)",
                                   shown_name, shown(value), unix_now_ms_)};
        }
        keep(latency_place_, place, c.max_latency, nanoseconds_of(left_ms * 1e-3),
             [](Duration a, Duration b) { return std::min(a, b); });
        return {};
      }
      case Meaning::accuracy: {
        auto n = in_range(field, shown_name, value);
        if (!n) return n.error();
        keep(accuracy_place_, place, c.min_accuracy, accuracy(*n * field.scale),
             [](Accuracy a, Accuracy b) { return std::max(a, b); });
        return {};
      }
      case Meaning::cost: {
        auto n = in_range(field, shown_name, value);
        if (!n) return n.error();
        keep(cost_place_, place, c.max_cost, dollars(*n * field.scale),
             [](Dollars a, Dollars b) { return std::min(a, b); });
        return {};
      }
      case Meaning::query_class: {
        const auto* text = std::get_if<std::string>(&value);
        auto named = text ? class_named(*text) : std::nullopt;
        if (!named) {
          // The foreign header carries names that others chose: one that says nothing to us is
          // no mistake.
          if (field.alias) return {};
          return wrong(shown_name, value, "strict or relaxed");
        }
        keep(class_place_, place, c.query_class, *named,
             [](QueryClass a, QueryClass b) { return std::min(a, b); });
        return {};
      }
      case Meaning::priority: {
        // Triton: 0 is the model's default, 1 the highest.
        auto n = in_range(field, shown_name, value);
        if (!n) return n.error();
        if (*n == 0) return {};
        keep(class_place_, place, c.query_class, *n < 2 ? QueryClass::strict : QueryClass::relaxed,
             [](QueryClass a, QueryClass b) { return std::min(a, b); });
        return {};
      }
      case Meaning::objective: {
        const auto* text = std::get_if<std::string>(&value);
        auto objective = text ? objective_from(*text) : std::nullopt;
        if (!objective) {
          return wrong(shown_name, value,
                       "cost, latency, accuracy, or weights (0 to 1e12, one above 0) such as "
                       "cost=1,latency=0.001");
        }
        keep(objective_place_, place, c.objective, *objective,
             [](Objective, Objective b) { return b; });
        return {};
      }
      case Meaning::best_effort: {
        const auto said = yes_or_no(value);
        if (!said) return wrong(shown_name, value, "true or false");
        // The stricter is to be refused rather than served with less.
        keep(best_effort_place_, place, c.best_effort, *said,
             [](bool a, bool b) { return a && b; });
        return {};
      }
      case Meaning::percentile: {
        auto n = in_range(field, shown_name, value);
        if (!n) return n.error();
        slo_.percentile = *n;
        return {};
      }
      case Meaning::tenant: {
        const auto* text = std::get_if<std::string>(&value);
        if (text == nullptr || text->size() > 128) {
          return wrong(shown_name, value, "a string of at most 128 bytes");
        }
        if (place >= tenant_place_) {
          tenant_place_ = place;
          slo_.tenant = *text;
        }
        return {};
      }
      case Meaning::explain: {
        const auto said = yes_or_no(value);
        if (!said) return wrong(shown_name, value, "true or false");
        slo_.explain = *said;
        return {};
      }
    }
    return {};
  }

  Slo slo() && { return std::move(slo_); }

 private:
  Result<double> in_range(const Field& field, std::string_view shown_name,
                          const oip::Parameter& value) {
    auto n = number(value);
    std::string takes = field.most >= 1e12 ? std::string("a number above 0")
                                           : fmt::format("a number {} {} and at most {}",
                                                         field.open_below ? "above" : "of at least",
                                                         field.least, field.most);
    if (!n || !std::isfinite(*n) || *n > field.most || *n < field.least ||
        (field.open_below && *n == field.least)) {
      if (field.meaning == Meaning::accuracy && field.scale == 1) {
        takes = "a share of correct answers, 0 to 1";
        if (n && *n > 1 && *n <= 100) takes += fmt::format(" (for {} % write {})", *n, *n / 100);
      }
      return wrong(shown_name, value, takes);
    }
    return *n;
  }

  template <class T, class Tighter>
  static void keep(int& held_place, int place, std::optional<T>& held, T value, Tighter tighter) {
    if (place < held_place) return;
    held = place == held_place && held ? tighter(*held, value) : value;
    held_place = place;
  }

  Slo slo_;
  std::int64_t unix_now_ms_;
  int latency_place_ = 0;
  int accuracy_place_ = 0;
  int cost_place_ = 0;
  int class_place_ = 0;
  int objective_place_ = 0;
  int best_effort_place_ = 0;
  int tenant_place_ = 0;
};

// Places, the later the stronger; the defaults are 0.
enum Place { header_alias = 1, header_own, parameter_alias, parameter_own };

}  // namespace

Result<Slo> read_slo(const oip::Parameters& parameters, const http::Headers& headers,
                     const Constraints& defaults, std::int64_t unix_now_ms) {
  Reader reader(defaults, unix_now_ms);
  for (const auto& [name, value] : headers) {
    if (name.size() < 3 || lower(name[0]) != 'x' || name[1] != '-') continue;
    for (const Field& field : kForeignHeaders) {
      if (!equals_lower(name, field.name)) continue;
      Status taken = reader.take(field, field.name, value, header_alias);
      if (!taken) return taken.error();
    }
    constexpr std::string_view kPrefix = "x-paragon-";
    if (!starts_with_lower(name, kPrefix)) continue;
    std::string own(name.substr(kPrefix.size()));
    for (char& c : own) c = c == '-' ? '_' : lower(c);
    const Field* field = find_parameter(own);
    if (field != nullptr && !field->alias) {
      Status taken = reader.take(*field, name, value, header_own);
      if (!taken) return taken.error();
    } else if (own.starts_with("slo_")) {
      return Error{ErrorCode::invalid,
                   fmt::format("header {}: there is no such constraint; known are "
                               "x-paragon-slo-latency-ms, -min-accuracy, -max-cost-usd, -class, "
                               "-objective, -best-effort, -deadline-unix-ms and -percentile",
                               name)};
    }
  }
  for (const auto& [name, value] : parameters) {
    const Field* field = find_parameter(name);
    if (field != nullptr) {
      Status taken =
          reader.take(*field, name, value, field->alias ? parameter_alias : parameter_own);
      if (!taken) return taken.error();
    } else if (name.starts_with("slo_")) {
      return Error{
          ErrorCode::invalid,
          fmt::format("parameter {}: there is no such constraint; known are "
                      "slo_latency_ms, slo_min_accuracy, slo_max_cost_usd, slo_class, "
                      "slo_objective, slo_best_effort, slo_deadline_unix_ms and slo_percentile",
                      name)};
    }
  }
  return std::move(reader).slo();
}

}  // namespace paragon

#include "serve/slo.h"

#include <gtest/gtest.h>

#include <cmath>

namespace paragon {
namespace {

constexpr std::int64_t kNow = 1'700'000'000'000;

Result<Slo> read(const oip::Parameters& parameters,
                 const std::vector<std::pair<std::string, std::string>>& fields = {},
                 const Constraints& defaults = {}) {
  http::Headers headers;
  for (const auto& [name, value] : fields) headers.add(name, value);
  return read_slo(parameters, headers, defaults, kNow);
}

double latency_ms(const Result<Slo>& slo) {
  return slo.ok() && slo->constraints.max_latency ? milliseconds(*slo->constraints.max_latency)
                                                  : -1;
}

TEST(Slo, EveryWayToSayALatency) {
  using P = oip::Parameters;
  EXPECT_DOUBLE_EQ(latency_ms(read(P{{"slo_latency_ms", std::int64_t{200}}})), 200);
  EXPECT_DOUBLE_EQ(latency_ms(read(P{{"slo_latency_ms", 12.5}})), 12.5);
  EXPECT_DOUBLE_EQ(latency_ms(read(P{{"slo_latency_ms", std::string("200")}})), 200);
  EXPECT_DOUBLE_EQ(latency_ms(read(P{{"slo_latency_ms", std::string("2e2")}})), 200);
  EXPECT_DOUBLE_EQ(latency_ms(read(P{{"slo_latency_us", std::int64_t{1500}}})), 1.5);
  EXPECT_DOUBLE_EQ(latency_ms(read(P{{"timeout", std::int64_t{50'000}}})), 50);
  EXPECT_DOUBLE_EQ(latency_ms(read(P{{"slo_deadline_unix_ms", kNow + 300}})), 300);
  EXPECT_DOUBLE_EQ(latency_ms(read({}, {{"X-Paragon-SLO-Latency-Ms", "70"}})), 70);
  EXPECT_DOUBLE_EQ(latency_ms(read({}, {{"x-slo-ttft-ms", "80"}})), 80);
}

TEST(Slo, AccuracyCostClassObjective) {
  auto slo = read({{"slo_min_accuracy_ppm", std::int64_t{900'000}},
                   {"slo_max_cost_microusd", std::string("3")},
                   {"slo_class", std::string("Strict")},
                   {"slo_objective", std::string("accuracy")},
                   {"slo_percentile", std::int64_t{99}},
                   {"tenant", std::string("a")},
                   {"explain", true}});
  ASSERT_TRUE(slo.ok()) << slo.error().message;
  EXPECT_DOUBLE_EQ(slo->constraints.min_accuracy->value, 0.9);
  EXPECT_DOUBLE_EQ(slo->constraints.max_cost->value, 3e-6);
  EXPECT_EQ(slo->constraints.query_class, QueryClass::strict);
  EXPECT_EQ(slo->constraints.objective, kMostAccurate);
  EXPECT_EQ(slo->percentile, 99);
  EXPECT_EQ(slo->tenant, "a");
  EXPECT_TRUE(slo->explain);

  for (const oip::Parameter& yes : {oip::Parameter(true), oip::Parameter(std::string("true")),
                                    oip::Parameter(std::int64_t{1})}) {
    slo = read({{"slo_best_effort", yes}});
    ASSERT_TRUE(slo.ok());
    EXPECT_EQ(slo->constraints.best_effort, true);
  }
  Constraints generous;
  generous.best_effort = true;
  EXPECT_EQ(read({}, {}, generous)->constraints.best_effort, true);
  EXPECT_EQ(read({}, {{"x-paragon-slo-best-effort", "0"}}, generous)->constraints.best_effort,
            false);

  slo = read({{"slo_objective", std::string("cost=1,latency=0.5")}});
  ASSERT_TRUE(slo.ok());
  EXPECT_EQ(slo->constraints.objective, (Objective{1, 0.5, 0}));
}

TEST(Slo, PriorityIsAClass) {
  EXPECT_EQ(read({{"priority", std::int64_t{1}}})->constraints.query_class, QueryClass::strict);
  EXPECT_EQ(read({{"priority", std::int64_t{2}}})->constraints.query_class, QueryClass::relaxed);
  EXPECT_FALSE(read({{"priority", std::int64_t{0}}})->constraints.query_class.has_value());
}

TEST(Slo, ForeignHeaders) {
  auto slo = read({}, {{"x-gateway-inference-objective", "relaxed"},
                       {"x-gateway-inference-fairness-id", "team-7"}});
  ASSERT_TRUE(slo.ok());
  EXPECT_EQ(slo->constraints.query_class, QueryClass::relaxed);
  EXPECT_EQ(slo->tenant, "team-7");
  // A name that means nothing here belongs to somebody else.
  EXPECT_TRUE(read({}, {{"x-gateway-inference-objective", "chat-gold"}}).ok());
}

TEST(Slo, ParametersBeforeHeadersBeforeDefaults) {
  Constraints defaults;
  defaults.max_latency = std::chrono::milliseconds(1000);
  defaults.min_accuracy = accuracy(0.5);
  EXPECT_DOUBLE_EQ(latency_ms(read({}, {}, defaults)), 1000);
  EXPECT_DOUBLE_EQ(latency_ms(read({}, {{"x-paragon-slo-latency-ms", "2000"}}, defaults)), 2000);
  auto slo = read({{"slo_latency_ms", std::int64_t{3000}}}, {{"x-paragon-slo-latency-ms", "2000"}},
                  defaults);
  EXPECT_DOUBLE_EQ(latency_ms(slo), 3000);
  EXPECT_DOUBLE_EQ(slo->constraints.min_accuracy->value, 0.5);
  // Our name before an alias; within one place the tighter holds.
  EXPECT_DOUBLE_EQ(
      latency_ms(read({{"slo_latency_ms", std::int64_t{300}}, {"timeout", std::int64_t{1000}}})),
      300);
  EXPECT_DOUBLE_EQ(latency_ms(read({{"slo_latency_ms", std::int64_t{300}},
                                    {"slo_latency_us", std::int64_t{1000}}})),
                   1);
}

TEST(Slo, NonsenseIsNamed) {
  struct Case {
    std::string name;
    oip::Parameter value;
    std::string says;
  };
  const Case cases[] = {
      {"slo_min_accuracy", 1.5,
       "slo_min_accuracy: got 1.5, takes a share of correct answers, 0 to 1"},
      {"slo_min_accuracy", std::int64_t{90}, "(for 90 % write 0.9)"},
      {"slo_min_accuracy", -0.1, "slo_min_accuracy: got -0.1"},
      {"slo_min_accuracy", std::nan(""), "slo_min_accuracy: got nan"},
      {"slo_min_accuracy", std::string("high"), "slo_min_accuracy: got 'high'"},
      {"slo_latency_ms", std::int64_t{0}, "slo_latency_ms: got 0, takes a number above 0"},
      {"slo_latency_ms", std::int64_t{-5}, "got -5"},
      {"slo_latency_ms", 1e300, "at most 3600000"},
      {"slo_latency_ms", std::string("12ms"), "got '12ms'"},
      {"slo_latency_ms", std::string(""), "got ''"},
      {"slo_latency_ms", true, "got true"},
      {"slo_latency_ms", std::string("inf"), "got 'inf'"},
      {"slo_max_cost_usd", std::int64_t{0}, "slo_max_cost_usd: got 0"},
      {"slo_max_cost_usd", -1.0, "got -1"},
      {"slo_class", std::string("urgent"), "takes strict or relaxed"},
      {"slo_objective", std::string("speed"), "takes cost, latency, accuracy"},
      {"slo_objective", std::string("cost=-1"), "takes cost, latency, accuracy"},
      {"slo_objective", std::string("cost=1e13"), "0 to 1e12"},
      {"slo_objective", std::string("cost=nan"), "takes cost, latency, accuracy"},
      {"slo_best_effort", std::string("perhaps"), "takes true or false"},
      {"slo_percentile", std::int64_t{100}, "slo_percentile: got 100"},
      {"slo_deadline_unix_ms", kNow - 1, "a time in the future"},
      {"timeout", std::int64_t{-1}, "timeout: got -1"},
      {"priority", std::int64_t{-1}, "priority: got -1"},
      {"tenant", std::string(200, 'x'), "at most 128 bytes"},
      {"explain", std::string("maybe"), "takes true or false"},
      {"slo_latncy_ms", std::int64_t{5}, "there is no such constraint"},
  };
  for (const Case& c : cases) {
    auto slo = read({{c.name, c.value}});
    ASSERT_FALSE(slo.ok()) << c.name;
    EXPECT_EQ(slo.error().code, ErrorCode::invalid);
    EXPECT_NE(slo.error().message.find(c.says), std::string::npos) << slo.error().message;
    if (!slo.error().message.starts_with("parameter") && c.name != "timeout") {
      EXPECT_TRUE(slo.error().message.starts_with(c.name)) << slo.error().message;
    }
  }
  auto header = read({}, {{"x-paragon-slo-min-accuracy", "7"}});
  ASSERT_FALSE(header.ok());
  EXPECT_NE(header.error().message.find("x-paragon-slo-min-accuracy: got '7'"), std::string::npos)
      << header.error().message;
  EXPECT_FALSE(read({}, {{"x-paragon-slo-speed", "7"}}).ok());
  // Parameters that are not ours are none of our business.
  EXPECT_TRUE(read({{"sequence_id", std::int64_t{1}}}, {{"x-request-id", "1"}}).ok());
}

}  // namespace
}  // namespace paragon

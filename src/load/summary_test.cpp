#include "load/summary.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace paragon {
namespace {

using namespace std::chrono_literals;

LoadRecord record() {
  LoadRecord record;
  record.target = "http://127.0.0.1:8000";
  record.task = "t";
  record.elapsed = 10s;
  return record;
}

// The names are a promise to programs: this test is where they are written down.
TEST(Summary, HasStableNamesWithUnits) {
  Tally tally;
  tally.add_class("strict", 100ms);
  tally.sent(0, 1ms);
  LoadOutcome outcome;
  outcome.latency = 250ms;
  outcome.variant = "v";
  outcome.resource = "r";
  outcome.cost = dollars(0.25);
  outcome.correct = true;
  tally.ended(0, outcome);

  const auto json = nlohmann::json::parse(summary_json(record(), tally));
  for (const char* name : {"format", "target", "task", "load", "elapsed_s", "interrupted",
                           "send_lag_ms", "fell_behind", "total", "classes", "served", "errors"}) {
    EXPECT_TRUE(json.contains(name)) << name;
  }
  const auto& strict = json.at("classes").at(0);
  EXPECT_EQ(strict.at("name"), "strict");
  EXPECT_EQ(strict.at("deadline_ms"), 100);
  EXPECT_EQ(strict.at("sent"), 1);
  EXPECT_EQ(strict.at("late"), 1);
  EXPECT_EQ(strict.at("missed"), 1);
  EXPECT_EQ(strict.at("missed_share"), 1.0);
  EXPECT_EQ(strict.at("goodput_per_s"), 0.0);
  EXPECT_NEAR(strict.at("latency_ms").at("p99_9").get<double>(), 250, 250 * 0.02);
  EXPECT_EQ(strict.at("accuracy").at("share"), 1.0);
  EXPECT_EQ(strict.at("cost_usd"), 0.25);
  EXPECT_EQ(json.at("total").at("answered"), 1);
  EXPECT_EQ(json.at("served").at(0).at("variant"), "v");
  EXPECT_EQ(json.at("served").at(0).at("queries"), 1);
}

TEST(Summary, WhatIsNotKnownIsNullNotZero) {
  Tally tally;
  tally.add_class("any", std::nullopt);
  const auto json = nlohmann::json::parse(summary_json(record(), tally));
  const auto& any = json.at("classes").at(0);
  EXPECT_TRUE(any.at("deadline_ms").is_null());
  EXPECT_TRUE(any.at("latency_ms").at("p50").is_null());
  EXPECT_TRUE(any.at("accuracy").at("share").is_null());
  EXPECT_TRUE(any.at("cost_usd").is_null());
  EXPECT_TRUE(any.at("missed_share").is_null());
}

TEST(Summary, ForeignBytesDoNotBreakTheDocument) {
  Tally tally;
  tally.add_class("any", std::nullopt);
  tally.sent(0, 0ms);
  LoadOutcome outcome;
  outcome.end = LoadOutcome::End::failed;
  outcome.trouble = "\xFF\xFE";
  tally.ended(0, outcome);
  EXPECT_EQ(nlohmann::json::parse(summary_json(record(), tally)).at("errors").size(), 1U);
}

}  // namespace
}  // namespace paragon

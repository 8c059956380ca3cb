// The configuration file of `paragon serve`: what is read, and what is refused and how.
#include "serve/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/temporary_folder.h"

namespace paragon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

class ConfigTest : public ::testing::Test {
 protected:
  Result<ServeConfig> load(const std::string& text) const {
    return load_config(folder_.write("serve.yaml", text));
  }
  std::string written(const std::string& name, const std::string& text) const {
    return folder_.write(name, text);
  }
  std::string complaint(const std::string& text) const {
    auto config = load(text);
    return config ? "" : config.error().message;
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(ConfigTest, KnobsOfTheSchemeAreReadAsTheyStand) {
  const auto config =
      load("paragon: 1\nbrain:\n  scheme: newsvendor\n  tuning: {hold_s: 60, warm: 0}\n");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->brain.scheme, "newsvendor");
  EXPECT_THAT(config->brain.tuning, ElementsAre(Pair("hold_s", 60), Pair("warm", 0)));
}

TEST_F(ConfigTest, BestEffortIsADefaultOfATask) {
  const auto config = load("paragon: 1\ndefaults:\n  pets: {latency_ms: 5, best_effort: true}\n");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->defaults.at("pets").best_effort, true);
  EXPECT_THAT(complaint("paragon: 1\ndefaults:\n  pets: {best_effort: maybe}\n"),
              HasSubstr("serve.yaml:3: defaults.pets.best_effort: found 'maybe', expected true or "
                        "false"));
}

TEST_F(ConfigTest, WithoutTuningNoKnobIsTurned) {
  const auto config = load("paragon: 1\n");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_TRUE(config->brain.tuning.empty());
}

TEST_F(ConfigTest, HowProcessorsAreSharedIsOneOfFourWords) {
  const auto config = load("paragon: 1\ncloud: {cpu: stretch}\n");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->cpu, CpuMode::stretch);
  EXPECT_THAT(complaint("paragon: 1\ncloud:\n  cpu: magic\n"),
              HasSubstr("serve.yaml:3: cloud.cpu: found 'magic', expected automatic, "
                        "control_group, stretch, profile or none"));
}

TEST_F(ConfigTest, WhatIsKeptProvisionedIsReadByItsNames) {
  const auto config = load(
      "paragon: 1\ncloud:\n  kind: aws\n  functions:\n"
      "    provisioned: {small: {a: 1, b: 20}, large: {a: 3}}\n");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->provisioned,
            (ProvisionedNames{{"small", {{"a", 1}, {"b", 20}}}, {"large", {{"a", 3}}}}));
  const std::string key = "serve.yaml:3: cloud.functions.provisioned";
  const auto wrong = [&](const std::string& value) {
    return complaint("paragon: 1\ncloud: {functions: {\n  provisioned: " + value + "}}\n");
  };
  EXPECT_THAT(wrong("2"), HasSubstr(key + ": found '2', expected a mapping of function offers"));
  EXPECT_THAT(wrong("{small: 2}"), HasSubstr(key + ".small: found '2', expected a mapping of"));
  EXPECT_THAT(wrong("{small: {a: 1, a: 2}}"), HasSubstr(key + ".small.a: given twice"));
  for (const char* number : {"0", "-1", "1.5", "many", "99999999999"}) {
    EXPECT_THAT(
        wrong("{small: {a: " + std::string(number) + "}}"),
        HasSubstr(key + ".small.a: found '" + number + "', expected a whole number from 1"));
  }
}

TEST_F(ConfigTest, WhatIsNoNumberIsNamedWithItsLine) {
  const std::string said = complaint(
      "paragon: 1\nbrain:\n  tuning:\n    hold_s: soon\n    warm: 2\n    burst: .inf\n    band: "
      "[1]\n");
  EXPECT_THAT(said,
              HasSubstr("serve.yaml:4: brain.tuning.hold_s: found 'soon', expected a number"));
  EXPECT_THAT(said, HasSubstr("serve.yaml:6: brain.tuning.burst: found '.inf', expected a number"));
  EXPECT_THAT(said, HasSubstr("serve.yaml:7: brain.tuning.band: found a list, expected a number"));
  EXPECT_THAT(complaint("paragon: 1\nbrain: {tuning: 7}\n"),
              HasSubstr("brain.tuning: found '7', expected a mapping of names to numbers"));
}

TEST_F(ConfigTest, AKeyMayBeGivenOnce) {
  EXPECT_THAT(complaint("paragon: 1\nbrain: {machines_max: 2,\n  machines_max: 3}\n"),
              HasSubstr("serve.yaml:3: brain.machines_max: given twice, first in line 2"));
  EXPECT_THAT(complaint("paragon: 1\njournal: a\njournal: a\n"),
              HasSubstr("serve.yaml:3: journal: given twice, first in line 2"));
  EXPECT_THAT(complaint("paragon: 1\nbrain:\n  tuning: {warm: 0, warm: 1}\n"),
              HasSubstr("serve.yaml:3: brain.tuning.warm: given twice, first in line 3"));
  EXPECT_THAT(complaint("paragon: 1\ndefaults:\n  pets: {}\n  pets: {latency_ms: 5}\n"),
              HasSubstr("serve.yaml:4: defaults.pets: given twice, first in line 3"));
}

TEST_F(ConfigTest, ATokenIsTheFirstLineOfItsFile) {
  const auto config =
      load("paragon: 1\ngateway: {token_file: " + written("token", "key 1\nx") + "}\n");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->gateway.token, "key 1");
  const auto beside = load("paragon: 1\ngateway: {token_file: token}\n");
  ASSERT_TRUE(beside) << beside.error().message;
  EXPECT_EQ(beside->gateway.token, "key 1") << "as all paths, relative to the file";
  EXPECT_THAT(complaint("paragon: 1\ngateway:\n  token_file: /nowhere/token\n"),
              HasSubstr("serve.yaml:3: gateway.token_file: /nowhere/token: cannot read a token"));
  // What else is wrong about the gateway does not matter.
  EXPECT_THAT(complaint("paragon: 1\ngateway: x\ngateway: {token_file: /nowhere/token}\n"),
              HasSubstr("serve.yaml:2: gateway: found 'x', expected a mapping"));
}

TEST_F(ConfigTest, EveryKeyIsDocumented) {
  std::ifstream serve(PARAGON_SOURCE_DIR "/docs/serve.md");
  std::ifstream aws(PARAGON_SOURCE_DIR "/docs/aws.md");
  std::ostringstream documented;
  documented << serve.rdbuf() << aws.rdbuf();
  // What is known is told where something is not.
  std::istringstream complaints(
      complaint("paragon: 1\nx: 1\ngateway: {x: 1}\nbrain: {x: 1}\ncontroller: {x: 1}\n"
                "cloud: {x: 1, machines: {x: 1}, functions: {x: 1}}\ndefaults: {pets: {x: 1}}\n"));
  int sections = 0;
  for (std::string line; std::getline(complaints, line); ++sections) {
    const std::string known = "known are ";
    const std::size_t at = line.find(known);
    ASSERT_NE(at, std::string::npos) << line;
    std::istringstream keys(line.substr(at + known.size()));
    for (std::string key; std::getline(keys >> std::ws, key, ',');) {
      EXPECT_TRUE(documented.str().find("`" + key + "`") != std::string::npos ||
                  documented.str().find("\n" + key + ":") != std::string::npos ||
                  documented.str().find("  " + key + ":") != std::string::npos ||
                  documented.str().find("`" + key + ": ") != std::string::npos)
          << key << " of: " << line;
    }
  }
  EXPECT_EQ(sections, 8);
}

TEST_F(ConfigTest, EveryComplaintIsTold) {
  const std::string said = complaint(
      "brain:\n  tick_ms: soon\ndefaults:\n  garment: {latency: 3, class: vip, min_accuracy: 2}\n"
      "gatway: {}\n");
  for (const char* part :
       {":2: brain.tick_ms: found 'soon'", ":4: latency: no such key in defaults",
        ":4: defaults.garment.class: found 'vip', expected strict or relaxed",
        ":4: defaults.garment.min_accuracy: found '2', expected a number from 0",
        ":5: gatway: no such key; known are", "`paragon: 1`"}) {
    EXPECT_THAT(said, HasSubstr(part));
  }
}

}  // namespace
}  // namespace paragon

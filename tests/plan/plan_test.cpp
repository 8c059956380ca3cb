// `paragon plan` as a person runs it.
#include <gmock/gmock.h>

#include "simulate/program.h"

namespace plan_test {

using simulate_test::ProgramTest;
using simulate_test::Ran;
using simulate_test::text_of_file;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Plan : public ProgramTest {
 protected:
  nlohmann::json planned(const std::string& arguments) {
    const Ran ran = paragon("plan --json " + arguments);
    EXPECT_EQ(ran.status, 0) << ran.err;
    return ran.json();
  }
  static const nlohmann::json& named(const nlohmann::json& plan, const std::string& name) {
    for (const auto& a : plan["alternatives"]) {
      if (a["name"] == name) return a;
    }
    ADD_FAILURE() << "no alternative " << name;
    return plan["alternatives"][0];
  }
};

// At a steady rate the formula knows: what is recommended costs what was predicted.
TEST_F(Plan, ASteadyLoadIsConfirmedAsPredicted) {
  const auto plan = planned("--rate 60 --hours 0.2 --prices spot --report out.html");
  const auto& best = plan["alternatives"][plan["recommended"].get<std::size_t>()];
  EXPECT_LE(best["confirmed"]["usd_per_hour"],
            1.01 * plan["alternatives"][0]["confirmed"]["usd_per_hour"].get<double>());
  EXPECT_TRUE(best["within_bounds"]);
  const double cost = best["confirmed"]["usd_per_hour"];
  EXPECT_NEAR(best["predicted_usd_per_hour"], cost, 0.05 * cost);
  EXPECT_LE(best["confirmed"]["missed"], 0.01);
  // Cheapest first, and the usual suspects are beside it.
  double last = 0;
  for (const auto& a : plan["alternatives"]) {
    if (!a["within_bounds"]) continue;
    EXPECT_GE(a["confirmed"]["usd_per_hour"], last);
    last = a["confirmed"]["usd_per_hour"];
  }
  const double functions = named(plan, "functions alone")["confirmed"]["usd_per_hour"];
  EXPECT_GT(functions, 2 * cost);
  EXPECT_EQ(named(plan, "functions alone")["confirmed"]["on_functions"], 1);
  EXPECT_EQ(named(plan, "newsvendor")["scheme"], "newsvendor");
  const auto& on_demand = named(plan, "fixed fleet, on demand");
  EXPECT_EQ(on_demand["confirmed"]["machine_share"]["on_demand"], 1);

  // Twice the function price is exactly that for functions alone, with the same seed.
  for (const auto& what_if : plan["what_if"]) {
    if (what_if["what_if"] != "function_price=2x") continue;
    for (const auto& a : what_if["alternatives"]) {
      if (a["name"] != "functions alone") continue;
      const double before = a["usd_per_hour_unchanged"];
      EXPECT_NEAR(a["usd_per_hour"], 2 * before, 1e-6 * before);
    }
  }
  EXPECT_EQ(plan["what_if"].size(), 4U);
  EXPECT_EQ(plan["break_even"].size(), 13U);
  std::size_t not_beaten = 0;
  for (const auto& p : plan["front"]) not_beaten += p["not_beaten"] ? 1 : 0;
  EXPECT_GE(not_beaten, 3U);

  const std::string html = text_of_file(dir_ / "out.html");
  for (const char* text : {"<svg", "Recommended:", "Cost against accuracy", "spot_price=2x"}) {
    EXPECT_NE(html.find(text), std::string::npos) << text;
  }
}

TEST_F(Plan, IsTheSameEachTimeOnAnyNumberOfThreads) {
  const std::string line = "--rate 20 --hours 0.1 --no-front --no-what-if --what-if load=2x ";
  auto one = planned(line + "--jobs 1");
  auto two = planned(line + "--jobs 3");
  one["wall_s"] = two["wall_s"] = 0;
  EXPECT_EQ(one, two);
  EXPECT_EQ(one["what_if"].size(), 1U);
}

// On a trace the settings of a scheme are searched, and it says with what.
TEST_F(Plan, ATraceIsPlannedWithFleetsAndSchemes) {
  const auto plan = planned("--trace " + trace() + " --schemes newsvendor --looks 6 --no-front");
  const auto& scheme = named(plan, "newsvendor");
  EXPECT_FALSE(scheme["within_bounds"].is_null());
  EXPECT_GT(scheme["confirmed"]["usd_per_hour"], 0);
  EXPECT_NEAR(plan["requests_per_s"]["mean"], 12.5, 0.01);
  EXPECT_NEAR(plan["requests_per_s"]["peak"], 60, 5);
  // What the plan says a scheme costs is what `simulate` says for the same seed.
  const auto simulated = paragon(
                             "simulate --json --no-bound --trace trace.csv --scheme newsvendor "
                             "--seed 1")
                             .json();
  EXPECT_NEAR(scheme["predicted_usd_per_hour"], simulated["cost_usd"]["total"].get<double>() * 6,
              1e-9);
}

TEST_F(Plan, KeepsToItsBounds) {
  const auto bounded = planned(
      "--rate 60 --hours 0.1 --prices spot --max-spot-share 0 --no-front "
      "--no-what-if");
  for (const auto& a : bounded["alternatives"]) {
    EXPECT_EQ(a["confirmed"]["machine_share"]["spot"], 0) << a["name"];
  }
  const Ran none = paragon(
      "plan --rate 60 --hours 0.1 --max-cost-per-hour 0.01 --no-front "
      "--no-what-if");
  EXPECT_EQ(none.status, 1);
  EXPECT_THAT(none.out, HasSubstr("Nothing is within the bounds"));
  const auto accurate = planned(
      "--rate 20 --hours 0.1 --objective most_accurate --no-front "
      "--no-what-if --task image-classification");
  EXPECT_EQ(accurate["classes"].size(), 1U);
  EXPECT_EQ(accurate["classes"][0]["variant"], "resnet152");
}

TEST_F(Plan, RefusesWhatIsWrong) {
  trace();
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "--rate or --trace"},
      {"--rate 0", "--rate: got 0"},
      {"--rate -5", "--rate: got -5"},
      {"--rate nan", "--rate: got nan"},
      {"--rate 1e9", "--rate: got 1"},
      {"--rate ten", "--rate"},
      {"--rate 10 --trace trace.csv", "--trace"},
      {"--rate 10 --from 5", "--trace"},
      {"--trace trace.csv --hours 2", "--rate"},
      {"--trace none.csv", "none.csv"},
      {"--rate 10 --hours 0", "--hours: got 0"},
      {"--rate 1000000 --hours 100", "at most 1000000000 requests"},
      {"--rate 10 --max-missed 2", "--max-missed: got 2"},
      {"--rate 10 --max-spot-share -1", "--max-spot-share: got -1"},
      {"--rate 10 --max-cost-per-hour nan", "--max-cost-per-hour: got nan"},
      {"--rate 10 --schemes clever", "--schemes: got 'clever', expected one of: reactive"},
      {"--rate 10 --schemes planned", "--schemes: got 'planned'"},
      {"--rate 10 --what-if weather=2x", "--what-if: got 'weather=2x'"},
      {"--rate 10 --what-if spot_price=lots", "--what-if: got 'spot_price=lots'"},
      {"--rate 10 --task cooking", "--task: got 'cooking', expected a task of the catalog"},
      {"--rate 10 --objective best", "--objective"},
      {"--rate 10 --set hold_s=5", "--set"},
      {"--rate 10 --mix none.yaml", "none.yaml"},
      {"--rate 10 --catalog none.yaml", "none.yaml"},
  };
  for (const auto& [arguments, says] : cases) {
    const auto before = files();
    const Ran ran = paragon("plan " + arguments + " --report out.html");
    EXPECT_EQ(ran.status, 2) << arguments << "\n" << ran.out << ran.err;
    EXPECT_EQ(ran.out, "") << arguments;
    EXPECT_THAT(ran.err, HasSubstr(says)) << arguments;
    EXPECT_LE(std::count(ran.err.begin(), ran.err.end(), '\n'), 2) << ran.err;
    EXPECT_EQ(files(), before) << arguments;
  }
  EXPECT_EQ(paragon("plan --rate 10 --report nowhere/out.html").status, 2);

  write("mix.yaml",
        "paragon_mix: 1\nclasses:\n  - {name: dream, task: image-classification, "
        "min_accuracy: 0.999}\n");
  const Ran dream = paragon("plan --rate 10 --mix mix.yaml");
  EXPECT_EQ(dream.status, 2);
  EXPECT_THAT(dream.err, AllOf(HasSubstr("class dream"), HasSubstr("0.79")));
  const std::string garment = std::string(PARAGON_SOURCE_DIR) + "/data/garment/catalog.yaml";
  const Ran nothing = paragon("plan --rate 10 --task garment-classification --catalog " + garment);
  EXPECT_EQ(nothing.status, 2);
  EXPECT_THAT(nothing.err, HasSubstr("machine_offers or function_offers"));
}

}  // namespace plan_test

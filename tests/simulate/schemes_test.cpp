// `paragon schemes`, and the knobs of schemes in `simulate` and `compare`.
#include <gmock/gmock.h>

#include "simulate/program.h"

namespace simulate_test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Schemes : public ProgramTest {};

TEST_F(Schemes, AreListedWithTheirKnobs) {
  const Ran all = paragon("schemes");
  ASSERT_EQ(all.status, 0) << all.err;
  EXPECT_THAT(all.out, AllOf(HasSubstr("newsvendor"), HasSubstr("  hold_s"), HasSubstr("0 to 3600"),
                             HasSubstr("INFaaS (ATC '21)")));
  const Ran one = paragon("schemes reactive");
  ASSERT_EQ(one.status, 0) << one.err;
  EXPECT_THAT(one.out,
              AllOf(HasSubstr("reactive: machines for the load of the last minute"),
                    HasSubstr("window_s"), HasSubstr("1 to 600"),
                    HasSubstr("length of the load it looks at"), Not(HasSubstr("newsvendor"))));
  EXPECT_EQ(paragon("schemes clever").status, 2);
  EXPECT_THAT(paragon("schemes clever").err, AllOf(HasSubstr("clever"), HasSubstr("reactive")));
}

// The list is what a run goes by when nothing is said.
TEST_F(Schemes, TheListsDefaultsAreTheRuns) {
  trace();
  const json all = paragon("schemes --json").json();
  const json runs = paragon("compare --json --no-bound --until 10 --trace trace.csv").json();
  ASSERT_GE(runs.size(), 14U);
  for (const json& run : runs) {
    const auto scheme = std::find_if(all.begin(), all.end(), [&](const json& one) {
      return one.at("name") == run.at("scheme");
    });
    ASSERT_NE(scheme, all.end());
    EXPECT_EQ(*scheme, paragon("schemes --json " + run.at("scheme").get<std::string>()).json());
    EXPECT_FALSE(scheme->at("follows_plan"));
    EXPECT_EQ(scheme->at("knobs").size(), run.at("run").at("knobs").size());
    for (const json& knob : scheme->at("knobs")) {
      EXPECT_EQ(run.at("run").at("knobs").at(knob.at("name")), knob.at("default")) << knob;
      EXPECT_NE(knob.at("meaning"), "");
    }
  }
}

TEST_F(Schemes, AKnobGoesToThoseThatHaveIt) {
  trace();
  const std::string line =
      "compare --json --no-bound --until 10 --trace trace.csv --schemes "
      "newsvendor,paragon,reactive ";
  const auto knob = [](const json& runs, std::size_t i, const char* name) {
    const json& knobs = runs.at(i).at("run").at("knobs");
    return knobs.contains(name) ? knobs.at(name).get<double>() : -1;
  };
  const json plain = paragon(line + "--set hold_s=5").json();
  EXPECT_EQ(knob(plain, 0, "hold_s"), 5);
  EXPECT_EQ(knob(plain, 1, "hold_s"), 5);
  EXPECT_EQ(knob(plain, 2, "hold_s"), -1);
  const json named = paragon(line + "--set newsvendor.hold_s=5").json();
  EXPECT_EQ(knob(named, 0, "hold_s"), 5);
  EXPECT_EQ(knob(named, 1, "hold_s"), 0);
  const json alone = paragon(
                         "simulate --json --no-bound --until 10 --trace trace.csv --scheme "
                         "newsvendor --set newsvendor.hold_s=5")
                         .json();
  EXPECT_EQ(alone.at("run"), named.at(0).at("run"));
}

TEST_F(Schemes, AKnobThatNobodyHasIsRefused) {
  trace();
  for (const auto& [given, says] : std::vector<std::pair<std::string, std::string>>{
           {"compare --schemes hpa,reactive --set hold_s=5",
            "none of these schemes has a knob 'hold_s': hpa, reactive"},
           {"compare --schemes hpa,reactive --set newsvendor.hold_s=5",
            "'newsvendor.hold_s=5', expected a knob of a scheme that runs (hpa, reactive)"},
           {"compare --schemes hpa,reactive --set hpa.hold_s=5", "'hpa' has no knob 'hold_s'"},
           {"compare --schemes hpa,reactive --set window_s=5000", "window_s=5000, expected 1 to"},
           {"simulate --scheme reactive --set hold_s=5",
            "'reactive' has no knob 'hold_s'; it takes window_s"},
           {"simulate --scheme reactive --set paragon.hold_s=5", "that runs (reactive)"}}) {
    const Ran ran = paragon(given + " --trace trace.csv");
    EXPECT_EQ(ran.status, 2) << given;
    EXPECT_EQ(ran.out, "");
    EXPECT_THAT(ran.err, HasSubstr(says)) << given;
  }
}

// It would run with an empty plan: no machine, ever.
TEST_F(Schemes, OneThatFollowsAPlanIsNeitherOfferedNorTaken) {
  trace();
  for (const char* line : {"simulate --scheme clever", "simulate --scheme planned",
                           "compare --schemes planned", "plan --rate 10 --schemes planned"}) {
    const std::string given = line;
    const Ran ran = paragon(given + (given[0] == 'p' ? "" : " --trace trace.csv"));
    EXPECT_EQ(ran.status, 2) << given;
    EXPECT_THAT(ran.err, AllOf(HasSubstr("reactive"), Not(HasSubstr("ray_serve, planned"))));
  }
}

}  // namespace
}  // namespace simulate_test

// `paragon explain` on a simulated journal.
#include <gmock/gmock.h>

#include <regex>
#include <sstream>

#include "simulate/program.h"

namespace simulate_test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Explain : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    const Ran ran = paragon("simulate --json --no-bound --journal run.journal --trace " + trace());
    ASSERT_EQ(ran.status, 0) << ran.err;
    journal_ = text_of_file(dir_ / "run.journal");
  }
  // The first match's first group.
  std::string find(const std::string& pattern) {
    const std::regex wanted(pattern);
    std::istringstream lines(journal_);
    std::smatch match;
    for (std::string line; std::getline(lines, line);) {
      if (std::regex_search(line, match, wanted)) return match[1].str();
    }
    ADD_FAILURE() << "no line of the journal has " << pattern;
    return "";
  }
  std::string journal_;
};

TEST_F(Explain, AQueryOnAMachine) {
  const std::string id = find("> route query=(\\d+) [^\n]*machine=\\d+ variant=\\d+ why=free_slot");
  const Ran ran = paragon("explain run.journal --query " + id);
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out,
              AllOf(HasSubstr("Query " + id), HasSubstr("image-classification"),
                    HasSubstr("a machine had a free slot"), HasSubstr("What the brain saw"),
                    HasSubstr("forecast"), HasSubstr("chosen"), HasSubstr("answered after")));
  // The cheaper variant that its accuracy ruled out, with its price.
  EXPECT_THAT(ran.out, HasSubstr("accuracy under"));
  EXPECT_THAT(ran.out, HasSubstr("mobilenet0.25"));
}

TEST_F(Explain, AQueryThatWaited) {
  const std::string id = find("> route query=(\\d+) [^\n]*wait_until_ns=");
  const Ran ran = paragon("explain run.journal --query " + id);
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("wait"), HasSubstr("What became of it")));
}

// Nothing of the paper's catalog is right 99 times in 100.
TEST_F(Explain, AQueryThatNothingCanMeet) {
  for (const std::string best_effort : {"false", "true"}) {
    write("mix.yaml",
          "paragon_mix: 1\nclasses:\n  - {name: dream, task: image-classification, min_accuracy: "
          "0.99, max_latency_ms: 60000, best_effort: " +
              best_effort + "}\n");
    const Ran made = paragon(
        "simulate --json --no-bound --journal dream.journal --mix mix.yaml --trace " + trace());
    ASSERT_EQ(made.status, 0) << made.err;
    const bool served = best_effort == "true";
    const Ran ran = paragon("explain dream.journal --at 5m");
    ASSERT_EQ(ran.status, 0) << ran.err;
    EXPECT_THAT(ran.out,
                AllOf(HasSubstr("it needs accuracy of at least 0.99"), HasSubstr("Nearest:"),
                      HasSubstr("resnet152 with accuracy of at least 0.7922")));
    EXPECT_THAT(ran.out, HasSubstr(served ? "as a best effort the nearest was taken"
                                          : "No variant meets its bounds"));
    const Ran again = paragon("replay dream.journal");
    EXPECT_EQ(again.status, 0) << again.out << again.err;
  }
}

TEST_F(Explain, AnOrderGivesTheSchemesNumbers) {
  const std::string id = find("> buy machine=(\\d+)");
  const Ran ran = paragon("explain run.journal --order " + id);
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out,
              AllOf(HasSubstr("buy machine " + id), HasSubstr("wanted"), HasSubstr("c5.large"),
                    HasSubstr("USD/hour"), HasSubstr("for the forecast")));
  EXPECT_THAT(ran.out, AllOf(HasSubstr("Because:"), HasSubstr("the load of the last 60 s: ")));
}

TEST_F(Explain, NewsvendorsOrdersGiveThePriceAndHowBusyAMachineWouldBe) {
  const Ran made = paragon(
      "simulate --json --no-bound --scheme newsvendor --journal nv.journal --trace " + trace());
  ASSERT_EQ(made.status, 0) << made.err;
  const Ran ran = paragon("explain nv.journal --order 1");
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("its price over that of functions for the same work: $"),
                             HasSubstr("last 60 s"), HasSubstr("(busy: machine 1 ")));
  // Warm-up calls are no queries.
  const std::regex counts(
      "in progress +(\\d+) queries, (\\d+) of them on functions; [^\n]*; "
      "\\d+ warm-up calls besides");
  const Ran early = paragon("explain nv.journal --at 1");
  std::smatch match;
  ASSERT_TRUE(std::regex_search(early.out, match, counts)) << early.out;
  EXPECT_LE(std::stoi(match[2]), std::stoi(match[1]));
}

TEST_F(Explain, TooLittleKnownIsSaid) {
  const Ran early = paragon("explain run.journal --at 2");
  EXPECT_THAT(early.out, AllOf(HasSubstr("10.0/s over 2 s, since it began"),
                               HasSubstr("unknown in the first 30 s"),
                               HasSubstr("from 2 s of load: too little to say")));
  EXPECT_THAT(early.out, testing::Not(HasSubstr("95 %: at most")));
  const Ran later = paragon("explain run.journal --at 250");
  EXPECT_THAT(later.out, AllOf(HasSubstr("1.00 over 1 min, 1.00 over 5 min, 1.00 over 10 min"),
                               HasSubstr("none reaches 1.5"), HasSubstr("95 %: at most")));
  const Ran crowd = paragon("explain run.journal --at 340");
  EXPECT_THAT(crowd.out, HasSubstr("one reaches 1.5"));
}

TEST_F(Explain, NaiveSelectionIsCalledThat) {
  const Ran made = paragon(
      "simulate --json --no-bound --selection naive --journal naive.journal --trace " + trace());
  ASSERT_EQ(made.status, 0) << made.err;
  const Ran ran = paragon("explain naive.journal --at 60");
  EXPECT_THAT(ran.out, HasSubstr("Variant resnet152: the most accurate that may be bought, "
                                 "whatever the bounds"));
  EXPECT_THAT(ran.out, testing::Not(HasSubstr("the cheapest that meets")));
}

TEST_F(Explain, AMoment) {
  const Ran ran = paragon("explain run.journal --at 5m");
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("At 300.000 s"), HasSubstr("The last query"),
                             HasSubstr("came at 299.")));
}

TEST_F(Explain, ADecisionLeadsToItsQuery) {
  const std::string first = find("> route query=(\\d+) [^\n]*wait_until_ns=");
  const std::string later =
      find("> route query=" + first + " decision=(\\d+) (?:machine|function)=");
  const Ran ran = paragon("explain run.journal --decision " + later);
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("Query " + first));
}

TEST_F(Explain, WhatIsNotThereIsRefused) {
  const auto refused = [&](const std::string& arguments, const std::string& says) {
    const Ran ran = paragon("explain " + arguments);
    EXPECT_EQ(ran.status, 2) << arguments;
    EXPECT_THAT(ran.err, HasSubstr(says));
    EXPECT_EQ(ran.out, "");
  };
  refused("run.journal --query 99999", "no query 99999");
  refused("run.journal --order 99999", "no order for a machine 99999");
  refused("run.journal", "expected one of");
  refused("run.journal --at 1 --order 1", "expected one of");
  refused("run.journal --at x", "--at: got 'x'");
  refused("none --at 1", "none: cannot be read");
  write("junk", std::string("\0\1\2 not a journal\n", 18));
  refused("junk --at 1", "junk");
  // Cut off or damaged in the middle.
  write("cut", journal_.substr(0, 100));
  refused("cut --at 1", "cut");
}

}  // namespace
}  // namespace simulate_test

// Output files: what they may be, and what is left of them when a run ends early.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstdlib>
#include <thread>

#include "simulate/program.h"

namespace simulate_test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Outputs : public ProgramTest {
 protected:
  Ran run(const std::string& outputs) {
    return paragon("simulate --trace " + trace() + " --no-bound --until 60 " + outputs);
  }
};

TEST_F(Outputs, APipeStaysAndGetsTheJournal) {
  ASSERT_EQ(mkfifo((dir_ / "pipe").c_str(), 0600), 0);
  std::string read;
  std::thread reader([&] { read = text_of_file(dir_ / "pipe"); });
  EXPECT_EQ(run("--journal pipe").status, 0);
  reader.join();
  EXPECT_THAT(read, StartsWith("paragon-journal"));
  EXPECT_TRUE(fs::is_fifo(dir_ / "pipe"));
}

TEST_F(Outputs, AnOpenDescriptorIsWrittenToWhereItStands) {
  EXPECT_EQ(run("3> kept --journal /dev/fd/3").status, 0);
  EXPECT_THAT(text_of_file(dir_ / "kept"), StartsWith("paragon-journal"));
  const Ran both = run("--json --journal /dev/stdout > both");
  EXPECT_EQ(both.status, 0) << both.err;
  EXPECT_THAT(text_of_file(dir_ / "both"), AllOf(StartsWith("paragon-journal"), EndsWith("}\n")));
  EXPECT_THAT(run("--journal /dev/fd/99").err, HasSubstr("cannot be written"));
}

TEST_F(Outputs, OfALinkTheTargetIsWritten) {
  write("target", "earlier");
  fs::create_symlink("target", dir_ / "link");
  fs::create_symlink("none", dir_ / "dangling");
  fs::create_symlink("turn", dir_ / "turn");
  EXPECT_EQ(run("--journal link --report dangling").status, 0);
  EXPECT_TRUE(fs::is_symlink(dir_ / "link"));
  EXPECT_THAT(text_of_file(dir_ / "target"), StartsWith("paragon-journal"));
  EXPECT_TRUE(fs::is_symlink(dir_ / "dangling"));
  EXPECT_THAT(text_of_file(dir_ / "none"), StartsWith("<!doctype html>"));
  EXPECT_THAT(run("--journal turn").err, HasSubstr("turn: cannot be written"));
}

TEST_F(Outputs, AreNoInputAndNotTheSame) {
  trace();
  fs::create_symlink("trace.csv", dir_ / "link");
  const auto refused = [&](const std::string& arguments, const std::string& says) {
    const std::string before = text_of_file(dir_ / "trace.csv");
    const Ran ran = paragon(arguments);
    EXPECT_EQ(ran.status, 2) << arguments;
    EXPECT_THAT(ran.err, HasSubstr(says));
    EXPECT_EQ(text_of_file(dir_ / "trace.csv"), before);
  };
  const std::string other = "expected another file than that of ";
  refused("simulate --trace trace.csv --journal ./trace.csv",
          "--journal: got './trace.csv', " + other + "--trace");
  refused("simulate --trace trace.csv --report link", other + "--trace");
  refused("simulate --trace trace.csv --report x --journal ./x", other + "--report");
  refused("simulate --trace trace.csv --mix m.yaml --report " + write("m.yaml", "paragon_mix: 1"),
          other + "--mix");
  refused("compare --traces trace.csv --report trace.csv", other + "--trace");
  refused("plan --trace trace.csv --report trace.csv", other + "--trace");
}

TEST_F(Outputs, AFullStandardOutputIsAFailure) {
  trace();
  for (const char* arguments :
       {"--version", "simulate --help", "validate trace.csv",
        "simulate --trace trace.csv --no-bound", "simulate --trace trace.csv --no-bound --json",
        "compare --trace trace.csv --schemes reactive --no-bound --csv"}) {
    const Ran full = paragon(arguments + std::string(" > /dev/full"));
    EXPECT_EQ(full.status, 74) << arguments;
    EXPECT_THAT(full.err,
                AllOf(StartsWith("paragon: standard output cannot be written"), EndsWith("\n")));
    EXPECT_EQ(std::count(full.err.begin(), full.err.end(), '\n'), 1) << full.err;
    // `| true` reads nothing; the shell has .err and the status of the last in the pipe.
    EXPECT_EQ(paragon(arguments + std::string(" 2> lost | true")).status, 0);
    EXPECT_EQ(text_of_file(dir_ / "lost"), "") << arguments;
  }
  EXPECT_EQ(paragon("simulate --trace none.csv > /dev/full").status, 2);
}

TEST_F(Outputs, OfAnInterruptedRunNothingIsLeft) {
  std::string text = "second,requests\n";
  for (int s = 0; s < 36'000; ++s) text += std::to_string(s) + ",1000\n";
  write("long.csv", text);
  const std::string line = "cd " + dir_.string() + " && { " + PARAGON_PROGRAM +
                           " simulate --trace long.csv --no-bound --journal run.journal & } && "
                           "pid=$! && until ls *.part > found 2> /dev/null; do sleep 0.01; done; "
                           "kill -TERM $pid; wait $pid 2> /dev/null; test $? -eq 143";
  EXPECT_EQ(std::system(line.c_str()), 0);
  EXPECT_THAT(text_of_file(dir_ / "found"), HasSubstr(".part"));
  EXPECT_THAT(files(), Not(Contains(HasSubstr("run.journal"))));
}

}  // namespace
}  // namespace simulate_test

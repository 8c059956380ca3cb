#include "cloud/aws/program_output.h"

#include <gmock/gmock.h>

#include <optional>

namespace paragon::aws {
namespace {

using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

Result<Secret> run(const std::vector<std::string>& command, Duration timeout = 60s) {
  Loop loop;
  std::optional<Result<Secret>> got;
  const ProgramOutput output(loop, command, timeout, [&](Result<Secret> printed) {
    got.emplace(std::move(printed));
    loop.stop();
  });
  EXPECT_FALSE(got) << "never at once";
  loop.run();
  return std::move(*got);
}

std::string refused(const std::vector<std::string>& command, ErrorCode code,
                    Duration timeout = 60s) {
  const auto got = run(command, timeout);
  if (got) return "it printed: " + got->reveal();
  EXPECT_EQ(got.error().code, code);
  return got.error().message;
}

TEST(ProgramOutput, GivesAllThatIsPrintedAndNothingThatIsNot) {
  EXPECT_EQ(run({"sh", "-c", "echo one; echo not this >&2; echo \"$1\"", "sh", "a 'b"})->reveal(),
            "one\na 'b\n");
  EXPECT_EQ(run({"sh", "-c", "cat; head -c 60000 /dev/zero"})->reveal().size(), 60000U)
      << "standard input is empty";
  EXPECT_EQ(run({"true"})->reveal(), "");
}

TEST(ProgramOutput, SaysHowItFailedWithoutItsArguments) {
  EXPECT_THAT(refused({"/nowhere/keys", "HIDDEN"}, ErrorCode::not_found),
              HasSubstr("'/nowhere/keys' cannot be started: No such file"));
  EXPECT_THAT(refused({"/etc/passwd"}, ErrorCode::denied), HasSubstr("cannot be started"));
  const std::string failed =
      refused({"sh", "-c", "echo HIDDEN; exit 3", "HIDDEN"}, ErrorCode::unavailable);
  EXPECT_THAT(failed, HasSubstr("'sh' ended with status 3"));
  EXPECT_THAT(failed, Not(HasSubstr("HIDDEN")));
  EXPECT_THAT(refused({"sh", "-c", "kill -9 $$"}, ErrorCode::unavailable), HasSubstr("signal 9"));
  EXPECT_THAT(refused({"sh", "-c", "cat /dev/zero"}, ErrorCode::unavailable),
              HasSubstr("printed more than 65536 bytes"));
}

TEST(ProgramOutput, WhatRunsTooLongIsEndedWithAllThatItStarted) {
  EXPECT_THAT(refused({"sh", "-c", "sleep 1000 & sleep 1000"}, ErrorCode::timeout, 20ms),
              HasSubstr("'sh' still ran after 0.02 s and was ended"));
}

TEST(ProgramOutput, DestroyingItEndsTheProgramAndCallsNobody) {
  Loop loop;
  bool called = false;
  {
    const ProgramOutput output(loop, {"sleep", "1000"}, 60s,
                               [&](const Result<Secret>&) { called = true; });
  }
  loop.run();  // to the end: nothing is left to wait for
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace paragon::aws

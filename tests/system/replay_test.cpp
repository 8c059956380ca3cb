// `paragon replay` on journals that are whole, cut off anywhere, changed, or no journals at all.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "system/running_server.h"
#include "system/serve_fixture.h"

namespace paragon::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Replay : public Serve {
 protected:
  // The journal of a server that answered some queries and was ended with `signal`.
  std::string journal_of_a_run(int signal) {
    RunningServer server(arguments(1));
    EXPECT_TRUE(server.listening());
    Caller caller(server.port());
    until_ready(caller, 1);
    for (int i = 0; i < 40; ++i) EXPECT_EQ(caller.post(kInfer, picture(), kPng).status, 200);
    if (signal == SIGKILL) {
      const auto is_written = [&] { return std::filesystem::file_size(journal()) > 0; };
      EXPECT_TRUE(caller.until(is_written, 30s));
    }
    server.signal(signal);
    EXPECT_TRUE(server.wait(40s).has_value());
    std::ostringstream text;
    text << std::ifstream(journal()).rdbuf();
    return text.str();
  }
  Ended replay_of(const std::string& text) const {
    return run_program({"replay", folder.write("cut.txt", text)});
  }
};

TEST_F(Replay, SaysWhereATruncatedJournalIsCutOff) {
  const std::string whole = journal_of_a_run(SIGTERM);
  const Ended all = replay_of(whole);
  EXPECT_EQ(all.status, 0) << all.out;
  EXPECT_THAT(all.out, Not(HasSubstr("truncated")));

  // In the middle of each of some lines: an input, a decision, the last.
  const auto head = whole.find("begin\n") + 6;
  ASSERT_GT(head, 6u);
  for (const char* kind : {"\n< ", "\n> ", "arrive", "finish", "tick"}) {
    const auto at = whole.rfind(kind);  // late, so that much stands before it
    ASSERT_NE(at, std::string::npos) << kind;
    for (std::size_t extra : {2u, 5u, 12u}) {
      const std::string cut = whole.substr(0, at + extra);
      if (cut.ends_with('\n')) continue;  // a whole line, which is another matter
      const auto line = std::count(cut.begin(), cut.end(), '\n') + 1;
      long inputs = 0;
      for (auto from = cut.find("\n< "); from != std::string::npos;
           from = cut.find("\n< ", from + 1)) {
        ++inputs;
      }
      const Ended run = replay_of(cut);
      EXPECT_EQ(run.status, 3) << run.out;
      EXPECT_THAT(run.out,
                  HasSubstr("truncated: the journal is cut off in line " + std::to_string(line)));
      EXPECT_THAT(run.out, HasSubstr(" 0 differences"));
      // The input at hand is not counted unless it has all its decisions.
      EXPECT_THAT(run.out, AnyOf(HasSubstr(" the " + std::to_string(inputs) + " inputs"),
                                 HasSubstr(" the " + std::to_string(inputs - 1) + " inputs")));
    }
  }
  // At a line's end, before the decisions of the input.
  const auto arrival = whole.rfind(" arrive ");
  ASSERT_NE(arrival, std::string::npos);
  const Ended between = replay_of(whole.substr(0, whole.find('\n', arrival) + 1));
  EXPECT_EQ(between.status, 3) << between.out;
  EXPECT_THAT(between.out, HasSubstr("cut off after line"));
  // Within the head there is nothing to replay.
  const Ended in_head = replay_of(whole.substr(0, head / 2));
  EXPECT_EQ(in_head.status, 2);
  EXPECT_THAT(in_head.out, HasSubstr("before its first input"));
  // A change before the cut is still found.
  std::string changed = whole.substr(0, whole.size() - 3);
  const auto variant = changed.find("> route");
  changed.replace(variant, 7, "> rxute");
  EXPECT_EQ(replay_of(changed).status, 1);
  for (const char* junk :
       {"", "hello", "hello\n", "paragon-journal 1\n", "paragon-journal 1\nbegin\n"}) {
    EXPECT_EQ(replay_of(junk).status, 2) << junk;
  }
}

TEST_F(Replay, TheJournalOfAKilledServerReplaysAsFarAsItGoes) {
  const Ended run = replay_of(journal_of_a_run(SIGKILL));
  EXPECT_THAT(run.status, AnyOf(0, 3)) << run.out;
  EXPECT_THAT(run.out, HasSubstr(" 0 differences"));
}

}  // namespace
}  // namespace paragon::testing

#include "cloud/local/child.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace paragon {
namespace {

struct ChildTest : testing::Test {
  // Runs /bin/sh with a script until it has ended.
  void run_script(const std::string& script, const std::function<void()>& started = {}) {
    start_script(script);
    ASSERT_NE(child, nullptr);
    if (started) started();
    loop.run();
  }
  void start_script(const std::string& script, const std::string& output = "/dev/null") {
    auto made = Child::start(
        loop, {"/bin/sh", {"-c", script}, output, {}},
        [this](const std::string& said) {
          line = said;
          if (on_ready) on_ready();
        },
        [this](const Child::Exit& seen) {
          exit = seen;
          ++exits;
        });
    ASSERT_TRUE(made.ok()) << made.error().message;
    child = std::move(*made);
  }

  Loop loop;
  std::unique_ptr<Child> child;
  std::string line;
  std::function<void()> on_ready;
  Child::Exit exit{-1, -1};
  int exits = 0;
};

TEST_F(ChildTest, ReportsReadyLineThenExitStatus) {
  run_script("echo ready 17 >&4; exit 3");
  EXPECT_EQ(line, "ready 17");
  EXPECT_EQ(exits, 1);
  EXPECT_EQ(exit.status, 3);
  EXPECT_EQ(exit.text(), "exit status 3");
}

TEST_F(ChildTest, ReportsTheSignalThatKilledIt) {
  run_script("kill -SEGV $$");
  EXPECT_EQ(exit.signal, SIGSEGV);
  EXPECT_EQ(line, "");
}

TEST_F(ChildTest, ReadyLineInPieces) {
  run_script("printf rea >&4; printf 'dy 1\\nmore' >&4");
  EXPECT_EQ(line, "ready 1");
}

TEST_F(ChildTest, HasOnlyTheFilesAgreedOn) {
  const int extra = ::dup(2);  // without close-on-exec, as a library might leave one
  const auto file =
      std::filesystem::temp_directory_path() / ("child_test_" + std::to_string(::getpid()));
  // Tested one by one: to list them the shell would open one more.
  start_script(
      "i=0; while [ $i -lt 64 ]; do [ -e /proc/$$/fd/$i ] && printf '%s ' $i; "
      "i=$((i + 1)); done; echo",
      file.string());
  loop.run();
  ::close(extra);
  std::ifstream in(file);
  std::string files;
  std::getline(in, files);
  EXPECT_EQ(files, "0 1 2 3 4 ");
  std::filesystem::remove(file);
}

TEST_F(ChildTest, EndAsksFirst) {
  on_ready = [this] { child->end(std::chrono::minutes(5)); };
  run_script("trap 'exit 5' TERM; echo ready >&4; while :; do sleep 0.01; done");
  EXPECT_EQ(exit.status, 5);
}

TEST_F(ChildTest, EndKillsWhatDoesNotListen) {
  on_ready = [this] {
    child->end(std::chrono::milliseconds(20));
    child->end(std::chrono::minutes(5));  // must not put off the first
  };
  run_script("trap '' TERM; echo ready >&4; while :; do sleep 0.01; done");
  EXPECT_EQ(exit.signal, SIGKILL);
}

TEST_F(ChildTest, TheWholeGroupGoes) {
  run_script("sleep 1000 & echo $! >&4; exit 0");
  const pid_t grandchild = std::stoi(line);
  // Its new parent may take a moment to collect it; dead or collected is all the same.
  bool gone = false;
  for (int i = 0; i < 1000 && !gone; ++i) {
    std::ifstream stat("/proc/" + line + "/stat");
    std::string text;
    gone = !std::getline(stat, text) || text.find(") Z") != std::string::npos;
    if (!gone) ::usleep(1000);
  }
  EXPECT_TRUE(gone) << grandchild;
}

TEST_F(ChildTest, DestructorLeavesNothingAndCallsNobody) {
  start_script("trap '' TERM; while :; do sleep 1; done");
  const pid_t pid = child->pid();
  child.reset();
  EXPECT_EQ(::kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
  loop.run();
  EXPECT_EQ(exits, 0);
}

TEST_F(ChildTest, MayBeDestroyedInItsCallbacks) {
  on_ready = [this] { child.reset(); };
  run_script("echo ready >&4; sleep 1000");
  EXPECT_EQ(line, "ready");
  EXPECT_EQ(exits, 0);
}

TEST_F(ChildTest, SaysWhyAProgramCannotStart) {
  auto none = Child::start(loop, {"/no/such/program", {}, "", {}}, {}, {});
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().code, ErrorCode::not_found);
  EXPECT_NE(none.error().message.find("/no/such/program"), std::string::npos);
  auto folder = Child::start(loop, {"/proc/version", {}, "", {}}, {}, {});
  ASSERT_FALSE(folder.ok());
  EXPECT_EQ(folder.error().code, ErrorCode::denied);
  auto unnamed = Child::start(loop, {"no-such-program-in-path", {}, "", {}}, {}, {});
  ASSERT_FALSE(unnamed.ok());
  EXPECT_EQ(unnamed.error().code, ErrorCode::not_found);
}

TEST_F(ChildTest, EntersWhatItIsToldBeforeItRuns) {
  const auto file =
      std::filesystem::temp_directory_path() / ("enter_" + std::to_string(::getpid()));
  std::ofstream(file.string()).close();
  auto made = Child::start(
      loop,
      {"/bin/sh",
       {"-c", "cat '" + file.string() + "' >&4; exit $1", "name", "a b"},
       "/dev/null",
       {file.string()}},
      [this](const std::string& said) { line = said; },
      [this](const Child::Exit& seen) { exit = seen; });
  ASSERT_TRUE(made.ok());
  loop.run();
  EXPECT_EQ(line, "0");
  std::filesystem::remove(file);
  auto barred = Child::start(loop, {"/bin/true", {}, "/dev/null", {"/no/such/group/cgroup.procs"}},
                             {}, [this](const Child::Exit& seen) { exit = seen; });
  ASSERT_TRUE(barred.ok());
  loop.run();
  EXPECT_NE(exit.status, 0) << "a program must not run outside its group";
}

}  // namespace
}  // namespace paragon

// `paragon demo`: what a stranger runs first. It ends with a result, and whatever ends it, no
// process stays behind.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

#include "system/running_server.h"

namespace paragon::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

// A demonstration in a process of its own, printing to a file.
class RunningDemo {
 public:
  explicit RunningDemo(const std::vector<std::string>& more) {
    const std::string print_to = folder_.path().string() + "/printed.txt";
    std::vector<std::string> all{
        PARAGON_PROGRAM, "demo",        "--out", folder_.path().string() + "/out",
        "--generated",   "--mean-rate", "40"};
    all.insert(all.end(), more.begin(), more.end());
    std::vector<char*> argv;
    for (std::string& argument : all) argv.push_back(argument.data());
    argv.push_back(nullptr);
    pid_ = fork();
    if (pid_ != 0) return;
    const int out = open(print_to.c_str(), O_WRONLY | O_CREAT, 0644);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    execv(argv[0], argv.data());
    _exit(127);
  }
  ~RunningDemo() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  std::string printed() const { return read("/printed.txt"); }
  std::string server_log() const { return read("/out/demo-server.log"); }
  void signal(int number) const { kill(pid_, number); }

  // The server and its machines, once there are some.
  std::vector<pid_t> descendants() const {
    std::vector<pid_t> all = children_of(pid_);
    for (std::size_t i = 0; i < all.size(); ++i) {
      for (const pid_t child : children_of(all[i])) all.push_back(child);
    }
    return all;
  }

  // Until `condition`; false when it does not come to pass in a minute.
  template <class Condition>
  static bool until(Condition condition) {
    const auto give_up = std::chrono::steady_clock::now() + 60s;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > give_up) return false;
      std::this_thread::sleep_for(20ms);
    }
    return true;
  }

  int wait() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  std::string read(const char* name) const {
    std::ostringstream text;
    text << std::ifstream(folder_.path().string() + name).rdbuf();
    return text.str();
  }

  TemporaryFolder folder_;
  pid_t pid_ = -1;
};

TEST(Demo, AGeneratedDayEndsWithItsTablesAndTheSameDecisions) {
  RunningDemo demo({"--duration", "4"});
  EXPECT_EQ(demo.wait(), 0) << demo.printed() << demo.server_log();
  const std::string printed = demo.printed();
  for (const char* part :
       {"a generated day", "flash crowd", "strict-quick", "relaxed-cheap", "missed", "p99",
        "accuracy", "bill", "cost", "machines", "the same decisions", "make serve", "curl"}) {
    EXPECT_THAT(printed, HasSubstr(part));
  }
}

TEST(Demo, AKnobTheSchemeLacksIsSaid) {
  RunningDemo demo({"--duration", "4", "--scheme", "newsvendor", "--set", "burst=2"});
  EXPECT_EQ(demo.wait(), 1);
  EXPECT_THAT(demo.printed(), HasSubstr("the scheme 'newsvendor' has no knob 'burst'"));
}

TEST(Demo, WhateverEndsItNoProcessIsLeftBehind) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGKILL}) {
    for (const bool under_load : {true, false}) {
      SCOPED_TRACE("signal " + std::to_string(number) + (under_load ? " under load" : " at once"));
      RunningDemo demo({"--duration", "600"});
      std::vector<pid_t> left;
      const auto ready = [&] {
        left = demo.descendants();
        // A server and a machine; under load also the function environments.
        return !left.empty() && (!under_load || left.size() >= 2);
      };
      ASSERT_TRUE(RunningDemo::until(ready)) << demo.printed();
      if (under_load) {
        const auto loaded = [&] {
          return demo.printed().find("first machine") != std::string::npos;
        };
        ASSERT_TRUE(RunningDemo::until(loaded)) << demo.printed();
        left = demo.descendants();
      }
      demo.signal(number);
      const int status = demo.wait();
      // Before its loop runs it does not catch signals yet.
      const bool caught = (number == SIGINT || number == SIGTERM) && under_load;
      EXPECT_TRUE(caught ? status == 130 : status == 130 || status == 128 + number) << status;
      for (const pid_t pid : left) EXPECT_TRUE(gone(pid, 20s)) << pid;
    }
  }
}

}  // namespace
}  // namespace paragon::testing

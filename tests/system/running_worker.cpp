#include "system/running_worker.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <thread>

#include "base/check.h"

namespace paragon::testing {
namespace {

using Clock = std::chrono::steady_clock;

// In the child: where the local cloud puts them.
constexpr int kLifelineFd = 3;
constexpr int kReadyFd = 4;

}  // namespace

RunningWorker::RunningWorker(const std::vector<std::string>& arguments, bool listens) {
  int lifeline[2];
  int ready[2];
  PARAGON_CHECK(pipe2(lifeline, O_CLOEXEC) == 0 && pipe2(ready, O_CLOEXEC) == 0, "pipe2");
  std::vector<std::string> all{PARAGON_PROGRAM, "worker", "--lifeline-fd", "3",
                               "--ready-fd",    "4",      "--log-level",   "error"};
  if (listens) all.insert(all.end(), {"--listen", "127.0.0.1:0"});
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& argument : all) argv.push_back(argument.data());
  argv.push_back(nullptr);
  pid_ = fork();
  if (pid_ == 0) {
    // By way of high numbers, so that neither lands on the other.
    const int read_end = fcntl(lifeline[0], F_DUPFD, 100);
    const int write_end = fcntl(ready[1], F_DUPFD, 100);
    dup2(read_end, kLifelineFd);
    dup2(write_end, kReadyFd);
    close(read_end);
    close(write_end);
    execv(argv[0], argv.data());
    _exit(127);
  }
  close(lifeline[0]);
  close(ready[1]);
  lifeline_ = lifeline[1];
  ready_ = ready[0];
}

RunningWorker::~RunningWorker() {
  if (pid_ > 0 && !wait(Duration{})) {
    kill(pid_, SIGKILL);
    wait(std::chrono::seconds(10));
  }
  cut_lifeline();
  close(ready_);
}

std::string RunningWorker::ready_line(Duration bound) {
  const auto give_up = Clock::now() + bound;
  std::string text;
  while (Clock::now() < give_up && !text.ends_with('\n')) {
    pollfd waiting{ready_, POLLIN, 0};
    if (poll(&waiting, 1, 50) <= 0) continue;
    char byte = 0;
    if (read(ready_, &byte, 1) != 1) break;
    text += byte;
  }
  return text;
}

std::uint16_t RunningWorker::port_in(const std::string& line) {
  std::uint16_t port = 0;
  if (line.starts_with("ready ")) {
    std::from_chars(line.data() + 6, line.data() + line.size(), port);
  }
  return port;
}

void RunningWorker::signal(int number) const { kill(pid_, number); }

void RunningWorker::cut_lifeline() {
  if (lifeline_ >= 0) close(lifeline_);
  lifeline_ = -1;
}

std::optional<int> RunningWorker::wait(Duration bound) {
  const auto give_up = Clock::now() + bound;
  do {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    if (Clock::now() < give_up) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  } while (Clock::now() < give_up);
  return std::nullopt;
}

}  // namespace paragon::testing

#include "app/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <thread>
#include <utility>

namespace paragon {
namespace {

constexpr auto kPoll = std::chrono::milliseconds(20);

// Only what is allowed between fork and exec.
[[noreturn]] void become(const char* program, char* const* arguments, int log, pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // it died before the line above
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, STDIN_FILENO);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  execv(program, arguments);
  _exit(127);
}

}  // namespace

Result<ChildProcess> ChildProcess::start(const std::string& program,
                                         const std::vector<std::string>& arguments,
                                         const std::string& log_file) {
  const int log = open(log_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (log < 0) {
    return {ErrorCode::denied,
            fmt::format("{}: cannot be written: {}", log_file, std::strerror(errno))};
  }
  std::vector<char*> argv = {const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  const int why = errno;
  if (pid == 0) become(program.c_str(), argv.data(), log, parent);
  close(log);
  if (pid < 0) {
    return {ErrorCode::unavailable,
            fmt::format("cannot start {}: {}", program, std::strerror(why))};
  }
  setpgid(pid, pid);  // both sides do it, so that it holds whoever is first
  return ChildProcess(pid);
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), exit_code_(other.exit_code_) {}

ChildProcess::~ChildProcess() {
  if (pid_ > 0) stop(std::chrono::seconds(2));
}

std::optional<int> ChildProcess::ended() {
  if (exit_code_ || pid_ <= 0) return exit_code_;
  int status = 0;
  const pid_t got = waitpid(pid_, &status, WNOHANG);
  if (got == pid_) {
    exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  } else if (got < 0 && errno != EINTR) {
    exit_code_ = 127;
  }
  return exit_code_;
}

std::optional<int> ChildProcess::wait(Duration patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!ended() && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(kPoll);
  return exit_code_;
}

int ChildProcess::stop(Duration patience) {
  if (!ended()) {
    kill(pid_, SIGTERM);
    if (!wait(patience)) {
      kill(pid_, SIGKILL);
      while (!wait(std::chrono::seconds(1))) {
      }
    }
  }
  return *exit_code_;
}

std::string own_program() {
  std::error_code error;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::string("paragon") : path.string();
}

std::string tail_of(const std::string& file, int lines) {
  std::ifstream in(file);
  std::deque<std::string> last;
  for (std::string line; std::getline(in, line);) {
    last.push_back(line);
    if (last.size() > static_cast<std::size_t>(std::max(lines, 0))) last.pop_front();
  }
  std::string text;
  for (const std::string& line : last) text += "  " + line + "\n";
  return text;
}

}  // namespace paragon

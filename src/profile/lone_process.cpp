#include "profile/lone_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <thread>
#include <vector>

extern char** environ;

namespace paragon::profile {
namespace {

constexpr Duration kStartPatience = std::chrono::seconds(120);
constexpr Duration kPeriod = std::chrono::milliseconds(20);  // as a control group's

// Puts a running process into the group. The kernel takes its number as it takes "0" for oneself.
Status enter(const ControlGroup& group, pid_t pid) {
  for (const std::string& file : group.enter()) {
    const int fd = open(file.c_str(), O_WRONLY | O_CLOEXEC);
    const std::string text = std::to_string(pid);
    const bool wrote = fd >= 0 && write(fd, text.data(), text.size()) > 0;
    const int why = errno;
    if (fd >= 0) close(fd);
    if (!wrote) return {ErrorCode::denied, fmt::format("{}: {}", file, std::strerror(why))};
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<LoneProcess>> LoneProcess::start(const std::string& program,
                                                        const std::string& model_file, int threads,
                                                        ControlGroups* groups) {
  int in[2], out[2];
  if (pipe2(in, O_CLOEXEC) != 0) return {ErrorCode::unavailable, "out of open files"};
  if (pipe2(out, O_CLOEXEC) != 0) {
    close(in[0]);
    close(in[1]);
    return {ErrorCode::unavailable, "out of open files"};
  }
  std::vector<std::string> words = {program,       "profile-one", "--file",
                                    model_file,    "--threads",   fmt::format("{}", threads),
                                    "--started-ns"};
  words.push_back(fmt::format("{}", monotonic_now().count()));
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  // Its own group: Ctrl-C at the terminal is for the program, which ends it.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  std::unique_ptr<LoneProcess> process(new LoneProcess());
  const int failed = posix_spawn(&process->pid_, program.c_str(), &actions, &attributes,
                                 arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  close(in[0]);
  close(out[1]);
  process->to_ = in[1];
  process->from_ = out[0];
  process->threads_ = threads;
  if (failed != 0) {
    process->pid_ = -1;
    return {ErrorCode::unavailable,
            fmt::format("cannot start {}: {}", program, std::strerror(failed))};
  }
  auto said = process->line(kStartPatience);
  if (!said) return process->explained(said.error());
  auto ready = parse_cold_start(*said);
  if (!ready) return ready.error();
  process->cold_start_ = *ready;
  if (groups != nullptr) {
    static std::atomic<int> made{0};
    // Memory is not capped: what it needs was just measured.
    auto group =
        groups->make(fmt::format("profile-{}", made++), vcpus(threads), megabytes(1 << 20));
    if (!group) return group.error();
    process->group_ = std::move(*group);
    if (Status entered = enter(*process->group_, process->pid_); !entered) return entered.error();
  }
  return process;
}

LoneProcess::~LoneProcess() {
  if (to_ >= 0) close(to_);
  if (from_ >= 0) close(from_);
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

// Of one that is gone: how it ended.
Error LoneProcess::explained(const Error& error) {
  if (error.code != ErrorCode::unavailable || pid_ <= 0) return error;
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (WIFSIGNALED(status)) {
    return {ErrorCode::invalid,
            fmt::format("the process that loaded it was ended by signal {} ({})", WTERMSIG(status),
                        strsignal(WTERMSIG(status)))};
  }
  return {ErrorCode::invalid,
          fmt::format("the process that loaded it ended with status {}", WEXITSTATUS(status))};
}

Result<std::string> LoneProcess::line(Duration patience) {
  const Duration until = monotonic_now() + patience;
  while (true) {
    if (const std::size_t end = said_.find('\n'); end != std::string::npos) {
      std::string one = said_.substr(0, end);
      said_.erase(0, end + 1);
      return one;
    }
    const Duration left = until - monotonic_now();
    if (left <= Duration(0)) {
      return {ErrorCode::timeout, "the measuring process did not answer in time"};
    }
    pollfd wait{from_, POLLIN, 0};
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    if (poll(&wait, 1, static_cast<int>(std::min<std::int64_t>(ms, 10'000))) <= 0) continue;
    char piece[4096];
    const ssize_t got = read(from_, piece, sizeof piece);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return {ErrorCode::unavailable, "ended"};
    said_.append(piece, static_cast<std::size_t>(got));
  }
}

// Lets it run for `duty` of each period, until it has answered.
Result<std::string> LoneProcess::line_under_duty(double duty, Duration patience) {
  std::atomic<bool> answered{false};
  // The number stays the process's own: it is collected only after this thread has ended.
  std::thread duty_cycle([&answered, duty, pid = pid_] {
    Duration next = monotonic_now();
    while (!answered) {
      kill(pid, SIGCONT);
      std::this_thread::sleep_for(
          std::max(Duration(0),
                   next + std::chrono::duration_cast<Duration>(kPeriod * duty) - monotonic_now()));
      kill(pid, SIGSTOP);
      next += kPeriod;
      std::this_thread::sleep_for(std::max(Duration(0), next - monotonic_now()));
    }
    kill(pid, SIGCONT);
  });
  auto said = line(patience);
  answered = true;
  duty_cycle.join();
  return said;
}

Result<ShareVisit> LoneProcess::visit(Vcpus share, Duration at_least, std::size_t runs_min) {
  if (group_ && !group_->set_share(share)) {
    return {ErrorCode::denied, "the kernel refused the control group's share"};
  }
  const std::string order = fmt::format(
      "{} {}\n", std::chrono::duration_cast<std::chrono::milliseconds>(at_least).count(), runs_min);
  if (write(to_, order.data(), order.size()) != static_cast<ssize_t>(order.size())) {
    return explained({ErrorCode::unavailable, ""});
  }
  const Duration patience = at_least * 10 + std::chrono::minutes(2);
  const double duty = share.value / threads_;
  auto said = group_ || duty >= 1 ? line(patience) : line_under_duty(duty, patience);
  if (!said) return explained(said.error());
  return parse_share_visit(*said);
}

}  // namespace paragon::profile

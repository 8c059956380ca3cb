#include "cloud/local/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <cstring>

namespace paragon {
namespace {

namespace asio = boost::asio;

// A file descriptor that closes itself.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) {
      close();
      fd_ = other.release();
    }
    return *this;
  }
  ~Fd() { close(); }
  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_ = -1;
};

struct Pipe {
  Fd read;
  Fd write;
  static Pipe make() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return {};
    return {Fd(ends[0]), Fd(ends[1])};
  }
};

// Out of the way of 0 to 5, which the child's own files take.
Fd raised(Fd fd) { return fd.open() ? Fd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 10)) : Fd(); }

constexpr int kErrorFd = 5;
constexpr const char* kEnterScript =
    "while [ \"$1\" != -- ]; do echo 0 > \"$1\" || exit 126; shift; done; shift; exec \"$@\"";

// All that the new process needs, laid out before it exists: between vfork and exec it shares our
// memory, so it may call the system and nothing else.
struct Plan {
  const char* program;
  char* const* arguments;
  int input, lifeline, ready, output, error;
  pid_t parent;
};

[[noreturn]] __attribute__((noinline, no_sanitize("address", "thread", "undefined"))) void become(
    const Plan& plan) {
  // Our handlers would run in shared memory, and an ignored signal would stay ignored after exec.
  struct sigaction standard = {};
  standard.sa_handler = SIG_DFL;
  for (int s = 1; s < NSIG; ++s) ::sigaction(s, &standard, nullptr);
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != plan.parent) ::_exit(125);  // it died before the line above
  if (::dup2(plan.input, 0) >= 0 && ::dup2(plan.output, 1) >= 0 && ::dup2(plan.output, 2) >= 0 &&
      ::dup2(plan.lifeline, Child::kLifelineFd) >= 0 && ::dup2(plan.ready, Child::kReadyFd) >= 0 &&
      ::dup2(plan.error, kErrorFd) >= 0 && ::fcntl(kErrorFd, F_SETFD, FD_CLOEXEC) == 0) {
    if (::syscall(SYS_close_range, kErrorFd + 1U, ~0U, 0U) != 0) {  // before Linux 5.9
      const long most = ::sysconf(_SC_OPEN_MAX);
      for (int fd = kErrorFd + 1; fd < most; ++fd) ::close(fd);
    }
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::execvp(plan.program, plan.arguments);
  }
  const int why = errno;
  if (::write(kErrorFd, &why, sizeof why) < 0) ::_exit(126);
  ::_exit(127);
}

Error system_error(const std::string& what, int number) {
  ErrorCode code = ErrorCode::unavailable;
  if (number == ENOENT || number == ENOTDIR) code = ErrorCode::not_found;
  if (number == EACCES || number == EPERM || number == ENOEXEC) code = ErrorCode::denied;
  if (number == ENOSYS) code = ErrorCode::unsupported;
  return {code, what + ": " + std::strerror(number)};
}

}  // namespace

std::string Child::Exit::text() const {
  if (signal == 0) return "exit status " + std::to_string(status);
  return "signal " + std::to_string(signal) + " (" + ::strsignal(signal) + ")";
}

struct Child::Impl : std::enable_shared_from_this<Impl> {
  Impl(Loop& on, pid_t process, Fd life, Fd ready_end, int pidfd, OnReady when_ready,
       OnExit when_exited)
      : loop(on),
        pid(process),
        lifeline(std::move(life)),
        ready(on.context(), ready_end.release()),
        exited(on.context(), pidfd),
        on_ready(std::move(when_ready)),
        on_exit(std::move(when_exited)) {}

  void read_ready() {
    ready.async_read_some(
        asio::buffer(buffer),
        [self = shared_from_this()](const boost::system::error_code& error, std::size_t size) {
          if (error || !self->on_ready) return self->close_ready();
          self->line.append(self->buffer.data(), size);
          const auto end = self->line.find('\n');
          if (end == std::string::npos) {
            if (self->line.size() > 1024) return self->close_ready();  // no such line is agreed on
            return self->read_ready();
          }
          self->close_ready();
          std::exchange(self->on_ready, nullptr)(self->line.substr(0, end));
        });
  }

  void close_ready() {
    boost::system::error_code ignored;
    ready.close(ignored);
  }

  // The process has ended, so neither call waits. The group is signalled while the dead leader
  // still holds its number: afterwards the number may be someone else's.
  void collect() {
    if (collected) return;
    siginfo_t info = {};
    if (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT | WNOHANG) != 0 ||
        info.si_pid == 0)
      return watch();
    const Exit exit = finish();
    killing.cancel();
    if (on_exit) std::exchange(on_exit, nullptr)(exit);
  }

  void watch() {
    exited.async_wait(asio::posix::stream_descriptor::wait_read,
                      [self = shared_from_this()](const boost::system::error_code& error) {
                        if (!error) self->collect();
                      });
  }

  Exit finish() {
    ::kill(-pid, SIGKILL);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    collected = true;
    boost::system::error_code ignored;
    exited.close(ignored);
    lifeline.close();
    Exit exit;
    if (WIFSIGNALED(status)) exit.signal = WTERMSIG(status);
    if (WIFEXITED(status)) exit.status = WEXITSTATUS(status);
    return exit;
  }

  Loop& loop;
  const pid_t pid;
  Fd lifeline;
  asio::posix::stream_descriptor ready;
  asio::posix::stream_descriptor exited;
  OnReady on_ready;
  OnExit on_exit;
  std::array<char, 256> buffer{};
  std::string line;
  Loop::Timer killing;
  bool collected = false;
};

Result<std::unique_ptr<Child>> Child::start(Loop& loop, const Command& command, OnReady on_ready,
                                            OnExit on_exit) {
  const std::string what = "starting '" + command.program + "'";
  // The shell that enters control groups would hide these two errors in an exit status.
  if (command.program.find('/') != std::string::npos &&
      ::access(command.program.c_str(), X_OK) != 0)
    return system_error(what, errno);

  Fd output;
  if (!command.output_file.empty()) {
    output =
        Fd(::open(command.output_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    if (!output.open())
      return system_error("opening '" + command.output_file + "' for the output of a worker",
                          errno);
  } else {
    output = Fd(::fcntl(2, F_DUPFD_CLOEXEC, 10));
    if (!output.open()) output = Fd(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  }
  output = raised(std::move(output));
  Fd input = raised(Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC)));
  Pipe lifeline = Pipe::make();
  Pipe ready = Pipe::make();
  Pipe error = Pipe::make();
  lifeline.read = raised(std::move(lifeline.read));
  ready.write = raised(std::move(ready.write));
  error.write = raised(std::move(error.write));
  if (!output.open() || !input.open() || !lifeline.read.open() || !ready.write.open() ||
      !error.write.open())
    return system_error(what + ", opening its files", errno);

  std::vector<std::string> words;
  if (!command.enter.empty()) {
    words = {"/bin/sh", "-c", kEnterScript, "enter"};
    words.insert(words.end(), command.enter.begin(), command.enter.end());
    words.emplace_back("--");
  }
  words.push_back(command.program);
  words.insert(words.end(), command.arguments.begin(), command.arguments.end());
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  const Plan plan{arguments[0],      arguments.data(), input.get(),       lifeline.read.get(),
                  ready.write.get(), output.get(),     error.write.get(), ::getpid()};
  // No handler of ours may run in the child while it shares our memory.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  // vfork, not fork: the parent may hold gigabytes, whose page tables fork would copy.
  const pid_t pid = ::vfork();
  if (pid == 0) become(plan);
  const int failed = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) return system_error(what, failed);

  error.write.close();
  int why = 0;
  ssize_t got;
  while ((got = ::read(error.read.get(), &why, sizeof why)) < 0 && errno == EINTR) {
  }
  const auto give_up = [&](const std::string& doing, int number) {
    ::kill(-pid, SIGKILL);
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    return system_error(doing, number);
  };
  if (got == sizeof why) return give_up(what, why);
  const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (pidfd < 0) return give_up("watching '" + command.program + "'", errno);
  ::fcntl(ready.read.get(), F_SETFL, O_NONBLOCK);

  auto impl = std::make_shared<Impl>(loop, pid, std::move(lifeline.write), std::move(ready.read),
                                     pidfd, std::move(on_ready), std::move(on_exit));
  impl->watch();
  impl->read_ready();
  return std::unique_ptr<Child>(new Child(std::move(impl)));
}

Child::Child(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Child::~Child() {
  impl_->on_ready = nullptr;
  impl_->on_exit = nullptr;
  impl_->killing.cancel();
  impl_->close_ready();
  if (!impl_->collected) impl_->finish();
}

pid_t Child::pid() const { return impl_->pid; }

void Child::end(Duration grace) {
  if (impl_->collected || impl_->killing.pending()) return;
  ::kill(-impl_->pid, SIGTERM);
  impl_->killing = impl_->loop.after(grace, [impl = impl_.get()] {
    if (!impl->collected) ::kill(-impl->pid, SIGKILL);
  });
}

void Child::kill() {
  if (!impl_->collected) ::kill(-impl_->pid, SIGKILL);
}

}  // namespace paragon

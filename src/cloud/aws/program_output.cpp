#include "cloud/aws/program_output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

namespace paragon::aws {
namespace {

namespace asio = boost::asio;

Error cannot_start(const std::string& program, int why) {
  const ErrorCode code = why == ENOENT || why == ENOTDIR ? ErrorCode::not_found
                         : why == EACCES                 ? ErrorCode::denied
                                                         : ErrorCode::unavailable;
  return {code, fmt::format("'{}' cannot be started: {}", program, std::strerror(why))};
}

// The new process, whose standard output goes to `out`. Error: as cannot_start.
Result<pid_t> spawn(const std::vector<std::string>& command, int out) {
  std::vector<std::string> words = command;
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  sigset_t signals;
  sigfillset(&signals);
  posix_spawnattr_setsigdefault(&attributes, &signals);
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&attributes, &signals);
  pid_t pid = -1;
  const int failed =
      posix_spawnp(&pid, arguments[0], &files, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) return cannot_start(command.front(), failed);
  return pid;
}

}  // namespace

struct ProgramOutput::Impl : std::enable_shared_from_this<Impl> {
  Impl(Loop& on, std::string named, Done then)
      : loop(on),
        program(std::move(named)),
        out(on.context()),
        exited(on.context()),
        done(std::move(then)) {}
  ~Impl() { OPENSSL_cleanse(printed.data(), printed.size()); }

  std::optional<Error> start(const std::vector<std::string>& command, Duration timeout) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return cannot_start(program, errno);
    out.assign(ends[0]);
    const auto process = spawn(command, ends[1]);
    ::close(ends[1]);
    if (!process) return process.error();
    pid = *process;
    const int watched = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    if (watched < 0) return cannot_start(program, errno);
    exited.assign(watched);
    limit = loop.after(timeout, [weak = weak_from_this(), timeout] {
      const auto self = weak.lock();
      if (!self) return;
      self->finish(
          Error{ErrorCode::timeout, fmt::format("'{}' still ran after {:g} s and was ended",
                                                self->program, seconds(timeout))});
    });
    read();
    return std::nullopt;
  }

  void read() {
    out.async_read_some(asio::buffer(buffer), [weak = weak_from_this()](
                                                  const boost::system::error_code& error,
                                                  std::size_t size) {
      const auto self = weak.lock();
      if (!self || !self->done) return;
      if (error) return self->wait();
      if (self->printed.size() + size > kPrintedMax) {
        return self->finish(Error{ErrorCode::unavailable,
                                  fmt::format("'{}' printed more than {} bytes, so no credentials",
                                              self->program, kPrintedMax)});
      }
      self->printed.append(self->buffer.data(), size);
      OPENSSL_cleanse(self->buffer.data(), size);
      self->read();
    });
  }

  // All is printed; how did it end?
  void wait() {
    exited.async_wait(asio::posix::stream_descriptor::wait_read,
                      [weak = weak_from_this()](const boost::system::error_code&) {
                        const auto self = weak.lock();
                        if (self && self->done) self->collect();
                      });
  }

  void collect() {
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    pid = -1;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return finish(Secret(printed));
    const std::string how = WIFSIGNALED(status)
                                ? fmt::format("was ended by signal {}", WTERMSIG(status))
                                : fmt::format("ended with status {}", WEXITSTATUS(status));
    finish(Error{ErrorCode::unavailable,
                 fmt::format("'{}' {}; run it by hand, or see what it wrote to standard error",
                             program, how)});
  }

  void finish(Result<Secret> result) {
    end();
    if (const auto then = std::exchange(done, nullptr)) then(std::move(result));
  }

  void end() {
    limit.cancel();
    if (pid > 0) {
      ::kill(-pid, SIGKILL);
      while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
      }
    }
    pid = -1;
    boost::system::error_code ignored;
    out.close(ignored);
    exited.close(ignored);
  }

  Loop& loop;
  const std::string program;
  asio::posix::stream_descriptor out;
  asio::posix::stream_descriptor exited;
  Done done;
  pid_t pid = -1;
  std::array<char, 4096> buffer{};
  std::string printed;
  Loop::Timer limit;
};

ProgramOutput::ProgramOutput(Loop& loop, const std::vector<std::string>& command, Duration timeout,
                             Done done)
    : impl_(std::make_shared<Impl>(loop, command.front(), std::move(done))) {
  if (auto failed = impl_->start(command, timeout)) {
    loop.post([weak = std::weak_ptr(impl_), error = std::move(*failed)] {
      if (const auto self = weak.lock()) self->finish(error);
    });
  }
}

ProgramOutput::~ProgramOutput() {
  impl_->done = nullptr;
  impl_->end();
}

}  // namespace paragon::aws

// A child process that does not outlive this one: the demo's server, the demo's replay.
//
// The kernel kills it should this process die (PR_SET_PDEATHSIG); it has a process group of its
// own, so that Ctrl-C at the terminal reaches this program alone, which then ends the child in
// order. Not thread-safe; start it from the main thread, whose death is the one that counts.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace paragon {

class ChildProcess {
 public:
  // Runs `program` with `arguments` (without its own name); what it prints goes to `log_file`.
  static Result<ChildProcess> start(const std::string& program,
                                    const std::vector<std::string>& arguments,
                                    const std::string& log_file);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();  // stop(), with two seconds

  // The exit code once it has ended: 128 + signal when a signal ended it.
  std::optional<int> ended();
  // SIGTERM, then SIGKILL after `patience`; waits until it is gone. Gives the exit code.
  int stop(Duration patience);
  // Waits for its own end at most so long.
  std::optional<int> wait(Duration patience);

  pid_t pid() const { return pid_; }

 private:
  explicit ChildProcess(pid_t pid) : pid_(pid) {}
  pid_t pid_;
  std::optional<int> exit_code_;
};

// The path of the running program.
std::string own_program();
// The last `lines` lines of a file, for error messages; empty when it cannot be read.
std::string tail_of(const std::string& file, int lines);

}  // namespace paragon

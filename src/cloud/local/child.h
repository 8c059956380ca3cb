// A child process that cannot outlive us, watched from the loop.
//
// What it is given: file 3, a lifeline (reads end-of-file once this process is gone, however it
// ended); file 4, on which it writes one line when it is ready; its own process group; SIGKILL by
// the kernel when the thread that started it ends; no other open file of ours.
//
// Promises:
// 1. Nothing here waits, except the destructor: it kills the whole group and collects the child,
//    which takes as long as the kernel takes to end a killed process.
// 2. `on_ready` is called at most once, `on_exit` exactly once unless the Child is destroyed
//    before; never from inside start(). The Child may be destroyed in either.
// 3. When the child ends, what is left of its group is killed.
// Linux 5.3 or newer (pidfd). On the loop's thread only.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "wire/loop.h"

namespace paragon {

class Child {
 public:
  static constexpr int kLifelineFd = 3;
  static constexpr int kReadyFd = 4;

  struct Command {
    std::string program;                 // path, or a name looked for in PATH
    std::vector<std::string> arguments;  // without the program's own name
    std::string output_file;             // stdout and stderr are appended; empty: our stderr
    // `cgroup.procs` files the process writes itself into before the program runs. Done by a shell
    // in the child: joining a control group can take the kernel 20 ms, which the loop must not
    // wait.
    std::vector<std::string> enter;
  };
  struct Exit {
    int status = 0;            // when it ended by itself
    int signal = 0;            // when it was killed; else 0
    std::string text() const;  // "exit status 3", "signal 9 (Killed)"
  };
  using OnReady = std::function<void(std::string line)>;  // without the line's end
  using OnExit = std::function<void(Exit)>;

  // Errors: not_found (no such program), denied (not executable), unavailable (out of processes or
  // files), unsupported (kernel).
  static Result<std::unique_ptr<Child>> start(Loop& loop, const Command& command, OnReady on_ready,
                                              OnExit on_exit);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const;
  // SIGTERM to the group, SIGKILL when it still runs after `grace`. Repeating it changes nothing.
  void end(Duration grace);
  void kill();  // SIGKILL to the group; on_exit follows

 private:
  struct Impl;
  explicit Child(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace paragon

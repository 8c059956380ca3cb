// A real `paragon worker` in a process of its own, started as the local cloud starts it: with a
// lifeline, and a pipe on which it says that it is ready.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace paragon::testing {

class RunningWorker {
 public:
  // `arguments` go behind `paragon worker --listen 127.0.0.1:0` (`paragon worker` where it is not
  // to listen). Does not wait.
  explicit RunningWorker(const std::vector<std::string>& arguments, bool listens = true);
  ~RunningWorker();  // SIGKILL if it still runs

  // What it wrote on the ready pipe; empty when it ended or the bound passed without a line.
  std::string ready_line(Duration bound);
  // The port in that line; 0 if there is none.
  static std::uint16_t port_in(const std::string& line);

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  void cut_lifeline();
  // The exit status, or 128 + signal; nothing when it does not end within the bound.
  std::optional<int> wait(Duration bound);

 private:
  pid_t pid_ = -1;
  int ready_ = -1;
  int lifeline_ = -1;
};

}  // namespace paragon::testing

// What a program of the user's prints, read on the loop.
//
// It is started without a shell, in a process group of its own, with nothing on its standard input.
// Its standard error is ours: what it complains of, or asks its user for, is seen.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "cloud/aws/secret.h"
#include "wire/loop.h"

namespace paragon::aws {

class ProgramOutput {
 public:
  using Done = std::function<void(Result<Secret>)>;  // what it printed may be a key

  // command: the program (a path, or a name looked for in PATH) and its arguments; not empty.
  // Calls `done` exactly once, later, on the loop's thread, unless destroyed before, which kills
  // the program. Errors: not_found and denied (it cannot be started), timeout (it still ran, and
  // was killed), unavailable (it ended otherwise than with status 0; it printed more than
  // kPrintedMax; out of processes). No message has an argument of the command.
  ProgramOutput(Loop& loop, const std::vector<std::string>& command, Duration timeout, Done done);
  ~ProgramOutput();

  static constexpr std::size_t kPrintedMax = 1 << 16;  // bytes; keys are less than 4 KiB

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace paragon::aws

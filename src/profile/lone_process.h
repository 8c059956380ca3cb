// The parent's side of a fresh process with one network (single_run.h), with a share of the
// processors.
//
// A share is imposed from outside: by a control group where `groups` is given, else by stopping and
// continuing the process 50 times a second (SIGSTOP, SIGCONT). The process ends with this object,
// and with this program.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/units.h"
#include "cloud/local/control_group.h"
#include "profile/single_run.h"

namespace paragon::profile {

class LoneProcess {
 public:
  // Runs `program profile-one`. Waits until it is ready. Errors: what the network's loading said,
  // or that the process ended, and how.
  static Result<std::unique_ptr<LoneProcess>> start(const std::string& program,
                                                    const std::string& model_file, int threads,
                                                    ControlGroups* groups = nullptr);
  ~LoneProcess();
  LoneProcess(const LoneProcess&) = delete;
  LoneProcess& operator=(const LoneProcess&) = delete;

  const ColdStart& cold_start() const { return cold_start_; }
  // Runs for at least so long and so often with `share` of a processor, all threads together.
  Result<ShareVisit> visit(Vcpus share, Duration at_least, std::size_t runs_min);

 private:
  LoneProcess() = default;
  // The next line it says. Error unavailable: it has ended, and was not collected yet.
  Result<std::string> line(Duration patience);
  Result<std::string> line_under_duty(double duty, Duration patience);
  Error explained(const Error& error);

  pid_t pid_ = -1;
  int to_ = -1;
  int from_ = -1;
  int threads_ = 1;
  std::string said_;  // read and not yet used
  ColdStart cold_start_;
  std::unique_ptr<ControlGroup> group_;
};

}  // namespace paragon::profile

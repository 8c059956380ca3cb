// This computer as the local cloud uses it: starts workers, each with its socket, its log and its
// share of the CPU, and cleans up after them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "cloud/local/child.h"
#include "cloud/local/control_group.h"
#include "cloud/local/run_dir.h"
#include "cloud/local/settings.h"
#include "wire/http_client.h"

namespace paragon {

// A running worker process. Destroying it kills the process and removes its group and socket.
class Worker {
 public:
  ~Worker();
  Child& child() { return *child_; }
  const http::Endpoint& endpoint() const { return endpoint_; }
  // From its starting share to the share it was ordered with.
  void started();

 private:
  friend class Host;
  Worker() = default;
  Vcpus cores_;
  http::Endpoint endpoint_;
  std::unique_ptr<ControlGroup> group_;  // outlives the process in it
  std::unique_ptr<Child> child_;
};

class Host {
 public:
  // Errors: invalid settings (all complaints together), not_found (no such program), unsupported
  // (control groups asked for and not permitted).
  static Result<std::unique_ptr<Host>> open(Loop& loop, const LocalCloudSettings& settings);

  struct Order {
    std::string name;                    // unique among those alive: names the socket and the log
    std::vector<std::string> arguments;  // of the worker, without what the host adds
    Vcpus cores;                         // of this computer, all threads of the process together
    double stretch;                      // >= 1: where the share cannot be imposed from outside
    std::string resource;                // resource_name(), for CpuMode::profile
    Memory memory;
    std::optional<Vcpus> starting_cores;  // until Worker::started(); absent: `cores` from the first
  };
  // `on_ready` and `on_exit` as in Child. Errors as Child::start and ControlGroups::make.
  Result<std::unique_ptr<Worker>> start(const Order& order, Child::OnReady on_ready,
                                        Child::OnExit on_exit);

  const std::string& run_dir() const { return run_dir_->path(); }
  // How CPU shares are imposed, for the log: "control groups: cpu v1, memory v1", "stretch (...)".
  const std::string& capping() const { return capping_; }
  bool groups() const { return groups_.has_value(); }

 private:
  Host(Loop& loop, const LocalCloudSettings& settings) : loop_(loop), settings_(settings) {}

  Loop& loop_;
  LocalCloudSettings settings_;
  std::unique_ptr<RunDir> run_dir_;
  std::optional<ControlGroups> groups_;
  CpuMode paced_ = CpuMode::none;  // stretch, profile or none: what the workers themselves do
  std::string capping_;
};

}  // namespace paragon

// Control groups: caps on the CPU share and memory of a process, imposed by the kernel.
//
// Both versions are spoken, each controller where it is mounted: version 1 (cpu.cfs_quota_us,
// cpu.shares, memory.limit_in_bytes) and version 2 (cpu.max, cpu.weight, memory.max). Groups are
// made inside the group this process runs in where that is allowed, so that an outer limit still
// holds, else at the top.
//
// What we make carries our process number and start time in its name: a group whose maker was
// killed is found and removed by the next ControlGroups (removing is harmless, for the kernel
// refuses to remove a group in use).
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"

namespace paragon {

// One capped group; destroying it removes it. Every process that entered must be gone by then.
class ControlGroup {
 public:
  ~ControlGroup();
  ControlGroup(const ControlGroup&) = delete;
  ControlGroup& operator=(const ControlGroup&) = delete;

  // The files a process writes "0" to in order to be inside.
  std::vector<std::string> enter() const;
  // Another cap from now on; what runs inside stays. False: the kernel refused.
  bool set_share(Vcpus share);

 private:
  friend class ControlGroups;
  ControlGroup() = default;
  std::vector<std::filesystem::path> folders_;  // one a hierarchy, that of the CPU first
  int cpu_version_ = 1;
};

class ControlGroups {
 public:
  // Where the kernel says what is mounted and where we are; tests give a folder of their own.
  struct System {
    std::filesystem::path mounts = "/proc/self/mounts";
    std::filesystem::path own = "/proc/self/cgroup";
    // Tries, with a process of a moment, that entering a group works. Off for plain files.
    bool try_entering = true;
  };

  // Removes what dead makers left and proves, by making a small group, that caps can be imposed.
  // Error `unsupported` says which step is not permitted.
  static Result<ControlGroups> find() { return find(System{}); }
  static Result<ControlGroups> find(const System& system);

  // `name` is unique among those alive of this object. share > 0 in cores; it is the cap, until
  // set_share() where `starting` is given, and how much weight the group has where the computer is
  // short of cores. Error insufficient_capacity: an outer group allows less.
  Result<std::unique_ptr<ControlGroup>> make(const std::string& name, Vcpus share, Memory memory,
                                             std::optional<Vcpus> starting = {});

  std::string text() const;  // "control groups: cpu v1, memory v1"

 private:
  struct Hierarchy {
    int version = 1;
    std::filesystem::path base;  // groups are made in it
  };
  ControlGroups() = default;
  std::optional<Hierarchy> cpu_;
  std::optional<Hierarchy> memory_;  // absent: memory is not capped
  std::string prefix_;
};

// Quota and period for a share. The period is 20 ms: a 100 ms one would let a share of 0.2 stall
// for 80 ms. The kernel takes no quota under 1 ms, so very small shares get a longer period.
struct CpuQuota {
  long quota_us;
  long period_us;
};
CpuQuota cpu_quota(Vcpus share);

}  // namespace paragon

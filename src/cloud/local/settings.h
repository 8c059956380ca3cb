// What a local cloud can be told.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "base/units.h"

namespace paragon {

// How the CPU share of an offer is imposed on a worker's process.
enum class CpuMode {
  automatic,      // control groups where permitted, else stretch
  control_group,  // refuse to start where control groups are not permitted
  stretch,        // the worker holds its slot for longer: `--stretch`; no privilege needed
  profile,        // the worker holds its slot for the service time of the catalog, as the simulator
                  // draws it: what else this computer does matters little
  none,           // every worker may use the whole computer
};

// By its name in configurations: automatic, control_group, stretch, profile, none.
std::optional<CpuMode> cpu_mode(std::string_view name);

struct LocalCloudSettings {
  std::string program;       // what is run as `<program> worker ...`; empty: this very program
  std::string catalog_file;  // given to the workers
  std::string models_dir;    // given to the workers when not empty
  std::string run_dir;       // sockets go into a new folder in it; empty: the system's place
  std::string log_dir;       // workers' output, a file each, kept; empty: our stderr
  std::string log_level;     // given to the workers when not empty
  CpuMode cpu = CpuMode::automatic;
  std::uint64_t seed = 1;  // of provisioning delays and cold starts

  // The size of this data centre. An order beyond it fails with insufficient_capacity; a call that
  // needs one more environment takes the place of the longest idle one, else it is throttled.
  int machines_max = 64;           // at once, 0 to 10,000
  std::optional<Vcpus> vcpus_max;  // of all machines together, as sold; absent: no limit
  int environments_max = 64;       // at once, 0 to 10,000

  Duration drain_time = std::chrono::seconds(30);  // a machine may finish its work for so long
  // A worker that does not say it is ready for so long has failed; counted from its start.
  Duration boot_timeout = std::chrono::seconds(120);
};

}  // namespace paragon

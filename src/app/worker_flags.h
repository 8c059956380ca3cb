// What `paragon worker` is told on the command line, and what it makes of that.
#pragma once

#include <string>

#include "base/result.h"
#include "catalog/catalog.h"
#include "worker/worker_server.h"

namespace CLI {
class App;
}

namespace paragon {

struct WorkerFlags {
  std::string catalog;
  std::string models_dir;
  std::string listen = "127.0.0.1:8100";
  int slots = 1;
  std::int64_t memory_mb = 0;
  std::string preload = "all";
  std::size_t queue_max = 256;
  bool function = false;
  bool lambda = false;
  double orphan_after_s = 0;  // 0: never
  bool spot_notices = false;
  double stretch = 1;
  std::string service_times_of;
  int ready_fd = -1;
  int lifeline_fd = -1;
  std::string log_level = "info";

  bool talkative() const { return log_level != "error" && log_level != "warn"; }
};

// `flags` must outlive the command.
void add_worker_flags(CLI::App& command, WorkerFlags& flags);

struct PreparedWorker {
  Catalog catalog;
  WorkerSettings settings;
};

// Reads the catalog and checks the flags against it. Errors: those of load_catalog; invalid, with
// the flag's name.
Result<PreparedWorker> prepare_worker(const WorkerFlags& flags);

}  // namespace paragon

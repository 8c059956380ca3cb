// One load from start to end, shared by `paragon load` and `paragon demo`: prepared from files,
// sent on a loop, told as tables.
#pragma once

#include <optional>
#include <string>

#include "app/load_pictures.h"
#include "load/open_loop.h"
#include "load/schedule.h"
#include "load/summary.h"

namespace paragon {

struct LoadCommand {
  std::string url;
  std::string task = "garment-classification";
  bool task_given = false;  // on the command line: stands above the mix
  ScheduleSettings schedule;
  PictureSource pictures;
  std::string mix;  // file; empty: one class without constraints
  std::string body = "raw";
  std::string input = "image";  // name of the tensor
  std::string token;
  std::string tls_ca_file;
  std::size_t connections = 256;
  Duration timeout = std::chrono::seconds(30);
};

// All that a load needs, read and checked.
struct PreparedLoad {
  LoadPlan plan;
  Duration length{};
  std::string source;    // of the arrivals
  std::string pictures;  // where they are from
  std::string task;
};
// `arrivals` stands in for the settings' own schedule where it is given. Errors: what is wrong with
// the options or the files they name.
Result<PreparedLoad> prepare(const LoadCommand& options,
                             std::optional<Schedule> arrivals = std::nullopt);

// `rate` is of the queries sent so far.
LoadRecord record_of(const LoadCommand& options, const PreparedLoad& prepared, const OpenLoop& load,
                     bool interrupted);

}  // namespace paragon

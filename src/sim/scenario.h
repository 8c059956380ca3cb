// A scenario: everything that fixes one simulated run. The same scenario gives the same bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "brain/journal.h"
#include "brain/settings.h"
#include "catalog/catalog.h"
#include "catalog/provisioned.h"
#include "trace/arrivals.h"
#include "trace/mix.h"

namespace paragon::sim {

// The load: arrivals as often as asked for (a bound and several schemes read the same ones again),
// each with a class of the mix.
struct Load {
  // A fresh stream of the same arrivals. Errors: the trace cannot be read.
  std::function<Result<ArrivalsPtr>()> arrivals;
  Mix mix;
};

// Machines that are up when a run begins.
struct Standing {
  MachineOfferId offer;
  int machines = 0;
};

struct Scenario {
  const Catalog* catalog = nullptr;  // outlives the run
  BrainSettings brain;
  Load load;
  // Ready at time 0 and billed from then on: a deployment that was running before. Usually none.
  std::vector<Standing> standing{};
  // Environments that are kept and ready from time 0 to the end, and billed for as long.
  std::vector<Provisioned> provisioned{};
  // How long a slot or an environment is held beyond the service itself: the way to the worker and
  // back. The server's is measured by bench/fidelity.
  Duration hand_off{};
  std::uint64_t seed = 1;  // of classes, service times, delays and faults; each has its own stream
  // Between two samples of the time series; longer runs than kSamplesMax of them coarsen it by
  // halves, so memory does not grow with the length of the trace.
  Duration sample = std::chrono::seconds(1);
};

inline constexpr std::size_t kSamplesMax = 4096;

// Watches a run. Called rarely (every few thousand events); `simulated` never goes back.
using OnProgress = std::function<void(Time simulated, std::uint64_t requests)>;

}  // namespace paragon::sim

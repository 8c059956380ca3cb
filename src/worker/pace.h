// How long a run holds its slot, where that is to be longer than it takes on this computer: how
// slower processors are played where the system cannot impose a share of its own.
//
// Two ways. Stretched: so many times the run's own compute time, so everything that a real run
// varies by is there, magnified. From the profile: a service time drawn from the catalog as the
// simulator draws it, with the real run inside it; two such runs differ by their draws and not by
// what else this computer does.
// Thread-safety: one Pace a thread.
#pragma once

#include <cstddef>
#include <stop_token>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "base/time.h"
#include "catalog/catalog.h"
#include "worker/model.h"

namespace paragon {

struct PaceSettings {
  struct ServiceTime {
    Duration median{};
    double sigma = 0;  // of the logarithm
  };
  double stretch = 1;                      // >= 1
  std::vector<ServiceTime> service_times;  // by variant; empty: stretched
  bool slower() const { return stretch > 1 || !service_times.empty(); }
};

// What the catalog says of each variant on a resource, by its resource_name(). A variant
// that does not fit there has the time 0. Errors: not_found, no such resource.
Result<std::vector<PaceSettings::ServiceTime>> service_times_on(const Catalog& catalog,
                                                                std::string_view resource);

class Pace {
 public:
  // `stop`: nothing is held any longer once that is asked for.
  explicit Pace(const PaceSettings& settings, std::stop_token stop = {});
  // A run of this model begins on this thread.
  void begin(const Model& model);
  // It is done: blocks until a slower processor would have done its rows, and says for how long.
  Duration hold(std::size_t rows);

 private:
  Duration used() const;
  Duration due(std::size_t rows);

  const PaceSettings& settings_;
  std::stop_token stop_;
  Random random_;
  VariantId variant_;
  bool alone_ = true;  // the run has no threads but this one
  Duration begun_{};
};

}  // namespace paragon

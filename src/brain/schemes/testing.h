// What a scheme sees, for its tests: a view over parts that the test moves by hand.
#pragma once

#include <vector>

#include "brain/testing.h"

namespace paragon::testing {

// A machine of each offer takes 5 ms for a query, in half of its slots: two at once, 200 a second.
struct Sight {
  static constexpr double kWork = 0.005;  // machine-seconds a query

  explicit Sight(Catalog the_catalog, Duration provisioning = {})
      : catalog(std::move(the_catalog)),
        load(catalog.variants().size()),
        machines(catalog.machine_offers().size()),
        work(machines.size(), kWork),
        share(machines.size(), 0.5),
        blocked_until(machines.size()),
        view{.now = {},
             .catalog = catalog,
             .load = load,
             .forecast = forecast,
             .machines = machines,
             .work_per_query = work,
             .share_per_query = share,
             .blocked_until = blocked_until,
             .cheapest = MachineOfferId{0},
             .provisioning = provisioning,
             .machines_min = 0,
             .machines_max = 64} {
    for (std::uint32_t o = 0; o < machines.size(); ++o) machines[o].offer = MachineOfferId{o};
  }
  Sight(const Sight&) = delete;  // the view looks at the rest
  Sight& operator=(const Sight&) = delete;

  // A second passes in which so many queries of the medium variant came.
  void second(int queries) {
    for (int i = 0; i < queries; ++i) load.record(VariantId{1}, VariantId{1}, view.now + i * 1us);
    view.now += 1s;
    load.advance(view.now);
    forecast.observe(rate_of(load.sample(0), Monitor::kSample));
  }

  Catalog catalog;
  Monitor load;
  Forecast forecast;
  std::vector<MachineCount> machines;  // by offer, as the others
  std::vector<double> work;
  std::vector<double> share;
  std::vector<Time> blocked_until;
  View view;
};

}  // namespace paragon::testing

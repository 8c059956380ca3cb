// Offers: what can be bought, at which price, with which delay.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "base/id.h"
#include "base/random.h"
#include "base/time.h"
#include "base/units.h"

namespace paragon {

// A length of time that varies: lognormal around a median. sigma 0 is a constant.
struct Delay {
  Duration median{};
  double sigma = 0;

  Duration sample(Random& random) const {
    return from_seconds(random.lognormal(seconds(median) > 0 ? seconds(median) : 1e-12, sigma));
  }
  Duration percentile95() const { return from_seconds(seconds(median) * std::exp(1.645 * sigma)); }
};

enum class Market { on_demand, spot, burstable };

inline constexpr double kSecondsAMonth = 365.25 / 12 * 86400;  // on average

// An instance type as sold in one market.
struct MachineOffer {
  std::string name;  // unique: "c5.large", "c5.large:spot"
  Market market = Market::on_demand;
  Vcpus vcpus;       // as sold
  double speed = 1;  // of one vCPU, in cores of the machine that the profiles were measured on
  Memory memory;
  HourlyPrice price;
  Duration minimum_billed = std::chrono::seconds(60);  // per machine
  Duration billing_step = std::chrono::seconds(1);     // rounded up to a multiple
  Delay provisioning_delay;                            // from the order to ready

  double no_capacity_probability = 0;   // of an order: the cloud has none, nothing is billed
  double boot_failure_probability = 0;  // of an order: billed until it fails, never ready

  // Spot: how often a machine is taken away (mean), and how long before it is told.
  double interruptions_per_month = 0;
  Duration interruption_notice = std::chrono::seconds(120);
  // Of the interruptions, how many are the market's, which take all machines of the offer at once,
  // rather than one machine's. 0 to 1.
  double interrupted_together = 0;

  // Burstable. One credit is one vCPU for one minute; 0 credits an hour: not burstable.
  double credits_per_hour = 0;  // earned by the whole machine: vcpus x 60 x its baseline share
  double credits_max = 0;       // the most that it can bank
  double credits_at_launch = 0;
  // Unlimited mode: what is used over the baseline is paid for. Absent: standard mode, a machine
  // without credits slows down to its baseline.
  std::optional<HourlyPrice> surcharge_per_vcpu_hour;

  std::string source;  // where the price is from, with its date

  // Burstable: the share of its processors that it earns, 0 to 1.
  double baseline() const { return credits_per_hour / 60 / vcpus.value; }
};

// What environments cost that are kept initialised whether they are called or not, as AWS sells
// them ("provisioned concurrency"): a GB-second of keeping one, and a GB-second of the calls that
// run in it. A call's own price stays.
struct ProvisionedPrice {
  GbSecondPrice kept;
  GbSecondPrice run;
  friend bool operator==(const ProvisionedPrice&, const ProvisionedPrice&) = default;
};
// They are kept, and paid for, in whole steps of this: AWS Lambda pricing page, 2021 and later.
inline constexpr Duration kProvisionedStep = std::chrono::minutes(5);

// A function size. An environment is one process that runs one query at a time.
struct FunctionOffer {
  std::string name;  // unique: "lambda-1769mb"
  Memory memory;
  Vcpus vcpus;       // CPU share that comes with the memory (AWS: memory / 1769 MB)
  double speed = 1;  // as for machines
  GbSecondPrice price;
  Dollars price_per_call;
  std::optional<ProvisionedPrice> provisioned;           // absent: none can be kept so
  Duration billing_step = std::chrono::milliseconds(1);  // 100 ms until December 2020
  Delay cold_start;  // extra to what starting the process and loading the model takes
  Duration keep_alive = std::chrono::minutes(5);  // an idle environment is kept this long
  int concurrency_limit = 1000;                   // environments at once; more is throttled
  // How fast their number may rise: to burst_limit at once, then by so many a minute; more is
  // throttled. 0: no such limit.
  int burst_limit = 0;
  double burst_growth_per_minute = 500;
  std::int64_t payload_bytes_max = 6 * 1024 * 1024;  // of a synchronous call
  std::string source;

  // Run time as billed: at least one step, rounded up to a multiple. The initialisation of a cold
  // start is not in it: of managed runtimes AWS did not bill it at the time of the paper (it does
  // since August 2025).
  Duration billed(Duration run) const {
    const auto steps =
        (std::max(run, Duration(1)).count() + billing_step.count() - 1) / billing_step.count();
    return billing_step * steps;
  }
};

// What reports, the API and command lines call what is bought: "machine:c5.large",
// "function:lambda-1769mb".
inline std::string resource_name(const MachineOffer& offer) { return "machine:" + offer.name; }
inline std::string resource_name(const FunctionOffer& offer) { return "function:" + offer.name; }

}  // namespace paragon

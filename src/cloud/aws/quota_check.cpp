#include "cloud/aws/quota_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cloud/aws/quota.h"

namespace paragon::aws {
namespace {

// Calls at once that Lambda holds back from being kept provisioned or reserved.
constexpr double kLeftUnreserved = 100;

// What keeping them costs, and how many they are.
double tell_provisioned(CheckDesk& desk) {
  const std::vector<Provisioned>& provisioned = desk.settings.functions.provisioned;
  int environments = 0;
  HourlyPrice price;
  for (const Provisioned& one : provisioned) {
    environments += one.environments;
    price += keeping_price(desk.catalog, one);
  }
  desk.tell(Grade::good,
            fmt::format("kept provisioned: {} environments of {} functions, at ${:.4f} "
                        "an hour for as long as this server runs",
                        environments, provisioned.size(), price.value));
  return environments;
}

// `needed` 0: nothing to look at.
void check_quota(CheckDesk& desk, const quota::Quota& quota, double needed, CheckDesk::Next next) {
  if (needed <= 0) return next();
  desk.ask(
      *desk.quotas, quota::get_request(desk.quotas->host(), quota), actions::kGetServiceQuota,
      Grade::warning,
      [&desk, &quota, needed](const std::string& body) {
        const auto value = quota::read_value(body);
        if (!value) return desk.tell(Grade::warning, value.error().message);
        std::string what = fmt::format("quota of {}: {:g}", quota.what, *value);
        if (*value >= needed) return desk.tell(Grade::good, std::move(what));
        desk.tell(Grade::warning, fmt::format("{}, while the configuration may use {:g}; ask AWS "
                                              "for more ({}), or allow less",
                                              what, needed, quota.code));
      },
      std::move(next));
}

}  // namespace

void check_machine_quotas(CheckDesk& desk, CheckDesk::Next next) {
  double on_demand = 0;
  double spot = 0;  // vCPUs of the largest offer
  for (const MachineOffer& offer : desk.catalog.machine_offers()) {
    double& most = offer.market == Market::spot ? spot : on_demand;
    most = std::max(most, offer.vcpus.value);
  }
  const int most = desk.machines_max;
  check_quota(desk, quota::kOnDemandVcpus, on_demand * most,
              [&desk, needed = spot * most, next = std::move(next)] {
                check_quota(desk, quota::kSpotVcpus, needed, next);
              });
}

void check_function_quota(CheckDesk& desk, CheckDesk::Next next) {
  double most = 0;
  if (desk.settings.functions.any()) {
    for (const FunctionOffer& offer : desk.catalog.function_offers())
      most = std::max(most, static_cast<double>(offer.concurrency_limit));
  }
  if (!desk.settings.functions.provisioned.empty())
    most = std::max(most, kLeftUnreserved + tell_provisioned(desk));
  check_quota(desk, quota::kFunctions, most, std::move(next));
}

}  // namespace paragon::aws

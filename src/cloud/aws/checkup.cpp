#include "cloud/aws/checkup.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <utility>

#include "cloud/aws/aws_cloud.h"
#include "cloud/aws/check_desk.h"
#include "cloud/aws/network_check.h"
#include "cloud/aws/order_check.h"
#include "cloud/aws/quota_check.h"
#include "cloud/aws/sts.h"

namespace paragon::aws {
namespace {

void check_caller(CheckDesk& desk, CheckDesk::Next next) {
  const Account& account = desk.account;
  desk.tell(Grade::good,
            fmt::format("region {}, from {}", account.region(), account.region_from()));
  desk.ask(
      *desk.sts, sts::request(desk.sts->host(), sts::GetCallerIdentity{}),
      actions::kGetCallerIdentity, Grade::wrong,
      [&desk](const std::string& body) {
        const auto caller = sts::read_caller(body);
        if (!caller) return desk.tell(Grade::wrong, caller.error().message);
        desk.tell(Grade::good,
                  fmt::format("credentials from {}: {}", desk.account.described(), caller->arn));
      },
      std::move(next));
}

// What there is already, and that it can be asked for.
void check_estate(CheckDesk& desk, CheckDesk::Next next) {
  desk.estate = std::make_unique<EstateAgent>(desk.account.loop(), *desk.ec2, *desk.lambda,
                                              desk.settings.deployment);
  desk.estate->find([&desk, next = std::move(next)](const Result<Estate>& estate) {
    if (!estate) {
      desk.tell(Grade::wrong, estate.error().message);
    } else {
      desk.tell(Grade::good,
                fmt::format("what is there of deployment '{}': {} instances, {} functions",
                            desk.settings.deployment, estate->instances.size(),
                            estate->functions.size()));
    }
    if (!desk.settings.functions.any())
      desk.tell(Grade::warning, "functions: no code is configured, so machines serve alone");
    next();
  });
}

}  // namespace

struct Checkup::Impl : std::enable_shared_from_this<Impl> {
  Impl(Account& of, const Catalog& all, const AwsSettings& with, int most)
      : account(of), catalog(all), settings(with), machines_max(most) {}

  void run(std::function<void(const Finding&)> say, std::function<void(int)> then) {
    done = std::move(then);
    desk = std::make_shared<CheckDesk>(account, catalog, settings, machines_max, std::move(say));
    if (Status good = check(settings); !good) {
      // Asking AWS makes no sense before these are right.
      tell_lines(good.error().message);
      return finish();
    }
    if (!desk->open()) return finish();
    checks = {check_caller, check_image, check_subnets, check_security_groups};
    for (std::uint32_t o = 0; o < catalog.machine_offers().size(); ++o)
      checks.push_back(order_check(MachineOfferId{o}));
    checks.insert(checks.end(),
                  {check_ending, check_machine_quotas, check_estate, check_function_quota});
    next();
  }

  void next() {
    if (checks.empty()) return finish();
    const Check step = std::move(checks.front());
    checks.pop_front();
    step(*desk, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->next();
    });
  }

  void tell_lines(const std::string& text) {
    std::size_t from = 0;
    while (from < text.size()) {
      const std::size_t end = std::min(text.find('\n', from), text.size());
      desk->tell(Grade::wrong, text.substr(from, end - from));
      from = end + 1;
    }
  }

  void finish() {
    account.loop().post([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->done(self->desk->wrong());
    });
  }

  Account& account;
  const Catalog& catalog;
  const AwsSettings& settings;
  const int machines_max;
  std::function<void(int)> done;
  std::shared_ptr<CheckDesk> desk;
  std::deque<Check> checks;  // still to be made
};

Checkup::Checkup(Account& account, const Catalog& catalog, const AwsSettings& settings,
                 int machines_max)
    : impl_(std::make_shared<Impl>(account, catalog, settings, machines_max)) {}
Checkup::~Checkup() = default;

void Checkup::run(std::function<void(const Finding&)> say, std::function<void(int wrong)> done) {
  impl_->run(std::move(say), std::move(done));
}

}  // namespace paragon::aws

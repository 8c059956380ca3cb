#include "cloud/aws/checkup.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <utility>

#include "cloud/aws/aws_cloud.h"
#include "cloud/aws/ec2_place.h"
#include "cloud/aws/estate.h"
#include "cloud/aws/quota.h"
#include "cloud/aws/sts.h"

namespace paragon::aws {
namespace {

constexpr const char* kDryRunAnswer = "DryRunOperation";
// Where nothing is, so that nothing can happen to it.
constexpr const char* kNoInstance = "i-00000000000000000";

}  // namespace

struct Checkup::Impl : std::enable_shared_from_this<Impl> {
  using Grade = Finding::Grade;
  using Answer = std::function<void(Impl&, const std::string& body)>;

  Impl(Account& of, const Catalog& all, const AwsSettings& with, int most)
      : account(of), catalog(all), settings(with), machines_max(most) {}

  // --- the steps, one after the other

  void run(std::function<void(const Finding&)> tell, std::function<void(int)> then) {
    say = std::move(tell);
    done = std::move(then);
    if (Status good = check(settings); !good) {
      // Asking AWS makes no sense before these are right.
      tell_lines(good.error().message);
      return finish();
    }
    const auto open = [&](const ServiceName& name) {
      auto service = Service::open(account, name, settings.seed);
      if (service) return std::move(*service);
      tell_one(Grade::wrong, service.error().message);
      return std::unique_ptr<Service>();
    };
    sts = open(services::kSts);
    ec2 = open(services::kEc2);
    lambda = open(services::kLambda);
    quotas = open(services::kQuotas);
    if (!sts || !ec2 || !lambda || !quotas) return finish();
    steps.push_back(&Impl::caller);
    steps.push_back(&Impl::image);
    steps.push_back(&Impl::subnets);
    steps.push_back(&Impl::groups);
    for (std::uint32_t o = 0; o < catalog.machine_offers().size(); ++o) offers.push_back({o});
    steps.push_back(&Impl::orders);
    steps.push_back(&Impl::ending);
    steps.push_back(&Impl::machine_quotas);
    steps.push_back(&Impl::functions);
    steps.push_back(&Impl::function_quota);
    next();
  }

  void next() {
    if (steps.empty()) return finish();
    const auto step = steps.front();
    steps.pop_front();
    (this->*step)();
  }

  void caller() {
    tell_one(Grade::good,
             fmt::format("region {}, from {}", account.region(), account.region_from()));
    ask(*sts, sts::request(sts->host(), sts::GetCallerIdentity{}), actions::kGetCallerIdentity,
        Grade::wrong, [](Impl& self, const std::string& body) {
          const auto caller = sts::read_caller(body);
          if (!caller) return self.tell_one(Grade::wrong, caller.error().message);
          self.tell_one(Grade::good, fmt::format("credentials from {}: {}",
                                                 self.account.described(), caller->arn));
        });
  }

  void image() {
    const std::string& id = settings.instances.image;
    if (id.empty()) {
      tell_one(Grade::good, "image: left to the launch template");
      return next();
    }
    ask(*ec2, ec2::request_for(ec2->host(), ec2::DescribeImages{{id}}), actions::kDescribeImages,
        Grade::wrong, [id](Impl& self, const std::string& body) {
          const auto images = ec2::read_describe_images(body);
          if (!images) return self.tell_one(Grade::wrong, images.error().message);
          if (images->empty()) {
            return self.tell_one(Grade::wrong, fmt::format("image {}: not there; check the id and "
                                                           "the region, and that it is shared with "
                                                           "this account",
                                                           id));
          }
          const bool usable = images->front().state == "available";
          self.tell_one(usable ? Grade::good : Grade::wrong,
                        fmt::format("image {}: {}, {}", id, images->front().state,
                                    images->front().architecture));
        });
  }

  void subnets() {
    if (settings.instances.subnets.empty()) {
      tell_one(Grade::good, "subnets: left to the launch template or the default network");
      return next();
    }
    ask(*ec2, ec2::request_for(ec2->host(), ec2::DescribeSubnets{settings.instances.subnets}),
        actions::kDescribeSubnets, Grade::wrong, [](Impl& self, const std::string& body) {
          const auto found = ec2::read_describe_subnets(body);
          if (!found) return self.tell_one(Grade::wrong, found.error().message);
          int free = 0;
          for (const auto& subnet : *found) {
            free += subnet.free_addresses;
            self.networks.insert(subnet.network);
            self.tell_one(subnet.free_addresses > 0 ? Grade::good : Grade::wrong,
                          fmt::format("subnet {}: {}, {} free addresses", subnet.id, subnet.zone,
                                      subnet.free_addresses));
          }
          if (free < self.machines_max) {
            self.tell_one(Grade::warning,
                          fmt::format("subnets: {} free addresses for up to {} machines "
                                      "(brain.machines_max); add a subnet",
                                      free, self.machines_max));
          }
          if (self.networks.size() > 1)
            self.tell_one(Grade::wrong, "subnets: they are in different networks (VPCs)");
        });
  }

  void groups() {
    if (settings.instances.security_groups.empty()) {
      tell_one(Grade::warning,
               fmt::format("security groups: left to the launch template or the default one; TCP "
                           "port {} must be open to this server",
                           settings.instances.port));
      return next();
    }
    ask(*ec2,
        ec2::request_for(ec2->host(),
                         ec2::DescribeSecurityGroups{settings.instances.security_groups}),
        actions::kDescribeSecurityGroups, Grade::wrong, [](Impl& self, const std::string& body) {
          const auto found = ec2::read_describe_security_groups(body);
          if (!found) return self.tell_one(Grade::wrong, found.error().message);
          const auto port = self.settings.instances.port;
          const bool open = std::any_of(found->begin(), found->end(), [port](const auto& group) {
            return group.lets_in_tcp(port);
          });
          for (const auto& group : *found) {
            if (!self.networks.empty() && !self.networks.contains(group.network)) {
              self.tell_one(Grade::wrong, fmt::format("security group {}: in network {}, which is "
                                                      "not the subnets'",
                                                      group.id, group.network));
            }
          }
          self.tell_one(
              open ? Grade::good : Grade::wrong,
              fmt::format("security groups: TCP port {} is {}", port,
                          open ? "open to somebody" : "open to nobody; let this server in"));
        });
  }

  // A dry run of each order there may be: EC2 checks permissions and parameters.
  void orders() {
    if (offers.empty()) return next();
    const MachineOfferId offer = offers.front();
    offers.pop_front();
    steps.push_front(&Impl::orders);
    auto order = order_for(catalog, settings, offer, MachineId{1}, 0);
    order.dry_run = true;
    order.client_token = "paragon-check";  // nothing is ordered, so nothing is kept of it
    dry(order, actions::kRunInstances, "order of " + catalog.offer(offer).name, {kDryRunAnswer});
  }

  void ending() {
    ec2::TerminateInstances order;
    order.instance_ids = {kNoInstance};
    order.dry_run = true;
    // That there is no such instance is said only to who may end one.
    dry(order, actions::kTerminateInstances, "ending machines",
        {kDryRunAnswer, "InvalidInstanceID.NotFound"});
  }

  template <class Order>
  void dry(const Order& order, const Action& action, const std::string& what,
           std::set<std::string> good) {
    Action asked = action;
    asked.changes = false;  // it says itself that nothing is to be done
    ec2->send({ec2::request_for(ec2->host(), order), asked},
              [weak = weak_from_this(), what, good = std::move(good)](const Reply& reply) {
                auto self = weak.lock();
                if (!self) return;
                const auto* why = std::get_if<Refusal>(&reply);
                if (why != nullptr && good.contains(why->fault.code)) {
                  self->tell_one(Grade::good, what + ": allowed (dry run)");
                } else {
                  self->tell_one(Grade::wrong, what + ": " +
                                                   (why != nullptr ? why->error.message
                                                                   : "a dry run was carried out"));
                }
                self->next();
              });
  }

  void machine_quotas() {
    std::map<Market, double> largest;
    for (const MachineOffer& offer : catalog.machine_offers()) {
      double& most = largest[offer.market == Market::spot ? Market::spot : Market::on_demand];
      most = std::max(most, offer.vcpus.value);
    }
    if (const auto spot = largest.find(Market::spot); spot != largest.end())
      wanted.emplace_back(&quota::kSpotVcpus, spot->second * machines_max);
    if (const auto ordinary = largest.find(Market::on_demand); ordinary != largest.end())
      wanted.emplace_back(&quota::kOnDemandVcpus, ordinary->second * machines_max);
    ask_quotas();
  }

  void function_quota() {
    if (!settings.functions.any()) return next();
    double most = 0;
    for (const FunctionOffer& offer : catalog.function_offers())
      most = std::max(most, static_cast<double>(offer.concurrency_limit));
    if (most > 0) wanted.emplace_back(&quota::kFunctions, most);
    ask_quotas();
  }

  void ask_quotas() {
    if (wanted.empty()) return next();
    const auto [quota, needed] = wanted.back();
    wanted.pop_back();
    steps.push_front(&Impl::ask_quotas);
    ask(*quotas, quota::get_request(quotas->host(), *quota), actions::kGetServiceQuota,
        Grade::warning, [quota = quota, needed = needed](Impl& self, const std::string& body) {
          const auto value = quota::read_value(body);
          if (!value) return self.tell_one(Grade::warning, value.error().message);
          const bool enough = *value >= needed;
          self.tell_one(enough ? Grade::good : Grade::warning,
                        fmt::format("quota of {}: {:g}{}", quota->what, *value,
                                    enough ? std::string()
                                           : fmt::format(", while the configuration may use {:g}; "
                                                         "ask AWS for more ({}), or allow less",
                                                         needed, quota->code)));
        });
  }

  void functions() {
    agent = std::make_unique<EstateAgent>(account.loop(), *ec2, *lambda, settings.deployment);
    agent->find([this](const Result<Estate>& estate) {
      if (!estate) {
        tell_one(Grade::wrong, estate.error().message);
      } else {
        tell_one(
            Grade::good,
            fmt::format("what is there of deployment '{}': {} instances, {} functions",
                        settings.deployment, estate->instances.size(), estate->functions.size()));
      }
      if (!settings.functions.any())
        tell_one(Grade::warning, "functions: no code is configured, so machines serve alone");
      next();
    });
  }

  // --- what they share

  void ask(Service& service, Result<ServiceRequest> request, const Action& action, Grade if_refused,
           Answer then) {
    service.send({std::move(request), action},
                 [weak = weak_from_this(), if_refused, then = std::move(then)](const Reply& reply) {
                   auto self = weak.lock();
                   if (!self) return;
                   if (const auto* why = std::get_if<Refusal>(&reply)) {
                     self->tell_one(if_refused, why->error.message);
                   } else {
                     then(*self, std::get<http::Answer>(reply).body);
                   }
                   self->next();
                 });
  }

  void tell_one(Grade grade, std::string what) {
    if (grade == Grade::wrong) ++wrong;
    say({grade, std::move(what)});
  }

  void tell_lines(const std::string& text) {
    std::size_t from = 0;
    while (from < text.size()) {
      const std::size_t end = std::min(text.find('\n', from), text.size());
      tell_one(Grade::wrong, text.substr(from, end - from));
      from = end + 1;
    }
  }

  void finish() {
    account.loop().post([weak = weak_from_this()] {
      if (auto self = weak.lock()) self->done(self->wrong);
    });
  }

  Account& account;
  const Catalog& catalog;
  const AwsSettings& settings;
  const int machines_max;
  std::function<void(const Finding&)> say;
  std::function<void(int)> done;
  std::unique_ptr<Service> sts;
  std::unique_ptr<Service> ec2;
  std::unique_ptr<Service> lambda;
  std::unique_ptr<Service> quotas;
  std::unique_ptr<EstateAgent> agent;
  std::deque<void (Impl::*)()> steps;
  std::deque<MachineOfferId> offers;  // whose order is still to be tried
  std::vector<std::pair<const quota::Quota*, double>> wanted;
  std::set<std::string> networks;  // of the subnets
  int wrong = 0;
};

Checkup::Checkup(Account& account, const Catalog& catalog, const AwsSettings& settings,
                 int machines_max)
    : impl_(std::make_shared<Impl>(account, catalog, settings, machines_max)) {}
Checkup::~Checkup() = default;

void Checkup::run(std::function<void(const Finding&)> say, std::function<void(int wrong)> done) {
  impl_->run(std::move(say), std::move(done));
}

}  // namespace paragon::aws

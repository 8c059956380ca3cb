#include "cloud/aws/order_check.h"

#include <set>
#include <utility>
#include <variant>

#include "cloud/aws/aws_cloud.h"

namespace paragon::aws {
namespace {

constexpr const char* kDryRunAnswer = "DryRunOperation";
// Where nothing is, so that nothing can happen to it.
constexpr const char* kNoInstance = "i-00000000000000000";

template <class Order>
void dry_run(CheckDesk& desk, const Order& order, const Action& action, const std::string& what,
             std::set<std::string> good, CheckDesk::Next next) {
  Action asked = action;
  asked.changes = false;  // it says itself that nothing is to be done
  desk.ec2->send({ec2::request_for(desk.ec2->host(), order), asked},
                 [weak = desk.weak_from_this(), what, good = std::move(good),
                  next = std::move(next)](const Reply& reply) {
                   const auto held = weak.lock();
                   if (!held) return;
                   const auto* why = std::get_if<Refusal>(&reply);
                   if (why != nullptr && good.contains(why->fault.code)) {
                     held->tell(Grade::good, what + ": allowed (dry run)");
                   } else {
                     held->tell(Grade::wrong, what + ": " +
                                                  (why != nullptr ? why->error.message
                                                                  : "a dry run was carried out"));
                   }
                   next();
                 });
}

}  // namespace

Check order_check(MachineOfferId offer) {
  return [offer](CheckDesk& desk, CheckDesk::Next next) {
    auto order = order_for(desk.catalog, desk.settings, offer, MachineId{1}, 0);
    order.dry_run = true;
    order.client_token = "paragon-check";  // nothing is ordered, so nothing is kept of it
    dry_run(desk, order, actions::kRunInstances, "order of " + desk.catalog.offer(offer).name,
            {kDryRunAnswer}, std::move(next));
  };
}

void check_ending(CheckDesk& desk, CheckDesk::Next next) {
  ec2::TerminateInstances order;
  order.instance_ids = {kNoInstance};
  order.dry_run = true;
  // That there is no such instance is said only to who may end one.
  dry_run(desk, order, actions::kTerminateInstances, "ending machines",
          {kDryRunAnswer, "InvalidInstanceID.NotFound"}, std::move(next));
}

}  // namespace paragon::aws

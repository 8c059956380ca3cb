#include "cloud/aws/machine_order.h"

#include <fmt/format.h>

#include "cloud/aws/ownership.h"
#include "cloud/aws/user_data.h"

namespace paragon::aws {

ec2::RunInstances order_for(const Catalog& catalog, const AwsSettings& settings,
                            MachineOfferId offer_id, MachineId machine, std::size_t subnet) {
  const MachineOffer& offer = catalog.offer(offer_id);
  const InstanceSettings& from = settings.instances;
  const MachineOwner owner{settings.deployment, settings.run, machine, offer.name};
  ec2::RunInstances order;
  order.launch_template = from.launch_template;
  order.image_id = from.image;
  order.instance_type = instance_type(offer);
  order.security_group_ids = from.security_groups;
  order.key_name = from.key_name;
  order.instance_profile = from.instance_profile;
  if (from.public_address) order.public_address = true;
  order.user_data = user_data(from, catalog.slots_most(offer_id));
  if (offer.market == Market::spot) order.spot = ec2::SpotOptions{};
  order.tags = tags_of(owner);
  order.client_token = order_token(owner);
  if (!from.subnets.empty()) {
    order.subnet_id = from.subnets[subnet % from.subnets.size()];
    // Another subnet is another order.
    if (subnet > 0) order.client_token += fmt::format("-{}", subnet);
  }
  return order;
}

}  // namespace paragon::aws

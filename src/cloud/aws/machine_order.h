// What EC2 is asked for when the brain buys a machine.
#pragma once

#include <cstddef>

#include "catalog/catalog.h"
#include "cloud/aws/ec2.h"
#include "cloud/aws/settings.h"

namespace paragon::aws {

// What RunInstances is asked for one machine. Of a spot offer a spot instance. `subnet` counts
// through the settings' subnets.
ec2::RunInstances order_for(const Catalog& catalog, const AwsSettings& settings,
                            MachineOfferId offer, MachineId machine, std::size_t subnet);

}  // namespace paragon::aws

// Whether what instances boot and where they stand is there: image, subnets, security groups.
#pragma once

#include "cloud/aws/check_desk.h"

namespace paragon::aws {

void check_image(CheckDesk& desk, CheckDesk::Next next);
void check_subnets(CheckDesk& desk, CheckDesk::Next next);
void check_security_groups(CheckDesk& desk, CheckDesk::Next next);  // behind the subnets

}  // namespace paragon::aws

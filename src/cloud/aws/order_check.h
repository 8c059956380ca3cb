// Whether machines may be ordered and ended: EC2 checks permissions and parameters of dry runs.
#pragma once

#include "cloud/aws/check_desk.h"

namespace paragon::aws {

// Of the offer, as it would be ordered.
Check order_check(MachineOfferId offer);
void check_ending(CheckDesk& desk, CheckDesk::Next next);

}  // namespace paragon::aws

// Whether the account may have as much at once as the configuration may use.
#pragma once

#include "cloud/aws/check_desk.h"

namespace paragon::aws {

void check_machine_quotas(CheckDesk& desk, CheckDesk::Next next);
void check_function_quota(CheckDesk& desk, CheckDesk::Next next);  // without functions, nothing

}  // namespace paragon::aws

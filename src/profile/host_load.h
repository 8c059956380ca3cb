// How much of this computer's processors others have, so that a disturbed measurement is known.
//
// From /proc/stat: busy time of all processors, with what the host of a virtual machine took
// (steal), less the processor time of this process. The kernel counts in hundredths of a second: a
// figure over 40 ms of two processors is good to an eighth.
#pragma once

#include <string_view>

#include "base/time.h"

namespace paragon::profile {

// The first line of /proc/stat, in processor time since the start.
struct ProcessorTimes {
  Duration busy{};  // with steal
  Duration all{};   // busy and idle
};
// Zeroes for anything else.
ProcessorTimes processor_times(std::string_view stat);

class HostLoad {
 public:
  HostLoad();  // from now on
  // Share of all processors that others had since then, 0 to 1.
  double others() const;

 private:
  ProcessorTimes begin_;
  Duration own_{};
};

}  // namespace paragon::profile

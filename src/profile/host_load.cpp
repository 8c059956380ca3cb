#include "profile/host_load.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <string>

namespace paragon::profile {
namespace {

Duration of(const timeval& t) {
  return std::chrono::seconds(t.tv_sec) + std::chrono::microseconds(t.tv_usec);
}

// With its children: they are what is measured while they run.
Duration own_time() {
  rusage self{}, children{};
  getrusage(RUSAGE_SELF, &self);
  getrusage(RUSAGE_CHILDREN, &children);
  return of(self.ru_utime) + of(self.ru_stime) + of(children.ru_utime) + of(children.ru_stime);
}

ProcessorTimes now() {
  std::ifstream in("/proc/stat");
  std::string line;
  std::getline(in, line);
  return processor_times(line);
}

}  // namespace

ProcessorTimes processor_times(std::string_view stat) {
  if (!stat.starts_with("cpu ")) return {};
  stat.remove_prefix(4);
  // user nice system idle iowait irq softirq steal; guest times are part of user.
  std::array<std::int64_t, 8> ticks{};
  for (std::int64_t& tick : ticks) {
    while (stat.starts_with(' ')) stat.remove_prefix(1);
    const auto [rest, error] = std::from_chars(stat.data(), stat.data() + stat.size(), tick);
    if (error != std::errc{}) return {};
    stat.remove_prefix(static_cast<std::size_t>(rest - stat.data()));
  }
  static const std::int64_t ticks_a_second = std::max(1L, sysconf(_SC_CLK_TCK));
  const auto time = [](std::int64_t count) {
    return from_seconds(static_cast<double>(count) / static_cast<double>(ticks_a_second));
  };
  const std::int64_t idle = ticks[3] + ticks[4];
  std::int64_t all = 0;
  for (const std::int64_t tick : ticks) all += tick;
  return {.busy = time(all - idle), .all = time(all)};
}

HostLoad::HostLoad() : begin_(now()), own_(own_time()) {}

double HostLoad::others() const {
  const ProcessorTimes end = now();
  const double all = seconds(end.all - begin_.all);
  if (all <= 0) return 0;
  const double busy = seconds(end.busy - begin_.busy) - seconds(own_time() - own_);
  return std::clamp(busy / all, 0.0, 1.0);
}

}  // namespace paragon::profile

#include "profile/function_memory.h"

namespace paragon::profile {
namespace {

constexpr double kOneVcpuMb = 1769;
constexpr double kNoLonger = 0.95;  // what is not faster than by 5 % is not worth more money

}  // namespace

Vcpus share_of(Memory memory) { return vcpus(static_cast<double>(memory.value) / kOneVcpuMb); }

Dollars million_queries(Memory memory, Duration billed, const FunctionPrice& price) {
  const double gb = static_cast<double>(memory.value) / 1024;
  return 1e6 * (dollars(price.gb_second.value * gb * seconds(billed)) + price.call);
}

SizeChoice choose_size(std::span<const SizeTimes> sizes, Memory needs,
                       std::optional<Duration> bound, const FunctionPrice& price) {
  SizeChoice choice;
  std::optional<Dollars> least;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i].memory < needs) continue;
    const Dollars cost = million_queries(sizes[i].memory, sizes[i].billed, price);
    if ((!bound || sizes[i].p99 <= *bound) && (!least || cost < *least)) {
      least = cost;
      choice.cheapest = i;
    }
    if (choice.knee) continue;
    bool beaten = false;
    for (std::size_t k = i + 1; k < sizes.size(); ++k) {
      beaten = beaten || seconds(sizes[k].mean) < kNoLonger * seconds(sizes[i].mean);
    }
    if (!beaten) choice.knee = i;
  }
  return choice;
}

}  // namespace paragon::profile

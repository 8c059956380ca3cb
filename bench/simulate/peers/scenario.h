// One scenario that every contestant can run: a pool of equal slots, first come first served.
//
// Arrivals are Poisson and service times lognormal, both drawn from splitmix64 (Steele, Lea and
// Flood, 2014), so that C++ and Python draw the same ones and their answers (how many requests, how
// many late, the sum of all latencies) can be compared. The pool is 94 % busy, so queues form.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace peers {

inline constexpr int kSlots = 400;
inline constexpr double kServiceMedianNs = 100e6;
inline constexpr double kServiceSigma = 0.2;  // of the logarithm
inline constexpr double kRatePerSecond = 3700;
inline constexpr std::int64_t kDeadlineNs = 200'000'000;

// Splitmix64 as numbers in (0, 1).
class Uniform {
 public:
  explicit Uniform(std::uint64_t seed) : state_(seed) {}
  double next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    z ^= z >> 31;
    return (static_cast<double>(z >> 11) + 0.5) * 0x1p-53;
  }

 private:
  std::uint64_t state_;
};

class Gaps {
 public:
  std::int64_t next() {  // ns to the next arrival
    return static_cast<std::int64_t>(-std::log(uniform_.next()) * (1e9 / kRatePerSecond));
  }

 private:
  Uniform uniform_{2020};
};

class Services {
 public:
  std::int64_t next() {  // ns, in the order of arrivals (Box and Muller, 1958)
    const double r = std::sqrt(-2 * std::log(uniform_.next()));
    const double normal = r * std::cos(2 * 3.141592653589793 * uniform_.next());
    return static_cast<std::int64_t>(kServiceMedianNs * std::exp(kServiceSigma * normal));
  }

 private:
  Uniform uniform_{2021};
};

struct Answer {
  std::int64_t requests = 0;
  std::int64_t late = 0;
  std::int64_t latency_sum_ns = 0;

  void record(std::int64_t latency_ns) {
    ++requests;
    late += latency_ns > kDeadlineNs;
    latency_sum_ns += latency_ns;
  }
  // What the runner compares.
  void print() const {
    std::printf("requests=%lld late=%lld latency_sum_ns=%lld\n", static_cast<long long>(requests),
                static_cast<long long>(late), static_cast<long long>(latency_sum_ns));
  }
};

// The number of requests, the program's only argument.
inline std::int64_t requests_wanted(int argc, char** argv) {
  const long long n = argc == 2 ? std::atoll(argv[1]) : 0;
  if (n < 1) {
    std::fprintf(stderr, "usage: %s REQUESTS\n", argv[0]);
    std::exit(2);
  }
  return n;
}

}  // namespace peers

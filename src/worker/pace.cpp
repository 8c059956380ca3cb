#include "worker/pace.h"

#include <fmt/format.h>
#include <time.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <random>

namespace paragon {
namespace {

// The CPU time of this thread, which a busy neighbour does not lengthen.
Duration thread_time() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + Duration(now.tv_nsec);
}

Duration wall_time() { return std::chrono::steady_clock::now().time_since_epoch(); }

template <class Offer>
std::vector<PaceSettings::ServiceTime> times_of(const Catalog& catalog, Offer offer) {
  std::vector<PaceSettings::ServiceTime> all;
  for (std::uint32_t v = 0; v < catalog.variants().size(); ++v) {
    const auto& profile = catalog.profile(VariantId{v}, offer);
    PaceSettings::ServiceTime time;
    if (profile.service_p50 > Duration::zero()) {
      time = {profile.service_p50, service_sigma(profile.service_p50, profile.service_p99)};
    }
    all.push_back(time);
  }
  return all;
}

// Each process has its own, or all machines would be slow together.
std::uint64_t fresh_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

}  // namespace

Result<std::vector<PaceSettings::ServiceTime>> service_times_on(const Catalog& catalog,
                                                                std::string_view resource) {
  for (std::uint32_t o = 0; o < catalog.machine_offers().size(); ++o) {
    if (catalog.resource(MachineOfferId{o}) == resource)
      return times_of(catalog, MachineOfferId{o});
  }
  for (std::uint32_t o = 0; o < catalog.function_offers().size(); ++o) {
    if (catalog.resource(FunctionOfferId{o}) == resource) {
      return times_of(catalog, FunctionOfferId{o});
    }
  }
  return {ErrorCode::not_found,
          fmt::format("the catalog has no resource '{}', expected machine:NAME or function:NAME",
                      resource)};
}

Pace::Pace(const PaceSettings& settings, std::stop_token stop)
    : settings_(settings), stop_(std::move(stop)), random_(fresh_seed()) {}

void Pace::begin(const Model& model) {
  if (!settings_.slower()) return;
  variant_ = model.id;
  alone_ = model.variant->intra_threads == 1;
  begun_ = used();
}

// A profile's time is one that passes. What is stretched is computing: on this thread's clock, or
// on the wall's where a session has helper threads, which that does not see.
Duration Pace::used() const {
  return settings_.service_times.empty() && alone_ ? thread_time() : wall_time();
}

// What a profile says is of one row; rows one after the other take as long as their sum.
Duration Pace::due(std::size_t rows) {
  const auto& time = settings_.service_times[variant_.index()];
  double sum = 0;
  for (std::size_t i = 0; i < rows && time.median > Duration::zero(); ++i) {
    sum += random_.lognormal(seconds(time.median), time.sigma);
  }
  return from_seconds(sum);
}

Duration Pace::hold(std::size_t rows) {
  if (!settings_.slower()) return {};
  Duration more;
  if (settings_.service_times.empty()) {
    more = std::chrono::duration_cast<Duration>((used() - begun_) * (settings_.stretch - 1));
  } else {
    more = std::max(Duration::zero(), due(rows) - (used() - begun_));
  }
  // Sleeps, but for a stop.
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop_, more, [] { return false; });
  return more;
}

}  // namespace paragon

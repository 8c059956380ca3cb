#include "figures/models.h"

#include <algorithm>
#include <tuple>

namespace paragon::figures {
namespace {

// The largest set of those that each model begins; of equally large ones that with the most spread.
template <class Near, class Spread>
std::vector<Model> largest(const std::vector<Model>& models, Near near, Spread spread) {
  std::vector<Model> best;
  for (const Model& first : models) {
    std::vector<Model> set;
    for (const Model& m : models) {
      if (near(first, m)) set.push_back(m);
    }
    if (best.empty() || std::tuple(set.size(), spread(set)) > std::tuple(best.size(), spread(best)))
      best = std::move(set);
  }
  return best;
}

}  // namespace

std::vector<Model> models_of(const Catalog& catalog) {
  std::vector<Model> models;
  for (std::uint32_t v = 0; v < catalog.variants().size(); ++v) {
    const Variant& variant = catalog.variants()[v];
    models.push_back({variant.name, variant.accuracy.top1.value * 100,
                      milliseconds(catalog.profile(VariantId{v}).service_p50), variant.memory});
  }
  std::stable_sort(models.begin(), models.end(), [](const Model& a, const Model& b) {
    return std::tuple(a.latency, -a.accuracy) < std::tuple(b.latency, -b.accuracy);
  });
  return models;
}

std::vector<Model> pareto(const std::vector<Model>& models) {
  std::vector<Model> front;
  for (const Model& m : models) {
    if (front.empty() || m.accuracy > front.back().accuracy) front.push_back(m);
  }
  return front;
}

std::vector<Model> iso_latency(const std::vector<Model>& models, double share) {
  return largest(
      models,
      [share](const Model& first, const Model& m) {
        return m.latency >= first.latency && m.latency <= first.latency * (1 + share);
      },
      accuracy_spread);
}

std::vector<Model> iso_accuracy(const std::vector<Model>& models, double points) {
  return largest(
      models,
      [points](const Model& first, const Model& m) {
        return m.accuracy >= first.accuracy && m.accuracy <= first.accuracy + points;
      },
      latency_ratio);
}

double accuracy_spread(const std::vector<Model>& models) {
  const auto [low, high] =
      std::minmax_element(models.begin(), models.end(),
                          [](const Model& a, const Model& b) { return a.accuracy < b.accuracy; });
  return high->accuracy - low->accuracy;
}

double latency_ratio(const std::vector<Model>& models) {
  const auto [low, high] =
      std::minmax_element(models.begin(), models.end(),
                          [](const Model& a, const Model& b) { return a.latency < b.latency; });
  return high->latency / low->latency;
}

}  // namespace paragon::figures

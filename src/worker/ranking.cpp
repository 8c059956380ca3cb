#include "worker/ranking.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace paragon {
namespace {

constexpr float kLowest = -std::numeric_limits<float>::infinity();

}  // namespace

Ranking::Ranking(const OutputMapping& mapping, std::size_t classes)
    : mapping_(mapping), classes_(classes) {}

std::size_t Ranking::outputs() const {
  return mapping_.class_of_output.empty() ? classes_ : mapping_.class_of_output.size();
}

void Ranking::rank(std::span<const float> scores, std::size_t k, std::vector<Ranked>& into,
                   std::vector<Ranked>& scratch) const {
  scratch.resize(classes_);
  for (std::size_t i = 0; i < classes_; ++i) scratch[i] = {static_cast<int>(i), kLowest};
  const auto& classes = mapping_.class_of_output;
  float best = kLowest;
  for (const float score : scores) best = std::max(best, score);  // false for NaN: skipped
  float sum = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    float score = scores[i];
    if (mapping_.softmax) {
      score = std::exp(score - best);  // minus the best, so that nothing overflows
      if (!std::isnan(score)) sum += score;
    }
    const int label = classes.empty() ? static_cast<int>(i) : classes[i];
    if (label < 0) continue;
    float& kept = scratch[static_cast<std::size_t>(label)].score;
    if (score > kept) kept = score;
  }
  k = std::min(k, classes_);
  const auto end = scratch.begin() + static_cast<std::ptrdiff_t>(k);
  std::partial_sort(scratch.begin(), end, scratch.end(), [](const Ranked& a, const Ranked& b) {
    return a.score != b.score ? a.score > b.score : a.label < b.label;
  });
  for (auto it = scratch.begin(); it != end; ++it) {
    if (!std::isfinite(it->score)) it->score = 0;
    if (mapping_.softmax && sum > 0) it->score /= sum;
    into.push_back(*it);
  }
}

}  // namespace paragon

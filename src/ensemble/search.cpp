#include "ensemble/search.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace paragon::ensemble {
namespace {

// C(n, 2) + ... + C(n, most), but no more than just above `enough`.
std::size_t sets_of(std::size_t n, std::size_t most, std::size_t enough) {
  std::size_t sets = 0;
  double of_size = static_cast<double>(n);
  for (std::size_t k = 2; k <= std::min(most, n); ++k) {
    of_size = of_size * static_cast<double>(n - k + 1) / static_cast<double>(k);
    if (of_size > static_cast<double>(enough)) return enough + 1;
    sets += static_cast<std::size_t>(std::llround(of_size));
    if (sets > enough) return enough + 1;
  }
  return sets;
}

class Search {
 public:
  Search(const AnswerTable& table, std::span<const Member> members, Items items,
         const SearchSettings& settings)
      : table_(table), members_(members), items_(items), settings_(settings) {
    for (std::uint32_t m = 0; m < members.size(); ++m) {
      weights_.push_back(class_weights(table, m, items));
      alone_.push_back(judged({m}, VoteRule::majority));
    }
  }

  std::vector<FoundSet> run() {
    const std::size_t n = members_.size();
    const bool all = sets_of(n, settings_.members_most, settings_.sets_most) <= settings_.sets_most;
    std::vector<std::vector<std::uint32_t>> sets;
    for (std::uint32_t a = 0; a < n; ++a) {
      for (std::uint32_t b = a + 1; b < n; ++b) sets.push_back({a, b});
    }
    std::vector<FoundSet> found;
    for (std::size_t size = 2; size <= std::min(settings_.members_most, n); ++size) {
      std::vector<FoundSet> of_size;
      for (const auto& set : sets) {
        for (const VoteRule rule : {VoteRule::majority, VoteRule::class_weighted}) {
          of_size.push_back(judged(set, rule));
        }
      }
      if (!all) sets = best_of(of_size);
      sets = grown(sets, !all);
      found.insert(found.end(), of_size.begin(), of_size.end());
    }
    return useful(std::move(found));
  }

 private:
  FoundSet judged(const std::vector<std::uint32_t>& set, VoteRule rule) {
    FoundSet out{set, rule, {}, {}, {}, {}};
    std::vector<std::vector<double>> weights;
    for (const std::uint32_t m : set) {
      out.latency = std::max(out.latency, members_[m].latency);
      out.cost += members_[m].cost;
      if (rule == VoteRule::class_weighted) weights.push_back(weights_[m]);
    }
    out.predicted = judge(table_, set, weights, items_);
    return out;
  }

  // Each with one more member: only by later ones, where every set is there to be grown.
  std::vector<std::vector<std::uint32_t>> grown(const std::vector<std::vector<std::uint32_t>>& sets,
                                                bool by_any) const {
    std::vector<std::vector<std::uint32_t>> out;
    for (const auto& set : sets) {
      for (std::uint32_t m = by_any ? 0 : set.back() + 1; m < members_.size(); ++m) {
        if (std::find(set.begin(), set.end(), m) != set.end()) continue;
        std::vector<std::uint32_t> larger = set;
        larger.insert(std::upper_bound(larger.begin(), larger.end(), m), m);
        out.push_back(std::move(larger));
      }
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  }

  // The `beam` most accurate of those that nothing of their size beats in accuracy, latency and
  // cost at once.
  std::vector<std::vector<std::uint32_t>> best_of(std::vector<FoundSet> sets) const {
    std::sort(sets.begin(), sets.end(), [](const FoundSet& a, const FoundSet& b) {
      return std::tuple(b.predicted.right, a.cost, a.latency, a.members) <
             std::tuple(a.predicted.right, b.cost, b.latency, b.members);
    });
    std::vector<std::vector<std::uint32_t>> out;
    std::vector<const FoundSet*> front;
    for (const FoundSet& one : sets) {
      if (out.size() == settings_.beam) break;
      const bool beaten = std::any_of(front.begin(), front.end(), [&](const FoundSet* other) {
        return other->cost <= one.cost && other->latency <= one.latency;
      });
      if (beaten) continue;
      front.push_back(&one);
      out.push_back(one.members);
    }
    return out;
  }

  std::vector<FoundSet> useful(std::vector<FoundSet> sets) const {
    std::sort(sets.begin(), sets.end(), [](const FoundSet& a, const FoundSet& b) {
      return std::tuple(a.cost, a.latency, b.predicted.right, a.rule, a.members) <
             std::tuple(b.cost, b.latency, a.predicted.right, b.rule, b.members);
    });
    std::vector<FoundSet> kept;
    for (FoundSet& one : sets) {
      Accuracy best;
      const auto against = [&](const std::vector<FoundSet>& others) {
        for (const FoundSet& other : others) {
          if (other.cost <= one.cost && other.latency <= one.latency) {
            best = std::max(best, other.predicted.share());
          }
        }
      };
      against(alone_);
      against(kept);
      one.gain = one.predicted.share() - best;
      if (one.gain >= settings_.least_gain) kept.push_back(std::move(one));
    }
    if (kept.size() > settings_.found_most) {
      const auto last = kept.begin() + static_cast<std::ptrdiff_t>(settings_.found_most);
      std::stable_sort(kept.begin(), kept.end(),
                       [](const FoundSet& a, const FoundSet& b) { return a.gain > b.gain; });
      kept.erase(last, kept.end());
      std::stable_sort(kept.begin(), kept.end(),
                       [](const FoundSet& a, const FoundSet& b) { return a.cost < b.cost; });
    }
    return kept;
  }

  const AnswerTable& table_;
  std::span<const Member> members_;
  Items items_;
  SearchSettings settings_;
  std::vector<std::vector<double>> weights_;  // by member
  std::vector<FoundSet> alone_;               // each member by itself
};

}  // namespace

std::vector<FoundSet> useful_sets(const AnswerTable& table, std::span<const Member> members,
                                  Items items, const SearchSettings& settings) {
  return Search(table, members, items, settings).run();
}

std::vector<std::vector<double>> weights_of(const AnswerTable& table, Members members,
                                            VoteRule rule, Items items) {
  std::vector<std::vector<double>> weights;
  if (rule == VoteRule::majority) return weights;
  for (const std::uint32_t m : members) weights.push_back(class_weights(table, m, items));
  return weights;
}

}  // namespace paragon::ensemble

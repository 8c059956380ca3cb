#include "ensemble/vote.h"

#include <algorithm>
#include <tuple>

namespace paragon::ensemble {
namespace {

double weight_of(Weights weights, std::size_t member, int label) {
  if (weights.empty()) return 1;
  const std::vector<double>& own = weights[member];
  const auto index = static_cast<std::size_t>(label);
  return index < own.size() ? own[index] : 0;
}

double votes_for(int label, std::span<const Ballot> ballots, Weights weights) {
  double votes = 0;
  for (std::size_t m = 0; m < ballots.size(); ++m) {
    if (!ballots[m].empty() && ballots[m].front().label == label) {
      votes += weight_of(weights, m, label);
    }
  }
  return votes;
}

double scores_of(int label, std::span<const Ballot> ballots) {
  double sum = 0;
  for (const Ballot& ballot : ballots) {
    for (const Choice& choice : ballot) {
      if (choice.label == label) {
        sum += static_cast<double>(choice.score);
        break;
      }
    }
  }
  return sum;
}

// The class that all who answered put first; -1: they differ, or nobody answered. Most items are
// settled by this alone.
int unanimous(std::span<const Ballot> ballots) {
  int label = -1;
  for (const Ballot& ballot : ballots) {
    if (ballot.empty()) continue;
    if (label >= 0 && ballot.front().label != label) return -1;
    label = ballot.front().label;
  }
  return label;
}

}  // namespace

int elect(std::span<const Ballot> ballots, Weights weights) {
  if (const int all = unanimous(ballots); all >= 0) return all;
  int elected = -1;
  double most = -1;
  double score = 0;
  for (const Ballot& ballot : ballots) {
    if (ballot.empty() || ballot.front().label == elected) continue;
    const int label = ballot.front().label;
    const double votes = votes_for(label, ballots, weights);
    if (votes < most) continue;
    const double its = scores_of(label, ballots);
    if (votes > most || its > score) std::tie(elected, most, score) = std::tuple(label, votes, its);
  }
  return elected;
}

std::vector<Choice> rank(std::span<const Ballot> ballots, Weights weights) {
  struct Standing {
    int label;
    double votes;
    double score;
  };
  std::vector<Standing> standings;
  double answered = 0;
  for (const Ballot& ballot : ballots) {
    if (!ballot.empty()) answered += 1;
    for (const Choice& choice : ballot) {
      const bool known = std::any_of(standings.begin(), standings.end(),
                                     [&](const Standing& s) { return s.label == choice.label; });
      if (known) continue;
      standings.push_back({choice.label, votes_for(choice.label, ballots, weights),
                           scores_of(choice.label, ballots)});
    }
  }
  const int elected = elect(ballots, weights);
  std::stable_sort(standings.begin(), standings.end(), [&](const Standing& a, const Standing& b) {
    return std::tuple(a.label != elected, -a.votes, -a.score) <
           std::tuple(b.label != elected, -b.votes, -b.score);
  });
  std::vector<Choice> out;
  out.reserve(standings.size());
  for (const Standing& s : standings) {
    out.push_back({s.label, static_cast<float>(s.score / answered)});
  }
  return out;
}

}  // namespace paragon::ensemble

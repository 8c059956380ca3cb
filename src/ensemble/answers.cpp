#include "ensemble/answers.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.h"

namespace paragon::ensemble {
namespace {

int elected(const AnswerTable& table, Members members, Weights weights, std::uint32_t item) {
  std::array<Ballot, Ensemble::kMembersMost> ballots;
  for (std::size_t m = 0; m < members.size(); ++m) ballots[m] = table.ballot(members[m], item);
  return elect(std::span(ballots).first(members.size()), weights);
}

}  // namespace

AnswerTable::AnswerTable(std::size_t classes, std::vector<int> truth)
    : classes_(classes), truth_(std::move(truth)) {}

void AnswerTable::add_member(const std::vector<std::vector<Choice>>& answers) {
  PARAGON_CHECK(answers.size() == truth_.size(), "a member that answered other items");
  for (const std::vector<Choice>& answer : answers) {
    const std::size_t count = std::min(answer.size(), kKept);
    rows_.push_back({choices_.size(), count});
    choices_.insert(choices_.end(), answer.begin(),
                    answer.begin() + static_cast<std::ptrdiff_t>(count));
  }
  ++members_;
}

std::vector<double> class_weights(const AnswerTable& table, std::uint32_t member, Items items) {
  std::vector<Tally> by_class(table.classes(), Tally{1, 2});
  for (const std::uint32_t item : items) {
    const Ballot ballot = table.ballot(member, item);
    if (ballot.empty()) continue;
    Tally& tally = by_class[static_cast<std::size_t>(ballot.front().label)];
    ++tally.of;
    if (ballot.front().label == table.truth(item)) ++tally.right;
  }
  std::vector<double> weights;
  weights.reserve(by_class.size());
  for (const Tally& tally : by_class) weights.push_back(tally.share().value);
  return weights;
}

Tally judge(const AnswerTable& table, Members members, Weights weights, Items items) {
  Tally tally{0, items.size()};
  for (const std::uint32_t item : items) {
    if (elected(table, members, weights, item) == table.truth(item)) ++tally.right;
  }
  return tally;
}

double Duel::gain() const {
  if (of == 0) return 0;
  return (static_cast<double>(first_only) - static_cast<double>(second_only)) /
         static_cast<double>(of);
}

double Duel::half95() const {
  if (of == 0) return 1;
  const auto n = static_cast<double>(of);
  const auto split = static_cast<double>(first_only + second_only);
  return 1.96 * std::sqrt(std::max(0.0, split / n - gain() * gain()) / n);
}

double Duel::chance() const {
  const auto n = static_cast<double>(first_only + second_only);
  double chance = 0;
  for (std::size_t k = first_only; k <= first_only + second_only; ++k) {
    const auto wins = static_cast<double>(k);
    chance += std::exp(std::lgamma(n + 1) - std::lgamma(wins + 1) - std::lgamma(n - wins + 1) -
                       n * std::log(2.0));
  }
  return std::min(chance, 1.0);
}

Duel duel(const AnswerTable& table, Members first, Weights first_weights, Members second,
          Weights second_weights, Items items) {
  Duel duel{0, 0, items.size()};
  for (const std::uint32_t item : items) {
    const bool one = elected(table, first, first_weights, item) == table.truth(item);
    const bool other = elected(table, second, second_weights, item) == table.truth(item);
    if (one && !other) ++duel.first_only;
    if (other && !one) ++duel.second_only;
  }
  return duel;
}

bool held_out(std::string_view item, std::uint64_t seed) {
  std::uint64_t hash = 0xcbf29ce484222325ULL ^ seed;  // FNV-1a, then mixed
  for (const char c : item) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9ULL;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebULL;
  return ((hash ^ (hash >> 31)) & 1) != 0;
}

}  // namespace paragon::ensemble

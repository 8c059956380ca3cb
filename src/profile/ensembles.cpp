#include "profile/ensembles.h"

#include <fmt/format.h>

#include <algorithm>

#include "profile/function_memory.h"
#include "profile/grade.h"

namespace paragon::profile {
namespace {

using ensemble::AnswerTable;

constexpr std::uint64_t kHalvesSeed = 1;

// The members' answers, one list a variant; and the items that every variant answered.
struct Answered {
  std::vector<std::vector<Answer>> by_variant;
  std::vector<std::uint32_t> items;
};

Result<Answered> read_all(const Profile& profile, const Catalog& catalog, const LabelledSet& set,
                          const std::string& folder) {
  Answered out;
  for (const VariantProfile& v : profile.variants) {
    const Variant& variant = catalog.variant(v.id);
    auto answers = read_answers(folder + "/answers/" + variant.name + ".csv", set,
                                catalog.task(variant.task).labels);
    if (!answers) return answers.error();
    out.by_variant.push_back(std::move(*answers));
  }
  for (std::uint32_t i = 0; i < set.items.size(); ++i) {
    const bool all = std::all_of(out.by_variant.begin(), out.by_variant.end(),
                                 [&](const auto& answers) { return !answers[i].best.empty(); });
    if (all) out.items.push_back(i);
  }
  return out;
}

AnswerTable table_of(const Answered& answered, const LabelledSet& set, std::size_t classes) {
  std::vector<int> truth;
  for (const std::uint32_t i : answered.items) {
    truth.push_back(static_cast<int>(set.items[i].label));
  }
  AnswerTable table(classes, std::move(truth));
  for (const std::vector<Answer>& answers : answered.by_variant) {
    std::vector<std::vector<ensemble::Choice>> lists;
    lists.reserve(answered.items.size());
    for (const std::uint32_t i : answered.items) {
      std::vector<ensemble::Choice>& list = lists.emplace_back();
      for (const Ranked& ranked : answers[i].best) list.push_back({ranked.label, ranked.score});
    }
    table.add_member(lists);
  }
  return table;
}

}  // namespace

CorePrice core_price(const std::vector<MachineOffer>& offers) {
  // One core for a second.
  CorePrice best{"lambda-1769mb", kLambdaPrice.gb_second * MbMillis{{1769 * 1000}}};
  bool found = false;
  for (const MachineOffer& offer : offers) {
    if (offer.market != Market::on_demand) continue;
    const Dollars second = offer.price * std::chrono::seconds(1) / offer.vcpus.value / offer.speed;
    if (found && second >= best.second) continue;
    best = {offer.name, second};
    found = true;
  }
  return best;
}

Result<Ensembles> find_ensembles(const Profile& profile, const Catalog& catalog,
                                 const LabelledSet& set, const std::string& folder,
                                 const CorePrice& price) {
  Ensembles out;
  out.price = price;
  const bool graded =
      profile.variants.size() > 1 &&
      std::all_of(profile.variants.begin(), profile.variants.end(), [&](const VariantProfile& v) {
        return v.grades &&
               catalog.variant(v.id).task == catalog.variant(profile.variants[0].id).task;
      });
  if (!graded) return out;
  auto answered = read_all(profile, catalog, set, folder);
  if (!answered) return answered.error();
  const Task& task = catalog.task(catalog.variant(profile.variants[0].id).task);
  const AnswerTable table = table_of(*answered, set, task.labels.size());

  std::vector<std::uint32_t> fitting, held;
  for (std::uint32_t at = 0; at < answered->items.size(); ++at) {
    const std::string& item = set.items[answered->items[at]].name;
    (ensemble::held_out(item, kHalvesSeed) ? held : fitting).push_back(at);
  }
  out.fitting = fitting.size();
  out.held_out = held.size();
  std::vector<ensemble::Member> members;
  for (const VariantProfile& v : profile.variants) {
    const Duration latency = v.alone().p50 + (v.handling ? v.handling->p50 : Duration::zero());
    members.push_back({latency, price.second * seconds(latency)});
  }
  for (ensemble::FoundSet& found : ensemble::useful_sets(table, members, fitting)) {
    EnsembleProfile one;
    one.weights = ensemble::weights_of(table, found.members, found.rule, fitting);
    one.measured = ensemble::judge(table, found.members, one.weights, held);
    for (const std::uint32_t m : found.members) {
      const ensemble::Tally alone = ensemble::judge(table, std::span(&m, 1), {}, held);
      if (one.best_alone.of > 0 && alone.right <= one.best_alone.right) continue;
      one.best_alone = alone;
      one.best_member = m;
    }
    one.against_best =
        ensemble::duel(table, found.members, one.weights, std::span(&one.best_member, 1), {}, held);
    one.set = std::move(found);
    one.name = fmt::format("ensemble-{}", out.found.size() + 1);
    out.found.push_back(std::move(one));
  }
  return out;
}

}  // namespace paragon::profile

#include <fmt/format.h>

#include <algorithm>

#include "profile/write.h"

namespace paragon::profile {
namespace {

std::string ms(Duration d) { return fmt::format("{:.6g}", milliseconds(d)); }

// A query's time in a function: the network's run as measured under the share, and the handling as
// measured on a whole core, stretched to the share.
Duration with_handling(Duration run, const VariantProfile& v, Vcpus share) {
  if (!v.handling) return run;
  return run + from_seconds(seconds(v.handling->p50) / std::min(1.0, share.value));
}

}  // namespace

std::string times_csv(const Profile& profile, const Catalog& catalog) {
  std::string text =
      "variant,threads,concurrency,batch,in_turn,p50_ms,p95_ms,p99_ms,mean_ms,queries_per_s,visits,"
      "visits_counted,runs,p50_difference_percent,settled,outliers_percent,others_percent\n";
  for (const VariantProfile& v : profile.variants) {
    const auto times_row = [&](const Cell& cell, const CellTimes& t) {
      return fmt::format("{},{},{},{},{},{},{},{},{},{:.6g},{},{},{},{:.1f},{},{:.1f},{:.1f}\n",
                         catalog.variant(v.id).name, cell.threads, cell.concurrency, cell.batch,
                         cell.in_turn ? "yes" : "", ms(t.p50), ms(t.p95), ms(t.p99), ms(t.mean),
                         t.rate.value, t.visits, t.counted, t.runs, t.difference * 100,
                         t.difference <= profile.tolerance ? "yes" : "no", t.outliers * 100,
                         t.others * 100);
    };
    for (const auto& [cell, t] : v.times) text += times_row(cell, t);
    for (const auto& [callers, t] : v.in_turn) {
      text += times_row({.concurrency = callers, .in_turn = true}, t);
    }
  }
  return text;
}

std::string memory_csv(const Profile& profile, const Catalog& catalog) {
  std::string text =
      "variant,memory_mb,vcpus,vcpus_got,mean_ms,p50_ms,p99_ms,billed_ms,usd_per_million,"
      "cheapest,knee\n";
  for (const VariantProfile& v : profile.variants) {
    const auto sizes = query_sizes(v);
    const SizeChoice choice = choose_size(sizes, v.memory(), profile.bound, profile.price);
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      const SizeTimes& s = sizes[i];
      text +=
          fmt::format("{},{},{:.4f},{:.4f},{},{},{},{},{:.6f},{},{}\n", catalog.variant(v.id).name,
                      s.memory.value, s.share.value, s.got.value, ms(s.mean), ms(s.p50), ms(s.p99),
                      ms(s.billed), million_queries(s.memory, s.billed, profile.price).value,
                      choice.cheapest == i ? "yes" : "", choice.knee == i ? "yes" : "");
    }
  }
  return text;
}

std::vector<SizeTimes> query_sizes(const VariantProfile& v) {
  std::vector<SizeTimes> sizes = v.sizes;
  for (SizeTimes& s : sizes) {
    s.mean = with_handling(s.mean, v, s.share);
    s.p50 = with_handling(s.p50, v, s.share);
    s.p99 = with_handling(s.p99, v, s.share);
    s.billed = with_handling(s.billed, v, s.share);
  }
  return sizes;
}

double RightSizing::median_error() const { return errors.empty() ? 0 : errors[errors.size() / 2]; }

namespace {

// One by itself, then a full machine served in turn, where that was measured.
std::vector<Level> levels_of(const VariantProfile& v, int cores) {
  std::vector<Level> levels{{1, v.alone().mean}};
  const TurnLevels fitted = turn_levels(cores);
  for (const int callers : {fitted.fewer, fitted.more}) {
    const auto found = v.in_turn.find(callers);
    if (found != v.in_turn.end()) levels.push_back({callers, found->second.mean});
  }
  return levels;
}

MachineSize this_machine(const Profile& profile) {
  return {vcpus(profile.cores), 1, megabytes(1 << 20)};
}

}  // namespace

RightSizing right_sizing(const Profile& profile) {
  std::vector<std::vector<Level>> levels;
  std::vector<Crowd> crowds;
  levels.reserve(profile.variants.size());
  crowds.reserve(profile.variants.size());
  for (const VariantProfile& v : profile.variants) levels.push_back(levels_of(v, profile.cores));
  for (const auto& one : levels) crowds.push_back({one, 1});
  RightSizing sizing;
  const MachineSize here = this_machine(profile);
  sizing.crowding = fit_crowding(crowds, here);
  sizing.errors = model_errors(crowds, here);
  std::sort(sizing.errors.begin(), sizing.errors.end());
  return sizing;
}

QueueModel queue_model(const Profile& profile, const VariantProfile& v) {
  Crowding crowding = right_sizing(profile).crowding;
  const CellTimes& alone = v.alone();
  const TurnLevels fitted = turn_levels(profile.cores);
  const auto fewer = v.in_turn.find(fitted.fewer), more = v.in_turn.find(fitted.more);
  if (fewer == v.in_turn.end() || more == v.in_turn.end())
    return untried(alone.mean, alone.p99, crowding);
  const MachineSize here = this_machine(profile);
  const std::vector<Level> levels = levels_of(v, profile.cores);
  crowding.slowdown = fit_slowdown({levels, 1}, crowding.turn, here);
  return fit_queue(alone.mean, crowding, {fitted.fewer, fewer->second.p99s},
                   {fitted.more, more->second.p99s}, 1, here);
}

std::vector<SlotRow> slot_rows(const Profile& profile, const Catalog::Parts& offers) {
  std::vector<SlotRow> rows;
  if (!profile.bound) return rows;
  for (const VariantProfile& v : profile.variants) {
    QueueModel model = queue_model(profile, v);
    if (v.handling) {
      model.alone += v.handling->mean;
      model.tail += std::max(Duration::zero(), v.handling->p99 - v.handling->mean);
    }
    for (const MachineOffer& offer : offers.machine_offers) {
      const Slots slots = right_size(model, 1, v.memory(), *profile.bound,
                                     {offer.vcpus, offer.speed, offer.memory});
      SlotRow row{v.id, &offer, slots, {}};
      if (slots.parallel > 0) {
        row.million = dollars(offer.price.value / (slots.rate.value * 3600) * 1e6);
      }
      rows.push_back(row);
    }
  }
  return rows;
}

std::string checks_csv(const Profile& profile, const Catalog& catalog) {
  std::string text =
      "variant,bound_ms,planned_percent,slots,p99_ms,keeps,two_more_p99_ms,two_more_break_it\n";
  for (const SlotCheck& check : profile.checks) {
    text += fmt::format("{},{},{:.1f},{},{},{},{},{}\n", catalog.variant(check.variant).name,
                        ms(check.bound), check.planned * 100, check.slots, ms(check.p99),
                        check.keeps() ? "yes" : "no", ms(check.p99_beyond),
                        check.two_more_break_it() ? "yes" : "no");
  }
  return text;
}

std::string slots_csv(const Profile& profile, const Catalog& catalog,
                      const Catalog::Parts& offers) {
  std::string text =
      "variant,offer,vcpus,speed,memory_mb,bound_ms,parallel,latency_ms,queries_per_s,"
      "usd_per_million\n";
  for (const SlotRow& row : slot_rows(profile, offers)) {
    const MachineOffer& offer = *row.offer;
    text += fmt::format("{},{},{:g},{:g},{},{},{},", catalog.variant(row.variant).name, offer.name,
                        offer.vcpus.value, offer.speed, offer.memory.value, ms(*profile.bound),
                        row.slots.parallel);
    if (row.slots.parallel == 0) {
      text += ",,\n";
      continue;
    }
    text += fmt::format("{},{:.6g},{:.6g}\n", ms(row.slots.latency), row.slots.rate.value,
                        row.million.value);
  }
  return text;
}

}  // namespace paragon::profile

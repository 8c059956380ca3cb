#include "catalog/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "catalog/complaints.h"

namespace paragon {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

// Collects the flaws of one entry; every rule reads as one line.
class Inspector {
 public:
  Inspector(std::vector<Flaw>& flaws, Table table, std::size_t entry)
      : flaws_(flaws), table_(table), entry_(entry) {}

  void flaw(const char* field, const std::string& got, const std::string& expected) {
    flaws_.push_back({table_, entry_, field, got, expected});
  }
  void from_to(const char* field, double value, double least, double most) {
    if (!(value >= least && value <= most))
      flaw(field, plain(value), fmt::format("a number from {} to {}", least, most));
  }
  void above(const char* field, double value, double least, double most) {
    if (!(value > least && value <= most))
      flaw(field, plain(value), fmt::format("a number above {} and at most {}", least, most));
  }
  void length(const char* field, Duration value, Duration least, Duration most) {
    if (value < least || value > most)
      flaw(field, fmt::format("{} s", paragon::seconds(value)),
           fmt::format("{} s to {} s", paragon::seconds(least), paragon::seconds(most)));
  }
  void delay(const char* median, const char* sigma, const Delay& value) {
    length(median, value.median, Duration(0), hours(24));
    from_to(sigma, value.sigma, 0, 3);
  }
  // Names end up in URLs, headers, file names and metrics.
  void named(const std::string& value, std::map<std::string, std::size_t>& names) {
    const bool fit =
        !value.empty() && value.size() <= 100 && std::ranges::all_of(value, [](unsigned char c) {
          return std::isalnum(c) || c == '-' || c == '_' || c == '.' || c == ':';
        });
    if (!fit)
      flaw("name", in_quotes(value), "1 to 100 letters, digits or any of - _ . :");
    else if (!names.try_emplace(value, entry_).second)
      flaw("name", in_quotes(value), "a name that no other entry has");
  }

 private:
  std::vector<Flaw>& flaws_;
  Table table_;
  std::size_t entry_;
};

void check_constraints(Inspector& in, const Constraints& c) {
  if (c.min_accuracy) in.from_to("defaults.min_accuracy", c.min_accuracy->value, 0, 1);
  if (c.max_latency) in.length("defaults.max_latency_ms", *c.max_latency, Duration(1), hours(1));
  if (c.max_cost) in.from_to("defaults.max_cost_usd", c.max_cost->value, 0, 1e6);
  if (c.objective)
    for (const double weight : {c.objective->cost, c.objective->latency, c.objective->accuracy})
      in.from_to("defaults.objective", weight, 0, 1e12);
}

void check_task(Inspector& in, const Task& task) {
  in.from_to("top_k", static_cast<double>(task.top_k), 1, 1000);
  check_constraints(in, task.defaults);
  if (std::ranges::any_of(task.labels, &std::string::empty))
    in.flaw("labels", "an empty label", "a text for every class");
}

void check_preprocessing(Inspector& in, const Preprocessing& p) {
  in.from_to("width", p.width, 1, 4096);
  in.from_to("height", p.height, 1, 4096);
  in.above("central_crop", p.central_crop, 0, 1);
  const auto per_channel = static_cast<std::size_t>(p.channel_count());
  const auto sized = [&](const char* field, const std::vector<float>& values) {
    if (values.size() != per_channel)
      in.flaw(field, fmt::format("{} values", values.size()),
              fmt::format("{}, one per channel", per_channel));
  };
  sized("mean", p.mean);
  sized("std", p.std);
  for (const float value : p.mean) in.from_to("mean", value, -1e6, 1e6);
  for (const float value : p.std)
    if (!std::isfinite(value) || value == 0)
      in.flaw("std", plain(value), "numbers other than 0: pixels are divided by them");
}

void check_variant(Inspector& in, const Variant& v, const MeasuredProfile& profile,
                   const std::vector<Task>& tasks) {
  in.from_to("accuracy", v.accuracy.top1.value, 0, 1);
  in.from_to("accuracy_half_interval", v.accuracy.half_interval.value, 0, 0.5);
  in.from_to("memory_mb", static_cast<double>(v.memory.value), 1, 1 << 20);
  in.from_to("intra_threads", v.intra_threads, 1, 256);
  in.from_to("max_batch", v.max_batch, 1, 1024);
  if (!v.sha256.empty() && (v.sha256.size() != 64 || !std::ranges::all_of(v.sha256, [](char c) {
                              return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                            })))
    in.flaw("sha256", in_quotes(v.sha256), "64 hexadecimal digits in lower case");
  in.length("service_p50_ms", profile.service_p50, Duration(1), hours(1));
  in.length("service_p99_ms", profile.service_p99, profile.service_p50, hours(1));
  in.length("load_ms", profile.load, Duration(0), hours(1));

  if (v.task.index() >= tasks.size()) {
    in.flaw("task", fmt::format("number {}", v.task.value), "a task of this catalog");
    return;
  }
  const Task& task = tasks[v.task.index()];
  // A variant without a file can be planned with but not run, so it needs no preprocessing.
  if (task.input == InputKind::image && !v.file.empty()) check_preprocessing(in, v.preprocessing);
  for (const int label : v.output.class_of_output)
    if (label < -1 || label >= static_cast<int>(task.labels.size())) {
      in.flaw("class_of_output", fmt::format("{}", label),
              fmt::format("-1 or an index into the {} labels of the task", task.labels.size()));
      break;
    }
}

void check_weights(Inspector& in, const Ensemble& e, std::size_t classes) {
  if (e.rule == VoteRule::majority) {
    if (!e.weights.empty()) in.flaw("weights_file", "weights", "none, as the rule is majority");
    return;
  }
  const auto one_each = [&](const std::vector<double>& weights) {
    return weights.size() == classes &&
           std::ranges::all_of(weights, [](double w) { return w >= 0 && w <= 1; });
  };
  if (e.weights.size() != e.members.size() || !std::ranges::all_of(e.weights, one_each)) {
    in.flaw("weights_file", "weights that are missing or out of range",
            fmt::format("one from 0 to 1 for each member and each of the {} classes", classes));
  }
}

// Nothing: they can vote together.
std::optional<std::pair<std::string, std::string>> wrong_members(const Ensemble& e,
                                                                 const Catalog::Parts& parts) {
  using Wrong = std::pair<std::string, std::string>;
  if (e.members.size() < 2 || e.members.size() > Ensemble::kMembersMost) {
    return Wrong{fmt::format("{}", e.members.size()),
                 fmt::format("2 to {} variants", Ensemble::kMembersMost)};
  }
  std::set<VariantId> before;
  for (const VariantId id : e.members) {
    if (id.index() >= parts.variants.size()) {
      return Wrong{fmt::format("number {}", id.value), "variants of this catalog"};
    }
    const Variant& member = parts.variants[id.index()];
    if (!before.insert(id).second) return Wrong{in_quotes(member.name) + " twice", "each once"};
    if (member.task != parts.variants[e.members[0].index()].task) {
      return Wrong{"variants of several tasks", "variants of one task"};
    }
  }
  const TaskId task = parts.variants[e.members[0].index()].task;
  if (task.index() < parts.tasks.size() && parts.tasks[task.index()].output == OutputKind::tensor) {
    return Wrong{"variants of a task that gives tensors", "variants that name classes"};
  }
  return std::nullopt;
}

void check_ensemble(Inspector& in, const Ensemble& e, const Catalog::Parts& parts) {
  in.from_to("accuracy", e.accuracy.top1.value, 0, 1);
  in.from_to("accuracy_half_interval", e.accuracy.half_interval.value, 0, 0.5);
  if (const auto wrong = wrong_members(e, parts)) {
    return in.flaw("members", wrong->first, wrong->second);
  }
  const TaskId task = parts.variants[e.members[0].index()].task;
  if (task.index() >= parts.tasks.size()) return;  // complained about with the variant
  check_weights(in, e, parts.tasks[task.index()].labels.size());
}

void check_credits(Inspector& in, const MachineOffer& o) {
  // No machine earns more than it could spend, or it would not be burstable.
  in.from_to("credits_per_hour", o.credits_per_hour, 0, 60 * o.vcpus.value);
  in.from_to("credits_max", o.credits_max, 0, 1e9);
  in.from_to("credits_at_launch", o.credits_at_launch, 0, o.credits_max);
  if (o.surcharge_per_vcpu_hour)
    in.from_to("surcharge_usd_per_vcpu_hour", o.surcharge_per_vcpu_hour->value, 0, 1e6);
  if (o.credits_per_hour > 0 && o.market != Market::burstable)
    in.flaw("credits_per_hour", plain(o.credits_per_hour), "none, as the market is not burstable");
}

void check_offer(Inspector& in, const MachineOffer& o) {
  in.above("vcpus", o.vcpus.value, 0, 1024);
  in.above("speed", o.speed, 0, 1000);
  in.from_to("memory_mb", static_cast<double>(o.memory.value), 1, 1 << 26);
  in.from_to("price_usd_per_hour", o.price.value, 0, 1e6);
  in.length("minimum_billed_s", o.minimum_billed, Duration(0), hours(24 * 31));
  in.length("billing_step_s", o.billing_step, Duration(1), hours(24 * 31));
  in.delay("provisioning_delay_s", "provisioning_delay_sigma", o.provisioning_delay);
  in.from_to("no_capacity_probability", o.no_capacity_probability, 0, 1);
  in.from_to("boot_failure_probability", o.boot_failure_probability, 0, 1);
  in.from_to("interruptions_per_month", o.interruptions_per_month, 0, 1e5);
  in.length("interruption_notice_s", o.interruption_notice, Duration(0), hours(24));
  in.from_to("interrupted_together", o.interrupted_together, 0, 1);
  check_credits(in, o);
}

void check_offer(Inspector& in, const FunctionOffer& o) {
  in.above("vcpus", o.vcpus.value, 0, 1024);
  in.above("speed", o.speed, 0, 1000);
  in.from_to("memory_mb", static_cast<double>(o.memory.value), 1, 1 << 26);
  in.from_to("price_usd_per_gb_second", o.price.value, 0, 1e3);
  in.from_to("price_usd_per_call", o.price_per_call.value, 0, 1e3);
  if (o.provisioned) {
    in.from_to("provisioned_usd_per_gb_second", o.provisioned->kept.value, 0, 1e3);
    in.from_to("provisioned_run_usd_per_gb_second", o.provisioned->run.value, 0, 1e3);
  }
  in.length("billing_step_ms", o.billing_step, Duration(1), hours(1));
  in.delay("cold_start_s", "cold_start_sigma", o.cold_start);
  in.length("keep_alive_s", o.keep_alive, Duration(0), hours(24 * 31));
  in.from_to("concurrency_limit", o.concurrency_limit, 1, 1e6);
  in.from_to("burst_limit", o.burst_limit, 0, 1e6);
  in.from_to("burst_growth_per_minute", o.burst_growth_per_minute, 0, 1e6);
  in.from_to("payload_bytes_max", static_cast<double>(o.payload_bytes_max), 1, 1 << 30);
}

}  // namespace

const char* name(Table table) {
  switch (table) {
    case Table::tasks:
      return "tasks";
    case Table::variants:
      return "variants";
    case Table::machine_offers:
      return "machine_offers";
    case Table::function_offers:
      return "function_offers";
    case Table::ensembles:
      return "ensembles";
  }
  return "";
}

std::vector<Flaw> check(const Catalog::Parts& parts) {
  std::vector<Flaw> flaws;
  // A client may name a task or a variant in the same place, so they share their names; what was
  // bought is called by its offer's name, so offers share theirs.
  std::map<std::string, std::size_t> models, offers;
  std::vector<bool> served(parts.tasks.size());
  for (const Variant& v : parts.variants)
    if (v.task.index() < served.size()) served[v.task.index()] = true;

  for (std::size_t i = 0; i < parts.tasks.size(); ++i) {
    Inspector in(flaws, Table::tasks, i);
    in.named(parts.tasks[i].name, models);
    check_task(in, parts.tasks[i]);
    if (!served[i])
      in.flaw("name", in_quotes(parts.tasks[i].name) + " without variants",
              "at least one variant that does the task");
  }
  if (parts.profiles.size() != parts.variants.size())
    flaws.push_back({Table::variants, 0, "profiles", std::to_string(parts.profiles.size()),
                     fmt::format("one for each of the {} variants", parts.variants.size())});
  for (std::size_t i = 0; i < parts.variants.size(); ++i) {
    Inspector in(flaws, Table::variants, i);
    in.named(parts.variants[i].name, models);
    if (i < parts.profiles.size())
      check_variant(in, parts.variants[i], parts.profiles[i], parts.tasks);
  }
  for (std::size_t i = 0; i < parts.machine_offers.size(); ++i) {
    Inspector in(flaws, Table::machine_offers, i);
    in.named(parts.machine_offers[i].name, offers);
    check_offer(in, parts.machine_offers[i]);
  }
  for (std::size_t i = 0; i < parts.function_offers.size(); ++i) {
    Inspector in(flaws, Table::function_offers, i);
    in.named(parts.function_offers[i].name, offers);
    check_offer(in, parts.function_offers[i]);
  }
  for (std::size_t i = 0; i < parts.ensembles.size(); ++i) {
    Inspector in(flaws, Table::ensembles, i);
    in.named(parts.ensembles[i].name, models);
    check_ensemble(in, parts.ensembles[i], parts);
  }
  return flaws;
}

}  // namespace paragon

#include "brain/journal_head.h"

#include <fmt/format.h>

#include <charconv>

#include "brain/journal_fields.h"
#include "catalog/market.h"

namespace paragon {
namespace {

std::string text(const Fields& f, std::string_view key) {
  return std::string(f.text(key).value_or(""));
}

void read_settings(const Fields& f, BrainSettings& s) {
  s.scheme = text(f, "scheme");
  if (text(f, "selection") == "naive") s.selection = Selection::naive;
  s.tick = f.duration("tick_ns");
  s.machines_min = f.need<int>("machines_min");
  s.machines_max = f.need<int>("machines_max");
  s.target_busy = f.need<double>("target_busy");
  s.functions = f.need<int>("functions") != 0;
  if (const auto x = f.number<double>("budget_usd_per_hour")) s.budget_per_hour = dollars(*x);
  s.waiting_max = f.need<std::size_t>("waiting_max");
  s.relaxed_slack = f.need<double>("relaxed_slack");
  s.overhead = f.duration("overhead_ns");
  s.attempts_max = f.need<int>("attempts_max");
}

PlanStep read_plan_step(const Fields& f) {
  PlanStep step;
  step.from = Time{f.duration("from_ns")};
  if (f.text("function")) {
    step.warm = {FunctionOfferId{f.need<std::uint32_t>("function")},
                 VariantId{f.need<std::uint32_t>("variant")}, f.need<int>("environments")};
  } else {
    step.offer = MachineOfferId{f.need<std::uint32_t>("offer")};
    step.machines = f.need<int>("machines");
  }
  return step;
}

void read_variant(const Fields& f, Catalog::Parts& parts) {
  Variant v;
  v.name = text(f, "name");
  v.task = TaskId{f.need<std::uint32_t>("task")};
  v.accuracy.top1 = accuracy(f.need<double>("accuracy"));
  v.memory = megabytes(f.need<std::int64_t>("memory_mb"));
  v.intra_threads = f.need<int>("intra_threads");
  parts.variants.push_back(std::move(v));
  parts.profiles.push_back(
      {f.duration("service_p50_ns"), f.duration("service_p99_ns"), f.duration("load_ns")});
}

// How its votes count is none of the brain's business either.
void read_ensemble(const Fields& f, Catalog::Parts& parts) {
  Ensemble e;
  e.name = text(f, "name");
  e.accuracy.top1 = accuracy(f.need<double>("accuracy"));
  const std::string members = text(f, "members");
  const char* at = members.data();
  const char* const end = at + members.size();
  while (at < end) {
    VariantId& member = e.members.emplace_back();
    const auto [rest, error] = std::from_chars(at, end, member.value);
    at = rest;
    if (error == std::errc{} && at < end && *at == ',') {
      ++at;
    } else if (error != std::errc{} || at < end) {
      e.members.clear();  // the catalog's check complains
      break;
    }
  }
  parts.ensembles.push_back(std::move(e));
}

void read_machine_offer(const Fields& f, Catalog::Parts& parts) {
  MachineOffer o;
  o.name = text(f, "name");
  const std::string market = text(f, "market");
  for (const Market m : {Market::on_demand, Market::spot, Market::burstable}) {
    if (market == name(m)) o.market = m;
  }
  o.vcpus = vcpus(f.need<double>("vcpus"));
  o.speed = f.need<double>("speed");
  o.memory = megabytes(f.need<std::int64_t>("memory_mb"));
  o.price = per_hour(f.need<double>("price_usd_per_hour"));
  o.minimum_billed = f.duration("minimum_billed_ns");
  o.billing_step = f.duration("billing_step_ns");
  o.provisioning_delay = {f.duration("delay_median_ns"), f.need<double>("delay_sigma")};
  // Journals from before these were decided on do not have them.
  o.interruptions_per_month = f.number<double>("interruptions_per_month").value_or(0);
  if (const auto notice = f.optional_duration("notice_ns")) o.interruption_notice = *notice;
  o.credits_per_hour = f.number<double>("credits_per_hour").value_or(0);
  if (const auto price = f.number<double>("surcharge_usd_per_vcpu_hour")) {
    o.surcharge_per_vcpu_hour = per_hour(*price);
  }
  parts.machine_offers.push_back(std::move(o));
}

void read_function_offer(const Fields& f, Catalog::Parts& parts) {
  FunctionOffer o;
  o.name = text(f, "name");
  o.memory = megabytes(f.need<std::int64_t>("memory_mb"));
  o.vcpus = vcpus(f.need<double>("vcpus"));
  o.speed = f.need<double>("speed");
  o.price = per_gb_second(f.need<double>("price_usd_per_gb_second"));
  o.price_per_call = dollars(f.need<double>("price_usd_per_call"));
  o.billing_step = f.duration("billing_step_ns");
  o.cold_start = {f.duration("cold_median_ns"), f.need<double>("cold_sigma")};
  o.keep_alive = f.duration("keep_alive_ns");
  o.concurrency_limit = f.need<int>("concurrency_limit");
  if (const auto kept = f.number<double>("provisioned_usd_per_gb_second")) {
    o.provisioned = {per_gb_second(*kept),
                     per_gb_second(f.need<double>("provisioned_run_usd_per_gb_second"))};
  }
  parts.function_offers.push_back(std::move(o));
}

}  // namespace

void append_constraints(std::string& line, const Constraints& c) {
  const auto put = [&]<class... Args>(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(line), format, std::forward<Args>(args)...);
  };
  if (c.min_accuracy) put(" min_accuracy={}", c.min_accuracy->value);
  if (c.max_latency) put(" max_latency_ns={}", c.max_latency->count());
  if (c.max_cost) put(" max_cost_usd={}", c.max_cost->value);
  if (c.query_class) put(" class={}", *c.query_class == QueryClass::strict ? "strict" : "relaxed");
  if (c.objective) {
    put(" objective_cost={} objective_latency={} objective_accuracy={}", c.objective->cost,
        c.objective->latency, c.objective->accuracy);
  }
  if (c.best_effort) put(" best_effort={}", *c.best_effort ? 1 : 0);
}

Constraints read_constraints(const Fields& f) {
  Constraints c;
  if (const auto x = f.number<double>("min_accuracy")) c.min_accuracy = accuracy(*x);
  c.max_latency = f.optional_duration("max_latency_ns");
  if (const auto x = f.number<double>("max_cost_usd")) c.max_cost = dollars(*x);
  if (const auto x = f.text("class")) {
    c.query_class = *x == "strict" ? QueryClass::strict : QueryClass::relaxed;
  }
  if (const auto x = f.number<double>("objective_cost")) {
    c.objective =
        Objective{*x, f.need<double>("objective_latency"), f.need<double>("objective_accuracy")};
  }
  if (const auto x = f.number<int>("best_effort")) c.best_effort = *x != 0;
  return c;
}

void write_head(const Catalog& catalog, const BrainSettings& s,
                const std::function<void(std::string_view)>& sink) {
  sink(kJournalFormat);
  std::string line = fmt::format(
      "settings scheme={} tick_ns={} machines_min={} machines_max={} target_busy={} functions={} "
      "waiting_max={} relaxed_slack={} overhead_ns={} attempts_max={}",
      s.scheme, s.tick.count(), s.machines_min, s.machines_max, s.target_busy, s.functions ? 1 : 0,
      s.waiting_max, s.relaxed_slack, s.overhead.count(), s.attempts_max);
  if (s.selection == Selection::naive) line += " selection=naive";
  if (s.budget_per_hour) line += fmt::format(" budget_usd_per_hour={}", s.budget_per_hour->value);
  sink(line);
  for (const auto& [name, value] : s.tuning)
    sink(fmt::format("knob name={} value={}", name, value));
  for (const PlanStep& step : s.plan) {
    line = fmt::format("plan from_ns={}", step.from.time_since_epoch().count());
    if (step.warm) {
      line += fmt::format(" function={} variant={} environments={}", step.warm->offer.value,
                          step.warm->variant.value, step.warm->environments);
    } else {
      line += fmt::format(" offer={} machines={}", step.offer.value, step.machines);
    }
    sink(line);
  }
  for (const Task& t : catalog.tasks()) {
    line = "task name=" + t.name;
    append_constraints(line, t.defaults);
    sink(line);
  }
  for (std::uint32_t i = 0; i < catalog.variants().size(); ++i) {
    const Variant& v = catalog.variants()[i];
    const MeasuredProfile& p = catalog.profile(VariantId{i});
    sink(
        fmt::format("variant name={} task={} accuracy={} memory_mb={} intra_threads={} "
                    "service_p50_ns={} service_p99_ns={} load_ns={}",
                    v.name, v.task.value, v.accuracy.top1.value, v.memory.value, v.intra_threads,
                    p.service_p50.count(), p.service_p99.count(), p.load.count()));
  }
  for (const Ensemble& e : catalog.ensembles()) {
    line = fmt::format("ensemble name={} accuracy={} members=", e.name, e.accuracy.top1.value);
    for (const VariantId member : e.members) line += fmt::format("{},", member.value);
    line.pop_back();
    sink(line);
  }
  for (const MachineOffer& o : catalog.machine_offers()) {
    line = fmt::format(
        "machine_offer name={} market={} vcpus={} speed={} memory_mb={} price_usd_per_hour={} "
        "minimum_billed_ns={} billing_step_ns={} delay_median_ns={} delay_sigma={}",
        o.name, name(o.market), o.vcpus.value, o.speed, o.memory.value, o.price.value,
        o.minimum_billed.count(), o.billing_step.count(), o.provisioning_delay.median.count(),
        o.provisioning_delay.sigma);
    if (o.interruptions_per_month > 0) {
      line += fmt::format(" interruptions_per_month={} notice_ns={}", o.interruptions_per_month,
                          o.interruption_notice.count());
    }
    if (o.credits_per_hour > 0) line += fmt::format(" credits_per_hour={}", o.credits_per_hour);
    if (o.surcharge_per_vcpu_hour) {
      line += fmt::format(" surcharge_usd_per_vcpu_hour={}", o.surcharge_per_vcpu_hour->value);
    }
    sink(line);
  }
  for (const FunctionOffer& o : catalog.function_offers()) {
    line = fmt::format(
        "function_offer name={} memory_mb={} vcpus={} speed={} price_usd_per_gb_second={} "
        "price_usd_per_call={} billing_step_ns={} cold_median_ns={} cold_sigma={} "
        "keep_alive_ns={} concurrency_limit={}",
        o.name, o.memory.value, o.vcpus.value, o.speed, o.price.value, o.price_per_call.value,
        o.billing_step.count(), o.cold_start.median.count(), o.cold_start.sigma,
        o.keep_alive.count(), o.concurrency_limit);
    if (o.provisioned) {
      line += fmt::format(" provisioned_usd_per_gb_second={} provisioned_run_usd_per_gb_second={}",
                          o.provisioned->kept.value, o.provisioned->run.value);
    }
    sink(line);
  }
  sink("begin");
}

Result<JournalHead> read_head(const std::function<bool(std::string&)>& next,
                              std::uint64_t& line_number) {
  const auto wrong = [&](const std::string& what) {
    return Error{ErrorCode::invalid, fmt::format("line {}: {}", line_number, what)};
  };
  std::string line;
  ++line_number;
  if (!next(line) || line != kJournalFormat) {
    return wrong(fmt::format("expected '{}': this is not a journal", kJournalFormat));
  }
  Catalog::Parts parts;
  BrainSettings settings;
  for (;;) {
    ++line_number;
    if (!next(line)) return wrong("the journal ends before 'begin'");
    if (line == "begin") break;
    const Fields f(line);
    const std::string_view kind = f.words().empty() ? std::string_view() : f.words()[0];
    if (kind == "settings") {
      read_settings(f, settings);
    } else if (kind == "knob") {
      settings.tuning.insert_or_assign(text(f, "name"), f.need<double>("value"));
    } else if (kind == "plan") {
      settings.plan.push_back(read_plan_step(f));
    } else if (kind == "task") {
      Task t;
      t.name = text(f, "name");
      t.input = InputKind::tensor;  // what the model eats is none of the brain's business
      t.output = OutputKind::classes;
      t.defaults = read_constraints(f);
      parts.tasks.push_back(std::move(t));
    } else if (kind == "variant") {
      read_variant(f, parts);
    } else if (kind == "ensemble") {
      read_ensemble(f, parts);
    } else if (kind == "machine_offer") {
      read_machine_offer(f, parts);
    } else if (kind == "function_offer") {
      read_function_offer(f, parts);
    } else {
      return wrong(
          "expected settings, knob, plan, task, variant, ensemble, machine_offer, function_offer "
          "or "
          "begin");
    }
    if (!f.broken().empty()) return wrong("field " + f.broken() + " is missing or unreadable");
  }
  Result<Catalog> catalog = Catalog::build(std::move(parts));
  if (!catalog) return wrong("the catalog in the head is wrong: " + catalog.error().message);
  const Status sound = check(settings, *catalog);
  if (!sound) return wrong("the settings in the head are wrong: " + sound.error().message);
  return JournalHead{std::move(*catalog), std::move(settings)};
}

}  // namespace paragon

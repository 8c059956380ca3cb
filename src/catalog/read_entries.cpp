#include "catalog/read_entries.h"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "catalog/read_constraints.h"

namespace paragon {
namespace {

constexpr Duration kSecond = std::chrono::seconds(1);
constexpr Duration kMillisecond = std::chrono::milliseconds(1);

constexpr double kAny = std::numeric_limits<double>::max();
constexpr int kIntMost = std::numeric_limits<int>::max();

// A required number. Where it is missing or wrong there is a complaint and the value is a plausible
// one, so that no second complaint follows from it.
double need(Entry& entry, const char* field, double otherwise = 1) {
  entry.require(field, "a number");
  return entry.number(field, -kAny, kAny).value_or(otherwise);
}

std::string need_text(Entry& entry, const char* field, const char* expected) {
  entry.require(field, expected);
  return entry.text(field).value_or("missing");
}

Duration need_duration(Entry& entry, const char* field, Duration unit) {
  entry.require(field, "a number");
  return entry.duration(field, unit).value_or(unit);
}

int whole(Entry& entry, const char* field, int otherwise) {
  return static_cast<int>(entry.integer(field, -kIntMost, kIntMost).value_or(otherwise));
}

Memory need_memory(Entry& entry) {
  if (entry.has("memory_gib")) {
    if (entry.has("memory_mb")) entry.complain("memory_gib", "also memory_mb", "one of the two");
    entry.integer("memory_mb", 0, kIntMost);
    return megabytes(std::llround(entry.number("memory_gib", 0, 1e6).value_or(1) * 1024));
  }
  entry.require("memory_mb", "a number");
  // Rounded up: a profile says 38.9, and an entry that is too small helps nobody.
  return megabytes(
      static_cast<std::int64_t>(std::ceil(entry.number("memory_mb", 0, 1e9).value_or(1))));
}

// A share from 0 to 1, or the same in percent under a name that says so.
std::optional<double> share(Entry& entry, const std::string& field) {
  const auto direct = entry.number(field, -kAny, kAny);
  const auto percent = entry.number(field + "_percent", 0, 100);
  if (direct && percent) entry.complain(field + "_percent", "also " + field, "one of the two");
  return direct ? direct : percent ? std::optional(*percent / 100) : std::nullopt;
}

// Half of the 95 % interval, given as such or by its two ends.
double half_interval(Entry& entry, double top1) {
  const auto low = entry.number("accuracy_low95_percent", 0, 100);
  const auto high = entry.number("accuracy_high95_percent", 0, 100);
  const auto half = share(entry, "accuracy_half_interval");
  if (half) return *half;
  return low && high ? std::max(top1 - *low / 100, *high / 100 - top1) : 0;
}

MeasuredAccuracy read_accuracy(Entry& entry) {
  MeasuredAccuracy out;
  if (!entry.has("accuracy_percent")) entry.require("accuracy", "a share from 0 to 1");
  out.top1 = accuracy(share(entry, "accuracy").value_or(1));
  out.half_interval = accuracy(half_interval(entry, out.top1.value));
  out.source = entry.text("accuracy_source").value_or("");
  return out;
}

std::vector<float> per_channel(Entry& entry, const char* field, int channels, float otherwise) {
  const auto values = entry.numbers(field);
  if (!values) return std::vector<float>(static_cast<std::size_t>(channels), otherwise);
  return {values->begin(), values->end()};
}

Preprocessing read_preprocessing(Entry& entry) {
  Preprocessing p;
  p.width = whole(entry, "width", 0);
  p.height = whole(entry, "height", 0);
  static constexpr Entry::Choice<ChannelOrder> kOrders[] = {
      {"rgb", ChannelOrder::rgb}, {"bgr", ChannelOrder::bgr}, {"gray", ChannelOrder::gray}};
  p.channels = entry.choice("channel_order", kOrders).value_or(ChannelOrder::rgb);
  static constexpr Entry::Choice<Layout> kLayouts[] = {{"nchw", Layout::nchw},
                                                       {"nhwc", Layout::nhwc}};
  p.layout = entry.choice("layout", kLayouts).value_or(Layout::nchw);
  p.central_crop = entry.number("central_crop", -kAny, kAny).value_or(1);
  p.mean = per_channel(entry, "mean", p.channel_count(), 0);
  p.std = per_channel(entry, "std", p.channel_count(), 1);
  return p;
}

Delay need_delay(Entry& entry, const std::string& field) {
  return {.median = need_duration(entry, (field + "_s").c_str(), kSecond),
          .sigma = entry.number(field + "_sigma", -kAny, kAny).value_or(0)};
}

}  // namespace

TaskEntry read_task(Entry& entry, Complaints& complaints) {
  TaskEntry out;
  Task& task = out.task;
  task.name = need_text(entry, "name", "the task's name");
  static constexpr Entry::Choice<InputKind> kInputs[] = {{"image", InputKind::image},
                                                         {"tensor", InputKind::tensor}};
  task.input = entry.choice("input", kInputs).value_or(InputKind::image);
  static constexpr Entry::Choice<OutputKind> kOutputs[] = {{"classes", OutputKind::classes},
                                                           {"tensor", OutputKind::tensor}};
  task.output = entry.choice("output", kOutputs).value_or(OutputKind::classes);
  task.labels = entry.texts("labels").value_or(std::vector<std::string>{});
  out.labels_files = entry.texts("labels_file").value_or(std::vector<std::string>{});
  const bool labelled = entry.has("labels") || entry.has("labels_file");
  if (task.output == OutputKind::classes && !labelled)
    entry.complain("labels", "nothing", "the names of the classes in order (or labels_file)");
  if (task.output == OutputKind::tensor && labelled)
    entry.complain(entry.has("labels") ? "labels" : "labels_file", "labels",
                   "none, as the output is plain tensors");
  if (entry.has("labels") && entry.has("labels_file"))
    entry.complain("labels_file", "also labels", "one of the two");
  task.top_k = static_cast<std::size_t>(entry.integer("top_k", 1, 1000).value_or(5));
  if (const Node* node = entry.node("defaults", Node::Kind::map)) {
    const Spot spot = entry.spot("defaults");
    Entry defaults(*node, spot.file, spot.field, complaints);
    task.defaults = read_constraints(defaults, complaints);
    defaults.no_more();
  }
  entry.no_more();
  return out;
}

VariantEntry read_variant(Entry& entry) {
  VariantEntry out;
  Variant& v = out.variant;
  v.file = entry.text("file").value_or("");
  if (entry.has("name"))
    v.name = entry.text("name").value_or("missing");
  else if (!v.file.empty())
    v.name = std::filesystem::path(v.file).stem().string();
  else
    v.name = need_text(entry, "name", "the variant's name");
  out.task = need_text(entry, "task", "the name of a task");
  v.family = entry.text("family").value_or(v.name);
  v.precision = entry.text("precision").value_or("fp32");
  v.sha256 = entry.text("sha256").value_or("");
  v.version = entry.text("version").value_or("1");

  v.accuracy = read_accuracy(entry);

  v.preprocessing = read_preprocessing(entry);
  v.output.softmax = entry.flag("softmax").value_or(false);
  for (const double index : entry.numbers("class_of_output").value_or(std::vector<double>{})) {
    if (index != std::floor(index) || std::abs(index) > 1e6) {
      entry.complain("class_of_output", plain(index), "whole numbers");
      v.output.class_of_output.clear();
      break;
    }
    v.output.class_of_output.push_back(static_cast<int>(index));
  }
  v.memory = need_memory(entry);
  v.intra_threads = whole(entry, "intra_threads", 1);
  v.max_batch = whole(entry, "max_batch", 1);

  const Duration handling = entry.duration("handling_ms", kMillisecond).value_or(Duration::zero());
  out.profile.service_p50 = need_duration(entry, "service_p50_ms", kMillisecond);
  // Service times of networks are nearly constant: published 90th percentiles lie 1 to 5 % above
  // the median. A quarter on top covers a machine that also does other things.
  out.profile.service_p99 = entry.duration("service_p99_ms", kMillisecond)
                                .value_or(out.profile.service_p50 + out.profile.service_p50 / 4);
  out.profile.service_p50 += handling;
  out.profile.service_p99 += handling;
  out.profile.load = need_duration(entry, "load_ms", kMillisecond);
  entry.no_more();
  return out;
}

MachineOffer read_machine_offer(Entry& entry) {
  MachineOffer o;
  o.name = need_text(entry, "name", "the offer's name");
  static constexpr Entry::Choice<Market> kMarkets[] = {
      {"on_demand", Market::on_demand}, {"spot", Market::spot}, {"burstable", Market::burstable}};
  o.market = entry.choice("market", kMarkets).value_or(Market::on_demand);
  o.vcpus = vcpus(need(entry, "vcpus"));
  o.speed = entry.number("speed", -kAny, kAny).value_or(1);
  o.memory = need_memory(entry);
  o.price = per_hour(need(entry, "price_usd_per_hour"));
  o.minimum_billed = entry.duration("minimum_billed_s", kSecond).value_or(o.minimum_billed);
  o.billing_step = entry.duration("billing_step_s", kSecond).value_or(o.billing_step);
  o.provisioning_delay = need_delay(entry, "provisioning_delay");
  o.no_capacity_probability = entry.number("no_capacity_probability", -kAny, kAny).value_or(0);
  o.boot_failure_probability = entry.number("boot_failure_probability", -kAny, kAny).value_or(0);
  o.interruptions_per_month = entry.number("interruptions_per_month", -kAny, kAny).value_or(0);
  o.interruption_notice =
      entry.duration("interruption_notice_s", kSecond).value_or(o.interruption_notice);
  o.interrupted_together = entry.number("interrupted_together", -kAny, kAny).value_or(0);
  o.credits_per_hour = entry.number("credits_per_hour", -kAny, kAny).value_or(0);
  o.credits_max = entry.number("credits_max", -kAny, kAny).value_or(24 * o.credits_per_hour);
  o.credits_at_launch = entry.number("credits_at_launch", -kAny, kAny).value_or(0);
  if (const auto price = entry.number("surcharge_usd_per_vcpu_hour", -kAny, kAny))
    o.surcharge_per_vcpu_hour = per_hour(*price);
  o.source = entry.text("source").value_or("");
  entry.no_more();
  return o;
}

// One of the two prices alone makes no sense.
std::optional<ProvisionedPrice> read_provisioned_price(Entry& entry) {
  const auto kept = entry.number("provisioned_usd_per_gb_second", -kAny, kAny);
  const auto run = entry.number("provisioned_run_usd_per_gb_second", -kAny, kAny);
  if (kept && !run) entry.require("provisioned_run_usd_per_gb_second", "the price of calls there");
  if (run && !kept) entry.require("provisioned_usd_per_gb_second", "the price of keeping them");
  if (!kept || !run) return std::nullopt;
  return ProvisionedPrice{per_gb_second(*kept), per_gb_second(*run)};
}

FunctionOffer read_function_offer(Entry& entry) {
  FunctionOffer o;
  o.name = need_text(entry, "name", "the offer's name");
  o.memory = need_memory(entry);
  // AWS: CPU in proportion to memory, one full vCPU at 1,769 MB.
  o.vcpus = vcpus(
      entry.number("vcpus", -kAny, kAny).value_or(static_cast<double>(o.memory.value) / 1769));
  o.speed = entry.number("speed", -kAny, kAny).value_or(1);
  o.price = per_gb_second(need(entry, "price_usd_per_gb_second"));
  o.price_per_call = dollars(need(entry, "price_usd_per_call"));
  o.provisioned = read_provisioned_price(entry);
  o.billing_step = entry.duration("billing_step_ms", kMillisecond).value_or(o.billing_step);
  o.cold_start = need_delay(entry, "cold_start");
  o.keep_alive = entry.duration("keep_alive_s", kSecond).value_or(o.keep_alive);
  o.concurrency_limit = whole(entry, "concurrency_limit", o.concurrency_limit);
  o.burst_limit = whole(entry, "burst_limit", o.burst_limit);
  o.burst_growth_per_minute =
      entry.number("burst_growth_per_minute", -kAny, kAny).value_or(o.burst_growth_per_minute);
  o.payload_bytes_max =
      entry.integer("payload_bytes_max", 1, std::int64_t{1} << 40).value_or(o.payload_bytes_max);
  o.source = entry.text("source").value_or("");
  entry.no_more();
  return o;
}

EnsembleEntry read_ensemble(Entry& entry) {
  EnsembleEntry out;
  out.ensemble.name = need_text(entry, "name", "the ensemble's name");
  entry.require("members", "the names of its variants");
  out.members = entry.texts("members").value_or(std::vector<std::string>{});
  static constexpr Entry::Choice<VoteRule> kRules[] = {
      {"majority", VoteRule::majority}, {"class_weighted", VoteRule::class_weighted}};
  out.ensemble.rule = entry.choice("rule", kRules).value_or(VoteRule::majority);
  if (out.ensemble.rule == VoteRule::class_weighted)
    entry.require("weights_file", "a CSV file with ensemble, member, class and weight");
  out.weights_file = entry.text("weights_file").value_or("");
  out.ensemble.accuracy = read_accuracy(entry);
  entry.no_more();
  return out;
}

}  // namespace paragon

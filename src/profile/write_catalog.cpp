#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "profile/csv_text.h"
#include "profile/statistics.h"
#include "profile/write.h"

namespace paragon::profile {
namespace {

namespace fs = std::filesystem;

std::string ms(Duration d) { return fmt::format("{:.6g}", milliseconds(d)); }
std::string percent(double share) { return fmt::format("{:.2f}", share * 100); }

// In double quotes, as YAML and JSON read it alike.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string relative_to(const std::string& folder, const std::string& file) {
  const std::string path = fs::path(file).lexically_relative(folder).string();
  return path.empty() ? file : path;
}

const char* word(ChannelOrder order) {
  switch (order) {
    case ChannelOrder::rgb:
      return "rgb";
    case ChannelOrder::bgr:
      return "bgr";
    case ChannelOrder::gray:
      return "gray";
  }
  return "";
}

const char* word(QueryClass c) { return c == QueryClass::strict ? "strict" : "relaxed"; }

std::string accuracy_cells(const VariantProfile& v, const Variant& variant,
                           const Profile& profile) {
  if (!v.grades) {
    const double top1 = variant.accuracy.top1.value, half = variant.accuracy.half_interval.value;
    return fmt::format("{},{},{},,{}", percent(top1), percent(std::max(0.0, top1 - half)),
                       percent(std::min(1.0, top1 + half)), csv_cell(variant.accuracy.source));
  }
  const Interval interval = wilson95(v.grades->top1, v.grades->answered);
  const auto share = [&](std::size_t right) {
    return static_cast<double>(right) / static_cast<double>(v.grades->answered);
  };
  return fmt::format("{},{},{},{},{}", percent(share(v.grades->top1)), percent(interval.low.value),
                     percent(interval.high.value), percent(share(v.grades->top5)),
                     csv_cell(fmt::format("{}, {}", profile.labelled_set, profile.date)));
}

// How pictures go in; empty cells for tensors.
std::string input_cells(const Variant& variant, const Task& task) {
  if (task.input != InputKind::image) return ",,,,,,";
  const Preprocessing& p = variant.preprocessing;
  return fmt::format("{},{},{},{},{:g},{},{}", p.width, p.height, word(p.channels),
                     p.layout == Layout::nchw ? "nchw" : "nhwc", p.central_crop,
                     csv_cell(fmt::format("{}", fmt::join(p.mean, ","))),
                     csv_cell(fmt::format("{}", fmt::join(p.std, ","))));
}

std::string constraints(const Constraints& c) {
  std::vector<std::string> fields;
  if (c.min_accuracy) fields.push_back(fmt::format("min_accuracy: {:g}", c.min_accuracy->value));
  if (c.max_latency) {
    fields.push_back(fmt::format("max_latency_ms: {:g}", milliseconds(*c.max_latency)));
  }
  if (c.max_cost) fields.push_back(fmt::format("max_cost_usd: {:.10f}", c.max_cost->value));
  if (c.query_class) fields.push_back(fmt::format("class: {}", word(*c.query_class)));
  if (c.objective) {
    fields.push_back(fmt::format("objective: {{cost: {:g}, latency: {:g}, accuracy: {:g}}}",
                                 c.objective->cost, c.objective->latency, c.objective->accuracy));
  }
  if (c.best_effort) fields.push_back(fmt::format("best_effort: {}", *c.best_effort));
  return fmt::format("{}", fmt::join(fields, ", "));
}

}  // namespace

std::string profile_csv(const Profile& profile, const Catalog& catalog,
                        const CatalogPlaces& places) {
  std::string text =
      "name,task,family,precision,version,file,sha256,accuracy_percent,accuracy_low95_percent,"
      "accuracy_high95_percent,top5_percent,accuracy_source,width,height,channel_order,layout,"
      "central_crop,mean,std,softmax,class_of_output,intra_threads,max_batch,service_p50_ms,"
      "service_p99_ms,handling_ms,load_ms,memory_mb,process_start_ms,session_ms,first_ms,"
      "p50_settled,measured_on,measured_date,onnxruntime,method\n";
  for (const VariantProfile& v : profile.variants) {
    const Variant& variant = catalog.variant(v.id);
    const Task& task = catalog.task(variant.task);
    const CellTimes& alone = v.alone();
    const Duration load = v.start.load + v.start.first;
    text += fmt::format("{},{},{},{},{},{},{},", variant.name, task.name, csv_cell(variant.family),
                        csv_cell(variant.precision), csv_cell(variant.version),
                        csv_cell(relative_to(places.folder, variant.file)), variant.sha256);
    text += accuracy_cells(v, variant, profile) + "," + input_cells(variant, task);
    text += fmt::format(
        ",{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", variant.output.softmax,
        csv_cell(fmt::format("{}", fmt::join(variant.output.class_of_output, ","))),
        variant.intra_threads, variant.max_batch, ms(alone.p50), ms(alone.p99),
        v.handling ? ms(v.handling->p50) : "", ms(load), v.memory().value, ms(v.start.process),
        ms(v.start.load), ms(v.start.first), alone.difference <= profile.tolerance ? "yes" : "no",
        csv_cell(profile.host), profile.date, profile.onnxruntime,
        csv_cell(fmt::format("paragon profile: {} of {} visits; {} cold starts", alone.counted,
                             alone.visits, v.starts)));
  }
  return text;
}

std::string catalog_yaml(const Profile& profile, const Catalog& catalog,
                         const CatalogPlaces& places, const Ensembles& ensembles) {
  std::string text = fmt::format(
      "# Written by `paragon profile` on {}; the next run with this folder writes it again.\n"
      "paragon: 1\ndescription: {}\n",
      profile.date,
      quoted(fmt::format("Measured on {}, ONNX Runtime {}", profile.host, profile.onnxruntime)));
  if (!places.offers.empty()) {
    text += fmt::format("include: {}\n", quoted(relative_to(places.folder, places.offers)));
  }
  text += "tasks:\n";
  for (std::size_t t = 0; t < catalog.tasks().size(); ++t) {
    const Task& task = catalog.tasks()[t];
    const bool served = std::any_of(
        profile.variants.begin(), profile.variants.end(),
        [&](const VariantProfile& v) { return catalog.variant(v.id).task.index() == t; });
    if (!served) continue;
    text += fmt::format("  - name: {}\n    input: {}\n    output: {}\n", quoted(task.name),
                        task.input == InputKind::image ? "image" : "tensor",
                        task.output == OutputKind::classes ? "classes" : "tensor");
    if (task.output == OutputKind::classes) {
      text += "    labels:\n";
      for (const std::string& label : task.labels) text += "      - " + quoted(label) + "\n";
      text += fmt::format("    top_k: {}\n", task.top_k);
    }
    const std::string defaults = constraints(task.defaults);
    if (!defaults.empty()) text += fmt::format("    defaults: {{{}}}\n", defaults);
  }
  text +=
      "models:\n  - file: profile.csv\n"
      "    ignore: [top5_percent, process_start_ms, session_ms, first_ms, p50_settled, "
      "measured_on,\n"
      "             measured_date, onnxruntime, method]\n";
  return text + ensembles_yaml(ensembles, profile, catalog);
}

}  // namespace paragon::profile

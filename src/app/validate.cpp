// paragon validate: says whether a catalog, query mix or trace is fit for use, and what is in it.
//
// Which of the three a file is, its content tells and not its name.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>

#include "app/commands.h"
#include "catalog/load.h"
#include "report/table.h"
#include "trace/line_reader.h"
#include "trace/mix.h"
#include "trace/trace_file.h"

namespace paragon {
namespace {

using enum Align;

struct ValidateOptions {
  std::string file;
  std::string models_dir{};
  bool without_models = false;
};

enum class FileKind { catalog, mix, trace };

// By the first line that holds something. What is none of the three gets the complaints of the kind
// that it looks most like: a name that ends in .csv or .gz is a trace, anything else a catalog.
Result<FileKind> kind_of(const std::string& file) {
  Result<LineReader> lines = LineReader::open(file);
  if (!lines) return lines.error();
  const bool table_name = file.ends_with(".csv") || file.ends_with(".gz");
  bool yaml = false;
  for (int i = 0; i < 1000; ++i) {
    Result<std::optional<std::string>> line = lines->next();
    if (!line || !*line) break;
    const std::string& text = **line;
    if (text.empty() || text.starts_with('#')) continue;
    if (text.starts_with("paragon_mix:")) return FileKind::mix;
    if (text.starts_with("paragon:")) return FileKind::catalog;
    for (const char* head : {"second,", "minute,", "hour,", "timestamp", "time_s"})
      if (!yaml && text.starts_with(head) && !text.starts_with(std::string(head) + ":"))
        return FileKind::trace;
    // The version may stand further down; `classes` is a mix's own.
    if (text.starts_with("classes:")) return FileKind::mix;
    yaml = true;
  }
  return table_name ? FileKind::trace : FileKind::catalog;
}

std::string amount(double value) { return fmt::format("{:.4g}", value); }

std::string percent(Accuracy share) { return fmt::format("{:.2f} %", share.value * 100); }

std::string milliseconds_text(Duration d) {
  const double ms = milliseconds(d);
  return ms < 1000 ? fmt::format("{:.3g} ms", ms) : fmt::format("{:.0f} ms", ms);
}

const char* market_name(Market market) {
  switch (market) {
    case Market::on_demand:
      return "on demand";
    case Market::spot:
      return "spot";
    case Market::burstable:
      return "burstable";
  }
  return "";
}

// One screen: tables are cut here, and say so.
constexpr std::size_t kMostRows = 16;

void print(const char* title, const TextTable& table, std::size_t entries) {
  if (entries == 0) return;
  fmt::print("\n{}\n{}", title, table.text("  "));
  if (entries > kMostRows) fmt::print("  ... and {} more\n", entries - kMostRows);
}

void print_catalog(const std::string& file, const Catalog& catalog) {
  fmt::print("{}: a catalog of {} tasks, {} variants, {} machine offers, {} function offers\n",
             file, catalog.tasks().size(), catalog.variants().size(),
             catalog.machine_offers().size(), catalog.function_offers().size());

  TextTable variants({{"variant", left},
                      {"task", left},
                      {"precision", left},
                      {"accuracy"},
                      {"p50, one core"},
                      {"p99"},
                      {"load"},
                      {"memory"}});
  for (std::size_t v = 0; v < std::min(catalog.variants().size(), kMostRows); ++v) {
    const Variant& variant = catalog.variants()[v];
    const MeasuredProfile& profile = catalog.profile(VariantId{static_cast<std::uint32_t>(v)});
    variants.row({variant.name, catalog.task(variant.task).name, variant.precision,
                  percent(variant.accuracy.top1), milliseconds_text(profile.service_p50),
                  milliseconds_text(profile.service_p99), milliseconds_text(profile.load),
                  fmt::format("{} MB", variant.memory.value)});
  }
  print("Variants", variants, catalog.variants().size());

  TextTable ensembles({{"ensemble", left}, {"rule", left}, {"accuracy"}, {"members", left}});
  for (std::size_t e = 0; e < std::min(catalog.ensembles().size(), kMostRows); ++e) {
    const Ensemble& ensemble = catalog.ensembles()[e];
    std::string members;
    for (const VariantId member : ensemble.members) {
      members += (members.empty() ? "" : " ") + catalog.variant(member).name;
    }
    ensembles.row({ensemble.name, name(ensemble.rule), percent(ensemble.accuracy.top1), members});
  }
  print("Ensembles", ensembles, catalog.ensembles().size());

  TextTable machines({{"machine offer", left},
                      {"market", left},
                      {"vCPUs"},
                      {"speed"},
                      {"memory"},
                      {"$/hour"},
                      {"ready after"}});
  for (std::size_t o = 0; o < std::min(catalog.machine_offers().size(), kMostRows); ++o) {
    const MachineOffer& offer = catalog.machine_offers()[o];
    machines.row({offer.name, market_name(offer.market), amount(offer.vcpus.value),
                  amount(offer.speed), fmt::format("{} MB", offer.memory.value),
                  amount(offer.price.value),
                  fmt::format("{:.3g} s", seconds(offer.provisioning_delay.median))});
  }
  print("Machine offers", machines, catalog.machine_offers().size());

  TextTable functions({{"function offer", left},
                       {"vCPUs"},
                       {"speed"},
                       {"memory"},
                       {"$/GB-s"},
                       {"$/million calls"},
                       {"cold start, extra"},
                       {"kept warm"}});
  for (std::size_t o = 0; o < std::min(catalog.function_offers().size(), kMostRows); ++o) {
    const FunctionOffer& offer = catalog.function_offers()[o];
    functions.row({offer.name, fmt::format("{:.2f}", offer.vcpus.value), amount(offer.speed),
                   fmt::format("{} MB", offer.memory.value), fmt::format("{:g}", offer.price.value),
                   amount(offer.price_per_call.value * 1e6),
                   milliseconds_text(offer.cold_start.median),
                   fmt::format("{:g} s", seconds(offer.keep_alive))});
  }
  print("Function offers", functions, catalog.function_offers().size());
}

void print_mix(const std::string& file, const Mix& mix) {
  double sum = 0;
  for (const MixClass& c : mix.classes()) sum += c.weight;
  fmt::print("{}: a query mix of {} classes\n", file, mix.classes().size());
  TextTable table({{"class", left},
                   {"share"},
                   {"task", left},
                   {"kind", left},
                   {"latency"},
                   {"accuracy"},
                   {"cost"}});
  for (std::size_t i = 0; i < std::min(mix.classes().size(), kMostRows); ++i) {
    const MixClass& c = mix.classes()[i];
    const Constraints& needs = c.constraints;
    const char* kind = !needs.query_class                         ? "by its slack"
                       : *needs.query_class == QueryClass::strict ? "strict"
                                                                  : "relaxed";
    table.row({c.name, fmt::format("{:.1f} %", 100 * c.weight / sum), c.task, kind,
               needs.max_latency ? "<= " + milliseconds_text(*needs.max_latency) : "any",
               needs.min_accuracy ? ">= " + percent(*needs.min_accuracy) : "any",
               needs.max_cost ? fmt::format("<= ${:g}", needs.max_cost->value) : "any"});
  }
  print("Classes", table, mix.classes().size());
}

void print_trace(const std::string& file, const TraceSummary& s) {
  const bool counts = s.unit > Duration(0);
  const char* unit = s.unit == std::chrono::seconds(1)   ? "second"
                     : s.unit == std::chrono::minutes(1) ? "minute"
                                                         : "hour";
  fmt::print("{}: a trace of {} requests\n\n", file, s.requests);
  TextTable table({{"what", left}, {"value"}});
  table.row({"recorded as", counts ? fmt::format("requests per {}", unit) : "timestamps"});
  table.row({"rows", fmt::format("{}", s.rows)});
  table.row({"length", s.length >= std::chrono::hours(2)
                           ? fmt::format("{:.2f} h", seconds(s.length) / 3600)
                           : fmt::format("{:.1f} s", seconds(s.length))});
  table.row({"mean rate", fmt::format("{:.4g} requests/s", s.mean_rate().value)});
  if (counts) {
    table.row({fmt::format("median per {}", unit), fmt::format("{}", s.median_per_unit)});
    table.row({fmt::format("peak per {}", unit), fmt::format("{}", s.peak_per_unit)});
    if (s.median_per_unit > 0)
      table.row(
          {"peak / median", fmt::format("{:.2f}", static_cast<double>(s.peak_per_unit) /
                                                      static_cast<double>(s.median_per_unit))});
  }
  fmt::print("{}", table.text("  "));
}

// Complaints are many lines, each with its own file and line, so nothing is put before them.
int refuse(const Error& error) {
  fmt::print(stderr, "{}\n", error.message);
  return 2;
}

// A catalog of published profiles has no model files at all; one that has some has lost the others.
bool for_planning(const Catalog& catalog) {
  return !catalog.variants().empty() &&
         std::all_of(catalog.variants().begin(), catalog.variants().end(),
                     [](const Variant& variant) { return variant.file.empty(); });
}

int validate(const ValidateOptions& options) {
  const Result<FileKind> kind = kind_of(options.file);
  if (!kind) return refuse(kind.error());
  switch (*kind) {
    case FileKind::catalog: {
      LoadOptions load;
      load.models_dir = options.models_dir;
      load.require_files = false;
      Result<Catalog> catalog = load_catalog(options.file, load);
      const bool plan = catalog && for_planning(*catalog);
      if (catalog && !plan && !options.without_models) {
        load.require_files = true;
        catalog = load_catalog(options.file, load);
      }
      if (!catalog) return refuse(catalog.error());
      print_catalog(options.file, *catalog);
      if (plan) fmt::print("\nNo variant has a model file: fit for planning, not for serving.\n");
      return 0;
    }
    case FileKind::mix: {
      const Result<Mix> mix = load_mix(options.file);
      if (!mix) return refuse(mix.error());
      print_mix(options.file, *mix);
      return 0;
    }
    case FileKind::trace: {
      const Result<TraceSummary> summary = summarise(options.file);
      if (!summary) return refuse(summary.error());
      print_trace(options.file, *summary);
      return 0;
    }
  }
  return 2;
}

}  // namespace

void add_validate(CLI::App& app, std::function<int()>& action) {
  auto options = std::make_shared<ValidateOptions>();
  CLI::App* command =
      app.add_subcommand("validate", "Check a catalog, query mix or trace and show what is in it");
  command->add_option("file", options->file, "Catalog or mix (YAML), or trace (CSV, plain or gzip)")
      ->required();
  command->add_option("--models-dir", options->models_dir,
                      "Folder to look for the catalog's model files first");
  command->add_flag("--without-models", options->without_models,
                    "Do not ask for the model files: the catalog is for planning only");
  command->footer("Exit status: 0 the file is fit for use, 2 it is not (complaints on stderr).");
  command->callback([options, &action] { action = [options] { return validate(*options); }; });
}

}  // namespace paragon

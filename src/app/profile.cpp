// paragon profile: measures networks on this computer and writes what a catalog needs.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

#include "app/child_process.h"
#include "app/commands.h"
#include "app/data_dir.h"
#include "app/flag_checks.h"
#include "app/output_file.h"
#include "app/profile_input.h"
#include "app/run_progress.h"
#include "app/simulation.h"
#include "catalog/load.h"
#include "profile/run.h"
#include "profile/write.h"

namespace paragon {
namespace {

namespace fs = std::filesystem;

struct Flags {
  ProfileInputFlags input;
  profile::ProfileSettings settings;
  std::string offers;
  double latency_ms = 0;
  double minutes = 10;
  bool quick = false;
  bool fresh = false;
  bool json = false;
  bool progress = false;
  std::string report;
};

std::atomic<bool> interrupt{false};

// The second one ends the program as usual: whatever was measured is in the folder already.
void on_interrupt(int number) {
  interrupt = true;
  std::signal(number, SIG_DFL);
}

int refuse(const Error& error) {
  fmt::print(stderr, "paragon profile: {}\n", error.message);
  return 2;
}

std::string processor_name() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "an unknown processor";
}

// A first look: one core, one query at a time, few pictures, two sizes.
void make_quick(Flags& flags) {
  auto& settings = flags.settings;
  settings.axes = {1, 1, 1};
  settings.rounds = 3;
  settings.rounds_most = 4;
  settings.visit = {.at_least = std::chrono::milliseconds(10), .runs_min = 3};
  settings.starts = 1;
  settings.sizes = {megabytes(512), megabytes(1769)};
  settings.size_rounds = 1;
  settings.turns = false;
  settings.size_time = std::chrono::milliseconds(60);
  flags.input.set.limit = std::min<std::size_t>(flags.input.set.limit, 500);
}

Status begin_anew(const std::string& out) {
  std::error_code failure;
  // Only where a run has been: an `answers` folder of somebody else stays.
  if (!fs::exists(fs::path(out) / "settings.csv", failure)) return {};
  for (const char* name : {"rounds.csv", "starts.csv", "shares.csv", "answers", "settings.csv"}) {
    fs::remove_all(fs::path(out) / name, failure);
    if (failure) return {ErrorCode::denied, fmt::format("{}/{}: {}", out, name, failure.message())};
  }
  return {};
}

Status write_all(const Flags& flags, const profile::Profile& result,
                 const profile::Ensembles& ensembles, const Catalog& catalog, const Catalog& offers,
                 const std::string& offers_file) {
  const std::string& out = flags.settings.out;
  const profile::CatalogPlaces places{fs::absolute(out).lexically_normal().string(), offers_file};
  Catalog::Parts sold;
  sold.machine_offers = offers.machine_offers();
  const std::pair<const char*, std::string> files[] = {
      {"times.csv", profile::times_csv(result, catalog)},
      {"memory.csv", profile::memory_csv(result, catalog)},
      {"slots.csv", profile::slots_csv(result, catalog, sold)},
      {"checks.csv", profile::checks_csv(result, catalog)},
      {"profile.csv", profile::profile_csv(result, catalog, places)},
      {"ensembles.csv", profile::ensembles_csv(ensembles, result, catalog)},
      {"ensemble_weights.csv", profile::ensemble_weights_csv(ensembles, result, catalog)},
      {"catalog.yaml", profile::catalog_yaml(result, catalog, places, ensembles)},
  };
  for (const auto& [name, text] : files) {
    if (Status written = write_file(out + "/" + name, text); !written) return written;
  }
  if (flags.report.empty()) return {};
  return write_file(flags.report,
                    html(profile::profile_page(result, catalog, sold, this_command())));
}

void name_left_out(const std::vector<std::string>& what, const char* kind) {
  constexpr std::size_t kMost = 10;
  for (std::size_t i = 0; i < std::min(kMost, what.size()); ++i) {
    fmt::print(stderr, "left out, {}: {}\n", kind, what[i]);
  }
  if (what.size() > kMost) fmt::print(stderr, "... and {} more\n", what.size() - kMost);
}

int run(Flags& flags) {
  auto& settings = flags.settings;
  if (Status may = writable(flags.report); !may) return refuse(may.error());
  if (flags.fresh) {
    if (Status gone = begin_anew(settings.out); !gone) return refuse(gone.error());
  }
  std::string offers_file = flags.offers;
  if (offers_file.empty()) {
    auto shipped = find_shipped("data/local/offers.yaml");
    if (!shipped) return refuse(shipped.error());
    offers_file = std::move(*shipped);
  }
  offers_file = fs::absolute(offers_file).lexically_normal().string();
  auto offers = load_catalog(offers_file);
  if (!offers) return refuse(offers.error());
  std::signal(SIGPIPE, SIG_IGN);  // a measuring process that died is an answer, not an end
  auto input = read_profile_input(flags.input);
  if (!input) return refuse(input.error());
  const auto& defaults = input->catalog.tasks()[0].defaults;
  settings.bound =
      flags.latency_ms > 0 ? from_milliseconds(flags.latency_ms) : defaults.max_latency;
  settings.program = own_program();

  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
  RunProgress screen(flags.progress);
  const std::time_t now = std::time(nullptr);
  const profile::Surroundings around{
      .progress = [&](double share, std::string_view what) { screen.show(share, what); },
      .save = write_file,
      .stop = interrupt,
      .host = fmt::format("{} cores of {}", settings.cores, processor_name()),
      .date = fmt::format("{:%Y-%m-%d}", fmt::gmtime(now))};
  auto result = profile::run_profile(input->catalog, input->set, settings, around);
  screen.end();
  if (!result && interrupt) {
    fmt::print(stderr, "paragon profile: interrupted; the same command goes on from here ({})\n",
               settings.out);
    return 130;
  }
  if (!result) return refuse(result.error());
  result->left_out.insert(result->left_out.begin(), input->left_out.begin(), input->left_out.end());
  const auto ensembles = profile::find_ensembles(*result, input->catalog, input->set, settings.out,
                                                 profile::core_price(offers->machine_offers()));
  if (!ensembles) return refuse(ensembles.error());
  const Status written =
      write_all(flags, *result, *ensembles, input->catalog, *offers, offers_file);
  if (!written) return refuse(written.error());

  name_left_out(result->left_out, "network");
  name_left_out(result->items_left_out, "labelled");
  if (flags.json) {
    std::fputs(profile::profile_json(*result, *ensembles, input->catalog).c_str(), stdout);
  } else {
    std::fputs(profile::profile_text(*result, input->catalog).c_str(), stdout);
    std::fputs(profile::ensembles_text(*ensembles, *result, input->catalog).c_str(), stdout);
    fmt::print("\n  {0}/catalog.yaml is ready for `paragon serve --catalog` and `simulate`\n",
               settings.out);
    if (!flags.report.empty()) fmt::print("  report: {}\n", flags.report);
  }
  return result->left_out.empty() ? 0 : 1;
}

}  // namespace

void add_profile(CLI::App& app, std::function<int()>& action) {
  auto flags = std::make_shared<Flags>();
  flags->settings.cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  flags->settings.axes = {flags->settings.cores, flags->settings.cores, 8};
  flags->settings.out = "profile";
  for (const int mb : {128, 256, 512, 1024, 1769, 3008}) {
    flags->settings.sizes.push_back(megabytes(mb));
  }
  CLI::App* command = app.add_subcommand(
      "profile", "Measure networks on this computer: accuracy, times, memory, cost");
  auto& in = flags->input;
  command->add_option("models", in.models, "Folder of .onnx files, or a catalog")->required();
  command->add_option("--out", flags->settings.out, "Folder for the results; a second run goes on")
      ->capture_default_str();
  command->add_flag("--quick", flags->quick, "A first look: one core, few pictures, two sizes");
  command->add_flag("--fresh", flags->fresh, "Forget what --out holds of an earlier run");
  command->add_option("--latency-ms", flags->latency_ms,
                      "Bound for function sizes and right-sizing [the task's default]");
  command->add_option("--offers", flags->offers,
                      "Machines and functions for the catalog [data/local/offers.yaml]");

  const char* labelled = "Labelled set";
  command->add_option("--images", in.set.images, "Folder of pictures, or an idx file")
      ->group(labelled);
  command->add_option("--tensors", in.set.tensors, "Rows of float32 (.npy) instead of pictures")
      ->group(labelled);
  command
      ->add_option("--labels", in.set.labels,
                   "CSV `file,label`, idx file, or a label a line for --tensors")
      ->group(labelled);
  command->add_option("--data-set", in.set.data_set, "Only lines with this in the column `task`")
      ->group(labelled);
  CLI::Option* limit =
      command
          ->add_option("--limit", in.set.limit,
                       "So many, evenly spaced [at most 10000, as --minutes allows]")
          ->group(labelled);
  command->add_flag("--no-accuracy", in.no_set, "Keep the accuracy that the catalog states")
      ->group(labelled);

  const char* folder = "A folder of networks";
  command->add_option("--labels-file", in.labels_file, "A label a line [FOLDER/labels.txt]")
      ->group(folder);
  command->add_option("--mean", in.mean, "Per channel, on pixels 0 to 255 [0]")
      ->delimiter(',')
      ->group(folder);
  command->add_option("--std", in.std, "Likewise [1]")->delimiter(',')->group(folder);
  command->add_option("--channel-order", in.channel_order, "rgb or bgr")
      ->check(one_of({"rgb", "bgr"}))
      ->capture_default_str()
      ->group(folder);
  command->add_option("--central-crop", in.central_crop, "Share of the picture that is kept")
      ->check(between(0.01, 1.0))
      ->capture_default_str()
      ->group(folder);
  command->add_flag("--softmax", in.softmax, "The networks give logits")->group(folder);
  command->add_option("--task", in.task, "Name of the task; of a catalog with several, which one");
  command->add_option("--models-dir", in.models_dir, "Where a catalog's model files lie");

  const char* how = "How much is measured";
  command->add_option("--threads-max", flags->settings.axes.threads_max, "[all cores]")
      ->check(between(1, 256))
      ->group(how);
  command->add_option("--concurrency-max", flags->settings.axes.concurrency_max, "[all cores]")
      ->check(between(1, 256))
      ->group(how);
  command->add_option("--batch-max", flags->settings.axes.batch_max, "[8]")
      ->check(between(1, 1024))
      ->group(how);
  command
      ->add_option("--minutes", flags->minutes,
                   "About how long at most: fewer rounds and items where need be; 0: no limit")
      ->capture_default_str()
      ->check(between(0.0, 100'000.0))
      ->group(how);
  CLI::Option* rounds = command
                            ->add_option("--rounds", flags->settings.rounds,
                                         "Visits of each cell [6; 3 at least, as --minutes allows]")
                            ->check(between(3, 1000))
                            ->group(how);
  command
      ->add_flag("!--no-control-groups", flags->settings.control_groups,
                 "Impose shares by stopping and continuing the process")
      ->group(how);
  command->add_option("--report", flags->report, "Write a page with plots to this file (HTML)")
      ->group("Output");
  command->add_flag("--json", flags->json, "The result as JSON")->group("Output");
  command->add_flag("--progress", flags->progress, "Say how far it is, without a terminal, too")
      ->group("Output");
  command->footer(
      "Exit status: 0 all measured, 1 some networks were left out, 2 refused, 130 interrupted.");
  command->callback([flags, limit, rounds, &action] {
    if (flags->quick) make_quick(*flags);
    auto& settings = flags->settings;
    settings.whole = from_seconds(flags->minutes * 60);
    // What is asked for by name is done, however long it takes.
    settings.all_items = limit->count() > 0;
    if (rounds->count() > 0) settings.rounds_least = settings.rounds;
    settings.rounds_most = std::max(settings.rounds_most, 2 * settings.rounds);
    if (flags->quick) settings.rounds_most = settings.rounds + 1;
    action = [flags] { return run(*flags); };
  });
}

}  // namespace paragon

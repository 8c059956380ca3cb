// paragon figures: the quantitative figures of the paper, from real runs, beside what it states.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <thread>

#include "app/commands.h"
#include "app/data_dir.h"
#include "app/flag_checks.h"
#include "app/live_screen.h"
#include "figures/make.h"
#include "report/number.h"

namespace paragon {
namespace {

struct FiguresOptions {
  figures::Order order{};
  double provisioning_s = 0;
  std::string out = "paragon-figures";
};

using Steady = std::chrono::steady_clock;

// How far the runs are, with the time that is left; drawn in place, or now and then a line.
class RunsView {
 public:
  void show(const figures::StudyProgress& p) {
    const Steady::time_point now = Steady::now();
    const double elapsed = std::chrono::duration<double>(now - begun_).count();
    const std::string left =
        p.share > 0.01 ? ", " + clock_text(from_seconds(elapsed * (1 / p.share - 1))) + " left"
                       : "";
    const std::string line =
        fmt::format("{} of {} runs, {:.0f} %{}", p.runs_done, p.runs, 100 * p.share, left);
    if (screen_.on_terminal()) {
      screen_.show(fmt::format("  {} {}\n", bar_text(p.share, 24), line));
    } else if (now - said_ >= std::chrono::seconds(15)) {
      said_ = now;
      fmt::print(stderr, "figures: {}\n", line);
    }
  }
  void done() { screen_.clear(); }

 private:
  LiveScreen screen_;
  Steady::time_point begun_ = Steady::now();
  Steady::time_point said_ = begun_;
};

std::string subtitle(const figures::Order& order, std::size_t runs) {
  std::string text = fmt::format("{} simulated runs, seed {}", runs, order.seed);
  if (order.provisioning)
    text += fmt::format(", machines ready after {:g} s", seconds(*order.provisioning));
  return text;
}

// Where the recorded traces usually lie beside a checkout, unless the user says.
std::string usual_traces() {
  std::error_code failure;
  const std::filesystem::path beside = std::filesystem::path("..") / "shared" / "traces";
  return std::filesystem::is_directory(beside, failure) ? beside.string() : "";
}

int make_all(FiguresOptions options) {
  const auto refuse = [](const Error& error) {
    fmt::print(stderr, "{}\n", error.message);
    return error.code == ErrorCode::unavailable || error.code == ErrorCode::internal ? 1 : 2;
  };
  figures::Order& order = options.order;
  const Result<std::string> data = find_shipped("data/paper/catalog.yaml");
  if (!data) return refuse(data.error());
  order.data = std::filesystem::path(*data).parent_path().parent_path().string();
  if (order.traces.empty()) order.traces = usual_traces();
  if (options.provisioning_s > 0) order.provisioning = from_seconds(options.provisioning_s);

  RunsView view;
  const Result<figures::Made> made = figures::make_figures(
      order,
      [](const figures::FoundTraces& found) {
        for (const std::string& missing : found.missing)
          fmt::print(stderr, "figures: MISSING TRACE, left out of every figure: {}\n", missing);
        if (!found.missing.empty())
          fmt::print(stderr,
                     "figures: docs/figures.md says where to get it; --traces DIR says "
                     "where it is\n");
      },
      [&](const figures::StudyProgress& progress) { view.show(progress); });
  view.done();
  if (!made) return refuse(made.error());

  figures::Edition edition{.subtitle = subtitle(order, made->runs),
                           .footer = "Made by `paragon figures`, paragon " PARAGON_VERSION,
                           .missing = made->missing,
                           .quick = order.quick};
  const auto files = figures::write_all(options.out, made->outcomes, edition);
  if (!files) return refuse(files.error());
  fmt::print("{}\n{} files in {}; open {}\n", figures::text_of_statements(made->outcomes),
             files->size(), options.out,
             (std::filesystem::path(options.out) / "figures.html").string());
  return 0;
}

}  // namespace

void add_figures(CLI::App& app, std::function<int()>& action) {
  auto options = std::make_shared<FiguresOptions>();
  options->order.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  CLI::App* command = app.add_subcommand(
      "figures", "Regenerate the paper's figures from simulated runs, beside what it states");
  command->add_option("--traces", options->order.traces,
                      "Folder of the recorded traces (default ../shared/traces if there)");
  command->add_option("--out", options->out, "Folder to write to")->capture_default_str();
  command->add_option("--figure", options->order.figures,
                      "Only this figure of the paper (2 to 9); may be repeated");
  command->add_flag("--quick", options->order.quick,
                    "Ten minutes of each trace at 50 requests/s: to look at, not to conclude from");
  command
      ->add_option("--provisioning-s", options->provisioning_s,
                   "Seconds from the order of a machine to its being ready, at the median, instead "
                   "of the catalog's 90 (the paper: a few hundred)")
      ->check(between(0.1, 86400.0));
  command->add_option("--seed", options->order.seed, "Of everything that is drawn")
      ->capture_default_str();
  command->add_option("--threads", options->order.threads, "Runs at the same time")
      ->check(between(1, 1024))
      ->capture_default_str();
  command->footer(
      "Writes figures.html (one page that needs nothing else), figures.json and the plots as SVG.\n"
      "Exit status: 0 done, also when a trace is missing from its folder; 2 wrong input; 1 cannot "
      "be\n"
      "written.");
  command->callback([options, &action] { action = [options] { return make_all(*options); }; });
}

}  // namespace paragon

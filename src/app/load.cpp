// paragon load: an open-loop load on any server of the Open Inference Protocol.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "app/commands.h"
#include "app/flag_checks.h"
#include "app/live_screen.h"
#include "app/load_command.h"
#include "app/load_tables.h"
#include "app/output_file.h"
#include "report/number.h"

namespace paragon {
namespace {

constexpr Duration kPatience = std::chrono::seconds(2);  // for answers after Ctrl-C

struct Flags {
  LoadCommand load;
  std::optional<double> rate, duration_s, mean_rate, timeout_s;
  double from_s = 0;
  bool json = false;
  bool quiet = false;
  std::string out;
};

// Progress on standard error: one line drawn again on a terminal, else a line each ten seconds.
class Progress {
 public:
  Progress(Loop& loop, const OpenLoop& load, Duration length)
      : loop_(loop), load_(load), length_(length) {
    repeat();
  }
  void end() {
    timer_.cancel();
    if (screen_.on_terminal()) screen_.clear();
  }

 private:
  void repeat() {
    const Duration period =
        screen_.on_terminal() ? std::chrono::milliseconds(250) : std::chrono::seconds(10);
    timer_ = loop_.after(period, [this] {
      show();
      repeat();
    });
  }
  void show() {
    const ClassTally total = load_.tally().total();
    const Duration now = std::min(load_.elapsed(), length_);
    const std::string text = fmt::format(
        "{} / {}  sent {}  answered {}  missed {}  in flight {}  p50 {}  p99 {}", clock_text(now),
        clock_text(length_), count_text(total.sent), count_text(total.answered),
        count_text(total.missed()), count_text(load_.tally().in_flight()),
        text_of(total.latency.percentile(50)), text_of(total.latency.percentile(99)));
    if (screen_.on_terminal()) {
      screen_.show(bar_text(seconds(now) / seconds(length_), 10) + " " + text + "\n");
    } else {
      fmt::print(stderr, "{}\n", text);
    }
  }

  Loop& loop_;
  const OpenLoop& load_;
  Duration length_;
  LiveScreen screen_;
  Loop::Timer timer_;
};

// Whether anything answers HTTP there: a mistyped address should not cost two minutes.
Status reachable(Loop& loop, const LoadPlan& plan) {
  std::optional<Error> error;
  http::Client client(loop, plan.target, 1);
  http::Client::Call call;
  call.method = http::Method::get;
  call.target = "/v2/health/live";
  for (const auto& [name, value] : plan.headers) call.headers.add(name, value);
  call.timeout = std::chrono::seconds(10);
  client.send(std::move(call), [&](const Result<http::Answer>& answer) {
    if (!answer) error = answer.error();
    loop.stop();
  });
  loop.run();
  if (error) return *error;
  return {};
}

void print_tables(const PreparedLoad& prepared, const OpenLoop& load, const LoadRecord& record) {
  const Tally& tally = load.tally();
  fmt::print("{} for {}: {}, {}\n", record.target, clock_text(record.elapsed), prepared.source,
             prepared.pictures);
  if (record.interrupted) fmt::print("Interrupted: what follows is what there was until then.\n");
  fmt::print("\n{}\n{}", latency_table(tally), delivery_table(tally));
  if (const std::string served = served_table(tally); !served.empty()) {
    fmt::print("\n{}", served);
  }
  if (const std::string troubles = trouble_list(tally); !troubles.empty()) {
    fmt::print("\nRefusals and failures:\n{}", troubles);
  }
  fmt::print(
      "\nLatencies count from the moment a query was due. missed = late + refused + failed.\n{}",
      lag_warning(tally));
}

int report(const Flags& flags, const PreparedLoad& prepared, const OpenLoop& load,
           bool interrupted) {
  const LoadRecord record = record_of(flags.load, prepared, load, interrupted);
  const std::string json = summary_json(record, load.tally());
  if (!flags.out.empty()) {
    if (const Status written = write_file(flags.out, json); !written) {
      fmt::print(stderr, "paragon load: {}\n", written.error().message);
      return 1;
    }
  }
  if (flags.json) {
    std::fputs(json.c_str(), stdout);
  } else {
    print_tables(prepared, load, record);
  }
  const ClassTally total = load.tally().total();
  return total.sent > 0 && total.answered == 0 ? 1 : 0;
}

int load(Flags& flags) {
  LoadCommand& options = flags.load;
  ScheduleSettings& schedule = options.schedule;
  if (flags.rate) schedule.rate = per_second(*flags.rate);
  if (flags.mean_rate) schedule.mean = per_second(*flags.mean_rate);
  if (flags.duration_s) schedule.duration = from_seconds(*flags.duration_s);
  if (flags.timeout_s) options.timeout = from_seconds(*flags.timeout_s);
  schedule.from = from_seconds(flags.from_s);
  if (options.token.empty()) {
    if (const char* token = std::getenv("PARAGON_TOKEN")) options.token = token;
  }
  if (const Status free =
          writable({{"--out", flags.out}}, {{"--trace", schedule.trace}, {"--mix", options.mix}});
      !free) {
    fmt::print(stderr, "paragon load: {}\n", free.error().message);
    return 2;
  }
  auto prepared = prepare(options);
  if (!prepared) {
    fmt::print(stderr, "paragon load: {}\n", prepared.error().message);
    return 2;
  }
  {
    Loop probe;
    if (const Status up = reachable(probe, prepared->plan); !up) {
      fmt::print(stderr, "paragon load: {}: {}\n", options.url, up.error().message);
      return 1;
    }
  }

  Loop loop;
  OpenLoop run(loop, std::move(prepared->plan), [&loop] { loop.stop(); });
  int signals = 0;
  loop.on_signal([&](int) { run.stop(++signals == 1 ? kPatience : Duration::zero()); });
  run.start();
  std::optional<Progress> progress;
  if (!flags.quiet) progress.emplace(loop, run, prepared->length);
  loop.run();
  if (progress) progress->end();
  return report(flags, *prepared, run, signals > 0);
}

void add_options(CLI::App& command, Flags& flags) {
  LoadCommand& load = flags.load;
  ScheduleSettings& schedule = load.schedule;
  command.add_option("--url", load.url, "Server, such as http://127.0.0.1:8000 or unix:/path")
      ->required();
  command.add_option("--task", load.task, "Task or model to ask [garment-classification]")
      ->each([&load](const std::string&) { load.task_given = true; });

  command.add_option("--trace", schedule.trace, "Replay this trace (CSV, also gzipped)")
      ->group("Load");
  command.add_option("--rate", flags.rate, "Queries a second, independent of each other")
      ->group("Load");
  command.add_option("--duration", flags.duration_s, "Length in seconds [the trace's]")
      ->group("Load");
  command.add_option("--from", flags.from_s, "Begin at this second of the trace [0]")
      ->group("Load");
  command.add_option("--compress", schedule.compress, "Play the trace so many times faster [1]")
      ->check(above_zero(1e9))
      ->group("Load");
  auto* scale =
      command.add_option("--scale", schedule.scale, "Queries for each request of the trace [1]")
          ->check(above_zero(1e9))
          ->group("Load");
  command.add_option("--mean-rate", flags.mean_rate, "Scale the trace to this mean rate a second")
      ->check(above_zero(1e9))
      ->group("Load")
      ->excludes(scale);
  command.add_option("--mix", load.mix, "Query mix (YAML) [one class without constraints]")
      ->group("Load");
  command.add_option("--seed", schedule.seed, "Of arrivals, classes and the order of pictures [1]")
      ->group("Load");

  command
      .add_option("--images", load.pictures.images, "Folder of pictures [Fashion-MNIST's test set]")
      ->group("Pictures");
  command
      .add_option("--labels", load.pictures.labels,
                  "CSV with the columns file and class_name (or label) [labels.csv in the folder]")
      ->group("Pictures");
  command
      .add_option("--data-set", load.pictures.data_set,
                  "Only the lines with this in the column task")
      ->group("Pictures");
  command
      .add_option("--idx", load.pictures.idx,
                  "Pictures and labels as in Fashion-MNIST (gzip or not)")
      ->expected(2)
      ->group("Pictures");
  command.add_option("--limit", load.pictures.limit, "Most pictures to read [10000]")
      ->check(above_zero())
      ->group("Pictures");

  command
      .add_option("--body", load.body,
                  "raw, json (pixels), binary (the file) or tensor (pixels) [raw]")
      ->check(one_of({"raw", "json", "binary", "tensor"}))
      ->group("Protocol");
  command.add_option("--input", load.input, "Name of the input tensor [image]")->group("Protocol");
  command.add_option("--connections", load.connections, "Most connections [256]")
      ->check(between(1, 60'000))
      ->group("Protocol");
  command.add_option("--timeout", flags.timeout_s, "Seconds until a query has failed [30]")
      ->check(above_zero())
      ->group("Protocol");
  command.add_option("--token", load.token, "Bearer token [PARAGON_TOKEN]")->group("Protocol");
  command
      .add_option("--tls-ca", load.tls_ca_file, "Certificate authority (PEM) of an https server")
      ->group("Protocol");

  command.add_flag("--json", flags.json, "One JSON document instead of tables")->group("Output");
  command.add_option("--out", flags.out, "Also write the JSON document to this file")
      ->group("Output");
  command.add_flag("--quiet", flags.quiet, "No progress")->group("Output");
}

}  // namespace

void add_load(CLI::App& app, std::function<int()>& action) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = app.add_subcommand(
      "load", "Send a load to a server, whatever it answers, and say how it did");
  add_options(*command, *flags);
  command->footer(
      "Exit status: 0 the load ran, 1 the server was not reached or answered nothing, 2 bad "
      "usage.");
  command->callback([flags, &action] { action = [flags] { return load(*flags); }; });
}

}  // namespace paragon

// paragon demo: the main job in two minutes. Starts a server on the local cloud, replays a load
// with labelled pictures on it, shows what happens, and ends with what it cost.
//
//   waiting: listening? ─► ready? ─► a machine up? ─► load ─► bill and history ─► server ends ─►
//   replay
//
// Whatever ends it, the server and with it its machines end too (app/child_process.h).
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

#include "app/child_process.h"
#include "app/commands.h"
#include "app/data_dir.h"
#include "app/demo_load.h"
#include "app/demo_view.h"
#include "app/exit_status.h"
#include "app/flag_checks.h"
#include "app/live_screen.h"
#include "app/load_command.h"
#include "app/load_tables.h"
#include "app/server_watch.h"
#include "app/tuning_flag.h"
#include "report/number.h"

namespace paragon {
namespace {

using namespace std::chrono_literals;

constexpr Duration kStartPatience = 60s;    // until the server answers
constexpr Duration kMachinePatience = 30s;  // until its first machine is up, from then on
constexpr Duration kStopPatience = 20s;     // for the server to drain

struct Flags {
  std::string trace;
  bool generated = false;
  double duration_s = 120;
  double mean_rate = 120;
  std::uint64_t seed = 1;
  std::string mix;
  std::string out = "out";
  std::string catalog;
  std::string scheme;
  std::vector<std::string> set;  // knob=value
  PictureSource pictures;
  bool quiet = false;
};

// The URL in "listening on URL", once the server has written it.
std::string listening_url(const std::string& log_file) {
  std::ifstream log(log_file);
  constexpr std::string_view kMark = "listening on ";
  for (std::string line; std::getline(log, line);) {
    if (line.starts_with(kMark) && !log.eof()) return line.substr(kMark.size());
  }
  return {};
}

// The part of the demonstration that happens on the loop.
class Demo {
 public:
  Demo(Loop& loop, ChildProcess& server, std::string log_file, PreparedLoad& prepared, bool quiet)
      : loop_(loop),
        server_(server),
        log_file_(std::move(log_file)),
        prepared_(prepared),
        quiet_(quiet) {}

  void run() {
    loop_.on_signal([this](int) { interrupt(); });
    wait_to_listen();
    loop_.run();
    timer_.cancel();
  }

  // Empty while all is well.
  const std::string& trouble() const { return trouble_; }
  bool interrupted() const { return interrupted_; }
  const std::string& url() const { return url_; }
  const OpenLoop* load() const { return load_ ? &*load_ : nullptr; }
  const std::optional<ServerState>& last_state() const {
    static const std::optional<ServerState> none;
    return watch_ ? watch_->state() : none;
  }
  const std::optional<ServerHistory>& history() const { return history_; }

 private:
  void fail(std::string why) {
    trouble_ = std::move(why);
    loop_.stop();
  }

  void interrupt() {
    if (interrupted_ || !load_) {
      interrupted_ = true;
      return loop_.stop();
    }
    interrupted_ = true;
    load_->stop(1s);
  }

  // False, and the end of the demonstration, when the server has gone.
  bool server_lives() {
    const auto code = server_.ended();
    if (!code) return true;
    fail(fmt::format("the server ended with status {}", *code));
    return false;
  }

  void wait_to_listen() {
    if (!server_lives()) return;
    if (loop_.now() > Time{} + kStartPatience) return fail("the server did not listen in time");
    url_ = listening_url(log_file_);
    if (url_.empty()) {
      timer_ = loop_.after(50ms, [this] { wait_to_listen(); });
      return;
    }
    auto endpoint = http::parse_endpoint(url_);
    if (!endpoint) return fail(endpoint.error().message);
    prepared_.plan.target = *endpoint;
    watch_.emplace(loop_, std::move(*endpoint), "");
    wait_to_be_ready();
  }

  void wait_to_be_ready() {
    if (!server_lives()) return;
    if (loop_.now() > Time{} + kStartPatience) return fail("the server was not ready in time");
    watch_->get("/v2/health/ready", 5s, [this](Result<http::Answer> answer) {
      if (answer && answer->status == 200) {
        watch_->start(1s);
        machine_until_ = loop_.now() + kMachinePatience;
        say("The server is up; waiting for its first machine.\n");
        return wait_for_a_machine();
      }
      timer_ = loop_.after(100ms, [this] { wait_to_be_ready(); });
    });
  }

  // So that the load meets a deployment that runs, not the start of one.
  void wait_for_a_machine() {
    if (!server_lives()) return;
    const auto& state = watch_->state();
    if ((state && state->ready > 0) || loop_.now() > machine_until_) return begin();
    timer_ = loop_.after(200ms, [this] { wait_for_a_machine(); });
  }

  void begin() {
    load_.emplace(loop_, std::move(prepared_.plan), [this] { conclude(); });
    load_->start();
    look();
  }

  void look() {
    timer_ = loop_.after(1s, [this] {
      if (!server_lives()) return;
      ++looks_;
      if (screen_.on_terminal() || looks_ % 10 == 0) show();
      look();
    });
  }

  void show() {
    Tally& tally = load_->tally();
    DemoMoment moment;
    moment.elapsed = std::min(load_->elapsed(), prepared_.length);
    moment.length = prepared_.length;
    moment.tally = &tally;
    const std::uint64_t sent = tally.total().sent;
    const Duration since = load_->elapsed() - shown_at_;
    if (since > Duration::zero()) {
      moment.sent_rate = rate_of(static_cast<double>(sent - shown_sent_), since);
    }
    shown_at_ = load_->elapsed();
    shown_sent_ = sent;
    for (std::size_t i = 0; i < tally.classes().size(); ++i) {
      moment.recent.push_back(tally.take_recent(i));
    }
    moment.server = watch_->state();
    if (quiet_) return;
    if (screen_.on_terminal()) {
      screen_.show(demo_screen(moment));
    } else {
      say(demo_line(moment));
    }
  }

  void conclude() {
    timer_.cancel();
    if (!quiet_) screen_.clear();
    watch_->finish([this](std::optional<ServerHistory> history) {
      history_ = std::move(history);
      loop_.stop();
    });
  }

  void say(const std::string& text) const {
    if (quiet_) return;
    std::fputs(text.c_str(), stderr);
  }

  Loop& loop_;
  ChildProcess& server_;
  std::string log_file_;
  PreparedLoad& prepared_;
  bool quiet_;
  LiveScreen screen_;
  Loop::Timer timer_;
  Time machine_until_{};
  std::string url_;
  std::string trouble_;
  bool interrupted_ = false;
  int looks_ = 0;
  Duration shown_at_{};
  std::uint64_t shown_sent_ = 0;
  std::optional<ServerHistory> history_;
  std::optional<ServerWatch> watch_;
  std::optional<OpenLoop> load_;
};

void print_result(const Demo& demo, const PreparedLoad& prepared) {
  const Tally& tally = demo.load()->tally();
  fmt::print("\nLoad: {}\nPictures: {}\n", prepared.source, prepared.pictures);
  if (demo.interrupted()) fmt::print("Interrupted: what follows is what there was until then.\n");
  fmt::print("\n{}\n{}\n{}", latency_table(tally), delivery_table(tally), served_table(tally));
  if (const std::string troubles = trouble_list(tally); !troubles.empty()) {
    fmt::print("\nRefusals and failures:\n{}", troubles);
  }
  fmt::print("{}", lag_warning(tally));
  if (demo.last_state()) fmt::print("\n{}", bill_table(demo.last_state()));
  if (demo.history()) fmt::print("\n{}", history_plots(*demo.history()));
}

// Feeds the journal of the run to a fresh brain: the decisions must be the same.
bool verify(const std::string& journal, const std::string& out) {
  const std::string log = out + "/demo-replay.txt";
  auto replay = ChildProcess::start(own_program(), {"replay", journal}, log);
  if (!replay) {
    fmt::print("\nThe journal was not verified: {}\n", replay.error().message);
    return false;
  }
  const auto code = replay->wait(5min);
  fmt::print("\nReplay of the journal {}: {}\n{}", journal,
             code == 0 ? "the same decisions" : "FAILED", tail_of(log, 5));
  return code == 0;
}

void print_next_steps(const std::string& picture, const std::string& task) {
  fmt::print(
      "\nKeep a server up:       make serve\n"
      "Classify a picture:     curl --data-binary @{} -H 'content-type: image/png' \\\n"
      "                          http://127.0.0.1:8000/v2/models/{}/infer\n",
      picture, task);
}

Result<PreparedLoad> prepared_load(const Flags& flags) {
  LoadCommand options;
  options.url = "http://127.0.0.1:8000";  // replaced once the server says where it listens
  options.mix = flags.mix;
  options.pictures = flags.pictures;
  options.schedule.seed = flags.seed;
  if (options.mix.empty()) {
    auto shipped = find_shipped("data/mixes/demo.yaml");
    if (!shipped) return shipped.error();
    options.mix = *shipped;
  }
  const Duration length = from_seconds(flags.duration_s);
  const Rate mean = per_second(flags.mean_rate);
  auto schedule = flags.generated ? generated_day(length, mean, flags.seed)
                                  : demo_schedule(flags.trace, length, mean, flags.seed);
  if (!schedule) return schedule.error();
  return prepare(options, std::move(*schedule));
}

int demo(const Flags& flags) {
  const auto complain = [](const std::string& what) {
    fmt::print(stderr, "paragon demo: {}\n", what);
    return 1;
  };
  const auto refuse = [&complain](const Error& error) {
    complain(error.message);
    return exit_status(error);
  };
  // Read here only so that a mistake is told before a server is started.
  if (const auto knobs = read_knobs(flags.set); !knobs) return refuse(knobs.error());
  auto prepared = prepared_load(flags);
  if (!prepared) return refuse(prepared.error());
  std::error_code error;
  std::filesystem::create_directories(flags.out, error);
  if (error) return complain(fmt::format("{}: {}", flags.out, error.message()));
  const std::string journal = flags.out + "/demo-journal.txt";
  const std::string log = flags.out + "/demo-server.log";
  const std::string picture = flags.out + "/sample.png";
  std::filesystem::remove(journal, error);
  std::ofstream(picture, std::ios::binary) << *prepared->plan.requests.front().body;

  if (!flags.quiet) {
    fmt::print(stderr, "Replaying {}.\nStarting a server on the local cloud; its log is {}.\n",
               prepared->source, log);
  }
  std::vector<std::string> arguments = {"serve", "--http", "127.0.0.1:0", "--journal", journal};
  if (!flags.catalog.empty()) arguments.insert(arguments.end(), {"--catalog", flags.catalog});
  if (!flags.scheme.empty()) arguments.insert(arguments.end(), {"--scheme", flags.scheme});
  for (const std::string& knob : flags.set) arguments.insert(arguments.end(), {"--set", knob});
  Loop loop;
  auto server = ChildProcess::start(own_program(), arguments, log);
  if (!server) return complain(server.error().message);

  Demo demo(loop, *server, log, *prepared, flags.quiet);
  demo.run();
  if (demo.load()) print_result(demo, *prepared);
  const bool died = server->ended().has_value();
  const int code = server->stop(kStopPatience);
  if (!demo.trouble().empty()) {
    fmt::print(stderr, "paragon demo: {}; the end of {}:\n{}", demo.trouble(), log,
               tail_of(log, 8));
    return 1;
  }
  if (demo.interrupted()) return 130;
  if (!died && code != 0) {
    fmt::print(stderr, "paragon demo: the server did not end in order (status {}); see {}\n", code,
               log);
  }
  const bool same = verify(journal, flags.out);
  print_next_steps(picture, prepared->task);
  const bool answered = demo.load()->tally().total().answered > 0;
  return same && answered && code == 0 ? 0 : 1;
}

}  // namespace

void add_demo(CLI::App& app, std::function<int()>& action) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = app.add_subcommand(
      "demo", "Two minutes of load on a server with its own local cloud, then what it cost");
  command
      ->add_option(
          "--trace", flags->trace,
          "Trace to replay, compressed to the duration [a recorded one, else a generated day]")
      ->check(CLI::ExistingFile);
  command
      ->add_flag("--generated", flags->generated,
                 "A generated day with a flash crowd, even where a recorded trace is found")
      ->excludes("--trace");
  command->add_option("--duration", flags->duration_s, "Length in seconds [120]")
      ->check(between(1.0, 86'400.0));
  command->add_option("--mean-rate", flags->mean_rate, "Mean queries a second [120]")
      ->check(between(0.1, 100'000.0));
  command->add_option("--seed", flags->seed, "Of arrivals, classes and the order of pictures [1]");
  command->add_option("--mix", flags->mix, "Query mix (YAML) [data/mixes/demo.yaml]")
      ->check(CLI::ExistingFile);
  command->add_option("--images", flags->pictures.images, "Folder of pictures with a labels.csv")
      ->check(CLI::ExistingDirectory);
  command->add_option("--labels", flags->pictures.labels, "Their list (CSV)")
      ->check(CLI::ExistingFile);
  command
      ->add_option("--catalog", flags->catalog, "Catalog of the server [data/local/catalog.yaml]")
      ->check(CLI::ExistingFile);
  command->add_option(
      "--scheme", flags->scheme,
      "Procurement scheme of the server, of those that `paragon schemes` lists [paragon]");
  add_tuning_flag(*command, flags->set);
  command->add_option("--out", flags->out, "Folder for the journal, the log and a picture [out]");
  command->add_flag("--quiet", flags->quiet, "Only the result");
  command->callback([flags, &action] { action = [flags] { return demo(*flags); }; });
}

}  // namespace paragon

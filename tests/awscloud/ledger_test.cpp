// What is bought on AWS is paid for once and is on our meter, whatever goes wrong.
//
// Random courses from a seed: a controller buys and releases machines, sends queries to them and to
// functions and keeps functions warm, while AWS throttles, has no capacity, loses instances and
// functions, takes spot instances back, answers late, with garbage, or not at all, and while the
// controller itself is killed and started again. The server of tests/aws counts its own bill.
//
// A failure prints the seed. PARAGON_SEED=n runs that course alone, PARAGON_SEEDS=n as many.
#include <gmock/gmock.h>

#include <cstdlib>
#include <map>
#include <sstream>

#include "awscloud/aws_stage.h"
#include "base/random.h"
#include "brain/journal_fields.h"
#include "brain/replay_lines.h"
#include "serve/controller.h"

namespace paragon::testing {
namespace {

using namespace std::chrono_literals;

// Machines whose least billed time alone costs more than a cent, at the server's prices.
Catalog dear_catalog(Duration minimum_billed) {
  Catalog::Parts parts = small_parts();
  MachineOffer offer = parts.machine_offers[0];
  offer.speed = 1;
  offer.minimum_billed = minimum_billed;
  offer.provisioning_delay = {1s, 0};
  parts.machine_offers.clear();
  for (const auto& [name, usd_per_hour] : std::initializer_list<std::pair<const char*, double>>{
           {"c5.9xlarge", 1.53}, {"c5.9xlarge:spot", 0.6902}, {"m5.4xlarge", 0.768}}) {
    offer.name = name;
    offer.market = offer.name.ends_with(":spot") ? Market::spot : Market::on_demand;
    offer.price = per_hour(usd_per_hour);
    parts.machine_offers.push_back(offer);
  }
  return Catalog::build(std::move(parts)).value();
}

// Wants other machines every now and then, of all offers; sends a part of the load to functions.
class Restless final : public Scheme {
 public:
  explicit Restless(std::uint64_t seed) : random_(seed) {}
  Wanted decide(const View& view) override {
    if (!targets_.empty() && random_.chance(0.85)) return {targets_, warm_};
    targets_.clear();
    for (const MachineCount& count : view.machines)
      targets_.push_back({count.offer, static_cast<int>(random_.below(3))});
    warm_.assign(1, {FunctionOfferId{0}, VariantId{0}, static_cast<int>(random_.below(3))});
    return {targets_, warm_};
  }
  Overflow overflow(const Overflowing&, const View&) const override {
    return Overflow::function_now;
  }
  bool machine_first(Time) override { return random_.chance(0.7); }

 private:
  Random random_;
  std::vector<Target> targets_;
  std::vector<WarmTarget> warm_;
};

class Client final : public Asker {
 public:
  explicit Client(int& verdicts) : verdicts_(verdicts) {}
  void verdict(Verdict&&) override { ++verdicts_; }
  bool abandoned() const override { return false; }

 private:
  int& verdicts_;
};

// A machine whose controller was killed before it knew what became of the order.
struct Unheard {
  std::string run;
  MachineId machine;
  MachineOfferId offer;
  Duration billed{};  // on that controller's meter
};

// What one controller had on its meter when it ended.
struct Ledger {
  std::map<std::string, Duration> machines;  // billed, by offer
  std::uint64_t calls = 0;
  std::int64_t mb_ms = 0;
  Dollars total;
};

class Course {
 public:
  explicit Course(std::uint64_t seed)
      : seed_(seed),
        random_(seed),
        minimum_s_(random_.chance(0.5) ? 60 : 1),
        catalog_(dear_catalog(std::chrono::seconds(minimum_s_))),
        server_({"--boot-s", std::to_string(0.05 + 0.4 * random_.uniform()), "--terminate-after-s",
                 "1", "--minimum-billed-s", std::to_string(minimum_s_), "--consistency-s",
                 random_.chance(0.3) ? "0.3" : "0", "--function-s", "0.1", "--seed",
                 std::to_string(seed)}) {}

  bool serving() const { return server_.serving(); }
  const std::string& why_not() const { return server_.why_not(); }

  void run() {
    for (const char* code : {"L-1216C47A", "L-34B43A08"})
      server_.control({{"do", "quota"}, {"code", code}, {"value", 5000}});
    order_faults();
    begin();
    const int restarts = static_cast<int>(random_.below(3));
    for (int life = 0; life <= restarts; ++life) {
      const Time until = loop_.now() + from_seconds(1 + 2 * random_.uniform());
      while (loop_.now() < until) {
        something();
        pause(from_seconds(random_.exponential(0.03)));
      }
      if (life == restarts) break;
      kill();
      begin();
    }
    end();
    check();
  }

 private:
  // Faults of every kind that the server has, each on a share of the calls.
  void order_faults() {
    const double share = (random_.chance(0.5) ? 0.1 : 0.3) * random_.uniform();
    for (const char* action :
         {"RunInstances", "TerminateInstances", "DescribeInstances", "DescribeInstanceStatus",
          "Invoke", "CreateFunction", "GetFunction"}) {
      for (const char* kind : {"throttle", "capacity", "error", "late", "garbage", "drop_before",
                               "drop_after", "drop_midway"}) {
        const bool ordering = std::string(action) == "RunInstances";
        if (std::string(kind) == "capacity" && !ordering) continue;
        server_.control({{"do", "fault"},
                         {"action", action},
                         {"kind", kind},
                         {"count", -1},
                         {"after_s", std::string(kind) == "late" ? 0.6 : 0.05},
                         {"share", share * random_.uniform()}});
      }
    }
  }

  void begin() {
    aws::AwsSettings settings = aws_settings_for_tests();
    run_ = settings.run;
    settings.seed = random_.bits();
    settings.instances.poll_changing = 50ms;
    settings.instances.poll_settled = 150ms;
    settings.instances.heartbeat = 100ms;
    settings.instances.status_every = 300ms;
    settings.instances.boot_timeout = 4s;
    settings.instances.list_lag = 2s;
    settings.functions.timeout = 1s;
    BrainSettings brain;
    brain.tick = 100ms;
    brain.machines_min = 0;
    brain.machines_max = 6;
    ControllerSettings controlling;
    controlling.query_timeout = 700ms;
    controlling.machines.probe_timeout = 300ms;
    controlling.machines.list_every = 500ms;
    journal_.clear();
    scheme_seed_ = random_.bits();
    controller_ = std::make_unique<Controller>(
        loop_, catalog_, brain, controlling,
        [this](std::string_view line) { journal_.emplace_back(line); }, scheme());
    cloud_ = std::make_unique<AwsController>(
        loop_, server_, catalog_, settings,
        [this](const CloudEvent& event) { controller_->on_cloud_event(event); });
    controller_->start(cloud_->cloud());
  }

  MakeScheme scheme() const {
    return [seed = scheme_seed_](const BrainSettings&) { return std::make_unique<Restless>(seed); };
  }

  void something() {
    const double dice = random_.uniform();
    if (dice < 0.9) return query();
    const auto live = server_.live();
    if (dice < 0.92 && !live.empty()) {
      server_.try_control({{"do", "kill"}, {"instance", any(live)}});
    } else if (dice < 0.94 && !live.empty()) {
      server_.try_control({{"do", "impair"}, {"instance", any(live)}});
    } else if (dice < 0.97) {
      std::vector<json> spot;
      for (const json& one : live)
        if (one["market"] == "spot") spot.push_back(one);
      if (spot.empty()) return;
      server_.try_control(
          {{"do", "interrupt"}, {"instance", any(spot)}, {"notice_s", 2 * random_.uniform()}});
    } else if (dice < 0.98) {
      const json state = server_.state();
      for (const json& one : state["functions"])
        if (!one["deleted"].get<bool>())
          server_.control({{"do", "kill_function"}, {"function", one["name"]}});
    } else {
      set_capacity(random_.chance(0.5) ? "c5.9xlarge" : "m5.4xlarge",
                   random_.chance(0.5) ? "spot" : "on-demand",
                   random_.chance(0.5) ? json(0) : json(nullptr));
    }
  }

  void set_capacity(const char* type, const char* market, const json& left) {
    server_.control({{"do", "capacity"}, {"type", type}, {"market", market}, {"left", left}});
  }

  std::string any(const std::vector<json>& instances) {
    return instances[random_.below(instances.size())]["id"];
  }

  void query() {
    Ask ask;
    ask.query.task = TaskId{0};
    if (random_.chance(0.5))
      ask.query.pinned = VariantId{static_cast<std::uint32_t>(random_.below(2))};
    if (random_.chance(0.5)) ask.query.constraints.max_latency = 500ms;
    const double dice = random_.uniform();
    ask.body = std::make_shared<const std::string>(
        dice < 0.02   ? "crash"
        : dice < 0.04 ? "hang"
                      : "sleep " + std::to_string(random_.below(150)));
    ask.arrived = loop_.now();
    ++asked_;
    controller_->submit(std::move(ask), std::make_unique<Client>(verdicts_));
  }

  bool until(const std::function<bool()>& when, Duration bound) {
    const Time give_up = loop_.now() + bound;
    while (!when() && loop_.now() < give_up) pause(10ms);
    return when();
  }
  void pause(Duration time) {
    Loop::Timer timer = loop_.after(time, [this] { loop_.stop(); });
    loop_.run();
  }

  // The controller is killed: nobody hears the answers that are on their way.
  void kill() {
    // Under way are those that the brain waits for, and those that were given up and run on.
    forgotten_calls_ +=
        (controller_->brain().status(loop_.now()).functions_running + running_calls());
    asked_ -= static_cast<int>(controller_->in_flight());
    for (const auto& [machine, order] : open_orders()) {
      const MachineOffer& offer = catalog_.offer(order.offer);
      unheard_.push_back({run_, machine, order.offer, billed_time(offer, loop_.now() - order.at)});
    }
    close();
  }

  void end() {
    for (const char* type : {"c5.9xlarge", "m5.4xlarge"}) {
      for (const char* market : {"spot", "on-demand"}) set_capacity(type, market, nullptr);
    }
    EXPECT_TRUE(until([&] { return controller_->in_flight() == 0; }, 60s))
        << controller_->in_flight() << " queries are still open";
    bool stopped = false;
    bool in_time = true;
    const Time began = loop_.now();
    controller_->stop(40s, [&] { stopped = true; });
    EXPECT_TRUE(until([&] { return stopped; }, 60s));
    in_time = loop_.now() - began < 40s;
    EXPECT_TRUE(in_time) << "machines were still held when the patience was over";
    // Calls that were given up are still billed when they end.
    EXPECT_TRUE(until([&] { return running_calls() == 0; }, 20s));
    pause(500ms);
    close();
  }

  struct Order {
    MachineOfferId offer;
    Time at{};
  };
  // Of this controller, those of which it has not heard the end.
  std::map<MachineId, Order> open_orders() const {
    std::map<MachineId, Order> open;
    Time now{};
    for (const std::string& line : journal_) {
      const Fields fields(line);
      const auto& words = fields.words();
      if (words.size() < 2) continue;
      if (words[0] == "<") now = Time{} + Duration(std::stoll(std::string(words[1])));
      const MachineId machine{fields.number<std::uint32_t>("machine").value_or(0)};
      const auto event = fields.text("event");
      if (words[1] == "buy")
        open[machine] = {MachineOfferId{fields.need<std::uint32_t>("offer")}, now};
      if (event == "failed" || event == "gone") open.erase(machine);
    }
    return open;
  }

  int running_calls() const {
    int running = 0;
    const json state = server_.state();
    for (const json& one : state["functions"]) running += one["in_flight"].get<int>();
    return running;
  }

  void close() {
    Ledger ledger;
    const Meter& meter = controller_->brain().meter();
    const auto machines = meter.machines(loop_.now());
    for (std::size_t o = 0; o < machines.size(); ++o) {
      const std::string& name = catalog_.machine_offers()[o].name;
      ledger.machines[name] = machines[o].billed + machines[o].running;
    }
    ledger.calls = meter.functions(loop_.now())[0].calls;
    ledger.mb_ms = meter.functions(loop_.now())[0].held.value;
    ledger.total = meter.bill(loop_.now()).total();
    ledgers_.push_back(ledger);
    cloud_.reset();
    controller_.reset();
    replay_journal();
  }

  void replay_journal() const {
    const auto report = replay_lines(journal_, scheme());
    ASSERT_TRUE(report.ok()) << report.error().message;
    EXPECT_EQ(report->differences, 0U) << report->first_difference;
  }

  void check() {
    const json state = server_.state();
    EXPECT_EQ(verdicts_, asked_) << "each query has one verdict";
    EXPECT_TRUE(state["mistakes"].empty()) << state["mistakes"];

    std::map<std::pair<std::string, std::string>, int> of_order;
    for (const json& one : state["instances"]) {
      EXPECT_THAT(std::string(one["state"]), ::testing::AnyOf("terminated", "shutting-down"))
          << one["id"] << " is left";
      ++of_order[{one["tags"]["paragon:run"], one["tags"]["paragon:machine"]}];
    }
    for (const auto& [order, count] : of_order)
      EXPECT_EQ(count, 1) << "order " << order.first << " m" << order.second << " was carried out "
                          << count << " times";
    compare(state);
  }

  // In dollars to the cent; what cannot be known from AWS's answers (docs/aws.md) is left out.
  void compare(const json& state) {
    Dollars ours;
    for (const Ledger& ledger : ledgers_) ours += ledger.total;
    for (const Unheard& one : unheard_)
      if (!ran(state, one)) ours -= catalog_.offer(one.offer).price * one.billed;
    Dollars unseen;
    for (const json& one : state["instances"])
      if (may_be_unseen(state, one)) unseen += offer_of(one).price * offer_of(one).minimum_billed;

    const Dollars theirs = dollars(std::stod(std::string(state["bill"]["usd"])));
    EXPECT_LE(ours, theirs + dollars(0.01)) << difference(state);
    EXPECT_GE(ours, theirs - unseen - dollars(0.01)) << difference(state);
    compare_calls(state);
  }

  // Of an order of a killed controller, which could not know.
  static bool ran(const json& state, const Unheard& order) {
    return std::any_of(state["instances"].begin(), state["instances"].end(), [&](const json& one) {
      return one["tags"]["paragon:run"] == order.run &&
             one["tags"]["paragon:machine"] == std::to_string(order.machine.value) &&
             one["billed_s"] > 0;
    });
  }

  // It ran so shortly that nobody need have seen it, and no answer said that it did.
  static bool may_be_unseen(const json& state, const json& instance) {
    const json& times = instance["times"];
    if (!times.contains("running") || !times.contains("shutting-down")) return false;
    const bool told = instance["reason"] == "Client.UserInitiatedShutdown";
    return (!told || answer_lost(state, instance["id"])) &&
           times["shutting-down"].get<double>() - times["running"].get<double>() < 2;
  }

  // Of an order to end it.
  static bool answer_lost(const json& state, const std::string& instance) {
    return std::any_of(state["calls"].begin(), state["calls"].end(), [&](const json& call) {
      const std::string fault = call["fault"];
      return call["action"] == "TerminateInstances" &&
             (fault.starts_with("drop_") || fault == "garbage") &&
             call["parameters"].dump().find(instance) != std::string::npos;
    });
  }

  const MachineOffer& offer_of(const json& instance) const {
    const std::string type = instance["type"];
    return catalog_.offer(
        *catalog_.find_machine_offer(instance["market"] == "spot" ? type + ":spot" : type));
  }

  std::string difference(const json& state) const {
    std::ostringstream text;
    for (const MachineOffer& offer : catalog_.machine_offers()) {
      Duration billed{};
      for (const Ledger& ledger : ledgers_) billed += ledger.machines.at(offer.name);
      text << offer.name << ": " << seconds(billed) << " s on the ledger; AWS's:";
      for (const json& one : state["instances"]) {
        if (offer_of(one).name == offer.name)
          text << ' ' << one["tags"]["paragon:run"] << " m" << one["tags"]["paragon:machine"] << ' '
               << one["billed_s"] << " s (" << one["reason"] << ')';
      }
      text << '\n';
    }
    for (const Unheard& one : unheard_) {
      text << one.run << " m" << one.machine.value << " was not heard of: " << seconds(one.billed)
           << " s\n";
    }
    return text.str();
  }

  void compare_calls(const json& state) {
    std::int64_t our_calls = 0;
    std::int64_t our_ms = 0;
    for (const Ledger& ledger : ledgers_) {
      our_calls += static_cast<std::int64_t>(ledger.calls);
      our_ms += ledger.mb_ms / catalog_.function_offers()[0].memory.value;
    }
    std::int64_t their_calls = 0;
    std::int64_t their_ms = 0;
    for (const json& line : state["bill"]["functions"]) {
      their_calls += line["requests"].get<std::int64_t>();
      their_ms += line["billed_ms"].get<std::int64_t>();
    }
    std::int64_t never = 0;  // lost before they were carried out
    std::int64_t lost = 0;   // these, and those whose answer was
    for (const json& call : state["calls"]) {
      if (call["action"] != "Invoke") continue;
      const std::string fault = call["fault"];
      never += fault == "drop_before" ? 1 : 0;
      lost += fault.starts_with("drop_") || fault == "garbage" ? 1 : 0;
    }
    EXPECT_LE(our_calls, their_calls + never);
    EXPECT_GE(our_calls, their_calls - forgotten_calls_);
    EXPECT_LE(our_ms, their_ms + lost * kCallLongestMs);
    EXPECT_GE(our_ms, their_ms - forgotten_calls_ * kCallLongestMs);
    if (lost + forgotten_calls_ == 0) {
      EXPECT_EQ(our_ms, their_ms);
    }
  }

  static constexpr std::int64_t kCallLongestMs = 12'000;  // a start, the timeout

  const std::uint64_t seed_;
  Random random_;
  const int minimum_s_;
  const Catalog catalog_;
  AwsServer server_;
  Loop loop_;
  std::uint64_t scheme_seed_ = 0;
  std::string run_;  // of the controller's cloud
  std::vector<std::string> journal_;
  std::unique_ptr<Controller> controller_;
  std::unique_ptr<AwsController> cloud_;  // ends first
  int asked_ = 0;
  int verdicts_ = 0;
  std::int64_t forgotten_calls_ = 0;  // may have been under way when a controller was killed
  std::vector<Ledger> ledgers_;
  std::vector<Unheard> unheard_;
};

TEST(AwsLedger, AgreesWithTheBillWhateverGoesWrong) {
  const auto number = [](const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
  };
  const std::uint64_t first = number("PARAGON_SEED", 4);
  const std::uint64_t count = number("PARAGON_SEEDS", std::getenv("PARAGON_SEED") ? 1 : 2);
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    Course course(seed);
    if (!course.serving()) GTEST_SKIP() << course.why_not();
    course.run();
    if (HasFailure()) {
      FAIL() << "repeat with: PARAGON_SEED=" << seed
             << " tests_awscloud --gtest_filter=AwsLedger.*";
    }
  }
}

}  // namespace
}  // namespace paragon::testing

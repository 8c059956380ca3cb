// Random worlds from a seed: whatever finishes late, fails, is interrupted or lost, the brain's
// promises hold. A failure prints the seed; PARAGON_SEED=n runs that world alone.
#include <cstdlib>
#include <map>
#include <queue>
#include <set>

#include "base/random.h"
#include "brain/replay_lines.h"
#include "brain/testing.h"

namespace paragon {
namespace {

using namespace testing;

// Wants whatever: other numbers every minute or so, of several offers or of one, environments kept
// warm, a share of the load on functions. The brain's promises hold all the same.
class Whimsical final : public Scheme {
 public:
  explicit Whimsical(std::uint64_t seed) : random_(seed) {}
  Wanted decide(const View& view) override {
    // One that never waits for what it ordered would serve nobody.
    if (!targets_.empty() && random_.chance(0.98)) return {targets_, warm_};
    targets_.clear();
    warm_.clear();
    const auto offers = static_cast<std::uint32_t>(view.machines.size());
    const auto named = random_.below(offers + 1);
    for (std::uint32_t i = 0; i < named; ++i) {
      targets_.push_back({MachineOfferId{i}, static_cast<int>(random_.below(8)) - 1});
    }
    const auto functions = static_cast<std::uint32_t>(view.catalog.function_offers().size());
    for (std::uint32_t o = 0; o < functions; ++o) {
      if (random_.chance(0.5)) continue;
      warm_.push_back({FunctionOfferId{o}, VariantId{static_cast<std::uint32_t>(random_.below(3))},
                       static_cast<int>(random_.below(6))});
    }
    return {targets_, warm_};
  }
  Overflow overflow(const Overflowing& query, const View&) const override {
    return query.query_class == QueryClass::strict ? Overflow::function_now
                                                   : Overflow::wait_for_deadline;
  }
  bool machine_first(Time) override { return random_.chance(0.8); }

 private:
  Random random_;
  std::vector<Target> targets_;
  std::vector<WarmTarget> warm_;
};

class RandomWorld {
 public:
  explicit RandomWorld(std::uint64_t seed)
      : random_(seed),
        catalog_(make_catalog({.vcpus = 1 + static_cast<int>(random_.below(4)),
                               .function_speed = 0.5 + random_.uniform(),
                               .cold_start = 1ms * (1 + random_.below(2000)),
                               .concurrency_limit = 1 + static_cast<int>(random_.below(20)),
                               .function_offers = static_cast<int>(random_.below(3)),
                               .provisioning = 1s * (1 + random_.below(30)),
                               .machine_offers = 1 + static_cast<int>(random_.below(3)),
                               .ensembles = static_cast<int>(random_.below(2))})),
        settings_(make_settings()),
        make_(random_.chance(0.3) ? MakeScheme([seed](const BrainSettings&) {
          return std::make_unique<Whimsical>(seed);
        })
                                  : MakeScheme(make_scheme)),
        brain_(
            catalog_, settings_, [this](std::string_view line) { journal_.emplace_back(line); },
            make_) {}

  void run() {
    const int arrivals = 500 + static_cast<int>(random_.below(1500));
    const double mean_gap_s = random_.lognormal(0.005, 1);
    Time next_tick{};
    Time next_arrival{};
    for (int i = 0; i < arrivals;) {
      const Time next_event = events_.empty() ? kNever : events_.top().when;
      const Time due = brain_.due();
      const Time now = std::min({next_tick, next_arrival, next_event, std::max(due, now_)});
      ASSERT_GE(now, now_);
      now_ = now;
      if (now == next_tick) {
        tick();
        next_tick = now + settings_.tick;
      } else if (now == next_event) {
        happen();
      } else if (now == next_arrival) {
        arrive();
        ++i;
        next_arrival = now + from_seconds(random_.exponential(mean_gap_s));
        // Now and then a lull, or a flash crowd.
        if (random_.chance(0.005)) next_arrival += from_seconds(random_.exponential(20));
        if (random_.chance(0.3)) next_arrival = now;
      } else {
        take(brain_.wake(now));
      }
      check();
    }
    drain(next_tick);
    finish_checks();
  }

 private:
  struct Event {
    Time when;
    std::uint64_t order;
    std::optional<Route> route;        // an attempt ends
    MachineEvent machine;              // or something happens to a machine
    std::optional<Warm> warm_up = {};  // or a warm-up call ends
    bool operator<(const Event& other) const {
      return when != other.when ? when > other.when : order > other.order;
    }
  };

  BrainSettings make_settings() {
    const auto names = scheme_names();
    const std::string name(random_.chance(0.3) ? "paragon" : names[random_.below(names.size())]);
    BrainSettings s = testing::settings(name.c_str());
    for (const Knob& knob : find_scheme(name)->knobs) {
      if (random_.chance(0.8)) continue;
      s.tuning.emplace(knob.name, knob.least + random_.uniform() * (knob.most - knob.least));
    }
    if (random_.chance(0.1)) s.selection = Selection::naive;
    s.machines_max = 1 + static_cast<int>(random_.below(20));
    s.machines_min = static_cast<int>(random_.below(2));
    s.waiting_max = random_.below(200);
    s.functions = random_.chance(0.8);
    s.attempts_max = 1 + static_cast<int>(random_.below(5));
    if (random_.chance(0.5)) s.budget_per_hour = dollars(random_.uniform() * 4);
    return s;
  }

  void arrive() {
    Query q = query();
    if (random_.chance(0.8)) q.constraints.max_latency = from_seconds(random_.lognormal(0.3, 2));
    if (random_.chance(0.5)) q.constraints.min_accuracy = accuracy(0.7 + 0.27 * random_.uniform());
    if (random_.chance(0.2)) q.constraints.max_cost = dollars(random_.lognormal(1e-6, 2));
    if (random_.chance(0.3)) {
      q.constraints.query_class = random_.chance(0.5) ? QueryClass::strict : QueryClass::relaxed;
    }
    if (random_.chance(0.1)) q.pinned = VariantId{static_cast<std::uint32_t>(random_.below(3))};
    if (random_.chance(0.2)) q.constraints.best_effort = true;
    const Route route = brain_.arrive(q, now_);
    const auto* split = as<Split>(route);
    if (split == nullptr) return begin(route);
    for (std::size_t m = 0; m < catalog_.ensemble(split->ensemble).members.size(); ++m) {
      const Route member = brain_.arrive(brain_.member(q, split->ensemble, m), now_);
      ASSERT_NE(member.why, Reason::infeasible) << "its bounds were met together";
      begin(member);
    }
  }

  void begin(const Route& route) {
    if (!as<Refuse>(route)) {
      ASSERT_TRUE(open_.emplace(route.query, std::nullopt).second) << "an id given out twice";
    }
    follow(route, true);
  }

  void take(Routes routes) {
    const std::vector<Route> copy(routes.begin(), routes.end());
    for (const Route& route : copy) follow(route, false);
  }

  void follow(const Route& route, bool fresh) {
    if (as<Refuse>(route)) {
      if (!fresh) {
        ASSERT_EQ(open_.erase(route.query), 1U) << "refused, but was not open";
      }
      return;
    }
    ASSERT_TRUE(open_.count(route.query)) << "a route for a query that is not open";
    open_[route.query] = route.decision;
    if (const auto* m = as<OnMachine>(route)) {
      ASSERT_TRUE(ready_.count(m->machine)) << "sent to a machine that is not ready";
    }
    if (as<OnFunction>(route)) {
      ASSERT_TRUE(settings_.functions);
    }
    if (as<Wait>(route)) return;
    const Duration service = from_seconds(random_.lognormal(0.01, 1));
    push({now_ + service, 0, route, {}});
  }

  void tick() {
    const Orders orders = brain_.tick(now_);
    for (const Order& order : std::vector<Order>(orders.begin(), orders.end())) {
      if (const Buy* buy = std::get_if<Buy>(&order)) {
        ++bought_;
        MachineEvent event{buy->machine, MachineEventKind::ready, {}};
        if (random_.chance(0.1)) {
          event.kind = MachineEventKind::failed;
          event.never_ran = random_.chance(0.5);
        }
        push({now_ + from_seconds(random_.exponential(10)), 0, std::nullopt, event});
        if (random_.chance(0.1)) {  // it will not live long
          const Duration life = from_seconds(10 + random_.exponential(30));
          const double dice = random_.uniform();
          const auto first = dice < 0.4   ? MachineEventKind::interrupted
                             : dice < 0.7 ? MachineEventKind::lost
                                          : MachineEventKind::failed;
          push({now_ + life, 0, std::nullopt, {buy->machine, first, 2s}});
          MachineEvent last{buy->machine, MachineEventKind::failed, {}};
          if (random_.chance(0.5)) last.ran = from_seconds(random_.uniform() * seconds(life));
          push({now_ + life + 2s, 0, std::nullopt, last});
        }
      } else if (const Warm* warm = std::get_if<Warm>(&order)) {
        ASSERT_TRUE(settings_.functions);
        ASSERT_TRUE(warm_ups_.emplace(warm->call, warm->decision).second);
        ++warm_ups_made_;
        Event event;
        event.when = now_ + from_seconds(random_.lognormal(0.01, 2));
        event.warm_up = *warm;
        push(event);
      } else {
        const MachineId machine = std::get<Release>(order).machine;
        ready_.erase(machine);
        push({now_ + 1s, 0, std::nullopt, {machine, MachineEventKind::gone, {}}});
      }
    }
  }

  void happen() {
    const Event event = events_.top();
    events_.pop();
    if (event.warm_up) {
      end_warm_up(*event.warm_up);
      return;
    }
    if (!event.route) {
      const MachineEvent& m = event.machine;
      if (m.kind == MachineEventKind::ready && !gone_.count(m.machine)) ready_.insert(m.machine);
      if (m.kind != MachineEventKind::ready) ready_.erase(m.machine);
      if (m.kind == MachineEventKind::failed || m.kind == MachineEventKind::gone ||
          m.kind == MachineEventKind::lost) {
        gone_.insert(m.machine);
      }
      take(brain_.observe(m, now_));
      return;
    }
    const Route& route = *event.route;
    const auto open = open_.find(route.query);
    const bool current = open != open_.end() && open->second == route.decision;
    Outcome outcome;
    outcome.decision = route.decision;
    outcome.service = from_seconds(random_.lognormal(0.01, 1));
    outcome.billed = std::chrono::ceil<std::chrono::milliseconds>(outcome.service);
    if (const auto* f = as<OnFunction>(route))
      outcome.billed = std::min(outcome.billed, f->timeout);
    const double dice = random_.uniform();
    outcome.ending = dice < 0.9    ? Ending::answered
                     : dice < 0.95 ? Ending::lost
                     : dice < 0.97 ? Ending::throttled
                     : dice < 0.99 ? Ending::rejected
                                   : Ending::abandoned;
    const bool final = outcome.ending != Ending::lost && outcome.ending != Ending::throttled;
    if (const auto* f = as<OnFunction>(route);
        f != nullptr && current && outcome.ending == Ending::lost && random_.chance(0.5)) {
      brain_.call_billed(f->offer, std::exchange(outcome.billed, {}), now_);
    }
    if (current && final) {
      open_.erase(open);
      answered_ += outcome.ending == Ending::answered ? 1 : 0;
    }
    take(brain_.finish(route.query, outcome, now_));
  }

  void end_warm_up(const Warm& warm) {
    Outcome outcome;
    outcome.decision = warm.decision;
    outcome.cold = random_.chance(0.5);
    outcome.billed = std::min<Duration>(1ms * random_.below(100), warm.timeout);
    outcome.ending = random_.chance(0.9)   ? Ending::answered
                     : random_.chance(0.5) ? Ending::lost
                                           : Ending::throttled;
    ASSERT_EQ(warm_ups_.erase(warm.call), 1U);
    ASSERT_TRUE(brain_.finish(warm.call, outcome, now_).empty());
    ASSERT_TRUE(brain_.finish(warm.call, outcome, now_).empty()) << "told twice";
  }

  void push(Event event) {
    event.order = ++order_;
    events_.push(event);
  }

  void check() {
    for (const MachineStatus& m : brain_.brain().machines()) {
      ASSERT_GE(m.busy, 0);
      ASSERT_LE(m.busy, 1);
      ASSERT_GE(m.running, 0);
    }
    const BrainStatus status = brain_.brain().status(now_);
    ASSERT_EQ(status.waiting + status.running, static_cast<int>(open_.size()));
    ASSERT_LE(static_cast<int>(brain_.brain().machines().size()), settings_.machines_max);
    const auto hour = now_.time_since_epoch() / 1h;
    if (hour != hour_) {
      hour_ = hour;
      billed_before_hour_ = last_bill_;
    }
    last_bill_ = brain_.brain().meter().bill(now_).total().value;
    if (settings_.budget_per_hour) {
      // Whoever runs may run for the whole hour: so many fit under the limit.
      const double live = static_cast<double>(brain_.brain().machines().size());
      ASSERT_LE(live * 0.36, settings_.budget_per_hour->value);
      // What a machine is billed at least may be booked by the meter before the hour it falls into.
      const double minimum = 0.36 / 60 * settings_.machines_max;
      ASSERT_LE(last_bill_ - billed_before_hour_, settings_.budget_per_hour->value + minimum);
      ASSERT_LE(status.spent_this_hour.value, settings_.budget_per_hour->value * (1 + 1e-9));
    }
  }

  // Nothing more arrives; the world goes on until every query has ended.
  void drain(Time next_tick) {
    const Time began = now_;
    for (int step = 0; !open_.empty(); ++step) {
      ASSERT_LT(step, 200'000) << settings_.scheme << " leaves " << open_.size()
                               << " queries open with " << brain_.brain().machines().size()
                               << " machines";
      const Time next_event = events_.empty() ? kNever : events_.top().when;
      now_ = std::max(now_, std::min({next_tick, next_event, std::max(brain_.due(), now_)}));
      if (now_ >= next_tick) {
        tick();
        next_tick = now_ + settings_.tick;
        if (settings_.budget_per_hour && brain_.brain().machines().empty() && now_ > began + 4h) {
          break;  // it buys no machine, and a few calls an hour: they wait for many hours more
        }
      } else if (now_ >= next_event) {
        happen();
      } else {
        take(brain_.wake(now_));
      }
      check();
    }
  }

  void finish_checks() {
    const BrainStatus status = brain_.brain().status(now_);
    EXPECT_EQ(status.answered, answered_);
    if (!settings_.budget_per_hour) {
      EXPECT_TRUE(open_.empty()) << open_.size() << " accepted queries never ended";
    }
    // Money is conserved: the bill is the sum of its parts.
    const Bill bill = brain_.brain().meter().bill(now_);
    EXPECT_GE(bill.wasted.value, -1e-9);
    EXPECT_LE(bill.wasted.value, bill.machines.value + 1e-9);
    // And the journal replays to the same decisions.
    const auto report = replay_lines(journal_, make_);
    ASSERT_TRUE(report.ok()) << report.error().message;
    EXPECT_EQ(report->differences, 0U) << report->first_difference;
    EXPECT_FALSE(report->cut_off);
    EXPECT_GT(report->decisions, 0U);
    std::uint64_t warm_ups = 0;
    for (const FunctionUsage& usage : brain_.brain().meter().functions(now_)) {
      EXPECT_LE(usage.warm_ups + usage.cold, usage.calls);
      warm_ups += usage.warm_ups;
    }
    EXPECT_LE(warm_ups, warm_ups_made_);
    EXPECT_LE(brain_.brain().status(now_).functions_running,
              static_cast<int>(warm_ups_.size() + open_.size()));
  }

  Random random_;
  Catalog catalog_;
  BrainSettings settings_;
  MakeScheme make_;
  std::vector<std::string> journal_;
  Recorded brain_;
  Time now_{};
  std::priority_queue<Event> events_;
  std::map<QueryId, std::optional<DecisionId>> open_;
  std::map<QueryId, DecisionId> warm_ups_;
  std::uint64_t warm_ups_made_ = 0;
  std::set<MachineId> ready_;
  std::set<MachineId> gone_;
  std::uint64_t order_ = 0;
  std::uint64_t answered_ = 0;
  int bought_ = 0;
  std::int64_t hour_ = 0;
  double billed_before_hour_ = 0;
  double last_bill_ = 0;
};

TEST(BrainProperty, PromisesHoldInRandomWorlds) {
  const char* one = std::getenv("PARAGON_SEED");
  const std::uint64_t first = one != nullptr ? std::strtoull(one, nullptr, 10) : 1;
  const std::uint64_t last = one != nullptr ? first : 150;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    RandomWorld(seed).run();
    if (::testing::Test::HasFailure()) {
      FAIL() << "repeat with: PARAGON_SEED=" << seed << " brain_test --gtest_filter=BrainProperty*";
    }
  }
}

TEST(JournalTest, ReplayFindsADecisionThatWasChanged) {
  const Catalog catalog = make_catalog();
  std::vector<std::string> lines;
  Recorded brain(catalog, testing::settings(),
                 [&](std::string_view line) { lines.emplace_back(line); });
  brain.tick(t(0s));
  brain.arrive(strict(1s), t(1s));
  for (std::string& line : lines) {
    const auto at = line.find("variant=1");
    if (at != std::string::npos) line.replace(at, 9, "variant=2");
  }
  const auto report = replay_lines(lines);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->differences, 1U);
  EXPECT_NE(report->first_difference.find("variant=2"), std::string::npos);
}

TEST(JournalTest, AJournalThatEndsBeforeItsLastDecisionIsCutOffNotDifferent) {
  const Catalog catalog = make_catalog();
  std::vector<std::string> lines;
  Recorded brain(catalog, testing::settings(),
                 [&](std::string_view line) { lines.emplace_back(line); });
  brain.tick(t(0s));
  brain.arrive(strict(1s), t(1s));
  ASSERT_TRUE(lines.back().starts_with(">"));
  const auto read = [&] { return replay_lines(lines); };
  auto report = read();
  ASSERT_TRUE(report.ok());
  EXPECT_FALSE(report->cut_off);
  EXPECT_EQ(report->inputs, 2U);
  lines.pop_back();
  report = read();
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE(report->cut_off);
  EXPECT_EQ(report->inputs, 1U);
  EXPECT_EQ(report->differences, 0U) << report->first_difference;
  // Where the middle is missing, the brain goes another way: the end then proves nothing.
  lines[lines.size() - 2] = "> buy machine=9 offer=0 why=idle";
  report = read();
  ASSERT_TRUE(report.ok());
  EXPECT_FALSE(report->cut_off);
  EXPECT_GT(report->differences, 0U);
}

TEST(JournalTest, JunkIsNamedWithItsLine) {
  const std::vector<std::string> whole = [] {
    const Catalog catalog = make_catalog();
    std::vector<std::string> lines;
    Recorded brain(catalog, testing::settings(),
                   [&](std::string_view line) { lines.emplace_back(line); });
    brain.tick(t(0s));
    brain.arrive(strict(1s), t(1s));
    return lines;
  }();
  const auto read = [](const std::vector<std::string>& lines) { return replay_lines(lines); };
  EXPECT_TRUE(read(whole).ok());
  EXPECT_FALSE(read({}).ok());
  EXPECT_FALSE(read({"hello"}).ok());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::vector<std::string> broken = whole;
    broken[i] = "< x";
    const auto report = read(broken);
    if (report.ok()) continue;  // a decision replaced by junk reads as an input: also refused below
    EXPECT_NE(report.error().message.find("line " + std::to_string(i + 1)), std::string::npos)
        << report.error().message;
  }
}

}  // namespace
}  // namespace paragon

// Replay: the inputs of a journal through a fresh brain, its decisions against the journal's.
#include <fmt/format.h>

#include <deque>

#include "brain/journal.h"
#include "brain/journal_head.h"

namespace paragon {
namespace {

std::optional<Ending> ending(std::string_view text) {
  if (text == "answered") return Ending::answered;
  if (text == "rejected") return Ending::rejected;
  if (text == "lost") return Ending::lost;
  if (text == "throttled") return Ending::throttled;
  if (text == "abandoned") return Ending::abandoned;
  return std::nullopt;
}

std::optional<MachineEventKind> event_kind(std::string_view text) {
  if (text == "ready") return MachineEventKind::ready;
  if (text == "failed") return MachineEventKind::failed;
  if (text == "interrupted") return MachineEventKind::interrupted;
  if (text == "gone") return MachineEventKind::gone;
  return std::nullopt;
}

// Ids of machines are given out in order, so a larger one cannot be real.
constexpr std::uint32_t kMachinesMax = 10'000'000;

// Applies one input line; the decisions, as lines, are appended to `decisions`.
class Player {
 public:
  Player(JournalHead head, const MakeScheme& scheme)
      : head_(std::move(head)), brain_(head_.catalog, head_.settings, scheme) {}

  Status play(std::string_view line, std::deque<std::string>& decisions) {
    const Fields f(line);
    if (f.words().size() < 3) return wrong("expected '< TIME INPUT ...'");
    std::int64_t ns = 0;
    const std::string_view when = f.words()[1];
    const auto [end, error] = std::from_chars(when.data(), when.data() + when.size(), ns);
    if (error != std::errc{} || end != when.data() + when.size()) return wrong("time unreadable");
    const Time now{Duration(ns)};
    if (now < last_) return wrong("time goes back");
    last_ = now;
    return apply(f.words()[2], f, now, decisions);
  }

 private:
  static Status wrong(const std::string& what) { return {ErrorCode::invalid, what}; }

  template <class Decisions>
  static void keep(const Decisions& made, std::deque<std::string>& decisions) {
    for (const auto& decision : made) append(decisions.emplace_back(), decision);
  }

  Status apply(std::string_view input, const Fields& f, Time now,
               std::deque<std::string>& decisions) {
    const auto sound = [&]() -> Status {
      if (f.broken().empty()) return {};
      return wrong("field " + f.broken() + " is missing or unreadable");
    };
    if (input == "arrive") {
      Query q;
      q.task = TaskId{f.need<std::uint32_t>("task")};
      q.constraints = read_constraints(f);
      if (const auto v = f.number<std::uint32_t>("pinned")) q.pinned = VariantId{*v};
      if (const Status s = sound(); !s) return s;
      if (q.task.index() >= head_.catalog.tasks().size() ||
          (q.pinned && q.pinned->index() >= head_.catalog.variants().size())) {
        return wrong("task or variant is not in the journal's catalog");
      }
      const Route route = brain_.arrive(q, now);
      keep(Routes(&route, 1), decisions);
    } else if (input == "finish") {
      const auto how = ending(f.text("ending").value_or(""));
      const Outcome outcome{DecisionId{f.need<std::uint64_t>("decision")},
                            how.value_or(Ending::answered), f.duration("service_ns"),
                            f.need<int>("cold") != 0, f.duration("billed_ns")};
      const QueryId query{f.need<std::uint64_t>("query")};
      if (!how) return wrong("field ending is missing or unreadable");
      if (const Status s = sound(); !s) return s;
      keep(brain_.finish(query, outcome, now), decisions);
    } else if (input == "observe") {
      const auto kind = event_kind(f.text("event").value_or(""));
      const MachineEvent event{MachineId{f.need<std::uint32_t>("machine")},
                               kind.value_or(MachineEventKind::ready), f.duration("notice_ns"),
                               f.need<int>("never_ran") != 0};
      if (!kind) return wrong("field event is missing or unreadable");
      if (const Status s = sound(); !s) return s;
      keep(brain_.observe(event, now), decisions);
    } else if (input == "wake") {
      keep(brain_.wake(now), decisions);
    } else if (input == "tick") {
      keep(brain_.tick(now), decisions);
    } else if (input == "adopt") {
      const MachineId machine{f.need<std::uint32_t>("machine")};
      const MachineOfferId offer{f.need<std::uint32_t>("offer")};
      const bool ready = f.need<int>("ready") != 0;
      if (const Status s = sound(); !s) return s;
      if (offer.index() >= head_.catalog.machine_offers().size()) return wrong("unknown offer");
      if (machine.value > kMachinesMax) return wrong("machine number out of range");
      brain_.adopt(machine, offer, ready, now);
    } else {
      return wrong(fmt::format("unknown input '{}'", input));
    }
    return {};
  }

  JournalHead head_;
  Brain brain_;
  Time last_{};
};

}  // namespace

Result<ReplayReport> replay(const std::function<bool(std::string&)>& next,
                            const MakeScheme& scheme) {
  std::uint64_t line_number = 0;
  Result<JournalHead> head = read_head(next, line_number);
  if (!head) return head.error();
  Player player(std::move(*head), scheme);

  ReplayReport report;
  std::deque<std::string> expected;  // decisions of the brain that the journal has not shown yet
  const auto differ = [&](std::string_view journal, std::string_view brain) {
    if (report.differences++ == 0) {
      report.first_difference = fmt::format(
          "line {}: the journal has \"{}\", the brain decides \"{}\"", line_number, journal, brain);
    }
  };
  const auto settle = [&] {
    for (const std::string& line : expected) differ("nothing", line);
    expected.clear();
  };
  std::string line;
  while (next(line)) {
    ++line_number;
    if (line.starts_with("<")) {
      settle();
      ++report.inputs;
      const Status played = player.play(line, expected);
      if (!played) {
        return Error{ErrorCode::invalid,
                     fmt::format("line {}: {}", line_number, played.error().message)};
      }
    } else if (line.starts_with(">")) {
      ++report.decisions;
      if (expected.empty()) {
        differ(line, "nothing");
      } else {
        if (expected.front() != line) differ(line, expected.front());
        expected.pop_front();
      }
    } else {
      return Error{ErrorCode::invalid,
                   fmt::format("line {}: expected a line that begins with < or >", line_number)};
    }
  }
  if (!expected.empty()) {
    report.cut_off = true;
    --report.inputs;
  }
  return report;
}

}  // namespace paragon

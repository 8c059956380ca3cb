#include "brain/journal_player.h"

#include <fmt/format.h>

#include <charconv>

#include "brain/journal.h"

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
  if (text == "lost") return MachineEventKind::lost;
  if (text == "interrupted") return MachineEventKind::interrupted;
  if (text == "gone") return MachineEventKind::gone;
  return std::nullopt;
}

// Ids of machines are given out in order, so a larger one cannot be real.
constexpr std::uint32_t kMachinesMax = 10'000'000;
// Far more than anybody keeps of one function.
constexpr int kEnvironmentsMax = 100'000;

Error wrong(const std::string& what) { return {ErrorCode::invalid, what}; }

Result<JournalInput> sound(const Fields& f, JournalInput input) {
  if (f.broken().empty()) return input;
  return wrong("field " + f.broken() + " is missing or unreadable");
}

Result<JournalInput> read_arrive(const Fields& f, Time now, const Catalog& catalog) {
  Query q;
  q.task = TaskId{f.need<std::uint32_t>("task")};
  q.constraints = read_constraints(f);
  if (const auto v = f.number<std::uint32_t>("pinned")) q.pinned = VariantId{*v};
  if (f.broken().empty() && (q.task.index() >= catalog.tasks().size() ||
                             (q.pinned && q.pinned->index() >= catalog.variants().size()))) {
    return wrong("task or variant is not in the journal's catalog");
  }
  return sound(f, {now, q});
}

Result<JournalInput> read_finish(const Fields& f, Time now) {
  const auto how = ending(f.text("ending").value_or(""));
  if (!how) return wrong("field ending is missing or unreadable");
  const Outcome outcome{DecisionId{f.need<std::uint64_t>("decision")},
                        *how,
                        f.duration("service_ns"),
                        f.need<int>("cold") != 0,
                        f.duration("billed_ns"),
                        f.number<int>("provisioned").value_or(0) != 0};
  return sound(f, {now, FinishInput{QueryId{f.need<std::uint64_t>("query")}, outcome}});
}

Result<JournalInput> read_observe(const Fields& f, Time now) {
  const auto kind = event_kind(f.text("event").value_or(""));
  if (!kind) return wrong("field event is missing or unreadable");
  return sound(f, {now, MachineEvent{MachineId{f.need<std::uint32_t>("machine")}, *kind,
                                     f.duration("notice_ns"), f.need<int>("never_ran") != 0,
                                     f.optional_duration("ran_ns")}});
}

Result<JournalInput> read_adopt(const Fields& f, Time now, const Catalog& catalog) {
  const AdoptInput adopt{MachineId{f.need<std::uint32_t>("machine")},
                         MachineOfferId{f.need<std::uint32_t>("offer")}, f.need<int>("ready") != 0,
                         f.optional_duration("before_ns").value_or(Duration{})};
  if (f.broken().empty()) {
    if (adopt.offer.index() >= catalog.machine_offers().size()) return wrong("unknown offer");
    if (adopt.machine.value > kMachinesMax) return wrong("machine number out of range");
  }
  return sound(f, {now, adopt});
}

Result<JournalInput> read_call_billed(const Fields& f, Time now, const Catalog& catalog) {
  const CallBilledInput call{FunctionOfferId{f.need<std::uint32_t>("function")},
                             f.duration("billed_ns")};
  if (f.broken().empty() && call.offer.index() >= catalog.function_offers().size())
    return wrong("unknown function offer");
  return sound(f, {now, call});
}

Result<JournalInput> read_provisioned(const Fields& f, Time now, const Catalog& catalog) {
  const ProvisionedState state{FunctionOfferId{f.need<std::uint32_t>("function")},
                               VariantId{f.need<std::uint32_t>("variant")}, f.need<int>("kept"),
                               f.need<int>("ready")};
  if (f.broken().empty()) {
    if (state.offer.index() >= catalog.function_offers().size()) return wrong("unknown function");
    if (state.variant.index() >= catalog.variants().size()) return wrong("unknown variant");
    for (const int count : {state.kept, state.ready}) {
      if (count < 0 || count > kEnvironmentsMax) return wrong("environments out of range");
    }
  }
  return sound(f, {now, state});
}

Result<JournalInput> read_accuracy(const Fields& f, Time now, const Catalog& catalog) {
  const AccuracyInput learned{VariantId{f.need<std::uint32_t>("variant")},
                              accuracy(f.need<double>("accuracy"))};
  if (f.broken().empty()) {
    if (learned.variant.index() >= catalog.variants().size()) return wrong("unknown variant");
    if (!(learned.accuracy >= accuracy(0) && learned.accuracy <= accuracy(1))) {
      return wrong("accuracy out of range");
    }
  }
  return sound(f, {now, learned});
}

template <class Decisions>
void keep(const Decisions& made, std::deque<std::string>& decisions) {
  for (const auto& decision : made) append(decisions.emplace_back(), decision);
}

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;  // clang 14 wants it said

}  // namespace

Result<std::unique_ptr<JournalPlayer>> JournalPlayer::begin(
    const std::function<bool(std::string&)>& next, std::uint64_t& line_number,
    const MakeScheme& scheme) {
  Result<JournalHead> head = read_head(next, line_number);
  if (!head) return head.error();
  return std::unique_ptr<JournalPlayer>(new JournalPlayer(std::move(*head), scheme));
}

Result<JournalInput> JournalPlayer::read(std::string_view line) const {
  const Fields f(line);
  if (f.words().size() < 3) return wrong("expected '< TIME INPUT ...'");
  const std::string_view when = f.words()[1];
  std::int64_t ns = 0;
  const auto [end, error] = std::from_chars(when.data(), when.data() + when.size(), ns);
  if (error != std::errc{} || end != when.data() + when.size()) return wrong("time unreadable");
  const Time now{Duration(ns)};
  if (now > Time{} + Fields::kLongest) return wrong("time is decades after the start");
  if (now < last_) return wrong("time goes back");
  const std::string_view kind = f.words()[2];
  if (kind == "arrive") return read_arrive(f, now, head_.catalog);
  if (kind == "finish") return read_finish(f, now);
  if (kind == "observe") return read_observe(f, now);
  if (kind == "wake") return JournalInput{now, WakeInput{}};
  if (kind == "tick") return JournalInput{now, TickInput{}};
  if (kind == "adopt") return read_adopt(f, now, head_.catalog);
  if (kind == "call_billed") return read_call_billed(f, now, head_.catalog);
  if (kind == "provisioned") return read_provisioned(f, now, head_.catalog);
  if (kind == "accuracy") return read_accuracy(f, now, head_.catalog);
  return wrong(fmt::format("unknown input '{}'", kind));
}

void JournalPlayer::play(const JournalInput& input, std::deque<std::string>& decisions) {
  last_ = input.now;
  std::visit(
      Overloaded{
          [&](const Query& q) {
            const Route route = brain_.arrive(q, input.now);
            keep(Routes(&route, 1), decisions);
          },
          [&](const FinishInput& f) {
            keep(brain_.finish(f.query, f.outcome, input.now), decisions);
          },
          [&](const MachineEvent& e) { keep(brain_.observe(e, input.now), decisions); },
          [&](WakeInput) { keep(brain_.wake(input.now), decisions); },
          [&](TickInput) { keep(brain_.tick(input.now), decisions); },
          [&](const AdoptInput& a) {
            brain_.adopt(a.machine, a.offer, a.ready, input.now, a.before);
          },
          [&](const CallBilledInput& c) { brain_.call_billed(c.offer, c.billed, input.now); },
          [&](const ProvisionedState& s) { brain_.provisioned(s, input.now); },
          [&](const AccuracyInput& a) { brain_.accuracy_learned(a.variant, a.accuracy); }},
      input.what);
}

}  // namespace paragon

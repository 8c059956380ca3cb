#include "cloud/flaky.h"

namespace paragon {
namespace {
enum Stream : std::uint64_t { kLaunches = 1, kEvents, kCalls, kDeaths, kInterruptions };
}

Flaky::Flaky(Loop& loop, const FlakySettings& settings, const Make& make, OnEvent on_event)
    : loop_(loop),
      settings_(settings),
      on_event_(std::move(on_event)),
      events_(Random(settings.seed).stream(kEvents)),
      calls_(Random(settings.seed).stream(kCalls)),
      self_(std::make_shared<Flaky*>(this)),
      inside_(make([this](const CloudEvent& event) { pass(event); })) {
  PARAGON_CHECK(inside_ != nullptr, "a Flaky was given no cloud");
}

void Flaky::launch(MachineOfferId offer, MachineId id) {
  // By the id, so that a repeated order meets the same fate.
  if (!Random(settings_.seed).stream(kLaunches).stream(id.value).chance(settings_.launch_fails))
    return inside_->launch(offer, id);
  loop_.post([self = std::weak_ptr<Flaky*>(self_), id] {
    if (auto still = self.lock())
      (*still)->deliver(MachineFailed{
          id, Error{ErrorCode::insufficient_capacity, "no capacity (a fault of this test)"}, true});
  });
}

void Flaky::terminate(MachineId id) { inside_->terminate(id); }

void Flaky::list() { inside_->list(); }

void Flaky::invoke(FunctionCall call, OnAnswer done) {
  // Always the same number of draws for a call.
  const bool throttled = calls_.chance(settings_.invoke_throttled);
  const bool fails = calls_.chance(settings_.invoke_fails);
  const bool after = calls_.chance(0.5);
  const auto refuse = [&](ErrorCode code, const char* message) {
    loop_.post([done = std::move(done), error = Error{code, message}] { done(error); });
  };
  if (throttled) return refuse(ErrorCode::throttled, "throttled (a fault of this test)");
  if (fails && !after) return refuse(ErrorCode::unavailable, "call lost (a fault of this test)");
  if (!fails) return inside_->invoke(std::move(call), std::move(done));
  inside_->invoke(std::move(call), [done = std::move(done)](const Result<FunctionAnswer>&) {
    done(Error{ErrorCode::unavailable, "answer lost (a fault of this test)"});
  });
}

void Flaky::pass(const CloudEvent& event) {
  if (const auto* ready = std::get_if<MachineReady>(&event)) {
    doom(ready->machine);
  } else if (const auto* failed = std::get_if<MachineFailed>(&event)) {
    dooms_.erase(failed->machine);
  } else if (const auto* gone = std::get_if<MachineGone>(&event)) {
    const auto known = dooms_.find(gone->machine);
    const bool died = known != dooms_.end() && known->second.died;
    if (known != dooms_.end()) dooms_.erase(known);
    if (died)
      return deliver(MachineFailed{
          gone->machine, Error{ErrorCode::unavailable, "machine died (a fault of this test)"}});
  }
  deliver(event);
}

void Flaky::deliver(const CloudEvent& event) {
  const bool lost = events_.chance(settings_.event_lost);
  const bool repeated = events_.chance(settings_.event_repeated);
  if (repeated)
    loop_.post([self = std::weak_ptr<Flaky*>(self_), event] {
      if (auto still = self.lock()) (*still)->on_event_(event);
    });
  if (!lost) on_event_(event);
}

void Flaky::doom(MachineId id) {
  const auto [known, fresh] = dooms_.try_emplace(id);
  if (!fresh) return;
  const Random seed(settings_.seed);
  if (settings_.dies_after > Duration::zero()) {
    Random random = seed.stream(kDeaths).stream(id.value);
    known->second.death = loop_.after(
        from_seconds(random.exponential(seconds(settings_.dies_after))), [this, id] { die(id); });
  }
  if (settings_.interrupted_after > Duration::zero()) {
    Random random = seed.stream(kInterruptions).stream(id.value);
    known->second.interruption =
        loop_.after(from_seconds(random.exponential(seconds(settings_.interrupted_after))),
                    [this, id] { interrupt(id); });
  }
}

void Flaky::die(MachineId id) {
  if (kill_) return kill_(id);
  dooms_[id].died = true;
  inside_->terminate(id);
}

void Flaky::interrupt(MachineId id) {
  dooms_[id].interruption = loop_.after(settings_.notice, [this, id] { inside_->terminate(id); });
  deliver(MachineInterrupted{id, settings_.notice});
}

}  // namespace paragon

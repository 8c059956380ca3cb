#include "cloud/aws/credential_source.h"

#include <optional>
#include <utility>
#include <vector>

#include "cloud/aws/credential_fetch.h"

namespace paragon::aws {
namespace {

// While the kept ones last: a program that cannot give new ones is not started for each request.
constexpr std::chrono::seconds kPauseAfterFailure{15};

}  // namespace

struct CredentialSource::Impl : std::enable_shared_from_this<Impl> {
  Impl(Loop& on, CredentialPlan from, Outside out, Clock clock)
      : loop(on), plan(std::move(from)), outside(std::move(out)), now(std::move(clock)) {}

  bool lasts(std::chrono::seconds beyond) const {
    return kept && (!kept->expires || *kept->expires - now() > beyond);
  }

  bool good_enough() const {
    return lasts(kRenewBefore) ||
           (lasts(std::chrono::seconds(0)) && failed && now() - *failed < kPauseAfterFailure);
  }

  void fetch_anew() {
    fetch = std::make_unique<CredentialFetch>(
        loop, plan, outside, now(), [weak = weak_from_this()](Result<Credentials> fetched) {
          if (const auto self = weak.lock()) self->finish(std::move(fetched));
        });
  }

  void finish(Result<Credentials> fetched) {
    Error error;
    if (fetched) {
      kept = std::move(*fetched);
      error = {ErrorCode::denied, why_expired()};
    } else {
      error = fetched.error();
    }
    failed = fetched ? std::nullopt : std::optional(now());
    error.message = "AWS credentials from " + plan.described + ": " + error.message;
    if (!plan.tried.empty()) error.message += "; before it, " + plan.tried;
    const bool good = lasts(std::chrono::seconds(0));
    const Credentials given = good ? *kept : Credentials();
    for (auto& done : std::exchange(waiting, {})) {
      done(good ? Result<Credentials>(given) : Result<Credentials>(error));
    }
  }

  std::string why_expired() const {
    if (!kept->expires) return {};
    return "they have expired (" + extended_text(*kept->expires) +
           (std::holds_alternative<Credentials>(plan.from) && plan.roles.empty()
                ? "); set new ones"
                : ") already; set this computer's clock");
  }

  Loop& loop;
  CredentialPlan plan;
  Outside outside;
  Clock now;
  std::optional<Credentials> kept;
  std::optional<Instant> failed;  // the last fetch
  std::vector<Done> waiting;
  std::unique_ptr<CredentialFetch> fetch;
};

CredentialSource::CredentialSource(Loop& loop, CredentialPlan plan, Outside outside, Clock now)
    : impl_(std::make_shared<Impl>(loop, std::move(plan), std::move(outside), std::move(now))) {}

CredentialSource::~CredentialSource() {
  for (auto& done : std::exchange(impl_->waiting, {})) {
    impl_->loop.post([done = std::move(done)] {
      done(Error{ErrorCode::unavailable, "AWS credentials: given up, the program ends"});
    });
  }
}

void CredentialSource::get(Done done) {
  impl_->waiting.push_back(std::move(done));
  if (impl_->waiting.size() > 1) return;  // a fetch is on its way
  impl_->loop.post([weak = std::weak_ptr(impl_)] {
    const auto self = weak.lock();
    if (!self || self->waiting.empty()) return;
    if (self->good_enough()) {
      const Credentials given = *self->kept;  // a waiter may forget() it
      for (auto& waiter : std::exchange(self->waiting, {})) waiter(given);
    } else {
      self->fetch_anew();
    }
  });
}

void CredentialSource::forget() { impl_->kept.reset(); }

}  // namespace paragon::aws

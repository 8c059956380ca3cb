#include "cloud/aws/functions.h"

#include <fmt/format.h>

#include <utility>

#include "cloud/call_limits.h"
#include "wire/function_event.h"

namespace paragon::aws {

struct Functions::Impl : std::enable_shared_from_this<Impl> {
  // One call until it is answered.
  struct Running {
    FunctionCall call;
    std::string payload;
    Time until{};
    Cloud::OnAnswer done;
    Loop::Timer limit;
  };

  Impl(Account& account, Service& service, const Catalog& of, const AwsSettings& with)
      : loop(account.loop()),
        lambda(service),
        catalog(of),
        settings(with),
        store(loop, service, of, with),
        limits(of) {}

  void refuse(Cloud::OnAnswer done, ErrorCode code, std::string message) {
    loop.post([done = std::move(done), error = Error{code, std::move(message)}] { done(error); });
  }

  void invoke(FunctionCall call, Cloud::OnAnswer done) {
    if (!settings.functions.any()) {
      return refuse(std::move(done), ErrorCode::unavailable,
                    "no code for functions is configured (cloud.functions)");
    }
    if (auto unfit = limits.unfit(call))
      return refuse(std::move(done), unfit->code, std::move(unfit->message));
    auto event = write_function_event(call.method, call.target, call.headers,
                                      call.body ? std::string_view(*call.body) : "");
    if (!event) {
      return refuse(std::move(done), event.error().code,
                    event.error().message + "; only machines can answer it");
    }
    if (auto full = limits.full(call.offer))
      return refuse(std::move(done), full->code, std::move(full->message));
    limits.begun(call.offer);
    const std::uint64_t id = next++;
    Running& run = running[id];
    run.until = loop.now() + call.timeout;
    run.limit = loop.after(call.timeout, [this, id] { time_out(id); });
    run.call = std::move(call);
    run.payload = std::move(*event);
    run.done = std::move(done);
    loop.post([weak = weak_from_this(), id] {
      if (auto self = weak.lock()) self->prepare(id);
    });
  }

  void prepare(std::uint64_t id) {
    const auto found = running.find(id);
    if (found == running.end()) return;
    const FunctionCall& call = found->second.call;
    store.ensure(call.offer, call.variant, [weak = weak_from_this(), id](const Status& status) {
      auto self = weak.lock();
      if (!self || !self->running.contains(id)) return;
      if (!status) return self->answer(id, status.error());
      self->send(id);
    });
  }

  void send(std::uint64_t id) {
    Running& run = running.at(id);
    lambda::Invoke order;
    order.name = store.name(run.call.offer, run.call.variant);
    order.payload = std::move(run.payload);
    order.tail_log = true;
    ServiceCall call{lambda::request(lambda.host(), std::move(order)), actions::kInvoke, false};
    call.timeout = run.until - loop.now() + std::chrono::seconds(1);  // our own limit comes first
    call.attempts_max = 1;
    lambda.send(std::move(call), [weak = weak_from_this(), id](Reply reply) {
      auto self = weak.lock();
      if (self && self->running.contains(id)) self->replied(id, std::move(reply));
    });
  }

  void replied(std::uint64_t id, Reply reply) {
    const Running& run = running.at(id);
    const FunctionOffer& offer = catalog.offer(run.call.offer);
    if (const auto* why = std::get_if<Refusal>(&reply)) {
      if (why->error.code == ErrorCode::not_found) store.forget(run.call.offer, run.call.variant);
      return answer(id, why->error);
    }
    const auto invocation = lambda::read_invocation(std::get<http::Answer>(std::move(reply)));
    if (auto failed = lambda::failure_of(invocation, store.name(run.call.offer, run.call.variant)))
      return answer(id, std::move(*failed));
    auto returned = read_function_reply(invocation.payload);
    if (!returned) return answer(id, returned.error());
    FunctionAnswer made;
    made.answer = std::move(returned->answer);
    made.cold = returned->cold;
    // AWS's own figures where it gives them, the worker's otherwise.
    const auto report = lambda::read_report(invocation.log);
    made.billed = offer.billed(report ? report->billed : returned->run);
    if (report && report->initialised) made.cold = true;
    if (made.cold) {
      made.initialised =
          report && report->initialised ? *report->initialised : returned->initialised;
    }
    answer(id, std::move(made));
  }

  void time_out(std::uint64_t id) {
    const Running& run = running.at(id);
    answer(id, Error{ErrorCode::timeout,
                     fmt::format(
                         "function {}: no answer within {} ms",
                         store.name(run.call.offer, run.call.variant),
                         std::chrono::ceil<std::chrono::milliseconds>(run.call.timeout).count())});
  }

  // The answer comes last: whoever gets it may call the cloud again.
  void answer(std::uint64_t id, Result<FunctionAnswer> result) {
    auto node = running.extract(id);
    limits.ended(node.mapped().call.offer);
    node.mapped().limit.cancel();
    node.mapped().done(std::move(result));
  }

  Loop& loop;
  Service& lambda;
  const Catalog& catalog;
  const AwsSettings& settings;
  FunctionStore store;
  CallLimits limits;
  std::uint64_t next = 1;
  std::map<std::uint64_t, Running> running;
};

Functions::Functions(Account& account, Service& lambda, const Catalog& catalog,
                     const AwsSettings& settings)
    : impl_(std::make_shared<Impl>(account, lambda, catalog, settings)) {}

Functions::~Functions() {
  for (auto& [id, run] : std::exchange(impl_->running, {})) {
    run.limit.cancel();
    impl_->refuse(std::move(run.done), ErrorCode::unavailable, "the cloud on AWS was shut down");
  }
}

void Functions::invoke(FunctionCall call, Cloud::OnAnswer done) {
  impl_->invoke(std::move(call), std::move(done));
}

}  // namespace paragon::aws

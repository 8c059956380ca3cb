#include "cloud/aws/functions.h"

#include <fmt/format.h>

#include <utility>

#include "cloud/call_limits.h"
#include "wire/function_event.h"

namespace paragon::aws {
namespace {

// After the longest that a function may run: its start, and the way of the answer.
constexpr Duration kAnswerMargin = std::chrono::seconds(15);

}  // namespace

struct Functions::Impl : std::enable_shared_from_this<Impl> {
  // One call until AWS has answered it, or will not.
  struct Running {
    FunctionCall call;
    std::string payload;
    Cloud::OnAnswer done;  // null: given up
    Loop::Timer limit;
    std::optional<Time> sent;
  };
  // How an invocation ended, and what AWS billed for it; nothing where it was not carried out.
  struct Ended {
    Result<FunctionAnswer> answer;
    std::optional<Duration> billed;
  };

  Impl(Account& account, Service& service, const Catalog& of, const AwsSettings& with,
       Cloud::OnEvent told)
      : loop(account.loop()),
        lambda(service),
        catalog(of),
        settings(with),
        on_event(std::move(told)),
        store(loop, service, of, with),
        versions(loop, service, store, with,
                 [this](const ProvisionedState& state) { on_event(state); }),
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
    order.qualifier = versions.version(run.call.offer, run.call.variant);
    order.payload = std::move(run.payload);
    order.tail_log = true;
    ServiceCall call{lambda::request(lambda.host(), std::move(order)), actions::kInvoke, false};
    call.timeout = std::max(settings.functions.timeout, run.call.timeout) + kAnswerMargin;
    call.attempts_max = 1;
    run.sent = loop.now();
    lambda.send(std::move(call), [weak = weak_from_this(), id](Reply reply) {
      auto self = weak.lock();
      if (self && self->running.contains(id)) self->replied(id, std::move(reply));
    });
  }

  void replied(std::uint64_t id, Reply reply) {
    const Running& run = running.at(id);
    Ended ended = read(run, std::move(reply));
    if (ended.billed && (!ended.answer || run.done == nullptr))
      on_event(CallBilled{run.call.offer, *ended.billed});
    if (run.done == nullptr) {
      running.erase(id);
    } else {
      answer(id, std::move(ended.answer));
    }
  }

  Ended read(const Running& run, Reply reply) {
    const FunctionOffer& offer = catalog.offer(run.call.offer);
    const Duration so_far = offer.billed(loop.now() - *run.sent);
    if (const auto* why = std::get_if<Refusal>(&reply)) {
      if (why->error.code == ErrorCode::not_found) {
        store.forget(run.call.offer, run.call.variant);
        versions.lost(run.call.offer, run.call.variant);
      }
      return {why->error, why->maybe_done ? std::optional(so_far) : std::nullopt};
    }
    const auto invocation = lambda::read_invocation(std::get<http::Answer>(std::move(reply)));
    const auto report = lambda::read_report(invocation.log);
    const Duration billed = report ? offer.billed(report->billed) : so_far;
    if (auto failed = lambda::failure_of(invocation, store.name(run.call.offer, run.call.variant)))
      return {std::move(*failed), billed};
    auto returned = read_function_reply(invocation.payload);
    if (!returned) return {returned.error(), billed};
    FunctionAnswer made;
    made.answer = std::move(returned->answer);
    made.provisioned = returned->ran.provisioned;
    // AWS's own figures where it gives them, the worker's otherwise.
    made.billed = report ? billed : offer.billed(returned->ran.run);
    // Nobody waits for the start of an environment that is kept, whenever AWS reports it.
    made.cold = !made.provisioned && (returned->ran.cold || (report && report->initialised));
    if (made.cold) {
      made.initialised =
          report && report->initialised ? *report->initialised : returned->ran.initialised;
    }
    const Duration cost = made.billed;
    return {std::move(made), cost};
  }

  // The function runs on, so what it will have cost is still to come.
  void time_out(std::uint64_t id) {
    Running& run = running.at(id);
    Error late{ErrorCode::timeout,
               fmt::format("function {}: no answer within {} ms",
                           store.name(run.call.offer, run.call.variant),
                           std::chrono::ceil<std::chrono::milliseconds>(run.call.timeout).count())};
    if (!run.sent) return answer(id, std::move(late));
    limits.ended(run.call.offer);
    std::exchange(run.done, nullptr)(std::move(late));
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
  const Cloud::OnEvent on_event;
  FunctionStore store;
  ProvisionedVersions versions;
  CallLimits limits;
  std::uint64_t next = 1;
  std::map<std::uint64_t, Running> running;
};

Functions::Functions(Account& account, Service& lambda, const Catalog& catalog,
                     const AwsSettings& settings, Cloud::OnEvent on_event)
    : impl_(std::make_shared<Impl>(account, lambda, catalog, settings, std::move(on_event))) {}

Functions::~Functions() {
  for (auto& [id, run] : std::exchange(impl_->running, {})) {
    run.limit.cancel();
    if (run.done == nullptr) continue;
    impl_->refuse(std::move(run.done), ErrorCode::unavailable, "the cloud on AWS was shut down");
  }
}

void Functions::invoke(FunctionCall call, Cloud::OnAnswer done) {
  impl_->invoke(std::move(call), std::move(done));
}

void Functions::provision(const std::vector<Provisioned>& wanted) {
  impl_->versions.provision(wanted);
}

bool Functions::provisions(FunctionOfferId offer, VariantId variant) const {
  return impl_->versions.wants(offer, variant);
}

}  // namespace paragon::aws

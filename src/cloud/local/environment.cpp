#include "cloud/local/environment.h"

#include <algorithm>
#include <cmath>

namespace paragon {
namespace {

// The memory size does not slow the start down: AWS gives the initialisation a whole processor
// (measured: the same init duration at 128 and 1,024 MB, maxday/lambda-perf, 2023).
constexpr Vcpus kStartingCores = vcpus(1);

}  // namespace

Environment::Environment(Loop& loop, Host& host, Owner& owner, int number, FunctionOfferId offer_id,
                         const FunctionOffer& offer, VariantId variant_id, const Variant& variant,
                         Duration extra, Duration boot_timeout)
    : loop_(loop),
      host_(host),
      owner_(owner),
      label_("function " + offer.name + "/" + variant.name + ", environment " +
             std::to_string(number)),
      offer_id_(offer_id),
      variant_id_(variant_id),
      offer_(offer),
      extra_(extra),
      boot_timeout_(boot_timeout) {
  const double cpus = std::min<double>(variant.intra_threads, offer.vcpus.value);
  order_.name = "f" + std::to_string(number);
  order_.arguments = {"--function", "--slots", "1", "--preload", variant.name};
  order_.cores = vcpus(cpus * offer.speed);
  order_.stretch = std::max(1.0, 1.0 / (offer.speed * std::min(1.0, cpus)));
  order_.resource = resource_name(offer);
  order_.memory = offer.memory;
  order_.starting_cores = kStartingCores;
}

Environment::~Environment() = default;

void Environment::run(FunctionCall call, Cloud::OnAnswer done) {
  PARAGON_CHECK(!call_ && (state_ == State::placing || state_ == State::idle),
                label_ + ": given a call while it has one");
  call_ = std::move(call);
  done_ = std::move(done);
  call_limit_ = loop_.after(call_->timeout, [this] { time_out(); });
  if (state_ == State::idle) return forward();
  start_ = loop_.after(extra_, [this] { start(); });
}

void Environment::start() {
  state_ = State::starting;
  begun_ = loop_.now();
  auto worker = host_.start(
      order_,
      [this](const std::string&) {
        if (state_ != State::starting) return;
        start_.cancel();
        initialised_ = loop_.now() - begun_;
        worker_->started();
        client_ = std::make_unique<http::Client>(loop_, worker_->endpoint(), 1);
        if (call_) return forward();
        cold_ = false;
        state_ = State::idle;
        owner_.now_idle(*this);
      },
      [this](const Child::Exit& exit) { exited(exit); });
  if (!worker.ok()) return lose(worker.error().code, worker.error().message);
  worker_ = std::move(*worker);
  start_ = loop_.after(boot_timeout_, [this] {
    lose(ErrorCode::unavailable, "its worker did not get ready in time");
  });
}

void Environment::forward() {
  state_ = State::busy;
  begun_ = loop_.now();
  http::Client::Call call;
  call.method = call_->method;
  call.target = call_->target;
  call.headers = call_->headers;
  call.body = call_->body;
  call.timeout = call_->timeout + std::chrono::seconds(1);  // our own limit comes first
  client_->send(std::move(call), [this, alive = std::weak_ptr<const bool>(alive_)](
                                     Result<http::Answer> result) {
    if (alive.expired() || state_ != State::busy) return;  // answered already: lost or too late
    if (!result.ok()) return lose(ErrorCode::unavailable, result.error().message);
    FunctionAnswer made;
    made.answer = std::move(*result);
    made.cold = cold_;
    made.billed = offer_.billed(loop_.now() - begun_);
    if (cold_) made.initialised = initialised_;
    cold_ = false;
    state_ = State::idle;
    owner_.now_idle(*this);  // before the answer: the next call may come from inside it
    answer(std::move(made));
  });
}

// A call that runs too long takes its environment with it. A start that takes too long for the call
// goes on without it, as on a real cloud: given up, it would be for nothing, and a computer too
// busy to start one in time would start them for ever and never have one.
void Environment::time_out() {
  const std::string what =
      "no answer within " + std::to_string(std::llround(milliseconds(call_->timeout))) + " ms";
  if (state_ == State::placing || state_ == State::starting) {
    return answer(Error{ErrorCode::timeout, label_ + ": " + what + ", it is still starting"});
  }
  lose(ErrorCode::timeout, what);
}

// The answer comes last: whoever gets it may call the cloud again.
void Environment::answer(Result<FunctionAnswer> result) {
  call_limit_.cancel();
  call_.reset();
  if (auto done = std::exchange(done_, nullptr)) done(std::move(result));
}

void Environment::lose(ErrorCode code, const std::string& what) {
  if (state_ == State::ended || state_ == State::ending) return;
  start_.cancel();
  const bool running = worker_ != nullptr;
  state_ = running ? State::ending : State::ended;
  if (running) {
    worker_->child().kill();
  } else {
    owner_.now_ended(*this);
  }
  answer(Error{code, label_ + ": " + what});
}

void Environment::exited(const Child::Exit& exit) {
  const bool expected = state_ == State::ending;
  state_ = State::ended;
  start_.cancel();
  keep_alive.cancel();
  owner_.now_ended(*this);
  if (!expected)
    answer(Error{ErrorCode::unavailable, label_ + ": its worker ended: " + exit.text()});
}

Cloud::OnAnswer Environment::abandon() { return std::exchange(done_, nullptr); }

void Environment::retire() {
  state_ = State::ending;
  retired_ = true;
  keep_alive.cancel();
  worker_->child().end(std::chrono::seconds(2));
}

}  // namespace paragon

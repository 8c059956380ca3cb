#include "worker/lambda/runtime.h"

#include <fmt/format.h>

#include <utility>

#include "wire/json_text.h"

namespace paragon {
namespace {

const std::string kRuntime = "/2018-06-01/runtime/";

// Nothing comes until someone calls the function, and meanwhile the environment may be frozen.
constexpr Duration kWhenever = std::chrono::hours(24 * 365 * 10);
constexpr Duration kTimeout = std::chrono::seconds(30);  // until an answer is taken

std::string error_type(const Error& error) { return std::string("Paragon.") + name(error.code); }

http::Client::Call error_call(std::string target, const Error& error) {
  http::Client::Call call;
  call.target = std::move(target);
  call.headers.add("content-type", "application/vnd.aws.lambda.error+json");
  call.headers.add("lambda-runtime-function-error-type", error_type(error));
  std::string body = R"({"errorMessage":)";
  json::append_string(body, error.message);
  body += R"(,"errorType":)";
  json::append_string(body, error_type(error));
  body += R"(,"stackTrace":[]})";
  call.body = std::make_shared<const std::string>(std::move(body));
  call.timeout = kTimeout;
  return call;
}

bool accepted(const http::Answer& answer) { return answer.status >= 200 && answer.status < 300; }

}  // namespace

struct LambdaRuntime::Impl : std::enable_shared_from_this<Impl> {
  Impl(Loop& on, http::Endpoint api, Handler to, std::function<void(Status)> at_end)
      : loop(on),
        client(std::make_unique<http::Client>(on, std::move(api), 1)),
        handler(std::move(to)),
        ended(std::move(at_end)) {}

  void next() {
    http::Client::Call call;
    call.method = http::Method::get;
    call.target = kRuntime + "invocation/next";
    call.timeout = kWhenever;
    send(std::move(call), "the next event", [this](http::Answer& answer) {
      if (answer.status != 200) return refused("the next event", answer);
      id = answer.headers.find("lambda-runtime-aws-request-id");
      if (id.empty()) {
        return end(Error{ErrorCode::unavailable,
                         "the Lambda Runtime API sent an event without a request id"});
      }
      handle(std::move(answer.body));
    });
  }

  void handle(std::string event) {
    busy = true;
    // The place of this event: a second answer to it must not become the next one's.
    handler(std::move(event), [weak = weak_from_this(), at = ++events](Result<std::string> result) {
      const auto self = weak.lock();
      if (!self || !self->busy || self->events != at) return;
      self->busy = false;
      self->answer(std::move(result));
    });
  }

  void answer(Result<std::string> result) {
    if (!result) return tell(result.error());
    http::Client::Call call;
    call.target = kRuntime + "invocation/" + id + "/response";
    call.headers.add("content-type", "application/json");
    call.body = std::make_shared<const std::string>(*std::move(result));
    call.timeout = kTimeout;
    sending = true;
    send(std::move(call), "the answer", [this](http::Answer& taken) {
      if (taken.status == 413) {
        return tell({ErrorCode::invalid, "the answer is larger than Lambda takes"});
      }
      settled("the answer", taken);
    });
  }

  void tell(const Error& error) {
    sending = true;
    send(error_call(kRuntime + "invocation/" + id + "/error", error), "an error",
         [this](http::Answer& taken) { settled("an error", taken); });
  }

  void settled(const std::string& what, const http::Answer& taken) {
    sending = false;
    if (!accepted(taken)) return refused(what, taken);
    if (stopping) return end({});
    next();
  }

  void send(http::Client::Call call, const std::string& what,
            std::function<void(http::Answer&)> then) {
    client->send(std::move(call), [weak = weak_from_this(), what,
                                   then = std::move(then)](Result<http::Answer> answer) {
      const auto self = weak.lock();
      if (!self || !self->ended) return;
      if (!answer) {
        return self->end(Error{answer.error().code, "the Lambda Runtime API failed at " + what +
                                                        ": " + answer.error().message});
      }
      then(*answer);
    });
  }

  void refused(const std::string& what, const http::Answer& answer) {
    end(Error{ErrorCode::unavailable,
              fmt::format("the Lambda Runtime API answered {} to {}: {}", answer.status, what,
                          answer.body.substr(0, 200))});
  }

  // Later, so that whoever is told may destroy all of this.
  void end(Status status) {
    if (auto call = std::exchange(ended, nullptr)) {
      loop.post([call = std::move(call), status = std::move(status)] { call(status); });
    }
  }

  Loop& loop;
  std::unique_ptr<http::Client> client;
  Handler handler;
  std::function<void(Status)> ended;  // empty once it has been called
  std::string id;                     // of the event at hand
  std::uint64_t events = 0;
  bool busy = false;     // the handler has an event
  bool sending = false;  // its answer is on the way
  bool stopping = false;
};

Result<http::Endpoint> LambdaRuntime::endpoint(const char* variable) {
  if (variable == nullptr || *variable == '\0') {
    return Error{ErrorCode::invalid,
                 "AWS_LAMBDA_RUNTIME_API is not set: function mode for Lambda is started by AWS "
                 "Lambda, or by a program that speaks its Runtime API"};
  }
  auto parsed = http::parse_endpoint(variable);
  if (!parsed) {
    return Error{ErrorCode::invalid, "AWS_LAMBDA_RUNTIME_API: " + parsed.error().message};
  }
  return parsed;
}

LambdaRuntime::LambdaRuntime(Loop& loop, http::Endpoint api, Handler handler,
                             std::function<void(Status)> ended)
    : impl_(std::make_shared<Impl>(loop, std::move(api), std::move(handler), std::move(ended))) {}

LambdaRuntime::~LambdaRuntime() = default;

void LambdaRuntime::start() { impl_->next(); }

void LambdaRuntime::stop() {
  impl_->stopping = true;
  if (!impl_->busy && !impl_->sending) impl_->end({});
}

void LambdaRuntime::fail(const Error& error) {
  // Whether it arrives changes nothing about how this ends.
  impl_->client->send(error_call(kRuntime + "init/error", error),
                      [weak = std::weak_ptr(impl_), error](const Result<http::Answer>&) {
                        if (const auto self = weak.lock()) self->end(error);
                      });
}

}  // namespace paragon

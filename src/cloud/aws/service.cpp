#include "cloud/aws/service.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "cloud/aws/endpoint.h"
#include "cloud/aws/sign.h"

namespace paragon::aws {
namespace {

constexpr std::uint64_t kBackOff = 0x6261636b;  // names the random streams of waiting
constexpr std::size_t kConnectionsMax = 256;
constexpr std::size_t kShownBodyMax = 4096;  // of a dry run; archives are longer

}  // namespace

struct Service::Impl : std::enable_shared_from_this<Impl> {
  struct Flight {
    ServiceRequest request;
    std::string tried;
    bool may_be_repeated;
    Duration timeout;
    Retry retry;
    Done done;
    bool renewed = false;     // the credentials, for this call
    bool unanswered = false;  // an attempt brought no answer
    std::shared_ptr<const std::string> body{};
    Loop::Timer pause{};
  };
  using Held = std::shared_ptr<Flight>;

  Impl(Account& of, const ServiceName& named, SigningScope signing, ServiceEndpoint at,
       std::uint64_t seed)
      : account(of),
        service(named),
        scope(std::move(signing)),
        where(std::move(at)),
        random(Random(seed).stream(kBackOff)),
        client(of.loop(), where.endpoint, kConnectionsMax) {}

  void send(ServiceCall call, Done done) {
    const std::string tried =
        fmt::format("{} {} in {}", service.shown, call.action.name, scope.region);
    const auto refuse = [&](Error error) {
      account.loop().post([done = std::move(done), error = std::move(error)] {
        done(Refusal{error, {}});
      });
    };
    if (!call.request) return refuse(call.request.error());  // it says itself what was tried
    if (account.watched() &&
        !account.may_send({tried, shown_request(*call.request), call.action.changes}))
      return refuse({ErrorCode::unsupported, tried + ": not sent, for this is a dry run"});
    RetrySettings retries;
    retries.attempts_max = call.attempts_max;
    auto flight = std::make_shared<Flight>(
        Flight{std::move(*call.request), tried, call.may_be_repeated, call.timeout,
               Retry(retries, random.stream(next++)), std::move(done)});
    // Signed is the request with its body, sent is a shared one that need not be copied again.
    flight->body = std::make_shared<const std::string>(flight->request.body);
    flying.insert(flight);
    attempt(flight);
  }

  std::string shown_request(const ServiceRequest& request) const {
    std::string text =
        fmt::format("{} {}://{}{}", method_name(request.method),
                    where.endpoint.tls ? "https" : "http", request.host, target(request));
    if (request.body.size() > kShownBodyMax) {
      text += fmt::format(" ({} bytes)", request.body.size());
    } else if (!request.body.empty()) {
      text += ' ' + request.body;
    }
    return text;
  }

  void attempt(const Held& flight) {
    account.credentials().get([weak = weak_from_this(), flight](Result<Credentials> credentials) {
      auto self = weak.lock();
      if (!self || !flight->done) return;
      if (!credentials)
        return self->finish(flight, Refusal{credentials.error(), {}, flight->unanswered});
      self->send_signed(flight, *credentials);
    });
  }

  void send_signed(const Held& flight, const Credentials& credentials) {
    auto added = sign(flight->request, credentials, scope, account.now());
    if (!added) return finish(flight, Refusal{added.error(), {}});
    http::Client::Call call;
    call.method = flight->request.method;
    call.target = target(flight->request);
    call.headers = flight->request.headers;
    for (const auto& [key, value] : *added) call.headers.add(key, value);
    call.body = flight->body;
    call.timeout = flight->timeout;
    client.send(std::move(call), [weak = weak_from_this(), flight](Result<http::Answer> answer) {
      auto self = weak.lock();
      if (!self || !flight->done) return;
      if (answer) return self->answered(flight, std::move(*answer));
      self->lost(flight, answer.error());
    });
  }

  void answered(const Held& flight, http::Answer answer) {
    if (answer.status >= 200 && answer.status < 300) return finish(flight, std::move(answer));
    Fault fault =
        service.faults == FaultForm::xml ? read_xml_fault(answer) : read_json_fault(answer);
    if (credentials_expired(fault) && !flight->renewed) {
      flight->renewed = true;
      account.credentials().forget();
      return attempt(flight);
    }
    if (const auto wait = flight->retry.after(fault, retry_after(answer.headers)))
      return again(flight, *wait);
    Error error = as_error(fault, flight->tried);
    finish(flight, Refusal{std::move(error), std::move(fault), flight->unanswered});
  }

  void lost(const Held& flight, const Error& error) {
    flight->unanswered = true;
    if (const auto wait = flight->retry.after(error, flight->may_be_repeated))
      return again(flight, *wait);
    std::string message =
        fmt::format("{}: no answer from {}: {}", flight->tried, where.host, error.message);
    if (flight->retry.attempts() > 1)
      message += fmt::format(" (tried {} times)", flight->retry.attempts());
    finish(flight, Refusal{{error.code, std::move(message)}, {}, true});
  }

  void again(const Held& flight, Duration wait) {
    flight->pause = account.loop().after(wait, [weak = weak_from_this(), flight] {
      if (auto self = weak.lock(); self && flight->done) self->attempt(flight);
    });
  }

  void finish(const Held& flight, Reply reply) {
    flying.erase(flight);
    flight->pause.cancel();
    if (auto done = std::exchange(flight->done, nullptr)) done(std::move(reply));
  }

  Account& account;
  const ServiceName service;
  SigningScope scope;
  ServiceEndpoint where;
  Random random;
  std::uint64_t next = 0;
  http::Client client;
  std::set<Held> flying;
};

Result<std::unique_ptr<Service>> Service::open(Account& account, const ServiceName& service,
                                               std::uint64_t seed, std::string region) {
  if (region.empty()) region = account.region();
  auto where = service_endpoint(service.name, region, account.outside().variable);
  if (!where) return where.error();
  return std::unique_ptr<Service>(new Service(std::make_shared<Impl>(
      account, service, SigningScope{service.name, region}, std::move(*where), seed)));
}

Service::Service(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Service::~Service() {
  for (const auto& flight : std::exchange(impl_->flying, {})) {
    flight->pause.cancel();
    impl_->account.loop().post(
        [done = std::exchange(flight->done, nullptr), tried = flight->tried] {
          done(Refusal{{ErrorCode::unavailable, tried + ": given up, the program ends"}, {}});
        });
  }
}

void Service::send(ServiceCall call, Done done) { impl_->send(std::move(call), std::move(done)); }

const std::string& Service::host() const { return impl_->where.host; }

}  // namespace paragon::aws

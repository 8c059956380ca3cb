#include "cloud/aws/credential_source.h"

#include <optional>
#include <utility>
#include <vector>

#include "cloud/aws/fault.h"
#include "cloud/aws/instance_metadata.h"
#include "cloud/aws/sts.h"

namespace paragon::aws {
namespace {

constexpr Duration kMetadataTimeout = std::chrono::seconds(2);
constexpr Duration kStsTimeout = std::chrono::seconds(20);

}  // namespace

struct CredentialSource::Impl : std::enable_shared_from_this<Impl> {
  Impl(Loop& on, CredentialPlan from, Outside out, Clock clock)
      : loop(on), plan(std::move(from)), outside(std::move(out)), now(std::move(clock)) {}

  bool lasts(std::chrono::seconds beyond) const {
    return kept && (!kept->expires || *kept->expires - now() > beyond);
  }

  void fetch() {
    if (const auto* keys = std::get_if<Credentials>(&plan.from)) return finish(*keys);
    if (const auto* identity = std::get_if<WebIdentity>(&plan.from)) return exchange(*identity);
    ask_metadata();
  }

  // The token's file is read each time: who issues tokens writes new ones into it.
  void exchange(const WebIdentity& identity) {
    const auto token = outside.read(identity.token_file);
    if (!token) return finish(token.error());
    if (!token->has_value()) {
      return finish(Error{ErrorCode::not_found,
                          "web identity token file " + identity.token_file + " is not there"});
    }
    std::string text = **token;
    text.erase(text.find_last_not_of(" \t\r\n") + 1);
    // Roles can be taken on in any region.
    const std::string region = plan.region.empty() ? "us-east-1" : plan.region;
    const auto where = service_endpoint("sts", region, outside.variable);
    if (!where) return finish(where.error());
    auto request = sts::request(
        where->host, {identity.role_arn, identity.session_name, Secret(std::move(text))});
    if (!request) return finish(request.error());
    client = std::make_unique<http::Client>(loop, where->endpoint, 1);
    http::Client::Call call;
    call.headers = request->headers;
    call.body = std::make_shared<const std::string>(std::move(request->body));
    call.timeout = kStsTimeout;
    const std::string tried = "STS AssumeRoleWithWebIdentity for " + identity.role_arn;
    send(std::move(call), [this, tried](const http::Answer& answer) {
      if (answer.status != 200) return finish(as_error(read_xml_fault(answer), tried));
      finish(sts::read_credentials(answer.body));
    });
  }

  void ask_metadata() {
    const auto where = metadata::endpoint(outside.variable);
    if (!where) return finish(where.error());
    client = std::make_unique<http::Client>(loop, *where, 1);
    send(metadata::token_call(kMetadataTimeout), [this](const http::Answer& answer) {
      auto token = metadata::read_token(answer);
      if (!token) return finish(token.error());
      ask_role(*token);
    });
  }

  void ask_role(const Secret& token) {
    send(metadata::get_call(metadata::kRolePath, token, kMetadataTimeout),
         [this, token](const http::Answer& answer) {
           auto role = metadata::read_role(answer);
           if (!role) return finish(role.error());
           send(metadata::get_call(metadata::kRolePath + *role, token, kMetadataTimeout),
                [this](const http::Answer& last) { finish(metadata::read_credentials(last)); });
         });
  }

  void send(http::Client::Call call, std::function<void(const http::Answer&)> next) {
    client->send(std::move(call),
                 [weak = weak_from_this(), next = std::move(next)](Result<http::Answer> answer) {
                   const auto self = weak.lock();
                   if (!self) return;
                   if (!answer) return self->finish(answer.error());
                   next(*answer);
                 });
  }

  void finish(Result<Credentials> fetched) {
    Error error;
    if (fetched) {
      kept = std::move(*fetched);
      error = {ErrorCode::denied,
               "credentials that have expired already; set this computer's clock"};
    } else {
      error = fetched.error();
    }
    error.message = "AWS credentials from " + plan.described + ": " + error.message;
    // Nobody chose the last of the chain, so say why it came to it.
    if (std::holds_alternative<InstanceRole>(plan.from)) {
      error.message += "; before it, " + plan.tried;
    }
    const bool good = lasts(std::chrono::seconds(0));
    const Credentials given = good ? *kept : Credentials();
    for (auto& done : std::exchange(waiting, {})) {
      done(good ? Result<Credentials>(given) : Result<Credentials>(error));
    }
  }

  Loop& loop;
  CredentialPlan plan;
  Outside outside;
  Clock now;
  std::optional<Credentials> kept;
  std::vector<Done> waiting;
  std::unique_ptr<http::Client> client;
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
    if (self->lasts(kRenewBefore)) {
      const Credentials given = *self->kept;  // a waiter may forget() it
      for (auto& waiter : std::exchange(self->waiting, {})) waiter(given);
    } else {
      self->fetch();
    }
  });
}

void CredentialSource::forget() { impl_->kept.reset(); }

}  // namespace paragon::aws

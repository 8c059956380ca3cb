#include "cloud/aws/credential_fetch.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "cloud/aws/container_role.h"
#include "cloud/aws/fault.h"
#include "cloud/aws/metadata_session.h"
#include "cloud/aws/process_answer.h"
#include "cloud/aws/program_output.h"
#include "cloud/aws/retry.h"
#include "cloud/aws/sign.h"
#include "cloud/aws/single_sign_on.h"
#include "cloud/aws/sts.h"

namespace paragon::aws {
namespace {

constexpr Duration kMetadataTimeout = std::chrono::seconds(2);
constexpr Duration kContainerTimeout = std::chrono::seconds(2);
constexpr Duration kServiceTimeout = std::chrono::seconds(20);
// Long enough for a person to answer what the program asks, if it does.
constexpr Duration kProcessTimeout = std::chrono::seconds(60);
constexpr int kAttemptsMax = 3;                  // as AWS's own tools for a container's endpoint
constexpr const char* kAnyRegion = "us-east-1";  // roles can be taken on in any

http::Client::Call call_of(ServiceRequest request) {
  http::Client::Call call;
  call.method = request.method;
  call.target = target(request);
  call.headers = std::move(request.headers);
  call.body = std::make_shared<const std::string>(std::move(request.body));
  call.timeout = kServiceTimeout;
  return call;
}

}  // namespace

struct CredentialFetch::Impl : std::enable_shared_from_this<Impl> {
  using Reader = std::function<Result<Credentials>(const std::string& body)>;
  using FaultReader = Fault (*)(const http::Answer&);

  // One request, and what makes of its answer credentials.
  struct Question {
    http::Endpoint endpoint;
    http::Client::Call call;
    std::string tried;
    FaultReader fault;
    Reader read;
    std::string advice{};  // where it is refused
  };

  Impl(Loop& on, const CredentialPlan& of, const Outside& out, Instant when, Done then)
      : loop(on),
        plan(of),
        outside(out),
        now(when),
        done(std::move(then)),
        retry({.attempts_max = kAttemptsMax},
              Random(static_cast<std::uint64_t>(when.time_since_epoch().count()))) {}

  void start() {
    std::visit([this](const auto& origin) { from(origin); }, plan.from);
  }

  // --- the origins

  void from(const Credentials& keys) { got(keys); }

  // The token's file is read each time: who issues tokens writes new ones into it.
  void from(const WebIdentity& identity) {
    auto token = text_in_file(identity.token_file, "web identity token file");
    if (!token) return finish(token.error());
    token->erase(token->find_last_not_of(" \t\r\n") + 1);
    const auto where = sts_endpoint();
    if (!where) return finish(where.error());
    auto request = sts::request(
        where->host, {identity.role_arn, identity.session_name, Secret(std::move(*token))});
    if (!request) return finish(request.error());
    ask({where->endpoint, call_of(std::move(*request)),
         "STS AssumeRoleWithWebIdentity for " + identity.role_arn, read_xml_fault,
         [](const std::string& body) { return sts::read_credentials(body); }});
  }

  void from(const InstanceRole&) {
    const auto where = metadata::endpoint(outside.variable);
    if (!where) return finish(where.error());
    session = std::make_unique<MetadataSession>(loop, *where, kMetadataTimeout);
    look(metadata::kRolePath, [this](const http::Answer& answer) {
      const auto role = metadata::read_role(answer);
      if (!role) return finish(role.error());
      look(metadata::kRolePath + *role,
           [this](const http::Answer& last) { got(metadata::read_credentials(last)); });
    });
  }

  void from(const ContainerRole& role) {
    auto call = container::call(role, outside, kContainerTimeout);
    if (!call) return finish(call.error());
    ask({role.endpoint, std::move(*call), "the container's credentials", read_json_fault,
         container::read_credentials});
  }

  void from(const CredentialProcess& process) {
    program =
        std::make_unique<ProgramOutput>(loop, process.command, kProcessTimeout,
                                        [weak = weak_from_this()](const Result<Secret>& printed) {
                                          const auto self = weak.lock();
                                          if (!self) return;
                                          self->got(printed ? read_process_answer(printed->reveal())
                                                            : Result<Credentials>(printed.error()));
                                        });
  }

  void from(const SingleSignOn& login) {
    const auto text = outside.read(login.token_file);
    if (!text) return finish(text.error());
    if (!text->has_value()) {
      return finish(
          Error{ErrorCode::denied, fmt::format("nobody has logged in ({} is not there); {}",
                                               login.token_file, sso::advice(login))});
    }
    const auto token = sso::read_token(**text, login, now);
    if (!token) return finish(token.error());
    const auto where = service_endpoint("sso", login.region, outside.variable);
    if (!where) return finish(where.error());
    ask({where->endpoint, call_of(sso::request(where->host, login, *token)),
         fmt::format("SSO GetRoleCredentials in {}", login.region), read_json_fault,
         sso::read_credentials, sso::advice(login)});
  }

  // --- roles

  void got(Result<Credentials> credentials) {
    if (!credentials || taken == plan.roles.size()) return finish(std::move(credentials));
    const RoleToAssume& role = plan.roles[taken++];
    const auto where = sts_endpoint();
    if (!where) return finish(where.error());
    auto request = sts::request(where->host, sts::AssumeRole{role.arn, role.session_name,
                                                             role.external_id, role.duration_s});
    if (!request) return finish(request.error());
    const auto signature = sign(*request, *credentials, {"sts", sts_region()}, now);
    if (!signature) return finish(signature.error());
    for (const auto& [name, value] : *signature) request->headers.add(name, value);
    ask({where->endpoint, call_of(std::move(*request)), "STS AssumeRole for " + role.arn,
         read_xml_fault, [](const std::string& body) { return sts::read_credentials(body); },
         "the role's trust policy must name them, too"});
  }

  std::string sts_region() const { return plan.region.empty() ? kAnyRegion : plan.region; }
  Result<ServiceEndpoint> sts_endpoint() const {
    return service_endpoint("sts", sts_region(), outside.variable);
  }

  // --- what they share

  Result<std::string> text_in_file(const std::string& path, const char* what) const {
    auto text = outside.read(path);
    if (!text) return text.error();
    if (!text->has_value())
      return Error{ErrorCode::not_found, fmt::format("{} {} is not there", what, path)};
    return std::move(**text);
  }

  void ask(Question next) {
    question = std::move(next);
    client = std::make_unique<http::Client>(loop, question.endpoint, 1);
    attempt();
  }

  void attempt() {
    client->send(question.call, [weak = weak_from_this()](const Result<http::Answer>& answer) {
      const auto self = weak.lock();
      if (!self || !self->done) return;
      if (!answer) return self->lost(answer.error());
      if (answer->status == 200) return self->got(self->question.read(answer->body));
      self->refused(self->question.fault(*answer), retry_after(answer->headers));
    });
  }

  void refused(const Fault& fault, std::optional<Duration> asked_wait) {
    if (const auto wait = retry.after(fault, asked_wait)) return again(*wait);
    Error error = as_error(fault, question.tried);
    if (error.code == ErrorCode::denied && !question.advice.empty())
      error.message += "; " + question.advice;
    finish(std::move(error));
  }

  void lost(const Error& error) {
    if (const auto wait = retry.after(error, true)) return again(*wait);
    finish(Error{error.code, fmt::format("{}: no answer: {}", question.tried, error.message)});
  }

  void again(Duration wait) {
    pause = loop.after(wait, [weak = weak_from_this()] {
      if (const auto self = weak.lock(); self && self->done) self->attempt();
    });
  }

  void look(const std::string& path, std::function<void(const http::Answer&)> then) {
    session->ask(path, [weak = weak_from_this(),
                        then = std::move(then)](const Result<http::Answer>& answer) {
      const auto self = weak.lock();
      if (!self || !self->done) return;
      if (!answer) return self->finish(answer.error());
      then(*answer);
    });
  }

  void finish(Result<Credentials> result) {
    if (const auto then = std::exchange(done, nullptr)) then(std::move(result));
  }

  Loop& loop;
  const CredentialPlan& plan;
  const Outside& outside;
  const Instant now;
  Done done;
  Retry retry;
  Question question;
  std::size_t taken = 0;  // roles
  std::unique_ptr<http::Client> client;
  std::unique_ptr<MetadataSession> session;
  std::unique_ptr<ProgramOutput> program;
  Loop::Timer pause;
};

CredentialFetch::CredentialFetch(Loop& loop, const CredentialPlan& plan, const Outside& outside,
                                 Instant now, Done done)
    : impl_(std::make_shared<Impl>(loop, plan, outside, now, std::move(done))) {
  const auto held = impl_;
  held->start();
}

CredentialFetch::~CredentialFetch() { impl_->done = nullptr; }

}  // namespace paragon::aws

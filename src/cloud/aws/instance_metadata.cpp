#include "cloud/aws/instance_metadata.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cloud/aws/json_text.h"

namespace paragon::aws::metadata {
namespace {

// Plain words: anything else came from something that stands between, a portal for instance.
bool plain(std::string_view text) {
  return !text.empty() && text.size() <= 1024 &&
         text.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
             "+/=,.@_-") == std::string_view::npos;
}

Error refused(const http::Answer& answer, std::string_view what) {
  const ErrorCode code = answer.status == 404                           ? ErrorCode::not_found
                         : answer.status == 401 || answer.status == 403 ? ErrorCode::denied
                                                                        : ErrorCode::unavailable;
  return {code,
          fmt::format("instance metadata answered {} when asked for {}", answer.status, what)};
}

}  // namespace

Result<http::Endpoint> endpoint(const Variables& variable) {
  constexpr const char* kOverride = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
  std::string url = variable(kOverride);
  if (url.empty()) {
    const std::string mode = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
    url = http::same_name(mode, "ipv6") ? "http://[fd00:ec2::254]" : "http://169.254.169.254";
  }
  auto parsed = http::parse_endpoint(url);
  if (!parsed) {
    return Error{ErrorCode::invalid, std::string(kOverride) + ": " + parsed.error().message};
  }
  return parsed;
}

bool disabled(const Variables& variable) {
  return http::same_name(variable("AWS_EC2_METADATA_DISABLED"), "true");
}

http::Client::Call token_call(Duration timeout) {
  http::Client::Call call;
  call.method = http::Method::put;
  call.target = "/latest/api/token";
  call.headers.add("X-aws-ec2-metadata-token-ttl-seconds", "300");
  call.timeout = timeout;
  return call;
}

http::Client::Call get_call(std::string path, const Secret& token, Duration timeout) {
  http::Client::Call call;
  call.method = http::Method::get;
  call.target = std::move(path);
  call.headers.add("X-aws-ec2-metadata-token", token.reveal());
  call.timeout = timeout;
  return call;
}

Result<Secret> read_token(const http::Answer& answer) {
  if (answer.status != 200) return refused(answer, "a session token");
  if (!plain(answer.body)) {
    return Error{ErrorCode::unavailable, "instance metadata sent no session token"};
  }
  return Secret(answer.body);
}

Result<std::string> read_role(const http::Answer& answer) {
  if (answer.status == 404) {
    return Error{ErrorCode::not_found,
                 "no role is attached to this instance; give it an instance profile"};
  }
  if (answer.status != 200) return refused(answer, "the instance's role");
  const std::string first = answer.body.substr(0, answer.body.find('\n'));
  if (!plain(first)) return Error{ErrorCode::unavailable, "instance metadata named no role"};
  return first;
}

Result<Credentials> read_credentials(const http::Answer& answer) {
  if (answer.status != 200) return refused(answer, "the role's credentials");
  const auto json = nlohmann::json::parse(answer.body, nullptr, false);
  if (!json.is_object()) {
    return Error{ErrorCode::unavailable, "instance metadata sent no credentials"};
  }
  const std::string code = text_of(json, "Code");
  if (code != "Success") {
    return Error{ErrorCode::unavailable, "the instance's role gives no credentials now: " + code +
                                             ' ' + text_of(json, "Message")};
  }
  const auto lent =
      lent_credentials(text_of(json, "AccessKeyId"), text_of(json, "SecretAccessKey"),
                       text_of(json, "Token"), read_instant(text_of(json, "Expiration")));
  if (!lent) {
    return Error{ErrorCode::unavailable, "instance metadata sent half of the credentials"};
  }
  return *lent;
}

Result<std::string> read_region(const http::Answer& answer) {
  if (answer.status != 200) return refused(answer, "the region");
  if (!plain(answer.body)) {
    return Error{ErrorCode::unavailable, "instance metadata named no region"};
  }
  return answer.body;
}

Result<std::optional<SpotAction>> read_spot_action(const http::Answer& answer) {
  if (answer.status == 404) return std::optional<SpotAction>();
  if (answer.status != 200) return refused(answer, "spot notices");
  const auto json = nlohmann::json::parse(answer.body, nullptr, false);
  const std::string action = text_of(json, "action");
  const auto at = read_instant(text_of(json, "time"));
  if (!plain(action) || !at) {
    return Error{ErrorCode::unavailable, "instance metadata sent no spot notice"};
  }
  return std::optional(SpotAction{action, *at});
}

}  // namespace paragon::aws::metadata

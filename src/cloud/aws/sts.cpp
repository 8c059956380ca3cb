#include "cloud/aws/sts.h"

#include "cloud/aws/xml.h"

namespace paragon::aws::sts {
namespace {

ServiceRequest post(const std::string& host, const Pairs& fields) {
  ServiceRequest out;
  out.host = host;
  out.headers.add("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  out.body = form(fields);
  return out;
}

}  // namespace

Result<ServiceRequest> request(const std::string& host, const AssumeRoleWithWebIdentity& order) {
  const auto wrong = [](const std::string& what) {
    return Error{ErrorCode::invalid, "STS AssumeRoleWithWebIdentity: " + what};
  };
  if (!order.role_arn.starts_with("arn:")) {
    return wrong("role '" + order.role_arn + "' must be an ARN");
  }
  if (order.session_name.size() < 2 || order.session_name.size() > 64 ||
      order.session_name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                           "0123456789_=,.@-") != std::string::npos) {
    return wrong("session name '" + order.session_name +
                 "' must be 2 to 64 letters, digits, or of \"_=,.@-\"");
  }
  if (order.token.empty()) return wrong("the web identity token is empty");
  return post(host, {{"Action", "AssumeRoleWithWebIdentity"},
                     {"Version", "2011-06-15"},
                     {"RoleArn", order.role_arn},
                     {"RoleSessionName", order.session_name},
                     {"WebIdentityToken", order.token.reveal()}});
}

ServiceRequest request(const std::string& host, GetCallerIdentity) {
  return post(host, {{"Action", "GetCallerIdentity"}, {"Version", "2011-06-15"}});
}

Result<Caller> read_caller(std::string_view text) {
  const auto document = xml::parse(text, "GetCallerIdentityResponse");
  if (!document) return document.error();
  const auto node = (*document)->document_element().child("GetCallerIdentityResult");
  Caller out{xml::text(node, "Account"), xml::text(node, "Arn")};
  if (out.arn.empty()) return Error{ErrorCode::unavailable, "answer of STS is incomplete: no Arn"};
  return out;
}

Result<Credentials> read_credentials(std::string_view text) {
  const auto document = xml::parse(text, "AssumeRoleWithWebIdentityResponse");
  if (!document) return document.error();
  const auto node =
      (*document)->document_element().child("AssumeRoleWithWebIdentityResult").child("Credentials");
  const auto expires = read_instant(xml::text(node, "Expiration"));
  Credentials out{xml::text(node, "AccessKeyId"), Secret(xml::text(node, "SecretAccessKey")),
                  Secret(xml::text(node, "SessionToken")), std::nullopt};
  if (out.access_key_id.empty() || out.secret_access_key.empty() || out.session_token.empty() ||
      !expires) {
    return Error{ErrorCode::unavailable, "answer of STS is incomplete: no whole credentials"};
  }
  out.expires = *expires;
  return out;
}

}  // namespace paragon::aws::sts

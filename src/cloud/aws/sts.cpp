#include "cloud/aws/sts.h"

#include <fmt/format.h>

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

Error wrong(const std::string& action, const std::string& what) {
  return {ErrorCode::invalid, "STS " + action + ": " + what};
}

Status check_role(const std::string& action, const std::string& arn, const std::string& session) {
  if (!arn.starts_with("arn:")) return wrong(action, "role '" + arn + "' must be an ARN");
  if (session.size() < 2 || session.size() > 64 ||
      session.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                "_+=,.@-") != std::string::npos) {
    return wrong(action, "session name '" + session +
                             "' must be 2 to 64 letters, digits, or of \"_+=,.@-\"");
  }
  return {};
}

}  // namespace

Result<ServiceRequest> request(const std::string& host, const AssumeRoleWithWebIdentity& order) {
  const std::string action = "AssumeRoleWithWebIdentity";
  if (Status good = check_role(action, order.role_arn, order.session_name); !good)
    return good.error();
  if (order.token.empty()) return wrong(action, "the web identity token is empty");
  return post(host, {{"Action", action},
                     {"Version", "2011-06-15"},
                     {"RoleArn", order.role_arn},
                     {"RoleSessionName", order.session_name},
                     {"WebIdentityToken", order.token.reveal()}});
}

Result<ServiceRequest> request(const std::string& host, const AssumeRole& order) {
  const std::string action = "AssumeRole";
  if (Status good = check_role(action, order.role_arn, order.session_name); !good)
    return good.error();
  Pairs fields = {{"Action", action},
                  {"Version", "2011-06-15"},
                  {"RoleArn", order.role_arn},
                  {"RoleSessionName", order.session_name}};
  if (!order.external_id.empty()) fields.emplace_back("ExternalId", order.external_id);
  if (order.duration_s) {
    if (*order.duration_s < 900 || *order.duration_s > 43200)
      return wrong(action,
                   fmt::format("a duration of {} s must be 900 to 43200", *order.duration_s));
    fields.emplace_back("DurationSeconds", std::to_string(*order.duration_s));
  }
  return post(host, fields);
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
  const auto document = xml::parse(text, {});
  if (!document) return document.error();
  const auto root = (*document)->document_element();
  std::optional<Credentials> lent;
  for (const char* action : {"AssumeRole", "AssumeRoleWithWebIdentity"}) {
    if (std::string(root.name()) != std::string(action) + "Response") continue;
    const auto node = root.child((std::string(action) + "Result").c_str()).child("Credentials");
    lent = lent_credentials(xml::text(node, "AccessKeyId"), xml::text(node, "SecretAccessKey"),
                            xml::text(node, "SessionToken"),
                            read_instant(xml::text(node, "Expiration")));
  }
  if (!lent) {
    return Error{ErrorCode::unavailable, "answer of STS is incomplete: no whole credentials"};
  }
  return *lent;
}

}  // namespace paragon::aws::sts

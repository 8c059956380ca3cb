#include "cloud/aws/endpoint.h"

#include <array>
#include <string_view>
#include <utility>

#include "wire/host_header.h"

namespace paragon::aws {
namespace {

// Which regions a domain serves, by how their names begin; most particular first.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kPartitions = {{
    {"cn-", "amazonaws.com.cn"},
    {"us-isob-", "sc2s.sgov.gov"},
    {"us-isof-", "csp.hci.ic.gov"},
    {"us-iso-", "c2s.ic.gov"},
    {"eu-isoe-", "cloud.adc-e.uk"},
    {"eusc-", "amazonaws.eu"},
}};

std::string_view domain_of(std::string_view region) {
  for (const auto& [begins, domain] : kPartitions) {
    if (region.starts_with(begins)) return domain;
  }
  return "amazonaws.com";  // GovCloud's regions too
}

// How a service's override is called in the environment.
std::string variable_part(std::string service) {
  if (service == "servicequotas") return "SERVICE_QUOTAS";
  for (char& c : service) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return service;
}

// How its host's name begins.
std::string host_part(const std::string& service) {
  if (service == "pricing") return "api.pricing";
  return service == "sso" ? "portal.sso" : service;
}

}  // namespace

Result<ServiceEndpoint> service_endpoint(const std::string& service, const std::string& region,
                                         const Variables& variable) {
  ServiceEndpoint out;
  if (region.empty() ||
      region.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != std::string::npos) {
    return Error{ErrorCode::invalid, "AWS region '" + region +
                                         "' is not one like eu-central-1; set it in the "
                                         "configuration, AWS_REGION or ~/.aws/config"};
  }
  if (variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") != "true") {
    for (const std::string& name :
         {"AWS_ENDPOINT_URL_" + variable_part(service), std::string("AWS_ENDPOINT_URL")}) {
      const std::string url = variable(name);
      if (url.empty()) continue;
      auto parsed = http::parse_endpoint(url);
      if (!parsed) return Error{ErrorCode::invalid, name + ": " + parsed.error().message};
      out.endpoint = std::move(*parsed);
      break;
    }
  }
  if (out.endpoint.host.empty()) {
    out.endpoint.host = host_part(service) + '.' + region + '.' + std::string(domain_of(region));
    out.endpoint.port = 443;
    out.endpoint.tls = true;
  }
  out.endpoint.tls_ca_file = variable("AWS_CA_BUNDLE");
  out.host = http::host_header(out.endpoint);
  return out;
}

}  // namespace paragon::aws

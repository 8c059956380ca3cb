#include "cloud/aws/container_role.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "cloud/aws/json_text.h"
#include "wire/address.h"
#include "wire/host_header.h"

namespace paragon::aws::container {
namespace {

constexpr const char* kRelative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
constexpr const char* kFull = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
constexpr const char* kToken = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
constexpr const char* kTokenFile = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

constexpr std::string_view kEcs = "169.254.170.2";
// Where a token may go without TLS, beside this computer: ECS, and EKS in both families.
constexpr std::array<std::string_view, 3> kHosts = {kEcs, "169.254.170.23", "fd00:ec2::23"};

bool trusted(const http::Endpoint& endpoint) {
  if (endpoint.tls || endpoint.host == "localhost") return true;
  if (std::find(kHosts.begin(), kHosts.end(), endpoint.host) != kHosts.end()) return true;
  const auto address = net::numeric_address(endpoint.host, endpoint.port);
  return address && address->loopback();
}

// A target must be one line of a request.
bool one_word(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

Result<std::optional<DescribedOrigin>> role_in_environment(const Variables& variable) {
  const std::string relative = variable(kRelative);
  const std::string url =
      relative.empty() ? variable(kFull) : fmt::format("http://{}{}", kEcs, relative);
  if (url.empty()) return std::optional<DescribedOrigin>();
  const char* const name = relative.empty() ? kFull : kRelative;
  const auto wrong = [name](const std::string& why) {
    return Error{ErrorCode::invalid, std::string(name) + ' ' + why};
  };
  if (!relative.empty() && !relative.starts_with('/')) return wrong("does not begin with '/'");
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos) return wrong("does not begin with http:// or https://");
  const std::size_t path = std::min(url.find_first_of("/?", scheme + 3), url.size());
  ContainerRole role;
  role.target = url.substr(path);
  if (!role.target.starts_with('/')) role.target.insert(0, 1, '/');
  if (!one_word(role.target)) return wrong("holds a blank or a byte that no URL has");
  const auto endpoint = http::parse_endpoint(url.substr(0, path));
  if (!endpoint) return wrong("is not a URL: " + endpoint.error().message);
  if (!trusted(*endpoint)) {
    return wrong(
        fmt::format("leads to {}, which is not asked: without https, only this computer, "
                    "{} and their like",
                    endpoint->host, fmt::join(kHosts, ", ")));
  }
  role.endpoint = *endpoint;
  role.endpoint.tls_ca_file = variable("AWS_CA_BUNDLE");
  role.token_file = variable(kTokenFile);
  if (role.token_file.empty()) role.token = Secret(variable(kToken));
  std::string described =
      fmt::format("the container's role ({}, at {})", name, http::host_header(role.endpoint));
  return std::optional(DescribedOrigin{std::move(role), std::move(described)});
}

Result<http::Client::Call> call(const ContainerRole& role, const Outside& outside,
                                Duration timeout) {
  Secret token = role.token;
  if (!role.token_file.empty()) {
    const auto text = outside.read(role.token_file);
    if (!text) return text.error();
    if (!text->has_value()) {
      return Error{ErrorCode::not_found,
                   fmt::format("{} ({}) is not there", role.token_file, kTokenFile)};
    }
    token = Secret(**text);
  }
  if (token.reveal().find_first_of("\r\n") != std::string::npos) {
    return Error{ErrorCode::invalid,
                 fmt::format("{} has more than one line, which no header can have",
                             role.token_file.empty() ? kToken : role.token_file)};
  }
  http::Client::Call out;
  out.method = http::Method::get;
  out.target = role.target;
  out.headers.add("Accept", "application/json");
  if (!token.empty()) out.headers.add("Authorization", token.reveal());
  out.timeout = timeout;
  return out;
}

Result<Credentials> read_credentials(const std::string& body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  const auto lent =
      lent_credentials(text_of(json, "AccessKeyId"), text_of(json, "SecretAccessKey"),
                       text_of(json, "Token"), read_instant(text_of(json, "Expiration")));
  if (!lent)
    return Error{ErrorCode::unavailable, "the container's endpoint sent no whole credentials"};
  return *lent;
}

}  // namespace paragon::aws::container

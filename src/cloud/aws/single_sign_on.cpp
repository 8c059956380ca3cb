#include "cloud/aws/single_sign_on.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "cloud/aws/encode.h"
#include "cloud/aws/json_text.h"

namespace paragon::aws::sso {
namespace {

constexpr std::int64_t kLatest = 253402300799;  // the last second of the year 9999

std::string sha1_hex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), bytes.data(), &size, EVP_sha1(), nullptr);
  return hex({reinterpret_cast<const char*>(bytes.data()), size});
}

// Of a count since 1970.
Result<Instant> milliseconds_in(const nlohmann::json& json, const char* name) {
  const bool there = json.is_object() && json.contains(name) && json[name].is_number_integer();
  const std::int64_t seconds = there ? json[name].get<std::int64_t>() / 1000 : -1;
  if (seconds < 0 || seconds > kLatest) return Error{ErrorCode::invalid, "no time"};
  return Instant(std::chrono::seconds(seconds));
}

}  // namespace

std::string token_file(std::string_view home, std::string_view session_or_start_url) {
  return fmt::format("{}/.aws/sso/cache/{}.json", home, sha1_hex(session_or_start_url));
}

std::string advice(const SingleSignOn& login) {
  return fmt::format("run `aws sso login --profile {}`", login.profile);
}

Result<Secret> read_token(const std::string& text, const SingleSignOn& login, Instant now) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  Secret token(text_of(json, "accessToken"));
  std::string until = text_of(json, "expiresAt");
  // Early versions of AWS's command line wrote the zone so.
  if (until.ends_with("UTC")) until.replace(until.size() - 3, 3, "Z");
  const auto expires = read_instant(until);
  if (token.empty() || !expires) {
    return Error{ErrorCode::invalid,
                 fmt::format("{} holds no login; {}", login.token_file, advice(login))};
  }
  if (*expires <= now) {
    return Error{ErrorCode::denied, fmt::format("the login of {} has expired; {}",
                                                extended_text(*expires), advice(login))};
  }
  return token;
}

ServiceRequest request(const std::string& host, const SingleSignOn& login, const Secret& token) {
  ServiceRequest out;
  out.method = http::Method::get;
  out.host = host;
  out.path = "/federation/credentials";
  out.query = {{"role_name", login.role_name}, {"account_id", login.account_id}};
  out.headers.add("x-amz-sso_bearer_token", token.reveal());
  return out;
}

Result<Credentials> read_credentials(const std::string& body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  const auto held = json.is_object() ? json.value("roleCredentials", nlohmann::json()) : json;
  const auto lent =
      lent_credentials(text_of(held, "accessKeyId"), text_of(held, "secretAccessKey"),
                       text_of(held, "sessionToken"), milliseconds_in(held, "expiration"));
  if (!lent) {
    return Error{ErrorCode::unavailable, "the single sign-on portal sent no whole credentials"};
  }
  return *lent;
}

}  // namespace paragon::aws::sso

#include "cloud/aws/sign.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <map>

namespace paragon::aws {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

// Changed by clients and proxies on the way, so a signature over them would break.
constexpr std::array<std::string_view, 11> kUnsigned = {
    "connection", "expect",  "keep-alive",        "proxy-authenticate", "proxy-authorization", "te",
    "trailer",    "upgrade", "transfer-encoding", "user-agent",         "x-amzn-trace-id"};
constexpr std::array<std::string_view, 4> kOurs = {"authorization", "x-amz-content-sha256",
                                                   "x-amz-date", "x-amz-security-token"};

// OpenSSL's hash uses the processor's own instructions, which a body of several MB is worth.
std::string sha256(std::string_view bytes) {
  std::string out(32, '\0');
  EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.data()), nullptr,
             EVP_sha256(), nullptr);
  return out;
}

Secret hmac(const Secret& key, std::string_view message) {
  std::string out(32, '\0');
  HMAC(EVP_sha256(), key.reveal().data(), static_cast<int>(key.reveal().size()),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(),
       reinterpret_cast<unsigned char*>(out.data()), nullptr);
  return Secret(std::move(out));
}

// S3 takes the path as sent. The others first remove "." and ".." and double slashes, and encode
// what is encoded already once more.
std::string canonical_path(std::string_view path, bool as_sent) {
  if (as_sent) return std::string(path);
  std::vector<std::string_view> kept;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view segment = path.substr(begin, end - begin);
    begin = end + 1;
    if (segment.empty() || segment == ".") continue;
    if (segment != "..") {
      kept.push_back(segment);
    } else if (!kept.empty()) {
      kept.pop_back();
    }
  }
  std::string out;
  for (const auto segment : kept) out += '/' + percent_encode(segment);
  if (out.empty() || path.ends_with('/')) out += '/';
  return out;
}

bool blank(char c) { return c == ' ' || c == '\t'; }

// Without blanks at the ends, and each run of blanks inside as one space.
std::string folded(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (!blank(c)) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string lower(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// By name in lower case; values of a name that repeats are joined in the order given.
std::map<std::string, std::string> signed_headers(const std::string& host,
                                                  const http::Headers& headers) {
  std::map<std::string, std::string> out;
  out["host"] = folded(host);
  for (const auto& [name, value] : headers) {
    const std::string key = lower(name);
    if (std::find(kUnsigned.begin(), kUnsigned.end(), key) != kUnsigned.end()) continue;
    const auto [at, first] = out.try_emplace(key, folded(value));
    if (!first) at->second += ',' + folded(value);
  }
  return out;
}

std::string names_of(const std::map<std::string, std::string>& headers) {
  std::string out;
  for (const auto& [name, value] : headers) {
    if (!out.empty()) out += ';';
    out += name;
  }
  return out;
}

Error wrong(std::string message) {
  return {ErrorCode::invalid, "cannot sign a request to AWS: " + std::move(message)};
}

Status check(const ServiceRequest& request, const Credentials& credentials,
             const SigningScope& scope) {
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty()) {
    return {ErrorCode::denied,
            "cannot sign a request to AWS: the access key id or the secret access key is empty"};
  }
  if (request.host.empty()) return wrong("it has no host");
  if (scope.service.empty() || scope.region.empty()) return wrong("no service or no region given");
  if (!request.path.starts_with('/') || request.path.find('?') != std::string::npos) {
    return wrong("path '" + request.path + "' must begin with '/' and hold no '?'");
  }
  if (!method_name(request.method)) return wrong("its method has no name");
  const auto one_line = [](std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
  };
  if (!one_line(request.host)) return wrong("its host is not one line");
  for (const auto& [name, value] : request.headers) {
    if (name.empty() || !one_line(name) || !one_line(value)) {
      return wrong("a header has no name or is not one line");
    }
    const std::string key = lower(name);
    if (key == "host" || std::find(kOurs.begin(), kOurs.end(), key) != kOurs.end()) {
      return wrong("header " + name + " is set by the signer");
    }
  }
  return {};
}

}  // namespace

const char* method_name(http::Method method) {
  switch (method) {
    case http::Method::get:
      return "GET";
    case http::Method::head:
      return "HEAD";
    case http::Method::post:
      return "POST";
    case http::Method::put:
      return "PUT";
    case http::Method::del:
      return "DELETE";
    case http::Method::other:
      break;
  }
  return nullptr;
}

std::string target(const ServiceRequest& request) {
  return request.query.empty() ? request.path : request.path + '?' + sorted_query(request.query);
}

std::string canonical_request(const ServiceRequest& request, const http::Headers& headers,
                              const SigningScope& scope) {
  const auto covered = signed_headers(request.host, headers);
  std::string lines;
  for (const auto& [name, value] : covered) lines += fmt::format("{}:{}\n", name, value);
  return fmt::format("{}\n{}\n{}\n{}\n{}\n{}", method_name(request.method),
                     canonical_path(request.path, scope.service == "s3"),
                     sorted_query(request.query), lines, names_of(covered),
                     hex(sha256(request.body)));
}

Result<http::Headers> sign(const ServiceRequest& request, const Credentials& credentials,
                           const SigningScope& scope, Instant now) {
  if (auto checked = check(request, credentials, scope); !checked) return checked.error();

  const std::string date_time = basic_text(now);
  const std::string date = date_time.substr(0, 8);
  http::Headers added;
  added.add("X-Amz-Date", date_time);
  if (!credentials.session_token.empty()) {
    added.add("X-Amz-Security-Token", credentials.session_token.reveal());
  }
  if (scope.service == "s3") added.add("X-Amz-Content-Sha256", hex(sha256(request.body)));

  http::Headers all = request.headers;
  for (const auto& [name, value] : added) all.add(name, value);
  const std::string within =
      fmt::format("{}/{}/{}/aws4_request", date, scope.region, scope.service);
  const std::string to_sign = fmt::format("{}\n{}\n{}\n{}", kAlgorithm, date_time, within,
                                          hex(sha256(canonical_request(request, all, scope))));

  Secret key("AWS4" + credentials.secret_access_key.reveal());
  for (const std::string& part : {date, scope.region, scope.service, std::string("aws4_request")}) {
    key = hmac(key, part);
  }
  added.add("Authorization", fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}",
                                         kAlgorithm, credentials.access_key_id, within,
                                         names_of(signed_headers(request.host, all)),
                                         hex(hmac(key, to_sign).reveal())));
  return added;
}

}  // namespace paragon::aws

#include "cloud/aws/sign.h"
#include "probe.h"

namespace paragon::aws::probe {
namespace {

http::Method method_of(const std::string& name) {
  if (name == "GET") return http::Method::get;
  if (name == "HEAD") return http::Method::head;
  if (name == "PUT") return http::Method::put;
  if (name == "DELETE") return http::Method::del;
  return http::Method::post;
}

}  // namespace

Json sign_request(const Json& asked) {
  ServiceRequest request;
  request.method = method_of(asked.at("method"));
  request.host = asked.at("host");
  request.path = asked.at("path");
  request.body = asked.at("body");
  for (const auto& pair : asked.at("query")) request.query.emplace_back(pair[0], pair[1]);
  for (const auto& pair : asked.at("headers")) request.headers.add(pair[0], pair[1]);
  const Credentials credentials{
      asked.at("key"), Secret(asked.at("secret")), Secret(asked.at("token")), {}};
  const SigningScope scope{asked.at("service"), asked.at("region")};
  const Instant now{std::chrono::seconds(asked.at("time").get<std::int64_t>())};

  const auto added = sign(request, credentials, scope, now);
  if (!added) return {{"error", added.error().message}};
  Json headers = Json::array();
  http::Headers all = request.headers;
  for (const auto& [name, value] : *added) {
    headers.push_back({name, value});
    if (name != "Authorization") all.add(name, value);
  }
  return {{"target", target(request)},
          {"headers", headers},
          {"canonical", canonical_request(request, all, scope)}};
}

}  // namespace paragon::aws::probe

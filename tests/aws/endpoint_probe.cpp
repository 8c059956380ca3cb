#include "cloud/aws/endpoint.h"
#include "cloud/aws/profile_file.h"
#include "probe.h"

namespace paragon::aws::probe {

Json endpoint_of(const Json& asked) {
  const auto found = service_endpoint(asked.at("service"), asked.at("region"),
                                      [](const std::string&) { return std::string(); });
  if (!found) return {{"error", found.error().message}};
  return {{"host", found->host}, {"tls", found->endpoint.tls}};
}

Json profiles_of(const Json& asked) {
  const auto profiles = parse_profiles(
      asked.at("text").get<std::string>(),
      asked.at("kind") == "config" ? ProfileFile::config : ProfileFile::credentials, "file");
  if (!profiles) return {{"error", profiles.error().message}};
  return {{"profiles", profiles->empty() ? Json::object() : Json(*profiles)}};
}

}  // namespace paragon::aws::probe

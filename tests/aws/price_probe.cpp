// Questions to the Price List.
#include "cloud/aws/price_list.h"
#include "probe.h"

namespace paragon::aws::probe {

Json price_request(const Json& asked) {
  const std::string kind = asked.at("kind");
  const std::string region = asked.at("region");
  const auto architecture =
      asked.at("arm").get<bool>() ? lambda::Architecture::arm64 : lambda::Architecture::x86_64;
  price_list::GetProducts question;
  if (kind == "hour") {
    question = price_list::instance_hour(asked.at("type"), region);
  } else if (kind == "gb-second") {
    question = price_list::function_gb_second(architecture, region);
  } else if (kind == "kept") {
    question = price_list::provisioned_gb_second(architecture, region);
  } else if (kind == "run") {
    question = price_list::provisioned_run_gb_second(architecture, region);
  } else {
    question = price_list::function_call(architecture, region);
  }
  question.next_token = asked.at("token");
  const ServiceRequest made = price_list::request("api.pricing.us-east-1.amazonaws.com", question);
  Json headers = Json::object();
  for (const auto& [name, value] : made.headers) headers[name] = value;
  return {{"path", made.path},
          {"query", made.query},
          {"post", made.method == http::Method::post},
          {"headers", headers},
          {"body", made.body}};
}

}  // namespace paragon::aws::probe

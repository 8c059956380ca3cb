#include "cloud/aws/quota.h"

#include <nlohmann/json.hpp>

#include "cloud/aws/json_request.h"

namespace paragon::aws::quota {

ServiceRequest get_request(const std::string& host, const Quota& quota) {
  const nlohmann::json body = {{"ServiceCode", quota.service}, {"QuotaCode", quota.code}};
  return json_request(host, "ServiceQuotasV20190624.GetServiceQuota", body.dump());
}

Result<double> read_value(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_object() && json.contains("Quota") && json["Quota"].is_object() &&
      json["Quota"].contains("Value") && json["Quota"]["Value"].is_number())
    return json["Quota"]["Value"].get<double>();
  return Error{ErrorCode::unavailable, "answer of Service Quotas is incomplete: no Value"};
}

}  // namespace paragon::aws::quota

#include "cloud/aws/lambda.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "wire/base64.h"
#include "wire/json_text.h"

namespace paragon::aws::lambda {
namespace {

using Json = nlohmann::json;

constexpr const char* kFunctions = "/2015-03-31/functions";
constexpr std::size_t kEnvironmentMax = 4096;

// A request in the making; remembers the first complaint.
class Draft {
 public:
  Draft(const char* operation, const std::string& host, http::Method method)
      : operation_(operation) {
    out_.host = host;
    out_.method = method;
    out_.path = kFunctions;
  }

  Draft& about(const std::string& name, const char* version = kFunctions, const char* part = "") {
    require(right_name(name),
            "function name '" + name + "' must be 1 to 64 letters, digits, '-' or '_', or an ARN");
    out_.path = fmt::format("{}/{}{}", version, percent_encode(name), part);
    return *this;
  }
  Draft& from(const std::string& marker) {
    if (!marker.empty()) out_.query.emplace_back("Marker", marker);
    return *this;
  }
  Draft& qualified(const std::string& qualifier) {
    require(qualifier.size() <= 128 && plain(qualifier, "$-_"),
            "qualifier '" + qualifier + "' must be a version, an alias or $LATEST");
    if (!qualifier.empty()) out_.query.emplace_back("Qualifier", qualifier);
    return *this;
  }
  void body(const Json& json) {
    for (const auto& [name, value] : json.items()) check_text(value);
    if (!complaint_.empty()) return;
    out_.body = json.dump();
    out_.headers.add("Content-Type", "application/json");
  }
  void require(bool holds, const std::string& complaint) {
    if (!holds && complaint_.empty()) complaint_ = complaint;
  }
  ServiceRequest& request() { return out_; }

  Result<ServiceRequest> finish() {
    if (complaint_.empty()) return std::move(out_);
    return Error{ErrorCode::invalid, fmt::format("Lambda {}: {}", operation_, complaint_)};
  }

 private:
  static bool plain(std::string_view text, std::string_view also) {
    return text.find_first_not_of(
               std::string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
                   .append(also)) == std::string_view::npos;
  }
  static bool right_name(const std::string& name) {
    if (name.starts_with("arn:")) return name.size() <= 140 && plain(name, ":-_$");
    return !name.empty() && name.size() <= 64 && plain(name, "-_");
  }
  // JSON carries Unicode only; what is not would end in an exception while it is written.
  void check_text(const Json& value) {
    if (value.is_string()) {
      require(json::is_utf8(value.get_ref<const std::string&>()), "a text is not valid UTF-8");
    } else if (value.is_structured()) {
      for (const auto& [name, inner] : value.items()) {
        require(!value.is_object() || json::is_utf8(name), "a name is not valid UTF-8");
        check_text(inner);
      }
    }
  }

  const char* operation_;
  ServiceRequest out_;
  std::string complaint_;
};

Json code_json(Draft& draft, const Code& code) {
  draft.require(
      int{!code.zip.empty()} + int{code.s3.has_value()} + int{!code.image_uri.empty()} == 1,
      "code must be one of an archive, an object of S3 and an image");
  draft.require(code.zip.size() <= kZipMax,
                fmt::format("archive of {} bytes; at most {} can be sent directly: put it into S3",
                            code.zip.size(), kZipMax));
  Json out = Json::object();
  if (!code.zip.empty() && code.zip.size() <= kZipMax) out["ZipFile"] = base64(code.zip);
  if (!code.image_uri.empty()) out["ImageUri"] = code.image_uri;
  if (code.s3) {
    draft.require(!code.s3->bucket.empty() && !code.s3->key.empty(),
                  "code in S3 needs a bucket and a key");
    out["S3Bucket"] = code.s3->bucket;
    out["S3Key"] = code.s3->key;
    if (!code.s3->version.empty()) out["S3ObjectVersion"] = code.s3->version;
  }
  return out;
}

std::int64_t memory_mb(Draft& draft, Memory memory) {
  draft.require(memory >= megabytes(128) && memory <= megabytes(10240),
                fmt::format("memory of {} MB must be 128 to 10240", memory.value));
  return memory.value;
}

std::int64_t timeout_s(Draft& draft, Duration timeout) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(timeout);
  draft.require(whole == timeout && whole.count() >= 1 && whole.count() <= 900,
                fmt::format("timeout of {} s must be whole seconds, 1 to 900", seconds(timeout)));
  return whole.count();
}

Json environment_json(Draft& draft, const Texts& variables) {
  std::size_t size = 0;
  for (const auto& [name, value] : variables) size += name.size() + value.size();
  draft.require(
      size <= kEnvironmentMax,
      fmt::format("environment of {} bytes; at most {} are allowed", size, kEnvironmentMax));
  return {{"Variables", variables.empty() ? Json::object() : Json(variables)}};
}

void check_description(Draft& draft, const std::string& description) {
  draft.require(description.size() <= 256, "description is over 256 bytes");
}

constexpr const char* kReserved = "/2017-10-31/functions";
constexpr const char* kProvisioned = "/2019-09-30/functions";
constexpr const char* kProvisionedPart = "/provisioned-concurrency";

Result<ServiceRequest> of_qualified(const char* operation, const std::string& host,
                                    http::Method method, const std::string& name,
                                    const std::string& qualifier) {
  Draft draft(operation, host, method);
  draft.require(!qualifier.empty(), "provisioned concurrency has a version or an alias");
  return draft.about(name, kProvisioned, kProvisionedPart).qualified(qualifier).finish();
}

}  // namespace

const char* name(Architecture architecture) {
  return architecture == Architecture::arm64 ? "arm64" : "x86_64";
}

std::optional<Architecture> architecture(std::string_view text) {
  for (const Architecture one : {Architecture::x86_64, Architecture::arm64})
    if (text == name(one)) return one;
  return std::nullopt;
}

Result<ServiceRequest> request(const std::string& host, const CreateFunction& order) {
  Draft draft("CreateFunction", host, http::Method::post);
  draft.about(order.name).request().path = kFunctions;
  draft.require(order.role.starts_with("arn:"), "role '" + order.role + "' must be an ARN");
  check_description(draft, order.description);
  Json json = {{"FunctionName", order.name},
               {"Role", order.role},
               {"Code", code_json(draft, order.code)},
               {"MemorySize", memory_mb(draft, order.memory)},
               {"Timeout", timeout_s(draft, order.timeout)},
               {"Architectures", Json::array({name(order.architecture)})},
               {"PackageType", order.code.image_uri.empty() ? "Zip" : "Image"}};
  if (order.code.image_uri.empty()) {
    draft.require(!order.runtime.empty() && !order.handler.empty(),
                  "an archive needs a runtime and a handler");
    json["Runtime"] = order.runtime;
    json["Handler"] = order.handler;
  }
  if (!order.description.empty()) json["Description"] = order.description;
  if (!order.environment.empty()) json["Environment"] = environment_json(draft, order.environment);
  if (!order.tags.empty()) json["Tags"] = order.tags;
  if (!order.subnet_ids.empty() || !order.security_group_ids.empty()) {
    draft.require(!order.subnet_ids.empty() && !order.security_group_ids.empty(),
                  "a network needs subnets and security groups");
    json["VpcConfig"] = {{"SubnetIds", order.subnet_ids},
                         {"SecurityGroupIds", order.security_group_ids}};
  }
  if (order.publish) json["Publish"] = true;
  draft.body(json);
  return draft.finish();
}

Result<ServiceRequest> request(const std::string& host, const UpdateFunctionCode& order) {
  Draft draft("UpdateFunctionCode", host, http::Method::put);
  draft.about(order.name, kFunctions, "/code");
  Json json = code_json(draft, order.code);
  if (order.architecture) json["Architectures"] = Json::array({name(*order.architecture)});
  if (order.publish) json["Publish"] = true;
  if (order.dry_run) json["DryRun"] = true;
  draft.body(json);
  return draft.finish();
}

Result<ServiceRequest> request(const std::string& host, const UpdateFunctionConfiguration& order) {
  Draft draft("UpdateFunctionConfiguration", host, http::Method::put);
  draft.about(order.name, kFunctions, "/configuration");
  Json json = Json::object();
  if (!order.role.empty()) json["Role"] = order.role;
  if (order.memory) json["MemorySize"] = memory_mb(draft, *order.memory);
  if (order.timeout) json["Timeout"] = timeout_s(draft, *order.timeout);
  if (order.description) {
    check_description(draft, *order.description);
    json["Description"] = *order.description;
  }
  if (order.environment) json["Environment"] = environment_json(draft, *order.environment);
  draft.require(!json.empty(), "nothing to change is given");
  draft.body(json);
  return draft.finish();
}

Result<ServiceRequest> request(const std::string& host, const GetFunction& question) {
  Draft draft("GetFunction", host, http::Method::get);
  return draft.about(question.name).qualified(question.qualifier).finish();
}

Result<ServiceRequest> request(const std::string& host, Invoke call) {
  Draft draft("Invoke", host, http::Method::post);
  draft.about(call.name, kFunctions, "/invocations").qualified(call.qualifier);
  draft.require(call.payload.size() <= kPayloadMax,
                fmt::format("payload of {} bytes is over the limit of {} for an answer that is "
                            "waited for; send less, or use a machine",
                            call.payload.size(), kPayloadMax));
  ServiceRequest& out = draft.request();
  out.headers.add("X-Amz-Invocation-Type", call.dry_run ? "DryRun" : "RequestResponse");
  if (call.tail_log) out.headers.add("X-Amz-Log-Type", "Tail");
  out.headers.add("Content-Type", "application/json");
  out.body = std::move(call.payload);
  return draft.finish();
}

Result<ServiceRequest> request(const std::string& host, const PublishVersion& order) {
  Draft draft("PublishVersion", host, http::Method::post);
  draft.about(order.name, kFunctions, "/versions");
  check_description(draft, order.description);
  draft.body({{"Description", order.description}});
  return draft.finish();
}

Result<ServiceRequest> request(const std::string& host, const ListVersions& question) {
  Draft draft("ListVersionsByFunction", host, http::Method::get);
  return draft.about(question.name, kFunctions, "/versions").from(question.marker).finish();
}

Result<ServiceRequest> request(const std::string& host, const DeleteFunction& order) {
  Draft draft("DeleteFunction", host, http::Method::del);
  return draft.about(order.name).qualified(order.qualifier).finish();
}

Result<ServiceRequest> request(const std::string& host, const ListFunctions& question) {
  Draft draft("ListFunctions", host, http::Method::get);
  draft.from(question.marker);
  if (question.page_size) {
    draft.require(*question.page_size >= 1 && *question.page_size <= 10000,
                  fmt::format("MaxItems {} must be 1 to 10000", *question.page_size));
    draft.request().query.emplace_back("MaxItems", std::to_string(*question.page_size));
  }
  return draft.finish();
}

Result<ServiceRequest> request(const std::string& host, const PutFunctionConcurrency& order) {
  Draft draft("PutFunctionConcurrency", host, http::Method::put);
  draft.about(order.name, kReserved, "/concurrency");
  draft.require(order.reserved >= 0,
                fmt::format("reserved concurrency {} must be at least 0", order.reserved));
  draft.body({{"ReservedConcurrentExecutions", order.reserved}});
  return draft.finish();
}

Result<ServiceRequest> request(const std::string& host, const DeleteFunctionConcurrency& order) {
  Draft draft("DeleteFunctionConcurrency", host, http::Method::del);
  return draft.about(order.name, kReserved, "/concurrency").finish();
}

Result<ServiceRequest> request(const std::string& host, const PutProvisionedConcurrency& order) {
  Draft draft("PutProvisionedConcurrencyConfig", host, http::Method::put);
  draft.about(order.name, kProvisioned, kProvisionedPart).qualified(order.qualifier);
  draft.require(!order.qualifier.empty() && order.qualifier != "$LATEST",
                "provisioned concurrency needs a version or an alias");
  draft.require(order.provisioned >= 1,
                fmt::format("provisioned concurrency {} must be at least 1", order.provisioned));
  draft.body({{"ProvisionedConcurrentExecutions", order.provisioned}});
  return draft.finish();
}

Result<ServiceRequest> request(const std::string& host, const GetProvisionedConcurrency& question) {
  return of_qualified("GetProvisionedConcurrencyConfig", host, http::Method::get, question.name,
                      question.qualifier);
}

Result<ServiceRequest> request(const std::string& host,
                               const ListProvisionedConcurrency& question) {
  Draft draft("ListProvisionedConcurrencyConfigs", host, http::Method::get);
  draft.about(question.name, kProvisioned, kProvisionedPart).from(question.marker);
  draft.request().query.emplace_back("List", "ALL");
  return draft.finish();
}

Result<ServiceRequest> request(const std::string& host, const DeleteProvisionedConcurrency& order) {
  return of_qualified("DeleteProvisionedConcurrencyConfig", host, http::Method::del, order.name,
                      order.qualifier);
}

}  // namespace paragon::aws::lambda

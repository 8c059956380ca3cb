// Lambda requests from botocore's parameters, and our readings of Lambda's answers.
#include "cloud/aws/lambda.h"

#include "cloud/aws/lambda_answer.h"
#include "probe.h"
#include "wire/base64.h"

namespace paragon::aws::probe {
namespace {

std::string text(const Json& from, const char* name) { return from.value(name, std::string()); }

lambda::Code code_of(const Json& from) {
  lambda::Code out;
  out.zip = from_base64(text(from, "ZipFile")).value_or("");
  out.image_uri = text(from, "ImageUri");
  if (from.contains("S3Bucket")) {
    out.s3 = lambda::Code::S3{from.at("S3Bucket"), from.at("S3Key"), text(from, "S3ObjectVersion")};
  }
  return out;
}

lambda::Architecture architecture_of(const Json& from) {
  return from.at("Architectures")[0] == "arm64" ? lambda::Architecture::arm64
                                                : lambda::Architecture::x86_64;
}

lambda::Texts variables_of(const Json& from) {
  return from.contains("Environment") ? from.at("Environment").at("Variables").get<lambda::Texts>()
                                      : lambda::Texts();
}

lambda::CreateFunction create_function(const Json& from) {
  lambda::CreateFunction out;
  out.name = from.at("FunctionName");
  out.code = code_of(from.at("Code"));
  out.role = from.at("Role");
  out.runtime = text(from, "Runtime");
  out.handler = text(from, "Handler");
  out.memory = megabytes(from.at("MemorySize"));
  out.timeout = std::chrono::seconds(from.at("Timeout").get<int>());
  out.architecture = architecture_of(from);
  out.description = text(from, "Description");
  out.environment = variables_of(from);
  out.tags = from.value("Tags", lambda::Texts());
  if (from.contains("VpcConfig")) {
    out.subnet_ids = from.at("VpcConfig").at("SubnetIds");
    out.security_group_ids = from.at("VpcConfig").at("SecurityGroupIds");
  }
  out.publish = from.value("Publish", false);
  return out;
}

lambda::UpdateFunctionCode update_code(const Json& from) {
  lambda::UpdateFunctionCode out{from.at("FunctionName"),
                                 code_of(from),
                                 {},
                                 from.value("Publish", false),
                                 from.value("DryRun", false)};
  if (from.contains("Architectures")) out.architecture = architecture_of(from);
  return out;
}

lambda::UpdateFunctionConfiguration update_configuration(const Json& from) {
  lambda::UpdateFunctionConfiguration out;
  out.name = from.at("FunctionName");
  out.role = text(from, "Role");
  if (from.contains("MemorySize")) out.memory = megabytes(from.at("MemorySize"));
  if (from.contains("Timeout")) out.timeout = std::chrono::seconds(from.at("Timeout").get<int>());
  if (from.contains("Description")) out.description = text(from, "Description");
  if (from.contains("Environment")) out.environment = variables_of(from);
  return out;
}

Result<ServiceRequest> request_of(const std::string& operation, const Json& from) {
  const std::string host = "lambda.eu-central-1.amazonaws.com";
  const std::string name = text(from, "FunctionName");
  const std::string qualifier = text(from, "Qualifier");
  if (operation == "CreateFunction") return request(host, create_function(from));
  if (operation == "UpdateFunctionCode") return request(host, update_code(from));
  if (operation == "UpdateFunctionConfiguration") return request(host, update_configuration(from));
  if (operation == "GetFunction") return request(host, lambda::GetFunction{name, qualifier});
  if (operation == "DeleteFunction") return request(host, lambda::DeleteFunction{name, qualifier});
  if (operation == "Invoke") {
    return request(host,
                   lambda::Invoke{name, qualifier, text(from, "Payload"), from.contains("LogType"),
                                  from.at("InvocationType") == "DryRun"});
  }
  if (operation == "ListFunctions") {
    lambda::ListFunctions question{text(from, "Marker"), {}};
    if (from.contains("MaxItems")) question.page_size = from.at("MaxItems").get<int>();
    return request(host, question);
  }
  if (operation == "PutFunctionConcurrency") {
    return request(host,
                   lambda::PutFunctionConcurrency{name, from.at("ReservedConcurrentExecutions")});
  }
  if (operation == "DeleteFunctionConcurrency") {
    return request(host, lambda::DeleteFunctionConcurrency{name});
  }
  if (operation == "PutProvisionedConcurrencyConfig") {
    return request(host, lambda::PutProvisionedConcurrency{
                             name, qualifier, from.at("ProvisionedConcurrentExecutions")});
  }
  if (operation == "GetProvisionedConcurrencyConfig") {
    return request(host, lambda::GetProvisionedConcurrency{name, qualifier});
  }
  if (operation == "ListProvisionedConcurrencyConfigs") {
    return request(host, lambda::ListProvisionedConcurrency{name, text(from, "Marker")});
  }
  if (operation == "PublishVersion") {
    return request(host, lambda::PublishVersion{name, text(from, "Description")});
  }
  if (operation == "ListVersionsByFunction") {
    return request(host, lambda::ListVersions{name, text(from, "Marker")});
  }
  return request(host, lambda::DeleteProvisionedConcurrency{name, qualifier});
}

Json json_of(const lambda::Function& function) {
  return {
      {"name", function.name},
      {"arn", function.arn},
      {"version", function.version},
      {"state", name(function.state)},
      {"state_reason", function.state_reason},
      {"update", name(function.update)},
      {"update_reason", function.update_reason},
      {"memory", function.memory.value},
      {"timeout", seconds(function.timeout)},
      {"sha", function.code_sha256},
      {"environment", function.environment.empty() ? Json::object() : Json(function.environment)}};
}

Json json_of(const lambda::FunctionDetails& details) {
  return {{"function", json_of(details.function)},
          {"tags", details.tags.empty() ? Json::object() : Json(details.tags)},
          {"reserved",
           details.reserved_concurrency ? Json(*details.reserved_concurrency) : Json(nullptr)}};
}

Json json_of(const lambda::FunctionPage& page) {
  Json out = Json::array();
  for (const auto& function : page.functions) out.push_back(json_of(function));
  return {{"items", out}, {"next", page.next_marker}};
}

Json json_of(const lambda::ProvisionedConcurrency& state) {
  return {{"qualifier", state.qualifier},
          {"state", name(state.state)},
          {"available", state.available},
          {"requested", state.requested},
          {"reason", state.reason}};
}

Json json_of(const lambda::ProvisionedPage& page) {
  Json out = Json::array();
  for (const auto& one : page.configurations) out.push_back(json_of(one));
  return {{"items", out}, {"next", page.next_marker}};
}

template <class Value>
Json shown(const Result<Value>& read) {
  if (!read) return {{"error", read.error().message}};
  return {{"value", json_of(*read)}};
}

}  // namespace

Json lambda_request(const Json& asked) {
  const auto made = request_of(asked.at("operation"), asked.at("parameters"));
  if (!made) return {{"error", made.error().message}};
  Json headers = Json::object();
  for (const auto& [name, value] : made->headers) headers[name] = value;
  return {{"method", method_name(made->method)},
          {"path", made->path},
          {"query", made->query},
          {"headers", headers},
          {"body", made->body}};
}

Json lambda_answer(const Json& asked) {
  const std::string operation = asked.at("operation");
  const std::string body = asked.at("body");
  if (operation == "GetFunction") return shown(lambda::read_get_function(body));
  if (operation == "ListFunctions") return shown(lambda::read_list_functions(body));
  if (operation == "ListVersionsByFunction") return shown(lambda::read_list_versions(body));
  if (operation == "ListProvisionedConcurrencyConfigs") {
    return shown(lambda::read_list_provisioned(body));
  }
  if (operation.ends_with("ProvisionedConcurrencyConfig")) {
    return shown(lambda::read_provisioned_concurrency(body));
  }
  return shown(lambda::read_function(body));
}

}  // namespace paragon::aws::probe

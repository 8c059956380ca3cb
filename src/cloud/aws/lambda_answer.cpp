#include "cloud/aws/lambda_answer.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "wire/base64.h"

namespace paragon::aws::lambda {
namespace {

using Json = nlohmann::json;

Error incomplete(const std::string& what) {
  return {ErrorCode::unavailable, "answer of Lambda is not complete: " + what};
}

Result<Json> parse(std::string_view text) {
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) {
    return incomplete(fmt::format("{} bytes that are not a JSON object", text.size()));
  }
  return json;
}

// Readers that pass over what is missing, null or of another type.
std::string text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<int> number_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_integer()) return std::nullopt;
  const auto number = found->get<std::int64_t>();
  if (number < 0 || number > std::numeric_limits<int>::max()) return std::nullopt;
  return static_cast<int>(number);
}

const Json& object_of(const Json& object, const char* name) {
  static const Json empty = Json::object();
  const auto found = object.find(name);
  return found != object.end() && found->is_object() ? *found : empty;
}

Texts texts_of(const Json& object) {
  Texts out;
  for (const auto& [name, value] : object.items()) {
    if (value.is_string()) out.emplace(name, value.get<std::string>());
  }
  return out;
}

FunctionState function_state(std::string_view text) {
  for (const auto state : {FunctionState::pending, FunctionState::active, FunctionState::inactive,
                           FunctionState::failed}) {
    if (text == name(state)) return state;
  }
  return FunctionState::unknown;
}

UpdateState update_state(std::string_view text) {
  for (const auto state :
       {UpdateState::successful, UpdateState::in_progress, UpdateState::failed}) {
    if (text == name(state)) return state;
  }
  return UpdateState::unknown;
}

Result<Function> function_in(const Json& json) {
  Function out;
  out.name = text_of(json, "FunctionName");
  if (out.name.empty()) return incomplete("a function has no FunctionName");
  out.arn = text_of(json, "FunctionArn");
  out.version = text_of(json, "Version");
  out.state = function_state(text_of(json, "State"));
  out.state_reason = text_of(json, "StateReason");
  out.update = update_state(text_of(json, "LastUpdateStatus"));
  out.update_reason = text_of(json, "LastUpdateStatusReason");
  out.memory = megabytes(number_of(json, "MemorySize").value_or(0));
  out.timeout = std::chrono::seconds(number_of(json, "Timeout").value_or(0));
  out.code_sha256 = text_of(json, "CodeSha256");
  out.environment = texts_of(object_of(object_of(json, "Environment"), "Variables"));
  return out;
}

Result<FunctionPage> read_functions(std::string_view text, const char* list_name) {
  const auto json = parse(text);
  if (!json) return json.error();
  FunctionPage out;
  out.next_marker = text_of(*json, "NextMarker");
  const auto list = json->find(list_name);
  if (list == json->end() || !list->is_array())
    return incomplete(fmt::format("no list of {}", list_name));
  for (const auto& item : *list) {
    if (!item.is_object()) return incomplete("a function is not an object");
    auto function = function_in(item);
    if (!function) return function.error();
    out.functions.push_back(std::move(*function));
  }
  return out;
}

ProvisionedConcurrency provisioned_in(const Json& json) {
  ProvisionedConcurrency out;
  using State = ProvisionedConcurrency::State;
  const std::string status = text_of(json, "Status");
  for (const State state : {State::in_progress, State::ready, State::failed}) {
    if (status == name(state)) out.state = state;
  }
  out.available = number_of(json, "AvailableProvisionedConcurrentExecutions").value_or(0);
  out.requested = number_of(json, "RequestedProvisionedConcurrentExecutions").value_or(0);
  out.reason = text_of(json, "StatusReason");
  return out;
}

// The number behind "\tLABEL: " in a report line, which must be followed by " UNIT".
std::optional<double> reported(std::string_view line, std::string_view label,
                               std::string_view unit) {
  const std::string before = fmt::format("\t{}: ", label);
  const std::size_t at = line.find(before);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = line.substr(at + before.size());
  double number = 0;
  const auto parsed = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  const std::string_view behind = rest.substr(static_cast<std::size_t>(parsed.ptr - rest.data()));
  if (parsed.ec != std::errc() || !behind.starts_with(fmt::format(" {}", unit))) {
    return std::nullopt;
  }
  if (!(number >= 0 && number < 1e9)) return std::nullopt;
  return number;
}

}  // namespace

const char* name(FunctionState state) {
  switch (state) {
    case FunctionState::pending:
      return "Pending";
    case FunctionState::active:
      return "Active";
    case FunctionState::inactive:
      return "Inactive";
    case FunctionState::failed:
      return "Failed";
    case FunctionState::unknown:
      break;
  }
  return "";
}

const char* name(UpdateState state) {
  switch (state) {
    case UpdateState::successful:
      return "Successful";
    case UpdateState::in_progress:
      return "InProgress";
    case UpdateState::failed:
      return "Failed";
    case UpdateState::unknown:
      break;
  }
  return "";
}

const char* name(ProvisionedConcurrency::State state) {
  switch (state) {
    case ProvisionedConcurrency::State::in_progress:
      return "IN_PROGRESS";
    case ProvisionedConcurrency::State::ready:
      return "READY";
    case ProvisionedConcurrency::State::failed:
      return "FAILED";
    case ProvisionedConcurrency::State::unknown:
      break;
  }
  return "";
}

Result<Function> read_function(std::string_view text) {
  const auto json = parse(text);
  if (!json) return json.error();
  return function_in(*json);
}

Result<FunctionDetails> read_get_function(std::string_view text) {
  const auto json = parse(text);
  if (!json) return json.error();
  auto function = function_in(object_of(*json, "Configuration"));
  if (!function) return function.error();
  return FunctionDetails{
      std::move(*function), texts_of(object_of(*json, "Tags")),
      number_of(object_of(*json, "Concurrency"), "ReservedConcurrentExecutions")};
}

Result<FunctionPage> read_list_functions(std::string_view text) {
  return read_functions(text, "Functions");
}

Result<FunctionPage> read_list_versions(std::string_view text) {
  return read_functions(text, "Versions");
}

Result<ProvisionedConcurrency> read_provisioned_concurrency(std::string_view text) {
  const auto json = parse(text);
  if (!json) return json.error();
  return provisioned_in(*json);
}

Result<ProvisionedPage> read_list_provisioned(std::string_view text) {
  const auto json = parse(text);
  if (!json) return json.error();
  ProvisionedPage out;
  out.next_marker = text_of(*json, "NextMarker");
  const auto list = json->find("ProvisionedConcurrencyConfigs");
  if (list == json->end() || !list->is_array())
    return incomplete("no list of ProvisionedConcurrencyConfigs");
  for (const auto& item : *list) {
    if (!item.is_object()) return incomplete("a configuration is not an object");
    const std::string arn = text_of(item, "FunctionArn");
    out.configurations.push_back(provisioned_in(item));
    out.configurations.back().qualifier = arn.substr(arn.rfind(':') + 1);
  }
  return out;
}

std::optional<Report> read_report(std::string_view log) {
  const std::size_t at = log.rfind("REPORT RequestId: ");
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view line = log.substr(at, log.find('\n', at) - at);
  const auto duration = reported(line, "Duration", "ms");
  const auto billed = reported(line, "Billed Duration", "ms");
  const auto memory = reported(line, "Memory Size", "MB");
  const auto used = reported(line, "Max Memory Used", "MB");
  if (!duration || !billed || !memory || !used) return std::nullopt;
  Report out{from_milliseconds(*duration), from_milliseconds(*billed), std::nullopt,
             megabytes(static_cast<std::int64_t>(*memory)),
             megabytes(static_cast<std::int64_t>(*used))};
  if (const auto initialised = reported(line, "Init Duration", "ms")) {
    out.initialised = from_milliseconds(*initialised);
  }
  return out;
}

Invocation read_invocation(http::Answer answer) {
  Invocation out;
  out.function_error = answer.headers.find("x-amz-function-error");
  out.version = answer.headers.find("x-amz-executed-version");
  out.log = from_base64(answer.headers.find("x-amz-log-result")).value_or("");
  out.payload = std::move(answer.body);
  return out;
}

std::optional<Error> failure_of(const Invocation& invocation, std::string_view function) {
  if (invocation.function_error.empty()) return std::nullopt;
  const Json json = Json::parse(invocation.payload, nullptr, false);
  std::string type;
  std::string message = invocation.payload.substr(0, 200);
  if (json.is_object()) {
    type = text_of(json, "errorType");
    message = text_of(json, "errorMessage");
  }
  const std::string what = fmt::format("function {} failed ({}): {}", function,
                                       type.empty() ? invocation.function_error : type, message);
  if (type == "Sandbox.Timedout" || message.find("Task timed out after") != std::string::npos) {
    return Error{ErrorCode::timeout, what};
  }
  // What the sandbox says of the process in it, as opposed to what the function itself threw.
  if (type.starts_with("Runtime.") || type.starts_with("Extension.") ||
      type.starts_with("Sandbox.") || message.find("exited with error") != std::string::npos ||
      message.find("exited without providing a reason") != std::string::npos) {
    return Error{ErrorCode::unavailable, what};
  }
  return Error{ErrorCode::internal, what};
}

}  // namespace paragon::aws::lambda

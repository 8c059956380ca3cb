// What Lambda answers, as values. Fields that we do not use are passed over. Errors of all:
// unavailable, when the answer is not what AWS sends (not JSON, cut off, a function without name).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "cloud/aws/lambda.h"
#include "wire/http_client.h"

namespace paragon::aws::lambda {

enum class FunctionState { pending, active, inactive, failed, unknown };
enum class UpdateState { successful, in_progress, failed, unknown };
const char* name(FunctionState state);  // "Pending", as AWS writes it; "" for unknown
const char* name(UpdateState state);    // "InProgress", likewise

struct Function {
  std::string name;
  std::string arn;
  std::string version;  // "$LATEST" or a number
  FunctionState state = FunctionState::unknown;
  std::string state_reason;
  UpdateState update = UpdateState::unknown;
  std::string update_reason;
  Memory memory;
  Duration timeout{};
  std::string code_sha256;  // base64, of the archive or the image
  Texts environment;

  // It can be invoked, and what was last changed is in force. Listings do not say it: ask for the
  // function alone.
  bool ready() const { return state == FunctionState::active && update == UpdateState::successful; }
};

struct FunctionDetails {
  Function function;
  Texts tags;
  std::optional<int> reserved_concurrency;
};

struct FunctionPage {
  std::vector<Function> functions;
  std::string next_marker;  // empty on the last page
};

struct ProvisionedConcurrency {
  std::string qualifier;  // of a listing: the version or alias
  enum class State { in_progress, ready, failed, unknown };
  State state = State::unknown;
  int available = 0;
  int requested = 0;
  std::string reason;
};

struct ProvisionedPage {
  std::vector<ProvisionedConcurrency> configurations;
  std::string next_marker;  // empty on the last page
};
const char* name(ProvisionedConcurrency::State state);  // "READY", as AWS writes it; "" for unknown

Result<Function> read_function(std::string_view json);  // of create, both updates, and publish
Result<FunctionDetails> read_get_function(std::string_view json);
Result<FunctionPage> read_list_functions(std::string_view json);
Result<FunctionPage> read_list_versions(std::string_view json);  // "$LATEST" is one of them
Result<ProvisionedConcurrency> read_provisioned_concurrency(std::string_view json);  // put and get
Result<ProvisionedPage> read_list_provisioned(std::string_view json);

// The line that Lambda writes into its log at the end of each invocation.
struct Report {
  Duration duration{};
  Duration billed{};
  std::optional<Duration> initialised;  // of a cold start
  Memory memory;
  Memory memory_used;
};
// The last such line of a log; none when there is no whole one.
std::optional<Report> read_report(std::string_view log);

struct Invocation {
  std::string payload;         // what the function returned, or what went wrong in it
  std::string function_error;  // "Handled", "Unhandled"; empty when it returned
  std::string version;         // that was run
  std::string log;             // its end; empty unless asked for
};
// An answer of status 200 or 204. Others are faults (read_json_fault).
Invocation read_invocation(http::Answer answer);

// Why the function did not return: timeout (it ran into its time limit), unavailable (its process
// ended or did not start), internal (it threw). None when it returned.
std::optional<Error> failure_of(const Invocation& invocation, std::string_view function);

}  // namespace paragon::aws::lambda

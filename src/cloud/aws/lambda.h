// Requests to AWS Lambda, typed, ready to be signed: its REST API with JSON bodies.
//
// Each request() checks what AWS would refuse (errors: invalid, with the parameter's name), so that
// a wrong request costs no call. `host` is the service's, as a Host header has it. A function's
// name is its plain name (to 64 of letters, digits, "-", "_") or its ARN; a qualifier is a version,
// "$LATEST" or an alias, empty for the unqualified function. tests/aws compares with botocore.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "cloud/aws/request.h"
#include "wire/function_event.h"

namespace paragon::aws::lambda {

// One of the three.
struct Code {
  std::string zip;  // the archive's bytes, at most 50 MB; larger ones go through S3
  struct S3 {
    std::string bucket;
    std::string key;
    std::string version;  // may be empty
  };
  std::optional<S3> s3;
  std::string image_uri;
};

enum class Architecture { x86_64, arm64 };
const char* name(Architecture architecture);  // as AWS writes it
// By that name; none for any other.
std::optional<Architecture> architecture(std::string_view name);

using Texts = std::map<std::string, std::string>;

struct CreateFunction {
  std::string name;
  Code code;
  std::string role;                             // ARN of the role it runs under
  std::string runtime = "provided.al2";         // of archives, not of images
  std::string handler = "bootstrap";            // of archives, not of images
  Memory memory = megabytes(128);               // 128 MB to 10240 MB
  Duration timeout = std::chrono::seconds(60);  // whole seconds, 1 to 900
  Architecture architecture = Architecture::x86_64;
  std::string description;  // to 256 bytes
  Texts environment;        // to 4 KB in all
  Texts tags;
  std::vector<std::string> subnet_ids;
  std::vector<std::string> security_group_ids;
  bool publish = false;  // a numbered version at once
};

struct UpdateFunctionCode {
  std::string name;
  Code code;
  std::optional<Architecture> architecture;
  bool publish = false;
  bool dry_run = false;
};

// What is not given stays as it is.
struct UpdateFunctionConfiguration {
  std::string name;
  std::string role;
  std::optional<Memory> memory;
  std::optional<Duration> timeout;
  std::optional<std::string> description;
  std::optional<Texts> environment;  // replaces all variables
};

// Also says the tags and the reserved concurrency.
struct GetFunction {
  std::string name;
  std::string qualifier;
};

// Waits for the answer.
struct Invoke {
  std::string name;
  std::string qualifier;
  std::string payload;    // JSON, at most kPayloadMax
  bool tail_log = false;  // the answer then carries the log's last 4 KB, with the billed time
  bool dry_run = false;   // checks permissions only
};

// A numbered version of what the function now is; the last one's number where nothing has changed
// since.
struct PublishVersion {
  std::string name;
  std::string description;  // to 256 bytes
};

struct ListVersions {
  std::string name;
  std::string marker;  // of the page before
};

struct DeleteFunction {
  std::string name;
  std::string qualifier;  // empty: all versions
};

struct ListFunctions {
  std::string marker;            // of the page before
  std::optional<int> page_size;  // 1 to 10000; AWS gives at most 50
};

// Holds back a part of the account's concurrency for the function, which is also its limit.
struct PutFunctionConcurrency {
  std::string name;
  int reserved = 0;  // 0: it can no longer be invoked
};

struct DeleteFunctionConcurrency {
  std::string name;
};

// Environments that are kept initialised, and billed, for a version or an alias.
struct PutProvisionedConcurrency {
  std::string name;
  std::string qualifier;  // not "$LATEST"
  int provisioned = 1;
};

struct GetProvisionedConcurrency {
  std::string name;
  std::string qualifier;
};

// Of all versions and aliases of the function.
struct ListProvisionedConcurrency {
  std::string name;
  std::string marker;  // of the page before
};

struct DeleteProvisionedConcurrency {
  std::string name;
  std::string qualifier;
};

Result<ServiceRequest> request(const std::string& host, const CreateFunction& order);
Result<ServiceRequest> request(const std::string& host, const UpdateFunctionCode& order);
Result<ServiceRequest> request(const std::string& host, const UpdateFunctionConfiguration& order);
Result<ServiceRequest> request(const std::string& host, const GetFunction& question);
Result<ServiceRequest> request(const std::string& host, Invoke call);
Result<ServiceRequest> request(const std::string& host, const PublishVersion& order);
Result<ServiceRequest> request(const std::string& host, const ListVersions& question);
Result<ServiceRequest> request(const std::string& host, const DeleteFunction& order);
Result<ServiceRequest> request(const std::string& host, const ListFunctions& question);
Result<ServiceRequest> request(const std::string& host, const PutFunctionConcurrency& order);
Result<ServiceRequest> request(const std::string& host, const DeleteFunctionConcurrency& order);
Result<ServiceRequest> request(const std::string& host, const PutProvisionedConcurrency& order);
Result<ServiceRequest> request(const std::string& host, const GetProvisionedConcurrency& question);
Result<ServiceRequest> request(const std::string& host, const ListProvisionedConcurrency& question);
Result<ServiceRequest> request(const std::string& host, const DeleteProvisionedConcurrency& order);

inline constexpr std::size_t kPayloadMax = kFunctionJsonMax;  // bytes, either way
inline constexpr std::size_t kZipMax = 50 * 1024 * 1024;      // bytes, sent directly

}  // namespace paragon::aws::lambda

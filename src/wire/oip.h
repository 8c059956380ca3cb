// Open Inference Protocol v2 over REST: requests and responses of `infer`, JSON and binary.
//
// Parsing refuses what the protocol refuses, with a message that names the tensor and the field.
// What parse accepts, render gives back equal (property-tested).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "wire/http.h"
#include "wire/tensor.h"

namespace paragon::oip {

// Parameters are flat: bool, integer, floating or string.
using Parameter = std::variant<bool, std::int64_t, double, std::string>;
using Parameters = std::map<std::string, Parameter, std::less<>>;

struct RequestedOutput {
  std::string name;
  bool binary = false;
  std::int64_t classification = 0;  // Triton's `classification` count; 0 = not asked
};

struct InferRequest {
  std::string id;
  Parameters parameters;
  std::vector<Tensor> inputs;
  std::vector<RequestedOutput> outputs;  // empty: all
  bool binary_outputs = false;           // `binary_data_output`
  bool raw = false;                      // the body was one raw picture: content-type image/*, or
                     // application/octet-stream with Inference-Header-Content-Length: 0. inputs[0]
                     // is then BYTES [1] named "image" holding it.
};

struct InferResponse {
  std::string model_name;
  std::string model_version;
  std::string id;
  Parameters parameters;
  std::vector<Tensor> outputs;
};

// The header that says how much of a body is JSON, with the binary part behind it.
inline constexpr const char* kJsonLength = "inference-header-content-length";

// `content_type` decides between a raw picture and the protocol; `json_length` is the header
// Inference-Header-Content-Length (empty = the whole body is JSON).
Result<InferRequest> parse_request(std::string_view content_type, std::string_view json_length,
                                   std::string_view body);

// A body and the headers that go with it (content type, Inference-Header-Content-Length).
struct Encoded {
  std::string body;
  std::string content_type;
  std::size_t json_length = 0;  // 0: no binary part, header not sent
};
// Outputs named in `asked` (or all), each as JSON or binary as the request wanted.
Encoded render_response(const InferResponse& response, const InferRequest& asked);
// FP16 and BF16 have no JSON form and are always binary; text that is not UTF-8 gets U+FFFD, and
// numbers that are not finite become null, where JSON was wanted.
// A request keeps what JSON cannot carry (those, and pictures in BYTES) by sending it binary all
// the same. A raw request becomes an ordinary one with the same input.
Encoded render_request(const InferRequest& request, bool binary_inputs);

Result<InferResponse> parse_response(std::string_view json_length, std::string_view body);

// `{"error": "..."}` with the protocol's status for the code: not_found 404, unavailable and
// insufficient_capacity 503, throttled 429, timeout 504, unsupported 501, denied 403, internal 500,
// invalid 400.
http::Response error_response(const Error& error);
int http_status(ErrorCode code);

}  // namespace paragon::oip

// Open Inference Protocol with the binary tensor extension. The first line of the input is the
// header Inference-Header-Content-Length, the rest the body.
#include <cstdint>

#include "fuzz/same_request.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\n');
  if (end == std::string_view::npos) return 0;
  const std::string_view length = input.substr(0, end);
  const std::string_view body = input.substr(end + 1);
  paragon::fuzz::check_request(
      paragon::oip::parse_request("application/octet-stream", length, body));
  paragon::fuzz::check_response(paragon::oip::parse_response(length, body));
  return 0;
}

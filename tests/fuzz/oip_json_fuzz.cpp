// Open Inference Protocol, JSON bodies of requests and responses. What is accepted comes back equal
// when it is rendered and read again.
#include <cstdint>

#include "fuzz/same_request.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  paragon::fuzz::check_request(paragon::oip::parse_request("application/json", "", body));
  paragon::fuzz::check_response(paragon::oip::parse_response("", body));
  return 0;
}

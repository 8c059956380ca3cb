// What a function gets from its caller, and a caller from its function. What is accepted comes back
// equal when it is written and read again.
#include <cstdint>

#include "base/check.h"
#include "wire/function_event.h"

using namespace paragon;

namespace {

void check_request(std::string_view json) {
  const auto request = read_function_event(json);
  if (!request) {
    PARAGON_CHECK(request.error().code == ErrorCode::invalid, request.error().message);
    return;
  }
  const auto written = write_function_event(request->method, "/", request->headers, request->body);
  PARAGON_CHECK(written.ok(), "a small event that cannot be written");
  const auto again = read_function_event(*written);
  PARAGON_CHECK(again.ok(), *written);
  PARAGON_CHECK(again->method == request->method && again->body == request->body, *written);
  for (const auto& [name, value] : again->headers) {
    PARAGON_CHECK(request->headers.has(name), name);
  }
}

void check_reply(std::string_view json) {
  const auto reply = read_function_reply(json);
  if (!reply) {
    PARAGON_CHECK(reply.error().code == ErrorCode::unavailable, reply.error().message);
    return;
  }
  http::Response response;
  response.status = reply->answer.status;
  response.content_type = "";
  response.headers = reply->answer.headers;
  response.body = reply->answer.body;
  const auto written = write_function_reply(response, reply->ran);
  PARAGON_CHECK(written.ok(), "a small answer that cannot be written");
  const auto again = read_function_reply(*written);
  PARAGON_CHECK(again.ok(), *written);
  PARAGON_CHECK(
      again->answer.status == reply->answer.status && again->answer.body == reply->answer.body &&
          again->ran.cold == reply->ran.cold && again->ran.provisioned == reply->ran.provisioned,
      *written);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view json(reinterpret_cast<const char*>(data), size);
  check_request(json);
  check_reply(json);
  return 0;
}

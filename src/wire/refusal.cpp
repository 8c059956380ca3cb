#include "wire/refusal.h"

#include "wire/json_text.h"

namespace paragon::http {

Response error_answer(int status, std::string_view message) {
  Response response;
  response.status = status;
  response.body = "{\"error\":";
  json::append_string(response.body, message);
  response.body += '}';
  return response;
}

}  // namespace paragon::http

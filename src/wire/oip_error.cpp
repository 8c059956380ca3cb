#include "wire/oip.h"
#include "wire/refusal.h"

namespace paragon::oip {

int http_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid:
      return 400;
    case ErrorCode::denied:
      return 403;
    case ErrorCode::not_found:
      return 404;
    case ErrorCode::throttled:
      return 429;
    case ErrorCode::internal:
      return 500;
    case ErrorCode::unsupported:
      return 501;
    case ErrorCode::unavailable:
    case ErrorCode::insufficient_capacity:
      return 503;
    case ErrorCode::timeout:
      return 504;
  }
  return 500;
}

http::Response error_response(const Error& error) {
  return http::error_answer(http_status(error.code), error.message);
}

}  // namespace paragon::oip

#include "serve/page.h"

namespace paragon {

std::string status_page() {
  return "<!doctype html><title>Paragon</title>"
         "<p>Paragon is running. See <a href=/api/v1/fleet>fleet</a>, <a "
         "href=/api/v1/cost>cost</a>, "
         "<a href=/api/v1/status>status</a>, <a href=/metrics>metrics</a>.";
}

}  // namespace paragon

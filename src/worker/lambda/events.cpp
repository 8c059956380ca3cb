#include "worker/lambda/events.h"

#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string_view>
#include <utility>

#include "wire/function_event.h"

namespace paragon {
namespace {

bool kept_provisioned(const char* initialisation_type) {
  return initialisation_type != nullptr &&
         std::string_view(initialisation_type) == "provisioned-concurrency";
}

}  // namespace

Duration process_age() {
  std::ifstream in("/proc/self/stat");
  std::string text;
  std::getline(in, text);
  // Behind the program's name, which may have anything in it, the start is the 20th word.
  std::istringstream words(text.substr(std::min(text.rfind(')') + 1, text.size())));
  std::string word;
  for (int i = 0; i < 19; ++i) words >> word;
  std::int64_t ticks = 0;
  timespec now{};
  if (!(words >> ticks) || clock_gettime(CLOCK_BOOTTIME, &now) != 0) return {};
  const Duration since_boot =
      std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
  const Duration started =
      from_seconds(static_cast<double>(ticks) / static_cast<double>(sysconf(_SC_CLK_TCK)));
  return std::max(since_boot - started, Duration{});
}

LambdaEvents::LambdaEvents(Loop& loop, http::Handler handler)
    : loop_(loop),
      handler_(std::move(handler)),
      provisioned_(kept_provisioned(std::getenv("AWS_LAMBDA_INITIALIZATION_TYPE"))),
      cold_(!provisioned_) {}

void LambdaEvents::answer(const std::string& event, LambdaRuntime::Answer done) {
  const bool cold = std::exchange(cold_, false);
  auto request = read_function_event(event);
  if (!request) return done(request.error());
  const Time began = loop_.now();
  request->arrived = began;
  handler_(*std::move(request), http::Reply::to([this, cold, began, done = std::move(done)](
                                                    const http::Response& response) {
    done(write_function_reply(response, {cold, provisioned_, initialised_, loop_.now() - began}));
  }));
}

}  // namespace paragon

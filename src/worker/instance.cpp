#include "worker/instance.h"

#include <algorithm>
#include <utility>

#include "wire/json_text.h"

namespace paragon {

Instance::Instance(Loop& loop, std::optional<Duration> orphan_after, std::function<void()> orphaned)
    : loop_(loop), orphan_after_(orphan_after), orphaned_(std::move(orphaned)), heard_(loop.now()) {
  if (orphan_after_) watch();
}

void Instance::watch() {
  timer_ = loop_.at(heard_ + *orphan_after_, [this] {
    if (loop_.now() < heard_ + *orphan_after_) return watch();
    if (orphaned_) orphaned_();
  });
}

http::Response Instance::answer() {
  const Time now = loop_.now();
  http::Response response;
  std::string& body = response.body;
  body = R"({"heard_s":)";
  json::append_number(body, seconds(now - std::exchange(heard_, now)));
  body += R"(,"orphan_after_s":)";
  if (orphan_after_) json::append_number(body, seconds(*orphan_after_));
  if (!orphan_after_) body += "null";
  body += R"(,"interruption":)";
  if (interruption_) {
    body += R"({"action":)";
    json::append_string(body, interruption_->action);
    body += R"(,"in_s":)";
    json::append_number(body, std::max(seconds(interruption_->at - now), 0.0));
    body += "}}";
  } else {
    body += "null}";
  }
  return response;
}

}  // namespace paragon

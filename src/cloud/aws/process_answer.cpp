#include "cloud/aws/process_answer.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "cloud/aws/json_text.h"

namespace paragon::aws {

Result<Credentials> read_process_answer(const std::string& text) {
  const auto wrong = [](const std::string& why) {
    return Error{ErrorCode::invalid,
                 why +
                     "; it must print {\"Version\": 1, \"AccessKeyId\": ..., "
                     "\"SecretAccessKey\": ..., \"SessionToken\": ..., \"Expiration\": ...}"};
  };
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return wrong("it printed no JSON");
  if (const auto version = json.find("Version"); version == json.end() || *version != 1)
    return wrong("what it printed is not of version 1");
  Credentials out{text_of(json, "AccessKeyId"), Secret(text_of(json, "SecretAccessKey")),
                  Secret(text_of(json, "SessionToken")), std::nullopt};
  if (out.access_key_id.empty() || out.secret_access_key.empty())
    return wrong("it printed no AccessKeyId, or no SecretAccessKey");
  if (const std::string until = text_of(json, "Expiration"); !until.empty()) {
    const auto expires = read_instant(until);
    if (!expires) return wrong("its Expiration: " + expires.error().message);
    out.expires = *expires;
  }
  return out;
}

}  // namespace paragon::aws

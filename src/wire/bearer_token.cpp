#include "wire/bearer_token.h"

#include <openssl/crypto.h>

namespace paragon::http {

bool carries_token(const Headers& headers, std::string_view token) {
  std::string_view given = headers.find("authorization");
  constexpr std::string_view kScheme = "bearer ";
  if (given.size() < kScheme.size() || !same_name(given.substr(0, kScheme.size()), kScheme)) {
    return false;
  }
  given.remove_prefix(kScheme.size());
  return given.size() == token.size() &&
         CRYPTO_memcmp(given.data(), token.data(), token.size()) == 0;
}

}  // namespace paragon::http

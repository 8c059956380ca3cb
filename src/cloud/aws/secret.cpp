#include "cloud/aws/secret.h"

#include <openssl/crypto.h>

namespace paragon::aws {
namespace {

void wipe(std::string& text) {
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

}  // namespace

// A moved-from short string still holds its bytes, hence the copies and wipes by hand.
Secret::Secret(Secret&& other) noexcept { text_.swap(other.text_); }

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) {
    std::string copy = other.text_;
    wipe(text_);
    text_.swap(copy);
  }
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe(text_);
    text_.swap(other.text_);
  }
  return *this;
}

Secret::~Secret() { wipe(text_); }

}  // namespace paragon::aws

// Text that must never be printed, logged or written to a journal: keys and session tokens.
#pragma once

#include <string>
#include <utility>

namespace paragon::aws {

// Has no conversion to text and no operator<<, so that a format string or a stream cannot take one
// by accident; reveal() is easy to search for. Its memory is wiped when it goes.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  bool empty() const { return text_.empty(); }
  const std::string& reveal() const { return text_; }  // for signing only
  bool operator==(const Secret&) const = default;

 private:
  std::string text_;
};

}  // namespace paragon::aws

// SHA-256 (FIPS 180-4): to check that a file is the one that was meant.
//
// Fed in pieces, so a large file needs no large buffer. Not meant for secrets: no key, and no claim
// about timing.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace paragon {

class Sha256 {
 public:
  Sha256();
  void add(std::string_view bytes);
  std::string hex();  // 64 lower-case digits; ends the hash, call once

 private:
  void block(const unsigned char* bytes);

  std::array<std::uint32_t, 8> state_;
  std::array<unsigned char, 64> pending_{};
  std::size_t pending_size_ = 0;
  std::uint64_t total_bytes_ = 0;
};

std::string sha256_hex(std::string_view bytes);

}  // namespace paragon

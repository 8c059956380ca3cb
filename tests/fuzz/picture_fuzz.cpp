// Pictures. PNG files carry sums, which would hide the decoder from nearly every mutation, so each
// one is tried as it is and with its sums made right.
#include <zlib.h>

#include <cstdint>

#include "base/check.h"
#include "worker/picture.h"

namespace {

// Small, so that no single input takes long.
constexpr paragon::PictureLimits kLimits{1'000'000, 5000};

void decode(std::string_view file) {
  static paragon::Picture into;
  const paragon::Status status = paragon::decode_picture(file, into, kLimits);
  if (!status.ok()) {
    PARAGON_CHECK(!status.error().message.empty(), "an error without words");
    return;
  }
  PARAGON_CHECK(into.channels == 1 || into.channels == 3, std::to_string(into.channels));
  const auto pixels = static_cast<std::int64_t>(into.width) * into.height;
  PARAGON_CHECK(pixels >= 1 && pixels <= kLimits.pixels_max, std::to_string(pixels));
  PARAGON_CHECK(into.pixels.size() == static_cast<std::size_t>(pixels * into.channels),
                std::to_string(into.pixels.size()));
}

std::uint32_t number_at(const std::string& file, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<std::uint8_t>(file[at + i]);
  return value;
}

// Chunks are length, type, data, sum of type and data.
std::string with_right_sums(std::string file) {
  for (std::size_t at = 8; at + 12 <= file.size();) {
    const std::size_t length = number_at(file, at);
    if (length > file.size() - at - 12) break;
    const auto sum = crc32(0, reinterpret_cast<const Bytef*>(file.data()) + at + 4,
                           static_cast<uInt>(length + 4));
    for (std::size_t i = 0; i < 4; ++i) {
      file[at + 8 + length + i] = static_cast<char>(sum >> (24 - 8 * i));
    }
    at += 12 + length;
  }
  return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string file(reinterpret_cast<const char*>(data), size);
  decode(file);
  if (file.starts_with("\x89PNG\r\n\x1a\n")) decode(with_right_sums(file));
  return 0;
}

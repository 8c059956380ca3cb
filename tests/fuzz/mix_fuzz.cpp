// Query mixes. A mix that loads can be drawn from.
#include <cstdint>

#include "base/check.h"
#include "base/random.h"
#include "fuzz/input_file.h"
#include "trace/mix.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const paragon::fuzz::InputFile file("mix.yaml");
  const std::string& path = file.write({reinterpret_cast<const char*>(data), size});
  const auto mix = paragon::load_mix(path);
  if (!mix) {
    PARAGON_CHECK(mix.error().message.starts_with(path), mix.error().message);
    return 0;
  }
  paragon::Random random(1);
  for (int i = 0; i < 16; ++i) {
    const std::size_t drawn = mix->draw(random);
    PARAGON_CHECK(drawn < mix->classes().size(), std::to_string(drawn));
    PARAGON_CHECK(mix->classes()[drawn].weight > 0, mix->classes()[drawn].name);
  }
  return 0;
}

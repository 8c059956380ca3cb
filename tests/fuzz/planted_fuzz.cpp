// Not a reader of ours: a reader with a mistake, to test the fuzzing. A record is a length and so
// many bytes, and this one believes the length. CTest expects that the driver finds it.
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (std::size_t at = 0; at < size;) {
    const std::size_t length = data[at];
    if (at + 1 + length > size) std::abort();  // a read behind the end, made to show
    at += 1 + length;
  }
  return 0;
}

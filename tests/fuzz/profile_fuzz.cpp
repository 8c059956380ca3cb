// What `paragon profile` reads back of itself and of NumPy: log lines and the heads of tensor
// files.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "profile/log_file.h"
#include "profile/rounds_log.h"
#include "profile/single_run.h"
#include "profile/tensor_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace paragon::profile;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto head = read_tensor_head(text)) {
    PARAGON_CHECK(head->data_at <= size && head->data_bytes >= sizeof(float), "a head that lies");
  }
  if (const auto log = parse_log(text, kRoundsHeader)) {
    PARAGON_CHECK(log->whole <= size, "a log longer than its text");
    static const paragon::Catalog empty = *paragon::Catalog::build({});
    const auto visits = visits_of(log->rows, empty);
    PARAGON_CHECK(!visits || visits->empty(), "a visit of nothing");
  }
  static_cast<void>(parse_cold_start(std::string(text)).ok());
  static_cast<void>(parse_share_visit(std::string(text)).ok());
  return 0;
}

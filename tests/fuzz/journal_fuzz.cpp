// Journals: whatever a journal says, the replay ends with a report or an error that names a line.
#include <cstdint>
#include <sstream>

#include "base/check.h"
#include "brain/journal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::istringstream in(std::string(reinterpret_cast<const char*>(data), size));
  const auto report = paragon::replay(
      [&in](std::string& line) { return static_cast<bool>(std::getline(in, line)); });
  if (!report) {
    PARAGON_CHECK(report.error().message.starts_with("line "), report.error().message);
  } else {
    PARAGON_CHECK((report->differences == 0) == report->first_difference.empty(),
                  report->first_difference);
  }
  return 0;
}

// Tables in CSV, as `models:` of a catalog reads them.
#include <cstdint>

#include "base/check.h"
#include "catalog/node.h"
#include "fuzz/input_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const paragon::fuzz::InputFile file("models.csv");
  const std::string& path = file.write({reinterpret_cast<const char*>(data), size});
  const auto table = paragon::read_csv(path);
  if (!table) {
    PARAGON_CHECK(table.error().message.starts_with(path), table.error().message);
    return 0;
  }
  int line = 1;
  for (const paragon::Node& row : table->items) {
    PARAGON_CHECK(row.line > line || table->items.front().line == row.line,
                  std::to_string(row.line));
    line = row.line;
  }
  return 0;
}

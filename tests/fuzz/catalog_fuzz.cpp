// Catalog files in YAML. A catalog that loads is whole; one that does not says where it is wrong.
#include <cstdint>

#include "base/check.h"
#include "catalog/load.h"
#include "fuzz/input_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const paragon::fuzz::InputFile file("catalog.yaml");
  const std::string& path = file.write({reinterpret_cast<const char*>(data), size});
  paragon::LoadOptions options;
  options.require_files = false;
  const auto catalog = paragon::load_catalog(path, options);
  if (!catalog) {
    // It begins with the whole path of the file that is wrong: this one, or one that it names.
    PARAGON_CHECK(catalog.error().message.starts_with('/'), catalog.error().message);
    return 0;
  }
  for (const paragon::Variant& variant : catalog->variants()) {
    PARAGON_CHECK(variant.task.index() < catalog->tasks().size(), variant.name);
    PARAGON_CHECK(catalog->find_variant(variant.name).has_value(), variant.name);
  }
  return 0;
}

// The configuration of a server. What loads can be checked against a catalog; what does not says
// in which file. Addresses are read from the same bytes.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "fuzz/input_file.h"
#include "serve/config.h"
#include "wire/http_client.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace paragon;
  static const fuzz::InputFile file("server.yaml");
  static const Catalog empty = *Catalog::build({});
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string& path = file.write(text);
  if (const auto config = load_config(path)) {
    static_cast<void>(check(*config, empty).ok());
  } else {
    PARAGON_CHECK(config.error().message.starts_with(path), config.error().message);
  }
  if (const auto address = parse_address(text)) {
    PARAGON_CHECK(!address->host.empty(), text);
  }
  if (const auto endpoint = http::parse_endpoint(text)) {
    PARAGON_CHECK(!endpoint->host.empty(), text);
  }
  return 0;
}

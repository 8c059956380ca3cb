#include "cloud/aws/xml.h"

#include <fmt/format.h>

namespace paragon::aws::xml {

Result<std::unique_ptr<pugi::xml_document>> parse(std::string_view text, std::string_view root) {
  auto document = std::make_unique<pugi::xml_document>();
  // A tag's value may be blanks and nothing else.
  const auto parsed = document->load_buffer(text.data(), text.size(),
                                            pugi::parse_default | pugi::parse_ws_pcdata_single);
  if (!parsed) {
    return Error{ErrorCode::unavailable,
                 fmt::format("answer of {} bytes is not XML: {} at byte {}", text.size(),
                             parsed.description(), parsed.offset)};
  }
  const std::string_view found = document->document_element().name();
  if (!root.empty() && found != root) {
    return Error{ErrorCode::unavailable,
                 fmt::format("answer is a <{}>, where a <{}> was expected", found, root)};
  }
  return document;
}

}  // namespace paragon::aws::xml

// Faults out of answers, in both languages that AWS speaks.
#include <nlohmann/json.hpp>

#include "cloud/aws/fault.h"
#include "cloud/aws/json_text.h"
#include "cloud/aws/xml.h"

namespace paragon::aws {
namespace {

constexpr std::size_t kExcerpt = 200;

// First element of the name at any depth. Answers that hold a fault are small.
std::string anywhere(const pugi::xml_document& document, std::string_view name) {
  return document.find_node([&](const pugi::xml_node& node) { return name == node.name(); })
      .text()
      .get();
}

std::string excerpt(const std::string& body) {
  return body.size() <= kExcerpt ? body : body.substr(0, kExcerpt) + "...";
}

// "com.amazon.coral.service#AccessDeniedException:http://..." names AccessDeniedException.
std::string bare(std::string_view type) {
  type = type.substr(0, type.find(':'));
  const std::size_t hash = type.rfind('#');
  return std::string(hash == std::string_view::npos ? type : type.substr(hash + 1));
}

}  // namespace

Fault read_xml_fault(const http::Answer& answer) {
  Fault fault{answer.status, {}, {}, std::string(answer.headers.find("x-amzn-requestid"))};
  const auto document = xml::parse(answer.body, {});
  if (!document || anywhere(**document, "Code").empty()) {
    fault.message = excerpt(answer.body);
    return fault;
  }
  fault.code = anywhere(**document, "Code");
  fault.message = anywhere(**document, "Message");
  for (const char* name : {"RequestID", "RequestId"}) {
    if (auto id = anywhere(**document, name); !id.empty()) fault.request_id = std::move(id);
  }
  return fault;
}

Fault read_json_fault(const http::Answer& answer) {
  Fault fault{answer.status,
              bare(answer.headers.find("x-amzn-errortype")),
              {},
              std::string(answer.headers.find("x-amzn-requestid"))};
  const auto body = nlohmann::json::parse(answer.body, nullptr, false);
  if (!body.is_object()) {
    fault.message = excerpt(answer.body);
    return fault;
  }
  for (const char* name : {"__type", "code", "Code"}) {
    if (fault.code.empty()) fault.code = bare(text_of(body, name));
  }
  for (const char* name : {"message", "Message", "errorMessage"}) {
    if (fault.message.empty()) fault.message = text_of(body, name);
  }
  return fault;
}

}  // namespace paragon::aws

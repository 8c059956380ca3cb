#include "wire/response_head.h"

#include <fmt/format.h>

#include <ctime>

namespace paragon::http {

namespace {

// "date: ...\r\n", made once a second.
std::string_view date_line() {
  thread_local std::time_t made = 0;
  thread_local char line[48];
  thread_local std::size_t length = 0;
  const std::time_t now = std::time(nullptr);
  if (now != made) {
    std::tm utc{};
    gmtime_r(&now, &utc);
    length = std::strftime(line, sizeof line, "date: %a, %d %b %Y %H:%M:%S GMT\r\n", &utc);
    made = now;
  }
  return {line, length};
}

void append_clean(std::string& out, std::string_view text) {
  const std::size_t from = out.size();
  out += text;
  for (std::size_t i = from; i < out.size(); ++i) {
    const auto c = static_cast<unsigned char>(out[i]);
    if ((c < 0x20 && c != '\t') || c == 0x7F) out[i] = ' ';
  }
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  append_clean(out, name);
  out += ": ";
  append_clean(out, value);
  out += "\r\n";
}

}  // namespace

std::string response_head(const Response& response, bool keep_alive, bool http_1_0) {
  std::string head;
  head.reserve(256);
  const fmt::format_int status(response.status);
  const fmt::format_int length(response.body.size());
  head += "HTTP/1.1 ";
  head.append(status.data(), status.size());
  head += ' ';
  head += reason_phrase(response.status);
  head += "\r\n";
  head += date_line();
  if (!response.content_type.empty() && (!response.body.empty() || response.status == 200)) {
    append_header(head, "content-type", response.content_type);
  }
  const bool bodiless = response.status == 204 || response.status == 304;
  if (!bodiless) append_header(head, "content-length", {length.data(), length.size()});
  for (const auto& [name, value] : response.headers) append_header(head, name, value);
  if (!keep_alive) {
    head += "connection: close\r\n";
  } else if (http_1_0) {
    head += "connection: keep-alive\r\n";
  }
  head += "\r\n";
  return head;
}

}  // namespace paragon::http

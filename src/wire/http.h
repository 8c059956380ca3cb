// HTTP/1.1 messages as the rest of the program sees them: no Beast type leaves wire/.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace paragon::http {

enum class Method { get, head, post, put, del, other };

// Equal but for the case of ASCII letters, as names of headers are compared.
bool same_name(std::string_view a, std::string_view b);

// Names are compared without regard to case; a name may repeat (first wins in find()).
class Headers {
 public:
  void add(std::string name, std::string value) {
    list_.emplace_back(std::move(name), std::move(value));
  }
  std::string_view find(std::string_view name) const;  // empty when absent
  bool has(std::string_view name) const;
  auto begin() const { return list_.begin(); }
  auto end() const { return list_.end(); }
  std::size_t size() const { return list_.size(); }
  void reserve(std::size_t count) { list_.reserve(count); }

 private:
  std::vector<std::pair<std::string, std::string>> list_;
};

struct Request {
  Method method = Method::get;
  std::string path;   // percent-decoded, without the query
  std::string query;  // behind '?', as sent
  Headers headers;
  std::string body;
  bool from_loopback = true;
  Time arrived{};  // when the head was read, on the loop's timeline
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  Headers headers;
  std::string body;
};

const char* reason_phrase(int status);

}  // namespace paragon::http

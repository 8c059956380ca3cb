#include "wire/request_parser.h"

#include <algorithm>

namespace paragon::http {

namespace beast_http = boost::beast::http;

namespace {

// The most that is set aside on the word of a content-length header alone.
constexpr std::size_t kReserveMax = 1024 * 1024;

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool percent_decode(std::string_view text, std::string& out) {
  out.clear();
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int high = i + 2 < text.size() ? hex(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex(text[i + 2]) : -1;
      if (high < 0 || low < 0) return false;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c == '\0') return false;
    out += c;
  }
  return true;
}

Method method_of(beast_http::verb verb) {
  switch (verb) {
    case beast_http::verb::get:
      return Method::get;
    case beast_http::verb::head:
      return Method::head;
    case beast_http::verb::post:
      return Method::post;
    case beast_http::verb::put:
      return Method::put;
    case beast_http::verb::delete_:
      return Method::del;
    default:
      return Method::other;
  }
}

}  // namespace

bool split_target(std::string_view target, std::string& path, std::string& query) {
  if (target.starts_with("http://") || target.starts_with("https://")) {
    const std::size_t slash = target.find('/', target.find("//") + 2);
    target = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
  }
  if (target != "*" && !target.starts_with('/')) return false;
  target = target.substr(0, target.find('#'));
  const std::size_t mark = target.find('?');
  query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
  return percent_decode(target.substr(0, mark), path);
}

RequestParser::RequestParser(const RequestLimits& limits) : limits_(limits) {
  header_limit(static_cast<std::uint32_t>(std::min<std::size_t>(limits.head_bytes_max, 1U << 30)));
  body_limit(limits.body_bytes_max);
}

RequestParser::Step RequestParser::refuse(int status, std::string message) {
  refusal_ = {status, std::move(message)};
  return Step::failed;
}

RequestParser::Step RequestParser::refuse(Code error) {
  const auto limit = [](std::size_t bytes) { return std::to_string(bytes) + " bytes"; };
  if (error == beast_http::error::header_limit) {
    return refuse(431, "request head is larger than " + limit(limits_.head_bytes_max));
  }
  if (error == beast_http::error::body_limit) {
    return refuse(413, "request body is larger than " + limit(limits_.body_bytes_max));
  }
  if (error == beast_http::error::bad_version) {
    return refuse(505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
  }
  return refuse(400, "malformed HTTP request: " + error.message());
}

RequestParser::Step RequestParser::check_head() {
  if (!verb_known_) return refuse(501, "unknown HTTP method");
  if (!target_good_) return refuse(400, "malformed request target");
  if (hosts_ > 1 || (hosts_ == 0 && version_ >= 11)) {
    return refuse(400, "an HTTP/1.1 request needs exactly one host header");
  }
  if (!transfer_.empty() && !same_name(transfer_, "chunked")) {
    return refuse(501, "transfer-encoding '" + transfer_ + "' is not supported, only chunked is");
  }
  if (!transfer_.empty() && version_ < 11) {
    return refuse(400, "an HTTP/1.0 request cannot be chunked");
  }
  if (version_ < 11 && !length_given_ &&
      (request_.method == Method::post || request_.method == Method::put)) {
    return refuse(411, "an HTTP/1.0 request with a body needs a content-length header");
  }
  if (!unknown_coding_.empty()) {
    return refuse(415, "content-encoding '" + unknown_coding_ +
                           "' is not supported, only gzip and deflate are");
  }
  if (!expectation_.empty()) {
    return refuse(417, "expectation '" + expectation_ + "' is not supported, only 100-continue is");
  }
  return Step::head;
}

RequestParser::Step RequestParser::feed(std::string_view bytes, std::size_t& used) {
  used = 0;
  while (true) {
    if (!head_seen_ && is_header_done()) {
      head_seen_ = true;
      return check_head();
    }
    if (is_done()) {
      done_ = true;
      return Step::done;
    }
    if (used == bytes.size()) return Step::more;
    Code error;
    const std::size_t taken =
        put(boost::asio::buffer(bytes.data() + used, bytes.size() - used), error);
    used += taken;
    if (error == beast_http::error::need_more) return Step::more;
    if (error) return refuse(error);
  }
}

std::size_t RequestParser::body_bytes_missing() {
  const auto left = head_seen_ ? content_length_remaining() : boost::none;
  return left ? static_cast<std::size_t>(*left) : 0;
}

void RequestParser::on_request_impl(Verb verb, Text, Text target, int version, Code&) {
  version_ = version;
  verb_known_ = verb != Verb::unknown;
  request_.method = method_of(verb);
  request_.headers.reserve(8);
  target_good_ = split_target(target, request_.path, request_.query);
}

void RequestParser::on_field_impl(beast_http::field field, Text name, Text value, Code&) {
  switch (field) {
    case beast_http::field::host:
      ++hosts_;
      break;
    case beast_http::field::content_length:
      length_given_ = true;
      break;
    case beast_http::field::transfer_encoding:
      if (!transfer_.empty()) transfer_ += ", ";
      transfer_ += std::string_view(value);
      break;
    case beast_http::field::expect:
      if (same_name(value, "100-continue")) {
        expects_continue_ = version_ >= 11;
      } else {
        expectation_ = value;
      }
      break;
    case beast_http::field::content_encoding:
      // Not passed on: whoever reads the request finds the body as it was before encoding.
      if (same_name(value, "gzip") || same_name(value, "x-gzip")) {
        coding_ = Coding::gzip;
      } else if (same_name(value, "deflate")) {
        coding_ = Coding::deflate;
      } else if (!same_name(value, "identity")) {
        unknown_coding_ = value;
      }
      return;
    default:
      break;
  }
  request_.headers.add(std::string(name), std::string(value));
}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, Code&) {
  if (length) request_.body.reserve(std::min<std::uint64_t>(*length, kReserveMax));
}

std::size_t RequestParser::on_body_impl(Text body, Code&) {
  request_.body.append(body.data(), body.size());
  return body.size();
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, Text body, Code&) {
  request_.body.append(body.data(), body.size());
  return body.size();
}

}  // namespace paragon::http

#include "wire/response_parser.h"

#include <algorithm>

namespace paragon::http {

namespace beast_http = boost::beast::http;

namespace {

constexpr std::uint32_t kHeadMax = 64 * 1024;
constexpr std::uint64_t kBodyMax = 1ULL << 30;
constexpr std::uint64_t kReserveMax = 1024 * 1024;  // on the word of content-length alone

}  // namespace

ResponseParser::ResponseParser(bool head_request) : head_request_(head_request) { begin(); }

void ResponseParser::begin() {
  parser_.emplace();
  parser_->header_limit(kHeadMax);
  parser_->body_limit(kBodyMax);
  parser_->skip(head_request_);
}

ResponseParser::Step ResponseParser::feed(std::string_view bytes, std::size_t& used) {
  used = 0;
  while (true) {
    if (parser_->is_done()) {
      const int status = parser_->answer.status;
      if (status >= 200 || status == 101) return Step::done;
      begin();
    }
    if (used == bytes.size()) return Step::more;
    Code error;
    used += parser_->put(boost::asio::buffer(bytes.data() + used, bytes.size() - used), error);
    if (error == beast_http::error::need_more) return Step::more;
    if (error) {
      error_ = error.message();
      return Step::failed;
    }
  }
}

ResponseParser::Step ResponseParser::end() {
  Code error;
  if (parser_->is_header_done() && !parser_->is_done()) parser_->put_eof(error);
  return !error && parser_->is_done() ? Step::done : Step::failed;
}

std::size_t ResponseParser::body_bytes_missing() {
  if (!parser_->is_header_done()) return 0;
  const auto left = parser_->content_length_remaining();
  return left ? static_cast<std::size_t>(*left) : 0;
}

void ResponseParser::Parser::on_field_impl(beast_http::field, Text name, Text value, Code&) {
  answer.headers.add(std::string(name), std::string(value));
}

void ResponseParser::Parser::on_body_init_impl(const boost::optional<std::uint64_t>& length,
                                               Code&) {
  if (length) answer.body.reserve(std::min(*length, kReserveMax));
}

std::size_t ResponseParser::Parser::on_body_impl(Text body, Code&) {
  answer.body.append(body.data(), body.size());
  return body.size();
}

std::size_t ResponseParser::Parser::on_chunk_body_impl(std::uint64_t, Text body, Code&) {
  answer.body.append(body.data(), body.size());
  return body.size();
}

}  // namespace paragon::http

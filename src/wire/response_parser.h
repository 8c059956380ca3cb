// Bytes to one http::Answer, on Beast's parser. Answers with 1xx before it are passed over.
// Includes Beast: for the files of wire/ only.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "wire/http_client.h"

namespace paragon::http {

class ResponseParser {
 public:
  enum class Step { more, done, failed };

  explicit ResponseParser(bool head_request);

  Step feed(std::string_view bytes, std::size_t& used);
  // The connection has ended: done when that is how the answer ends.
  Step end();

  Answer& answer() { return parser_->answer; }
  bool keep_alive() const { return parser_->keep_alive(); }
  std::size_t body_bytes_missing();
  const std::string& error() const { return error_; }

 private:
  using Code = boost::beast::error_code;
  using Text = boost::beast::string_view;
  struct Parser final : boost::beast::http::basic_parser<false> {
    void on_request_impl(boost::beast::http::verb, Text, Text, int, Code&) override {}
    void on_response_impl(int status, Text, int, Code&) override { answer.status = status; }
    void on_field_impl(boost::beast::http::field, Text name, Text value, Code&) override;
    void on_header_impl(Code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, Code&) override;
    std::size_t on_body_impl(Text body, Code&) override;
    void on_chunk_header_impl(std::uint64_t, Text, Code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, Text body, Code&) override;
    void on_finish_impl(Code&) override {}
    Answer answer;
  };

  void begin();

  bool head_request_;
  std::optional<Parser> parser_;
  std::string error_;
};

}  // namespace paragon::http

// Bytes to one http::Request, on Beast's parser, straight into the request's own strings.
//
// Refuses what cannot be understood or is too much, with the status and sentence to answer. What
// two servers might read differently is refused too (a length and chunks, no host): a proxy in
// front must never see other requests than we do. Includes Beast: for the files of wire/ only.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "wire/http.h"
#include "wire/inflate.h"

namespace paragon::http {

struct Refusal {
  int status = 400;
  std::string message;
};

struct RequestLimits {
  std::size_t head_bytes_max = 0;
  std::size_t body_bytes_max = 0;
};

class RequestParser final : private boost::beast::http::basic_parser<true> {
 public:
  enum class Step {
    more,    // give the bytes not used again, with more behind them
    head,    // the head is complete: everything but request().body is known
    done,    // the whole request is
    failed,  // see refusal()
  };

  explicit RequestParser(const RequestLimits& limits);

  // Reads on. Each of `head` and `done` is returned once; a request without body goes from head to
  // done without more bytes. `used` bytes at the front are not needed again.
  Step feed(std::string_view bytes, std::size_t& used);

  Request& request() { return request_; }
  bool in_body() const { return head_seen_ && !done_; }
  std::size_t body_bytes_missing();  // by the length given; 0 when there is none

  bool is_head_request() const { return request_.method == Method::head; }
  bool expects_continue() const { return expects_continue_; }
  bool keep_alive() const { return Base::keep_alive(); }
  bool is_http_1_0() const { return version_ < 11; }
  Coding coding() const { return coding_; }
  const Refusal& refusal() const { return refusal_; }

 private:
  using Base = boost::beast::http::basic_parser<true>;
  using Verb = boost::beast::http::verb;
  using Text = boost::beast::string_view;
  using Code = boost::beast::error_code;

  Step refuse(int status, std::string message);
  Step refuse(Code error);
  Step check_head();

  void on_request_impl(Verb verb, Text method, Text target, int version, Code& error) override;
  void on_response_impl(int, Text, int, Code&) override {}
  void on_field_impl(boost::beast::http::field field, Text name, Text value, Code& error) override;
  void on_header_impl(Code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, Code&) override;
  std::size_t on_body_impl(Text body, Code&) override;
  void on_chunk_header_impl(std::uint64_t, Text, Code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text body, Code& error) override;
  void on_finish_impl(Code&) override {}

  RequestLimits limits_;
  Request request_;
  Refusal refusal_;
  Coding coding_ = Coding::identity;
  int hosts_ = 0;
  bool verb_known_ = true;
  bool target_good_ = true;
  bool length_given_ = false;
  bool expects_continue_ = false;
  std::string expectation_;  // other than 100-continue
  std::string transfer_;     // transfer-encoding
  std::string unknown_coding_;
  int version_ = 11;
  bool head_seen_ = false;
  bool done_ = false;
};

// "/v2/models/a%20b?x=1" or the absolute form to a decoded path and the query as sent; false when
// it is not well-formed.
bool split_target(std::string_view target, std::string& path, std::string& query);

}  // namespace paragon::http

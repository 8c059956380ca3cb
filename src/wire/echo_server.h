// For tests: a server that echoes, and requests to it byte for byte.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "wire/http_server.h"
#include "wire/raw_client.h"

namespace paragon::http {

inline std::string post(const std::string& path, const std::string& body,
                        const std::string& more = "") {
  return "POST " + path + " HTTP/1.1\r\nhost: h\r\ncontent-length: " + std::to_string(body.size()) +
         "\r\n" + more + "\r\n" + body;
}
inline Response say(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}
inline std::string get(const std::string& path, const std::string& more = "") {
  return "GET " + path + " HTTP/1.1\r\nhost: h\r\n" + more + "\r\n";
}

// Answers every request with its method, path and body, except that /later requests stay with
// `held` until the test answers them.
class ServerTest : public testing::Test {
 protected:
  void start(ServerSettings settings = {}) {
    auto made = Server::listen(loop_, settings, [this](Request&& request, Reply reply) {
      ++handled_;
      last_ = request;
      if (request.path.starts_with("/later")) {
        held_.push_back(std::move(reply));
      } else if (request.path == "/drop") {
        return;
      } else {
        Response response;
        response.content_type = "text/plain";
        response.body = request.path + "|" + request.query + "|" + request.body;
        reply(std::move(response));
      }
    });
    ASSERT_TRUE(made.ok()) << made.error().message;
    server_ = std::move(*made);
  }
  RawClient client() { return RawClient(loop_, server_->port()); }
  // Runs the loop until `done`, at most 10 s.
  bool until(const std::function<bool()>& done) { return run_until(loop_, done); }

  Loop loop_;
  std::unique_ptr<Server> server_;
  std::vector<Reply> held_;
  Request last_;
  int handled_ = 0;
};

inline std::string compressed(const std::string& text, int window_bits) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace paragon::http

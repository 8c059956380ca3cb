// For tests: a Lambda Runtime API for one function, which says what the function told it.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wire/http_server.h"

namespace paragon::testing {

class RuntimeApi {
 public:
  struct Told {
    std::string what;  // "1/response", "1/error", "init/error": the id is the event's number
    std::string body;
    std::string error_type;  // of the header
  };

  explicit RuntimeApi(Loop& loop) {
    auto made = http::Server::listen(loop, {}, [this](http::Request&& request, http::Reply reply) {
      handle(std::move(request), std::move(reply));
    });
    EXPECT_TRUE(made);
    server_ = *std::move(made);
  }

  std::string address() const { return "127.0.0.1:" + std::to_string(server_->port()); }
  void invoke(std::string event) {
    events_.push_back(std::move(event));
    hand_out();
  }
  bool waiting() const { return next_.has_value(); }  // the function waits for an event
  void die() { server_.reset(); }

  std::vector<Told> told;
  int status = 202;       // what the next post is answered with; then 202 again
  int next_status = 200;  // what a question for an event is answered with

 private:
  static constexpr std::string_view kBase = "/2018-06-01/runtime/";

  void handle(http::Request&& request, http::Reply reply) {
    ASSERT_TRUE(request.path.starts_with(kBase)) << request.path;
    const std::string path = request.path.substr(kBase.size());
    if (path == "invocation/next") {
      EXPECT_EQ(request.method, http::Method::get);
      EXPECT_FALSE(next_) << "asked for two events at once";
      next_ = std::move(reply);
      return hand_out();
    }
    EXPECT_EQ(request.method, http::Method::post) << path;
    const std::string kind = path.starts_with("invocation/") ? path.substr(11) : path;
    told.push_back({kind, std::move(request.body),
                    std::string(request.headers.find("lambda-runtime-function-error-type"))});
    http::Response response;
    response.status = std::exchange(status, 202);
    response.body = R"({"status":"OK"})";
    reply(std::move(response));
  }

  void hand_out() {
    if (!next_ || (events_.empty() && next_status == 200)) return;
    http::Response response;
    response.status = next_status;
    if (next_status == 200) {
      response.body = std::move(events_.front());
      events_.pop_front();
      response.headers.add("Lambda-Runtime-Aws-Request-Id", std::to_string(++handed_out_));
      response.headers.add("Lambda-Runtime-Deadline-Ms", "4000000000000");
    }
    (*std::exchange(next_, std::nullopt))(std::move(response));
  }

  std::deque<std::string> events_;
  std::optional<http::Reply> next_;
  int handed_out_ = 0;
  std::unique_ptr<http::Server> server_;
};

}  // namespace paragon::testing

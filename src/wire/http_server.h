// An HTTP/1.1 server on a Loop: keep-alive, pipelined requests answered in order, optional TLS and
// bearer tokens.
//
// Promises:
// 1. The handler is called once for each complete, well-formed request; it answers exactly once,
//    now or later, through the Reply it is given. A Reply dropped unanswered answers 500.
// 2. A slow or half-open client is cut off by the timeouts and never delays another.
// 3. Everything that queues has a bound: head size, body size, connections (then the oldest idle
//    one is closed, and beyond that new ones get 503), pipelined requests per connection.
// 4. Malformed input is answered with 4xx and `{"error": "..."}`, then the connection is closed.
// Bodies with content-encoding gzip or deflate are inflated (bound: body_bytes_max after
// inflating).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "wire/http.h"
#include "wire/loop.h"

namespace paragon::http {

struct ServerSettings {
  std::string address = "127.0.0.1";  // or "unix:/path/to/socket"
  std::uint16_t port = 0;             // 0: the system chooses; see Server::port()
  std::size_t head_bytes_max = 16 * 1024;
  std::size_t body_bytes_max = 64 * 1024 * 1024;
  std::size_t connections_max = 4096;
  Duration head_timeout = std::chrono::seconds(10);   // from the first byte to the end of the head
  Duration body_timeout = std::chrono::seconds(30);   // without progress
  Duration idle_timeout = std::chrono::seconds(75);   // between requests
  Duration write_timeout = std::chrono::seconds(30);  // without progress
  std::string tls_certificate_file;                   // PEM chain; with the key below: HTTPS
  std::string tls_key_file;
  std::string bearer_token;  // non-empty: every request must carry it, else 401
};

// Answers one request. Copyable (so that it fits std::function); the first answer counts.
class Reply {
 public:
  void operator()(Response response) const;
  // The client has gone away: the answer would reach nobody.
  bool abandoned() const;

  // For a request that came some other way than over a connection: `answered` is called with the
  // answer, once, from inside the call that gives it.
  static Reply to(std::function<void(Response)> answered);

  struct State;
  explicit Reply(std::shared_ptr<State> state) : state_(std::move(state)) {}

 private:
  std::shared_ptr<State> state_;
};

using Handler = std::function<void(Request&&, Reply)>;

class Server {
 public:
  // Binds and listens at once; an error says which address and why.
  static Result<std::unique_ptr<Server>> listen(Loop& loop, ServerSettings settings,
                                                Handler handler);
  ~Server();  // closes everything at once

  std::uint16_t port() const;

  // Stops accepting and closes idle connections; `drained` is called once every request that was
  // handed to the handler has been answered and sent.
  void drain(std::function<void()> drained);

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace paragon::http

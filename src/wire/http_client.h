// An HTTP/1.1 client on a Loop for one endpoint: keeps connections open and uses the last used
// first.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "wire/http.h"
#include "wire/loop.h"

namespace paragon::http {

struct Endpoint {
  std::string host;  // name or address, or "unix:/path/to/socket"
  std::uint16_t port = 80;
  bool tls = false;
  std::string tls_ca_file;  // empty: the system's
};
// "http://host:port", "https://host", "unix:/path": scheme and port optional. Rejects a path.
Result<Endpoint> parse_endpoint(const std::string& url);

struct Answer {
  int status = 0;
  Headers headers;
  std::string body;
};

class Client {
 public:
  Client(Loop& loop, Endpoint endpoint, std::size_t connections_max = 256);
  ~Client();  // outstanding calls end with `unavailable`

  struct Call {
    Method method = Method::post;
    std::string target = "/";                 // path and query, encoded
    Headers headers;                          // host, content-length and connection are added
    std::shared_ptr<const std::string> body;  // shared, so that a repeated call copies nothing
    Duration timeout = std::chrono::seconds(30);
  };
  using Done = std::function<void(Result<Answer>)>;

  // Calls `done` exactly once, later, on the loop's thread. Errors: unavailable (cannot connect,
  // connection lost before or during the answer), timeout. A call is repeated silently only when a
  // kept connection turns out closed before any byte of the answer came and nothing of the request
  // can have been acted on, i.e. never for POST after the request was fully written.
  void send(Call call, Done done);

  const Endpoint& endpoint() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace paragon::http

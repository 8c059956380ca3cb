// What stands behind a Reply: the place in its connection that waits for the answer, or whoever
// else does. For the files of wire/ only.
#pragma once

#include <cstdint>
#include <memory>

#include "wire/http_server.h"

namespace paragon::http {

class Connection;

struct Reply::State {
  State(std::weak_ptr<Connection> of, std::uint64_t at);
  explicit State(std::function<void(Response)> to);
  ~State();  // answers 500 where nobody has answered
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void answer(Response response);  // the first one counts

  std::weak_ptr<Connection> connection;
  std::uint64_t sequence = 0;  // of the request in the connection
  // Set where there is no connection. By pointer, since nearly all have one.
  std::unique_ptr<std::function<void(Response)>> elsewhere;
  bool answered = false;
};

}  // namespace paragon::http

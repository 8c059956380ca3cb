// What stands behind a Reply: the place in its connection that waits for the answer. For the files
// of wire/ only.
#pragma once

#include <cstdint>
#include <memory>

#include "wire/http_server.h"

namespace paragon::http {

class Connection;

struct Reply::State {
  State(std::weak_ptr<Connection> of, std::uint64_t at);
  ~State();  // answers 500 where nobody has answered
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void answer(Response response);  // the first one counts

  std::weak_ptr<Connection> connection;
  std::uint64_t sequence;  // of the request in the connection
  bool answered = false;
};

}  // namespace paragon::http

// For tests: a server that accepts, notes whole requests without reading them closely, and answers
// with the bytes it is told. Each question polls its sockets.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <set>
#include <string>
#include <vector>

#include "base/check.h"
#include "wire/http_client.h"

namespace paragon {

class RawServer {
 public:
  RawServer() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    PARAGON_CHECK(::bind(listener_, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0, "bind");
    PARAGON_CHECK(::listen(listener_, 100) == 0, "listen");
    socklen_t length = sizeof at;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &length);
    port_ = ntohs(at.sin_port);
  }
  ~RawServer() {
    close_all();
    ::close(listener_);
  }

  http::Endpoint endpoint() const {
    http::Endpoint to;
    to.host = "127.0.0.1";
    to.port = port_;
    return to;
  }
  int accepted() {
    poll();
    return static_cast<int>(peers_.size());
  }
  int requests() {
    poll();
    return static_cast<int>(used_.size());
  }
  // How many different connections brought the last `count` requests.
  int connections_used_by_last(std::size_t count) const {
    return static_cast<int>(
        std::set<std::size_t>(used_.end() - static_cast<std::ptrdiff_t>(count), used_.end())
            .size());
  }
  // On each connection with an unanswered request.
  void answer_all(const std::string& bytes) {
    poll();
    for (Peer& peer : peers_) {
      if (peer.socket < 0 || !peer.asked) continue;
      [[maybe_unused]] const auto sent =
          ::send(peer.socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      peer.asked = false;
    }
  }
  void close_all() {
    for (Peer& peer : peers_) {
      if (peer.socket >= 0) ::close(peer.socket);
      peer.socket = -1;
    }
  }

 private:
  struct Peer {
    int socket = -1;
    std::string buffer;
    bool asked = false;
  };

  void poll() {
    while (true) {
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
      if (socket < 0) break;
      peers_.push_back({socket, {}, false});
    }
    for (std::size_t i = 0; i < peers_.size(); ++i) {
      Peer& peer = peers_[i];
      char chunk[4096];
      ssize_t got = 0;
      while (peer.socket >= 0 && (got = ::recv(peer.socket, chunk, sizeof chunk, 0)) > 0) {
        peer.buffer.append(chunk, static_cast<std::size_t>(got));
      }
      const std::size_t end = peer.buffer.find("\r\n\r\n");
      if (end == std::string::npos) continue;
      std::size_t whole = end + 4;
      const std::size_t at = peer.buffer.find("content-length: ");
      if (at < end) whole += std::stoul(peer.buffer.substr(at + 16));
      if (peer.buffer.size() < whole) continue;
      peer.buffer.erase(0, whole);
      peer.asked = true;
      used_.push_back(i);
    }
  }

  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::vector<Peer> peers_;
  std::vector<std::size_t> used_;  // the connection of each request
};

}  // namespace paragon

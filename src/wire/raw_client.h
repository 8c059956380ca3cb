// For tests: a client that sends what it is told, byte for byte, while running the loop of the
// server under test in turn. All waits are bounded.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <functional>
#include <string>
#include <utility>

#include "base/check.h"
#include "wire/loop.h"

namespace paragon {

// Runs what is ready, waiting a moment for something to be.
inline void loop_poll(Loop& loop, std::chrono::milliseconds wait = std::chrono::milliseconds(1)) {
  loop.context().restart();
  loop.context().run_one_for(wait);
  loop.context().poll();
}

inline bool run_until(Loop& loop, const std::function<bool()>& done,
                      std::chrono::seconds limit = std::chrono::seconds(20)) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    loop_poll(loop);
  }
  return true;
}

class RawClient {
 public:
  RawClient(Loop& loop, std::uint16_t port) : loop_(loop) {
    socket_ = connect_to(port);
    PARAGON_CHECK(socket_ >= 0, std::to_string(port));
  }
  RawClient(Loop& loop, const std::string& unix_address) : loop_(loop) {
    socket_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const sockaddr_un to = address(unix_address.substr(5));
    PARAGON_CHECK(::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0,
                  unix_address);
  }
  RawClient(RawClient&& other) noexcept
      : loop_(other.loop_), socket_(std::exchange(other.socket_, -1)) {}
  ~RawClient() {
    if (socket_ >= 0) ::close(socket_);
  }

  static bool can_connect(std::uint16_t port) {
    const int socket = connect_to(port);
    if (socket >= 0) ::close(socket);
    return socket >= 0;
  }
  static void leave_stale_socket(const std::string& path) {
    const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const sockaddr_un at = address(path);
    PARAGON_CHECK(::bind(socket, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0, path);
    ::close(socket);
  }

  // Sends all, or gives up when the server closes.
  void send(std::string_view bytes) {
    run_until(loop_, [&] {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0) {
        receive();
        return errno != EAGAIN || ended_;
      }
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      return bytes.empty();
    });
  }
  void try_send(std::string_view bytes) {
    [[maybe_unused]] const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  void finish() { ::shutdown(socket_, SHUT_WR); }
  // The connection will end with a reset, as when a computer goes away.
  void reset_on_close() {
    const linger now{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }

  // The next answer, head and body as its content-length says (or the head alone). What there is
  // when the server closes first.
  std::string answer(bool with_body = true) {
    std::size_t length = std::string::npos;
    run_until(loop_, [&] {
      receive();
      const std::size_t end = buffer_.find("\r\n\r\n");
      if (end == std::string::npos) return ended_;
      length = end + 4;
      const std::size_t at = buffer_.find("content-length: ");
      if (with_body && at < end) length += std::stoul(buffer_.substr(at + 16));
      return buffer_.size() >= length || ended_;
    });
    std::string first = buffer_.substr(0, length);
    buffer_.erase(0, first.size());
    return first;
  }
  // Whether the server closes the connection (within the bound).
  bool ended() {
    return run_until(loop_, [&] { return receive(), ended_; });
  }
  // Whether it has left it open, all that was ready being done.
  bool still_open() {
    for (int i = 0; i < 10; ++i) loop_poll(loop_);
    return receive(), !ended_;
  }
  bool received(std::string_view text) {
    receive();
    return buffer_.find(text) != std::string::npos;
  }

 private:
  static sockaddr_un address(const std::string& path) {
    sockaddr_un un{};
    un.sun_family = AF_UNIX;
    std::strncpy(un.sun_path, path.c_str(), sizeof un.sun_path - 1);
    return un;
  }
  static int connect_to(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
      ::close(socket);
      return -1;
    }
    ::fcntl(socket, F_SETFL, O_NONBLOCK);
    return socket;
  }
  void receive() {
    char chunk[65536];
    while (true) {
      const ssize_t got = ::recv(socket_, chunk, sizeof chunk, 0);
      if (got > 0) {
        buffer_.append(chunk, static_cast<std::size_t>(got));
        continue;
      }
      if (got == 0 || (errno != EAGAIN && errno != EINTR)) ended_ = true;
      return;
    }
  }

  Loop& loop_;
  int socket_ = -1;
  std::string buffer_;
  bool ended_ = false;
};

}  // namespace paragon

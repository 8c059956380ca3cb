// Socket addresses: "127.0.0.1" and a port, "::1", a name, or "unix:/path/to/socket".
//
// Sockets made here do not block and do not survive an exec.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace paragon::net {

inline constexpr std::string_view kUnixPrefix = "unix:";
inline bool is_unix(std::string_view address) { return address.starts_with(kUnixPrefix); }

struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;

  int family() const { return storage.ss_family; }
  std::uint16_t port() const;  // 0 for unix sockets
  bool loopback() const;       // 127/8, ::1, unix
};

// Of a numeric address or a unix path only: never waits for a name server.
Result<Address> numeric_address(const std::string& host, std::uint16_t port);
// May wait for a name server, so not on the loop's thread. At least one address when ok.
Result<std::vector<Address>> resolve(const std::string& host, std::uint16_t port);

// A listening socket. A unix path left behind by a process that is gone is taken over.
Result<int> listen_on(const Address& address, const std::string& text);
// An unconnected socket for the address; small messages are sent at once.
Result<int> open_socket(const Address& address);
void send_at_once(int socket, const Address& peer);

Address local_address(int socket);
std::string errno_text(int number);

}  // namespace paragon::net

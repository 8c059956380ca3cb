#include "wire/address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

namespace paragon::net {

namespace {

constexpr int kBacklog = 1024;

Result<Address> unix_address(std::string_view path) {
  Address address;
  auto* un = reinterpret_cast<sockaddr_un*>(&address.storage);
  if (path.empty() || path.size() >= sizeof un->sun_path) {
    return Error{ErrorCode::invalid, "unix socket path '" + std::string(path) +
                                         "' must have 1 to " +
                                         std::to_string(sizeof un->sun_path - 1) + " bytes"};
  }
  un->sun_family = AF_UNIX;
  std::memcpy(un->sun_path, path.data(), path.size());
  address.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
  return address;
}

Result<std::vector<Address>> look_up(const std::string& host, std::uint16_t port, int flags) {
  if (is_unix(host)) {
    auto address = unix_address(std::string_view(host).substr(kUnixPrefix.size()));
    if (!address) return address.error();
    return std::vector<Address>{*address};
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int failed = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (failed != 0) {
    return Error{ErrorCode::unavailable, "cannot resolve '" + host + "': " + gai_strerror(failed)};
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  std::vector<Address> addresses;
  for (const addrinfo* info = found; info != nullptr; info = info->ai_next) {
    Address address;
    std::memcpy(&address.storage, info->ai_addr, info->ai_addrlen);
    address.length = info->ai_addrlen;
    addresses.push_back(address);
  }
  return addresses;
}

Error cannot(const char* what, const std::string& text) {
  const int number = errno;
  return Error{number == EACCES || number == EPERM ? ErrorCode::denied : ErrorCode::unavailable,
               std::string("cannot ") + what + " " + text + ": " + errno_text(number)};
}

// A socket file outlives its process. It is ours to replace when nobody answers behind it.
void remove_stale(const Address& address) {
  auto socket = open_socket(address);
  if (!socket) return;
  if (::connect(*socket, reinterpret_cast<const sockaddr*>(&address.storage), address.length) !=
          0 &&
      errno == ECONNREFUSED) {
    ::unlink(reinterpret_cast<const sockaddr_un*>(&address.storage)->sun_path);
  }
  ::close(*socket);
}

}  // namespace

std::uint16_t Address::port() const {
  if (family() == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
  if (family() == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_port);
  }
  return 0;
}

bool Address::loopback() const {
  if (family() == AF_UNIX) return true;
  if (family() == AF_INET) {
    return (ntohl(reinterpret_cast<const sockaddr_in*>(&storage)->sin_addr.s_addr) >> 24) == 127;
  }
  if (family() != AF_INET6) return false;
  const auto& v6 = reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_addr;
  return IN6_IS_ADDR_LOOPBACK(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 127);
}

Result<Address> numeric_address(const std::string& host, std::uint16_t port) {
  auto found = look_up(host, port, AI_NUMERICHOST);
  if (!found) return found.error();
  return found->front();
}

Result<std::vector<Address>> resolve(const std::string& host, std::uint16_t port) {
  return look_up(host, port, 0);
}

Result<int> open_socket(const Address& address) {
  const int made = ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (made < 0) return cannot("open", "a socket");
  send_at_once(made, address);
  return made;
}

void send_at_once(int socket, const Address& peer) {
  if (peer.family() == AF_UNIX) return;
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Result<int> listen_on(const Address& address, const std::string& text) {
  if (address.family() == AF_UNIX) remove_stale(address);
  auto made = open_socket(address);
  if (!made) return made.error();
  const int on = 1;
  if (address.family() != AF_UNIX) {
    ::setsockopt(*made, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  }
  if (::bind(*made, reinterpret_cast<const sockaddr*>(&address.storage), address.length) != 0 ||
      ::listen(*made, kBacklog) != 0) {
    const Error error = cannot("listen on", text);
    ::close(*made);
    return error;
  }
  return made;
}

Address local_address(int socket) {
  Address address;
  address.length = sizeof address.storage;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address.storage), &address.length) != 0) {
    return Address{};
  }
  return address;
}

std::string errno_text(int number) { return std::generic_category().message(number); }

}  // namespace paragon::net

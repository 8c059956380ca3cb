#include "wire/stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace paragon::net {

Stream::Stream(boost::asio::io_context& context, int family, int socket)
    : socket_(context.get_executor()) {
  boost::system::error_code error;
  socket_.assign(boost::asio::generic::stream_protocol(family, 0), socket, error);
  if (error) ::close(socket);  // then open() is false
}

Stream::Step Stream::step_of(int returned) const {
  switch (SSL_get_error(session_.get(), returned)) {
    case SSL_ERROR_NONE:
      return Step::done;
    case SSL_ERROR_WANT_READ:
      return Step::want_read;
    case SSL_ERROR_WANT_WRITE:
      return Step::want_write;
    case SSL_ERROR_ZERO_RETURN:
      return Step::ended;
    default:
      return Step::failed;
  }
}

Stream::Step Stream::handshake() {
  ERR_clear_error();
  return step_of(SSL_do_handshake(session_.get()));
}

std::string Stream::handshake_error() const {
  const long verified = SSL_get_verify_result(session_.get());
  return verified == X509_V_OK ? tls::last_error() : X509_verify_cert_error_string(verified);
}

bool Stream::buffered() const { return session_ && SSL_pending(session_.get()) > 0; }

Stream::Moved Stream::read(char* into, std::size_t size) {
  if (session_) {
    ERR_clear_error();
    std::size_t got = 0;
    const int returned = SSL_read_ex(session_.get(), into, size, &got);
    return {step_of(returned), got};
  }
  while (true) {
    const ssize_t got = ::recv(descriptor(), into, size, 0);
    if (got > 0) return {Step::done, static_cast<std::size_t>(got)};
    if (got == 0) return {Step::ended, 0};
    if (errno == EINTR) continue;
    return {errno == EAGAIN || errno == EWOULDBLOCK ? Step::want_read : Step::failed, 0};
  }
}

Stream::Moved Stream::write(std::span<const iovec> parts) {
  if (session_) {
    // One record for a small head and body, instead of one for each.
    ERR_clear_error();
    std::string joined;
    const void* data = parts[0].iov_base;
    std::size_t size = parts[0].iov_len;
    if (parts.size() > 1 && size < 4096) {
      constexpr std::size_t kRecord = 16 * 1024;
      for (const iovec& part : parts) {
        const std::size_t take = std::min(part.iov_len, kRecord - joined.size());
        joined.append(static_cast<const char*>(part.iov_base), take);
      }
      data = joined.data();
      size = joined.size();
    }
    std::size_t sent = 0;
    const int returned = SSL_write_ex(session_.get(), data, size, &sent);
    return {step_of(returned), sent};
  }
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts.data());
  message.msg_iovlen = parts.size();
  while (true) {
    const ssize_t sent = ::sendmsg(descriptor(), &message, MSG_NOSIGNAL);
    if (sent >= 0) return {Step::done, static_cast<std::size_t>(sent)};
    if (errno == EINTR) continue;
    return {errno == EAGAIN || errno == EWOULDBLOCK ? Step::want_write : Step::failed, 0};
  }
}

void Stream::finish_writing() {
  if (!open()) return;
  if (session_) {
    ERR_clear_error();
    SSL_shutdown(session_.get());
  }
  ::shutdown(descriptor(), SHUT_WR);
}

void Stream::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace paragon::net

// One connected socket, plain or TLS: reads and writes that never block, and waits for when they
// could go on. Includes Asio: for the files of wire/ only.
#pragma once

#include <sys/uio.h>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <span>
#include <string>

#include "wire/tls.h"

namespace paragon::net {

class Stream {
 public:
  using Socket = boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol,
                                                  boost::asio::io_context::executor_type>;
  enum class Step { done, want_read, want_write, ended, failed };
  struct Moved {
    Step step = Step::done;
    std::size_t bytes = 0;
  };

  // Takes over a connected (or connecting) socket that does not block.
  Stream(boost::asio::io_context& context, int family, int socket);

  bool secure() const { return session_ != nullptr; }
  void secure(tls::Session session) { session_ = std::move(session); }
  Step handshake();  // TLS only
  // Of the handshake that failed, for people.
  std::string handshake_error() const;

  // Bytes that were received but not read yet, for which waiting would wait in vain.
  bool buffered() const;
  Moved read(char* into, std::size_t size);
  Moved write(std::span<const iovec> parts);

  // Tells the peer that nothing more will be sent; it may still be read from.
  void finish_writing();
  void close();
  bool open() const { return socket_.is_open(); }

  Socket& socket() { return socket_; }
  int descriptor() { return socket_.native_handle(); }

 private:
  Step step_of(int returned) const;

  tls::Session session_;
  Socket socket_;
};

}  // namespace paragon::net

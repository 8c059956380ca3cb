#include "wire/channel.h"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>

#include "wire/host_header.h"

namespace paragon::http {

using net::Stream;

namespace {

constexpr std::size_t kReadSize = 16 * 1024;
constexpr std::size_t kReadSizeMax = 256 * 1024;

const char* verb(Method method) {
  switch (method) {
    case Method::get:
      return "GET ";
    case Method::head:
      return "HEAD ";
    case Method::post:
      return "POST ";
    case Method::put:
      return "PUT ";
    case Method::del:
      return "DELETE ";
    case Method::other:
      break;
  }
  return "OPTIONS ";
}

bool repeatable(Method method) { return method == Method::get || method == Method::head; }

// Line ends would let a header or target add headers of its own.
void append_clean(std::string& out, std::string_view text) {
  for (const char c : text) out += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
}

std::string request_head(const Client::Call& call, const Endpoint& endpoint) {
  std::string head;
  head.reserve(256);
  head += verb(call.method);
  append_clean(head, call.target.empty() ? "/" : call.target);
  head += " HTTP/1.1\r\nhost: ";
  head += host_header(endpoint);
  head += "\r\n";
  const std::size_t length = call.body ? call.body->size() : 0;
  if (length > 0 || call.method == Method::post || call.method == Method::put) {
    head += "content-length: " + std::to_string(length) + "\r\n";
  }
  for (const auto& [name, value] : call.headers) {
    append_clean(head, name);
    head += ": ";
    append_clean(head, value);
    head += "\r\n";
  }
  head += "\r\n";
  return head;
}

}  // namespace

Channel::Channel(ChannelHost& host, std::vector<net::Address> addresses)
    : host_(host), addresses_(std::move(addresses)) {}

std::string Channel::where() const {
  const Endpoint& endpoint = host_.endpoint();
  return net::is_unix(endpoint.host) ? endpoint.host
                                     : endpoint.host + ":" + std::to_string(endpoint.port);
}

// ---- connecting ----

void Channel::start(std::unique_ptr<Exchange> first) {
  exchange_ = std::move(first);
  // From the loop, so that a failure at once does not end the call inside Client::send().
  boost::asio::post(host_.loop().context(), [self = shared_from_this()] {
    if (!self->closed_) self->connect_next("no address");
  });
}

void Channel::connect_next(std::string last_error) {
  while (next_address_ < addresses_.size()) {
    const net::Address& address = addresses_[next_address_++];
    auto socket = net::open_socket(address);
    if (!socket) {
      last_error = socket.error().message;
      continue;
    }
    stream_.emplace(host_.loop().context(), address.family(), *socket);
    if (!stream_->open()) {
      last_error = "cannot watch the socket";
      continue;
    }
    const auto* to = reinterpret_cast<const sockaddr*>(&address.storage);
    if (::connect(*socket, to, address.length) == 0) {
      on_connected();
      return;
    }
    if (errno == EINPROGRESS) {
      stream_->socket().async_wait(
          Stream::Socket::wait_write, [self = shared_from_this()](boost::system::error_code) {
            if (self->closed_) return;
            int error = 0;
            socklen_t length = sizeof error;
            ::getsockopt(self->stream_->descriptor(), SOL_SOCKET, SO_ERROR, &error, &length);
            if (error == 0) {
              self->on_connected();
            } else {
              self->connect_next(net::errno_text(error));
            }
          });
      return;
    }
    last_error = net::errno_text(errno);
  }
  host_.unreachable();
  abort({ErrorCode::unavailable, "cannot connect to " + where() + ": " + last_error});
}

void Channel::on_connected() {
  connected_ = true;
  if (!host_.endpoint().tls) {
    ready();
    return;
  }
  tls::Session session =
      tls::connect(host_.tls_context(), stream_->descriptor(), host_.endpoint().host);
  if (!session) {
    abort({ErrorCode::internal, "cannot start TLS to " + where() + ": " + tls::last_error()});
    return;
  }
  stream_->secure(std::move(session));
  shake_hands();
}

void Channel::shake_hands() {
  const Stream::Step step = stream_->handshake();
  switch (step) {
    case Stream::Step::done:
      ready();
      return;
    case Stream::Step::want_read:
    case Stream::Step::want_write:
      stream_->socket().async_wait(
          step == Stream::Step::want_read ? Stream::Socket::wait_read : Stream::Socket::wait_write,
          [self = shared_from_this()](boost::system::error_code) {
            if (!self->closed_) self->shake_hands();
          });
      return;
    case Stream::Step::ended:
    case Stream::Step::failed:
      abort({ErrorCode::unavailable,
             "TLS with " + where() + " failed: " + stream_->handshake_error()});
      return;
  }
}

void Channel::ready() {
  arm_read();
  write_request();
}

// ---- a call ----

void Channel::carry(std::unique_ptr<Exchange> exchange) {
  exchange_ = std::move(exchange);
  reused_ = true;
  write_request();
}

void Channel::write_request() {
  answer_began_ = false;
  parser_.emplace(exchange_->call.method == Method::head);
  output_.push(request_head(exchange_->call, host_.endpoint()));
  if (exchange_->call.body) output_.push_view(*exchange_->call.body);
  flush();
}

void Channel::flush() {
  std::size_t moved = 0;
  const Stream::Step step = output_.write_to(*stream_, moved);
  switch (step) {
    case Stream::Step::done:
      return;
    case Stream::Step::want_read:
    case Stream::Step::want_write:
      stream_->socket().async_wait(
          step == Stream::Step::want_read ? Stream::Socket::wait_read : Stream::Socket::wait_write,
          [self = shared_from_this()](boost::system::error_code) {
            if (!self->closed_ && !self->output_.empty()) self->flush();
          });
      return;
    case Stream::Step::ended:
    case Stream::Step::failed:
      // The server may have answered and closed without reading on: what it said decides. The read
      // under way sees the end of the connection in any case.
      boost::asio::post(host_.loop().context(), [self = shared_from_this()] {
        if (!self->closed_ && self->stream_->secure()) self->lost("while sending the request");
      });
      return;
  }
}

void Channel::arm_read() {
  if (reading_ || closed_) return;
  reading_ = true;
  const std::size_t missing = parser_ ? parser_->body_bytes_missing() : 0;
  input_.make_room(std::clamp(missing, kReadSize, kReadSizeMax));
  if (!stream_->secure()) {
    stream_->socket().async_receive(
        boost::asio::buffer(input_.free_begin(), input_.free_size()),
        [self = shared_from_this()](boost::system::error_code error, std::size_t bytes) {
          self->reading_ = false;
          self->on_received(error, bytes);
        });
  } else if (stream_->buffered()) {
    boost::asio::post(host_.loop().context(), [self = shared_from_this()] {
      self->reading_ = false;
      self->on_readable();
    });
  } else {
    stream_->socket().async_wait(Stream::Socket::wait_read,
                                 [self = shared_from_this()](boost::system::error_code) {
                                   self->reading_ = false;
                                   self->on_readable();
                                 });
  }
}

void Channel::on_readable() {
  if (closed_) return;
  const Stream::Moved moved = stream_->read(input_.free_begin(), input_.free_size());
  switch (moved.step) {
    case Stream::Step::done:
      on_received({}, moved.bytes);
      return;
    case Stream::Step::want_read:
    case Stream::Step::want_write:
      arm_read();
      return;
    case Stream::Step::ended:
      on_received(boost::asio::error::eof, 0);
      return;
    case Stream::Step::failed:
      on_received(boost::asio::error::connection_reset, 0);
      return;
  }
}

void Channel::on_received(boost::system::error_code error, std::size_t bytes) {
  if (closed_) return;
  const auto self = shared_from_this();
  if (!exchange_) {  // nothing was asked: the server has closed, or sends what nobody waits for
    close();
    return;
  }
  if (error == boost::asio::error::eof && answer_began_ &&
      parser_->end() == ResponseParser::Step::done) {
    auto exchange = std::move(exchange_);
    close();
    host_.ended(std::move(exchange), std::move(parser_->answer()));
    return;
  }
  if (error) {
    lost(error == boost::asio::error::eof ? "closed by the server" : error.message());
    return;
  }
  answer_began_ = true;
  input_.filled(bytes);
  parse();
}

void Channel::parse() {
  std::size_t used = 0;
  const ResponseParser::Step step = parser_->feed(input_.view(), used);
  input_.used(used);
  switch (step) {
    case ResponseParser::Step::more:
      arm_read();
      return;
    case ResponseParser::Step::done:
      complete();
      return;
    case ResponseParser::Step::failed:
      abort({ErrorCode::unavailable,
             "answer of " + where() + " is not well-formed HTTP: " + parser_->error()});
      return;
  }
}

void Channel::complete() {
  auto exchange = std::move(exchange_);
  Answer answer = std::move(parser_->answer());
  // An answer before the request was fully sent leaves the rest of it in the way of the next.
  const bool keep = parser_->keep_alive() && output_.empty() && input_.empty();
  parser_.reset();
  if (keep) {
    idle_since = host_.loop().now();
    arm_read();
    host_.free(*this);
  } else {
    close();
  }
  host_.ended(std::move(exchange), std::move(answer));
}

// ---- ending ----

void Channel::lost(const std::string& why) {
  const bool sent = output_.empty();
  const bool again = reused_ && !answer_began_ && (!sent || repeatable(exchange_->call.method));
  if (again) {
    auto exchange = std::move(exchange_);
    close();
    host_.again(std::move(exchange));
    return;
  }
  abort({ErrorCode::unavailable,
         "connection to " + where() + " was lost " +
             (answer_began_ ? "in the middle of the answer" : "before an answer") + ": " + why});
}

void Channel::abort(Error error) {
  auto exchange = std::move(exchange_);
  close();
  if (exchange) host_.ended(std::move(exchange), std::move(error));
}

void Channel::close() {
  if (closed_) return;
  const auto self = shared_from_this();
  closed_ = true;
  if (stream_) {
    if (stream_->secure() && !exchange_) stream_->finish_writing();
    stream_->close();
  }
  output_.clear();
  host_.closed(*this);
}

}  // namespace paragon::http

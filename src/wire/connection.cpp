#include "wire/connection.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include "base/check.h"
#include "wire/bearer_token.h"
#include "wire/refusal.h"
#include "wire/reply_state.h"
#include "wire/response_head.h"

namespace paragon::http {

using net::Stream;

namespace {

constexpr std::size_t kPipelineMax = 32;  // requests of one connection that wait for answers
constexpr std::size_t kReadSize = 16 * 1024;
constexpr std::size_t kReadSizeMax = 256 * 1024;           // within large bodies
constexpr Duration kBufferKept = std::chrono::seconds(2);  // when idle
constexpr Duration kLinger = std::chrono::seconds(2);

}  // namespace

Connection::Connection(ConnectionHost& host, Stream stream, bool from_loopback)
    : host_(host), stream_(std::move(stream)), from_loopback_(from_loopback) {}

void Connection::start() {
  now_ = idle_since_ = host_.loop().now();
  handshaking_ = stream_.secure();
  if (handshaking_) {
    read_deadline_ = now_ + host_.settings().head_timeout;
    host_.expect(read_deadline_);
    shake_hands();
  } else {
    consume();
  }
}

void Connection::shake_hands() {
  const Stream::Step step = stream_.handshake();
  switch (step) {
    case Stream::Step::done:
      handshaking_ = false;
      now_ = idle_since_ = host_.loop().now();
      consume();
      return;
    case Stream::Step::want_read:
    case Stream::Step::want_write:
      stream_.socket().async_wait(
          step == Stream::Step::want_read ? Stream::Socket::wait_read : Stream::Socket::wait_write,
          [self = shared_from_this()](boost::system::error_code) {
            if (!self->closed_) self->shake_hands();
          });
      return;
    case Stream::Step::ended:
    case Stream::Step::failed:
      close();
      return;
  }
}

bool Connection::idle() const {
  return !closed_ && !handshaking_ && !lingering_ && !parser_ && slots_.empty() &&
         output_.empty() && input_.empty();
}

// ---- reading ----

bool Connection::wants_input() const {
  return !closed_ && !handshaking_ && !peer_ended_ &&
         (lingering_ || (slots_.size() < kPipelineMax && !writing_));
}

void Connection::arm_read() {
  if (reading_ || !wants_input()) return;
  if (lingering_ || last_) input_.clear();
  reading_ = true;
  if (stream_.secure() && stream_.buffered()) {
    boost::asio::post(host_.loop().context(), [self = shared_from_this()] {
      self->reading_ = false;
      self->on_readable();
    });
  } else if (stream_.secure() || hibernating_) {
    stream_.socket().async_wait(Stream::Socket::wait_read,
                                [self = shared_from_this()](boost::system::error_code) {
                                  self->reading_ = false;
                                  self->on_readable();
                                });
  } else {
    const std::size_t missing = parser_ ? parser_->body_bytes_missing() : 0;
    input_.make_room(std::clamp(missing, kReadSize, kReadSizeMax));
    stream_.socket().async_receive(
        boost::asio::buffer(input_.free_begin(), input_.free_size()),
        [self = shared_from_this()](boost::system::error_code error, std::size_t bytes) {
          self->reading_ = false;
          self->on_received(error, bytes);
        });
  }
}

void Connection::on_readable() {
  if (closed_) return;
  hibernating_ = false;
  const std::size_t missing = parser_ ? parser_->body_bytes_missing() : 0;
  input_.make_room(std::clamp(missing, kReadSize, kReadSizeMax));
  const Stream::Moved moved = stream_.read(input_.free_begin(), input_.free_size());
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
      close();
      return;
  }
}

void Connection::on_received(boost::system::error_code error, std::size_t bytes) {
  if (closed_) return;
  if (error == boost::asio::error::operation_aborted) {  // hibernate() took the read back
    if (input_.empty()) input_.release();
    arm_read();
    return;
  }
  if (error == boost::asio::error::eof) {
    on_input_end();
    return;
  }
  if (error) {
    close();
    return;
  }
  hibernating_ = false;
  input_.filled(bytes);
  now_ = host_.loop().now();
  consume();
}

// The client sends no more. That is how most clients go away, so handlers may give up; one that has
// only closed its sending side still gets what is answered.
void Connection::on_input_end() {
  peer_ended_ = true;
  last_ = true;
  parser_.reset();
  input_.clear();
  if (slots_.empty() && output_.empty()) {
    close();
  } else {
    note_deadlines();
  }
}

// ---- parsing ----

void Connection::consume() {
  if (parsing_ || closed_) return;
  const auto self = shared_from_this();  // a handler may end us
  parsing_ = true;
  bool more = true;
  while (more && !closed_ && !last_ && !writing_ && slots_.size() < kPipelineMax) {
    if (!parser_) {
      if (input_.empty()) break;
      const ServerSettings& settings = host_.settings();
      parser_.emplace(RequestLimits{settings.head_bytes_max, settings.body_bytes_max});
      head_deadline_ = now_ + settings.head_timeout;
    }
    std::size_t used = 0;
    const RequestParser::Step step = parser_->feed(input_.view(), used);
    input_.used(used);
    switch (step) {
      case RequestParser::Step::more:
        more = false;
        // What is left is part of a line; only within chunks can it be longer than a head.
        if (input_.size() > host_.settings().head_bytes_max) refuse(431, "line is too long");
        break;
      case RequestParser::Step::head:
        on_head();
        break;
      case RequestParser::Step::done:
        on_request();
        break;
      case RequestParser::Step::failed: {
        const Refusal refusal = parser_->refusal();
        refuse(refusal.status, refusal.message);
        break;
      }
    }
  }
  parsing_ = false;
  if (!closed_) flush();
  if (closed_) return;
  note_deadlines();
  arm_read();
}

void Connection::on_head() {
  head_read_ = now_;
  const std::string& token = host_.settings().bearer_token;
  if (!token.empty() && !carries_token(parser_->request().headers, token)) {
    refuse(401, "a bearer token is needed: authorization: Bearer <token>", true);
    return;
  }
  continue_due_ = parser_->expects_continue() && input_.empty();
}

void Connection::on_request() {
  Request request = std::move(parser_->request());
  request.from_loopback = from_loopback_;
  request.arrived = head_read_;
  const Coding coding = parser_->coding();
  Slot slot;
  slot.keep_alive = parser_->keep_alive() && !host_.draining();
  slot.head_only = parser_->is_head_request();
  slot.http_1_0 = parser_->is_http_1_0();
  parser_.reset();
  continue_due_ = false;
  if (!slot.keep_alive) last_ = true;
  const std::uint64_t sequence = first_sequence_ + slots_.size();
  slots_.push_back(std::move(slot));
  host_.request_taken();
  Reply reply(std::make_shared<Reply::State>(weak_from_this(), sequence));
  if (coding == Coding::identity) {
    host_.handle(std::move(request), std::move(reply));
  } else {
    inflate_then_handle(std::move(request), coding, std::move(reply));
  }
}

// On the pool, because few bytes can take long to inflate, and nobody else should wait for that.
void Connection::inflate_then_handle(Request request, Coding coding, Reply reply) {
  struct Work {
    Request request;
    Reply reply;
    Result<std::string> inflated{std::string()};
  };
  auto work = std::make_shared<Work>(Work{std::move(request), std::move(reply)});
  host_.loop().defer_to_pool(
      [work, coding, max = host_.settings().body_bytes_max] {
        work->inflated = inflate(coding, work->request.body, max);
      },
      [work, self = weak_from_this()] {
        const auto connection = self.lock();
        if (!connection || connection->closed_) return;
        if (!work->inflated.ok()) {
          const Error& error = work->inflated.error();
          work->reply(error_answer(error.code == ErrorCode::insufficient_capacity ? 413 : 400,
                                   error.message));
          return;
        }
        work->request.body = std::move(*work->inflated);
        connection->host_.handle(std::move(work->request), work->reply);
      });
}

void Connection::refuse(int status, std::string_view message, bool ask_for_token) {
  parser_.reset();
  continue_due_ = false;
  last_ = refused_ = true;
  Slot slot;
  slot.ready = true;
  slot.keep_alive = false;
  slot.response = error_answer(status, message);
  if (ask_for_token) slot.response.headers.add("www-authenticate", "Bearer");
  slots_.push_back(std::move(slot));
  host_.request_taken();
}

// ---- answering ----

void Connection::answer(std::uint64_t sequence, Response response) {
  if (closed_) return;
  PARAGON_CHECK(sequence - first_sequence_ < slots_.size(), std::to_string(sequence));
  Slot& slot = slots_[sequence - first_sequence_];
  slot.ready = true;
  slot.response = std::move(response);
  if (parsing_) return;  // sent with others when the input at hand is used up
  now_ = host_.loop().now();
  consume();
}

void Connection::flush() {
  std::size_t ready = 0;
  for (; ready < slots_.size() && slots_[ready].ready; ++ready) {
    Slot& slot = slots_[ready];
    const bool keep_alive = slot.keep_alive && !(last_ && ready + 1 == slots_.size());
    output_.push(response_head(slot.response, keep_alive, slot.http_1_0));
    if (!slot.head_only) output_.push(std::move(slot.response.body));
  }
  slots_.erase(slots_.begin(), slots_.begin() + static_cast<std::ptrdiff_t>(ready));
  first_sequence_ += ready;
  unsent_ += ready;
  if (continue_due_ && slots_.empty()) {
    continue_due_ = false;
    output_.push("HTTP/1.1 100 Continue\r\n\r\n");
  }
  if (writing_ || output_.empty()) return;
  std::size_t moved = 0;
  const Stream::Step step = output_.write_to(stream_, moved);
  switch (step) {
    case Stream::Step::done:
      write_deadline_ = kNever;
      if (unsent_ > 0) host_.requests_settled(std::exchange(unsent_, 0));
      if (slots_.empty() && !parser_) {
        idle_since_ = now_;
        if (last_) {
          finish();
        } else {
          host_.became_idle(*this);
        }
      }
      return;
    case Stream::Step::want_read:
    case Stream::Step::want_write:
      if (moved > 0 || write_deadline_ == kNever) {
        write_deadline_ = now_ + host_.settings().write_timeout;
      }
      arm_write(step);
      return;
    case Stream::Step::ended:
    case Stream::Step::failed:
      close();
      return;
  }
}

void Connection::arm_write(Stream::Step step) {
  writing_ = true;
  stream_.socket().async_wait(
      step == Stream::Step::want_read ? Stream::Socket::wait_read : Stream::Socket::wait_write,
      [self = shared_from_this()](boost::system::error_code) {
        self->writing_ = false;
        if (self->closed_) return;
        self->now_ = self->host_.loop().now();
        self->consume();
      });
}

// ---- ending ----

void Connection::finish() {
  // With unread input a close would reset the connection, and the client could lose the answer.
  const bool unread = refused_ || !input_.empty();
  if (unread || stream_.secure()) stream_.finish_writing();
  if (!unread || peer_ended_) {
    close();
    return;
  }
  lingering_ = true;
  read_deadline_ = now_ + kLinger;
}

void Connection::retire() {
  if (closed_ || lingering_) return;
  if (handshaking_) {
    close();
    return;
  }
  char byte = 0;
  if (idle() && ::recv(stream_.descriptor(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0) {
    if (stream_.secure()) stream_.finish_writing();
    close();  // idle, and no request is on its way in
    return;
  }
  if (!parser_ && !slots_.empty()) last_ = true;
}

void Connection::close() {
  if (closed_) return;
  const auto self = shared_from_this();
  closed_ = true;
  stream_.close();
  output_.clear();
  const std::size_t settled = slots_.size() + std::exchange(unsent_, 0);
  slots_.clear();
  if (settled > 0) host_.requests_settled(settled);
  host_.closed(*this);
}

void Connection::hibernate() {
  hibernating_ = true;
  if (stream_.secure()) {  // waits without a buffer anyway
    if (input_.empty()) input_.release();
    return;
  }
  boost::system::error_code ignored;
  stream_.socket().cancel(ignored);
}

void Connection::note_deadlines() {
  if (lingering_) {
    host_.expect(deadline());
    return;
  }
  const ServerSettings& settings = host_.settings();
  if (parser_ && wants_input()) {
    read_deadline_ = parser_->in_body() ? now_ + settings.body_timeout : head_deadline_;
  } else if (idle()) {
    const bool holds = input_.holds_memory() && !hibernating_;
    read_deadline_ = idle_since_ +
                     (holds ? std::min(kBufferKept, settings.idle_timeout) : settings.idle_timeout);
  } else {
    read_deadline_ = kNever;
  }
  host_.expect(deadline());
}

void Connection::expire(Time now) {
  if (closed_) return;
  now_ = now;
  if (write_deadline_ <= now || handshaking_ || lingering_) {
    close();
  } else if (parser_) {
    refuse(408, parser_->in_body() ? "the rest of the request body did not come in time"
                                   : "the rest of the request head did not come in time");
    consume();
  } else if (now >= idle_since_ + host_.settings().idle_timeout) {
    if (stream_.secure()) stream_.finish_writing();
    close();
  } else {
    hibernate();
    note_deadlines();
  }
}

}  // namespace paragon::http

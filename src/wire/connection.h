// One connection of a server: bytes in, requests to the handler, answers out in order.
//
// Reading, parsing and writing happen in the callbacks of the loop; nothing here waits. Deadlines
// are only noted: the host looks at them when its alarm rings and calls expire().
//
//   accepted ─► (TLS handshake) ─► idle ─► head ─► body ─► answering ─► idle ...
//                                   any ─► lingering (refused: what is still sent is read and
//                                          dropped, so that the refusal arrives) ─► closed
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <vector>

#include "wire/byte_queue.h"
#include "wire/http_server.h"
#include "wire/request_parser.h"
#include "wire/send_queue.h"
#include "wire/stream.h"

namespace paragon::http {

class Connection;

// What a connection needs of its server.
class ConnectionHost {
 public:
  virtual Loop& loop() = 0;
  virtual const ServerSettings& settings() const = 0;
  virtual void handle(Request&& request, Reply reply) = 0;
  virtual bool draining() const = 0;
  virtual void expect(Time deadline) = 0;  // have expire() called by then
  virtual void request_taken() = 0;
  virtual void requests_settled(std::size_t count) = 0;  // answered and sent, or the client is gone
  virtual void became_idle(Connection& connection) = 0;
  virtual void closed(Connection& connection) = 0;

 protected:
  ~ConnectionHost() = default;
};

class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  Connection(ConnectionHost& host, net::Stream stream, bool from_loopback);

  void start();
  void answer(std::uint64_t sequence, Response response);
  void retire();          // as the server drains: ends after what is under way
  void close();           // at once
  void expire(Time now);  // when deadline() has passed

  bool gone() const { return closed_ || peer_ended_; }
  bool idle() const;
  Time deadline() const { return std::min(read_deadline_, write_deadline_); }
  std::list<std::shared_ptr<Connection>>::iterator place;  // in the host's list

 private:
  struct Slot {  // one request in the order of arrival, and its answer once there is one
    bool ready = false;
    bool keep_alive = true;
    bool head_only = false;
    bool http_1_0 = false;
    Response response;
  };

  void shake_hands();
  bool wants_input() const;
  void arm_read();
  void on_received(boost::system::error_code error, std::size_t bytes);
  void on_readable();
  void on_input_end();
  void consume();
  void on_head();
  void on_request();
  void inflate_then_handle(Request request, Coding coding, Reply reply);
  void refuse(int status, std::string_view message, bool ask_for_token = false);
  void flush();
  void arm_write(net::Stream::Step step);
  void finish();
  void hibernate();
  void note_deadlines();

  ConnectionHost& host_;
  net::Stream stream_;
  net::ByteQueue input_;
  net::SendQueue output_;
  std::optional<RequestParser> parser_;
  std::vector<Slot> slots_;
  std::uint64_t first_sequence_ = 0;  // of slots_[0]
  std::size_t unsent_ = 0;            // answers in output_
  Time now_{};                        // of the event at hand
  Time head_deadline_{}, head_read_{}, idle_since_{};
  Time read_deadline_ = kNever, write_deadline_ = kNever;
  bool from_loopback_;
  bool handshaking_ = false;
  bool reading_ = false;  // a read or a wait is under way
  bool writing_ = false;  // waits until the socket takes more
  bool parsing_ = false;
  bool hibernating_ = false;   // idle for long: holds no buffer, waits without
  bool continue_due_ = false;  // "100 Continue" waits for earlier answers
  bool last_ = false;          // takes no further request
  bool refused_ = false;
  bool lingering_ = false;
  bool peer_ended_ = false;
  bool closed_ = false;
};

}  // namespace paragon::http

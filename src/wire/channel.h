// One connection of a client: connects, then carries one call after the other.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wire/address.h"
#include "wire/byte_queue.h"
#include "wire/http_client.h"
#include "wire/response_parser.h"
#include "wire/send_queue.h"
#include "wire/stream.h"

namespace paragon::http {

// A call under way: it is in exactly one place (waiting, or on a channel) until it is ended.
struct Exchange {
  Client::Call call;
  Client::Done done;
  Time deadline{};
};

class Channel;

// What a channel needs of its client.
class ChannelHost {
 public:
  virtual Loop& loop() = 0;
  virtual const Endpoint& endpoint() const = 0;
  virtual const tls::Context& tls_context() const = 0;
  virtual void ended(std::unique_ptr<Exchange> exchange, Result<Answer> result) = 0;
  // The kept connection was gone: nothing can have been acted on, so the call may go elsewhere.
  virtual void again(std::unique_ptr<Exchange> exchange) = 0;
  virtual void unreachable() = 0;             // none of the addresses answers
  virtual void free(Channel& channel) = 0;    // ready for the next call
  virtual void closed(Channel& channel) = 0;  // of no more use

 protected:
  ~ChannelHost() = default;
};

class Channel final : public std::enable_shared_from_this<Channel> {
 public:
  Channel(ChannelHost& host, std::vector<net::Address> addresses);

  // Connects, and carries this call first. Never ends it before returning.
  void start(std::unique_ptr<Exchange> first);
  void carry(std::unique_ptr<Exchange> exchange);  // on a free channel
  const Exchange* exchange() const { return exchange_.get(); }
  // Gives the call up, and the connection with it: a late answer would be taken for the next's.
  void abort(Error error);
  void close();

  Time idle_since{};
  std::size_t place = 0;  // for the host's own table

 private:
  void connect_next(std::string last_error);
  void on_connected();
  void shake_hands();
  void ready();
  void write_request();
  void flush();
  void arm_read();
  void on_received(boost::system::error_code error, std::size_t bytes);
  void on_readable();
  void parse();
  void complete();
  void lost(const std::string& why);
  std::string where() const;

  ChannelHost& host_;
  std::vector<net::Address> addresses_;
  std::size_t next_address_ = 0;
  std::optional<net::Stream> stream_;
  net::ByteQueue input_;
  net::SendQueue output_;
  std::optional<ResponseParser> parser_;
  std::unique_ptr<Exchange> exchange_;
  bool connected_ = false;
  bool reused_ = false;  // has carried a call before this one
  bool answer_began_ = false;
  bool reading_ = false;
  bool closed_ = false;
};

}  // namespace paragon::http

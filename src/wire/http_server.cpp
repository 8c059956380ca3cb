#include "wire/http_server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <list>
#include <utility>

#include "wire/address.h"
#include "wire/alarm.h"
#include "wire/connection.h"
#include "wire/refusal.h"
#include "wire/response_head.h"

namespace paragon::http {

namespace {

constexpr int kAcceptsAtOnce = 64;  // then others get their turn
constexpr Duration kDeadlineSlack = std::chrono::milliseconds(20);
constexpr Duration kOutOfSockets =
    std::chrono::milliseconds(100);  // until accepting is tried again

}  // namespace

struct Server::Impl final : ConnectionHost {
  using Listener =
      boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type>;

  Impl(Loop& on, ServerSettings with, Handler to)
      : loop_(on),
        settings_(std::move(with)),
        handler_(std::move(to)),
        listener_(on.context().get_executor()),
        alarm_(on, kDeadlineSlack, [this](Time now) { look_through(now); }) {}

  ~Impl() {
    stop_accepting();
    while (!connections_.empty()) {
      const auto connection = connections_.front();
      connection->close();
    }
  }

  Status open() {
    if (!settings_.tls_certificate_file.empty() || !settings_.tls_key_file.empty()) {
      auto context = tls::server_context(settings_.tls_certificate_file, settings_.tls_key_file);
      if (!context) return context.error();
      tls_ = *context;
    }
    const std::string text = net::is_unix(settings_.address) ? "'" + settings_.address + "'"
                                                             : "'" + settings_.address + "' port " +
                                                                   std::to_string(settings_.port);
    auto addresses = net::resolve(settings_.address, settings_.port);
    if (!addresses) return addresses.error();
    auto socket = net::listen_on(addresses->front(), text);
    if (!socket) return socket.error();
    boost::system::error_code error;
    listener_.assign(*socket, error);
    if (error) {
      ::close(*socket);
      return Error{ErrorCode::internal, "cannot watch " + text + ": " + error.message()};
    }
    address_ = net::local_address(*socket);
    await_connections();
    return {};
  }

  // ---- accepting ----

  void await_connections() {
    listener_.async_wait(Listener::wait_read, [this, alive = std::weak_ptr<bool>(alive_)](
                                                  boost::system::error_code error) {
      if (error || alive.expired()) return;
      accept_some();
    });
  }

  void accept_some() {
    for (int i = 0; i < kAcceptsAtOnce; ++i) {
      net::Address peer;
      peer.length = sizeof peer.storage;
      const int socket =
          ::accept4(listener_.native_handle(), reinterpret_cast<sockaddr*>(&peer.storage),
                    &peer.length, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (socket >= 0) {
        accepted(socket, peer);
        continue;
      }
      if (errno == EINTR || errno == ECONNABORTED) continue;
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        close_oldest_idle();
        again_ = loop_.after(kOutOfSockets, [this] { await_connections(); });
        return;
      }
      break;
    }
    await_connections();
  }

  void accepted(int socket, const net::Address& peer) {
    if (connections_.size() >= settings_.connections_max && !close_oldest_idle()) {
      if (!tls_) {
        Response full = error_answer(503, "too many connections, try again later");
        full.headers.add("Retry-After", "1");
        const std::string bytes = response_head(full, false, false) + full.body;
        // Whether it arrives is the client's luck: we will not wait for it.
        [[maybe_unused]] const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        ::shutdown(socket, SHUT_WR);
      }
      ::close(socket);
      return;
    }
    const int family = address_.family();
    net::send_at_once(socket, address_);
    net::Stream stream(loop_.context(), family, socket);
    if (!stream.open()) return;
    if (tls_) {
      tls::Session session = tls::accept(tls_, socket);
      if (!session) return;
      stream.secure(std::move(session));
    }
    auto connection = std::make_shared<Connection>(*this, std::move(stream),
                                                   family == AF_UNIX || peer.loopback());
    connections_.push_back(connection);
    connection->place = std::prev(connections_.end());
    connection->start();
  }

  void stop_accepting() {
    if (!listener_.is_open()) return;
    again_.cancel();
    boost::system::error_code ignored;
    listener_.close(ignored);
    if (net::is_unix(settings_.address)) {
      ::unlink(settings_.address.substr(net::kUnixPrefix.size()).c_str());
    }
  }

  // ---- the connections ----

  // They stand in the order in which they last became idle (or came), so that the first idle one
  // has been idle for longest.
  bool close_oldest_idle() {
    for (const auto& connection : connections_) {
      if (!connection->idle()) continue;
      const auto victim = connection;
      victim->close();
      return true;
    }
    return false;
  }

  void look_through(Time now) {
    Time next = kNever;
    std::vector<std::shared_ptr<Connection>> due;
    for (const auto& connection : connections_) {
      if (connection->deadline() <= now) {
        due.push_back(connection);
      } else {
        next = std::min(next, connection->deadline());
      }
    }
    alarm_.expect(next);
    for (const auto& connection : due) connection->expire(now);
  }

  void drain(std::function<void()> drained) {
    drained_ = std::move(drained);
    draining_ = true;
    stop_accepting();
    const auto now_open = connections_;
    for (const auto& connection : now_open) connection->retire();
    if (outstanding_ == 0) tell_drained();
  }

  void tell_drained() {
    if (!drained_) return;
    loop_.post(std::exchange(drained_, nullptr));
  }

  // ---- ConnectionHost ----

  Loop& loop() override { return loop_; }
  const ServerSettings& settings() const override { return settings_; }
  void handle(Request&& request, Reply reply) override {
    handler_(std::move(request), std::move(reply));
  }
  bool draining() const override { return draining_; }
  void expect(Time deadline) override { alarm_.expect(deadline); }
  void request_taken() override { ++outstanding_; }
  void requests_settled(std::size_t count) override {
    PARAGON_CHECK(count <= outstanding_, std::to_string(count));
    outstanding_ -= count;
    if (draining_ && outstanding_ == 0) tell_drained();
  }
  void became_idle(Connection& connection) override {
    connections_.splice(connections_.end(), connections_, connection.place);
  }
  void closed(Connection& connection) override { connections_.erase(connection.place); }

  Loop& loop_;
  ServerSettings settings_;
  Handler handler_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  tls::Context tls_;
  net::Address address_;
  Listener listener_;
  Loop::Timer again_;
  Alarm alarm_;
  std::list<std::shared_ptr<Connection>> connections_;
  std::size_t outstanding_ = 0;  // requests taken and not settled
  bool draining_ = false;
  std::function<void()> drained_;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::listen(Loop& loop, ServerSettings settings,
                                               Handler handler) {
  auto impl = std::make_unique<Impl>(loop, std::move(settings), std::move(handler));
  if (const Status opened = impl->open(); !opened) return opened.error();
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

std::uint16_t Server::port() const { return impl_->address_.port(); }

void Server::drain(std::function<void()> drained) { impl_->drain(std::move(drained)); }

}  // namespace paragon::http

#include "wire/http_client.h"

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include "base/check.h"
#include "wire/alarm.h"
#include "wire/channel.h"

namespace paragon::http {

namespace {

// Calls that wait for a connection, for each connection there may be.
constexpr std::size_t kWaitingPerConnection = 64;
constexpr Duration kDeadlineSlack = std::chrono::milliseconds(1);
// Below the 75 s after which servers (ours, nginx) close: a connection should end from this side,
// where nothing can be in flight on it.
constexpr Duration kIdleMax = std::chrono::seconds(55);

}  // namespace

struct Client::Impl final : ChannelHost, std::enable_shared_from_this<Client::Impl> {
  Impl(Loop& on, Endpoint to, std::size_t max)
      : loop_(on),
        endpoint_(std::move(to)),
        connections_max_(std::max<std::size_t>(max, 1)),
        alarm_(on, kDeadlineSlack, [this](Time now) { look_through(now); }) {
    if (endpoint_.tls) {
      auto context = tls::client_context(endpoint_.tls_ca_file);
      if (context) {
        tls_ = *context;
      } else {
        broken_ = context.error();
      }
    }
    if (auto address = net::numeric_address(endpoint_.host, endpoint_.port)) {
      addresses_ = {*address};
      named_ = false;
    }
  }

  // ---- calls ----

  void send(Call call, Done done) {
    auto exchange = std::make_unique<Exchange>();
    exchange->deadline = loop_.now() + call.timeout;
    exchange->call = std::move(call);
    exchange->done = std::move(done);
    if (broken_) {
      fail_later(std::move(exchange), *broken_);
    } else {
      alarm_.expect(exchange->deadline);
      place(std::move(exchange));
    }
  }

  void place(std::unique_ptr<Exchange> exchange) {
    if (!idle_.empty()) {
      const auto channel = std::move(idle_.back());
      idle_.pop_back();
      channel->carry(std::move(exchange));
    } else if (channels_.size() < connections_max_ && !addresses_.empty()) {
      open_channel(std::move(exchange));
    } else if (waiting_.size() < connections_max_ * kWaitingPerConnection) {
      waiting_.push_back(std::move(exchange));
      if (addresses_.empty()) resolve();
    } else {
      fail_later(
          std::move(exchange),
          {ErrorCode::unavailable, "too many calls wait for a connection to " + endpoint_.host});
    }
  }

  void open_channel(std::unique_ptr<Exchange> exchange) {
    auto channel = std::make_shared<Channel>(*this, addresses_);
    channel->place = channels_.size();
    channels_.push_back(channel);
    channel->start(std::move(exchange));
  }

  void fail_later(std::unique_ptr<Exchange> exchange, Error error) {
    loop_.post([done = std::move(exchange->done), error = std::move(error)] { done(error); });
  }

  // Names are looked up anew after every failure to connect, and otherwise kept.
  void resolve() {
    if (resolving_) return;
    resolving_ = true;
    auto found = std::make_shared<Result<std::vector<net::Address>>>(std::vector<net::Address>{});
    loop_.defer_to_pool([found, host = endpoint_.host,
                         port = endpoint_.port] { *found = net::resolve(host, port); },
                        [found, weak = weak_from_this()] {
                          const auto self = weak.lock();
                          if (!self) return;
                          self->resolving_ = false;
                          if (found->ok()) {
                            self->addresses_ = found->value();
                            self->serve_waiting();
                            return;
                          }
                          for (auto& exchange : std::exchange(self->waiting_, {})) {
                            exchange->done(found->error());
                          }
                        });
  }

  void serve_waiting() {
    while (!waiting_.empty() && (!idle_.empty() || channels_.size() < connections_max_) &&
           !addresses_.empty()) {
      auto exchange = std::move(waiting_.front());
      waiting_.pop_front();
      place(std::move(exchange));
    }
  }

  void look_through(Time now) {
    const auto self = shared_from_this();
    Time next = kNever;
    std::vector<std::shared_ptr<Channel>> late, stale;
    for (const auto& channel : channels_) {
      if (const Exchange* exchange = channel->exchange()) {
        if (exchange->deadline <= now) {
          late.push_back(channel);
        } else {
          next = std::min(next, exchange->deadline);
        }
      } else if (channel->idle_since + kIdleMax <= now) {
        stale.push_back(channel);
      } else {
        next = std::min(next, channel->idle_since + kIdleMax);
      }
    }
    std::vector<std::unique_ptr<Exchange>> late_waiting;
    std::erase_if(waiting_, [&](std::unique_ptr<Exchange>& exchange) {
      if (exchange->deadline <= now) {
        late_waiting.push_back(std::move(exchange));
        return true;
      }
      next = std::min(next, exchange->deadline);
      return false;
    });
    alarm_.expect(next);
    for (const auto& channel : stale) channel->close();
    for (const auto& channel : late) channel->abort(too_late());
    for (const auto& exchange : late_waiting) exchange->done(too_late());
  }

  Error too_late() const {
    return {ErrorCode::timeout, "no answer in time from " + endpoint_.host};
  }

  void shut() {
    closing_ = true;
    alarm_.stop();
    const Error gone{ErrorCode::unavailable, "the client of " + endpoint_.host + " was closed"};
    for (auto& exchange : std::exchange(waiting_, {})) fail_later(std::move(exchange), gone);
    while (!channels_.empty()) {
      const auto channel = channels_.back();
      channel->abort(gone);
    }
  }

  // ---- ChannelHost ----

  Loop& loop() override { return loop_; }
  const Endpoint& endpoint() const override { return endpoint_; }
  const tls::Context& tls_context() const override { return tls_; }

  void ended(std::unique_ptr<Exchange> exchange, Result<Answer> result) override {
    if (closing_) {
      fail_later(std::move(exchange), result.error());
      return;
    }
    const auto self = shared_from_this();  // `done` may end the client
    exchange->done(std::move(result));
  }

  void again(std::unique_ptr<Exchange> exchange) override { place(std::move(exchange)); }

  void unreachable() override {
    if (named_) addresses_.clear();
  }

  void free(Channel& channel) override {
    if (!waiting_.empty()) {
      auto exchange = std::move(waiting_.front());
      waiting_.pop_front();
      channel.carry(std::move(exchange));
      return;
    }
    idle_.push_back(channel.shared_from_this());
    alarm_.expect(channel.idle_since + kIdleMax);
  }

  void closed(Channel& channel) override {
    std::erase_if(idle_, [&](const auto& one) { return one.get() == &channel; });
    PARAGON_CHECK(channels_[channel.place].get() == &channel, std::to_string(channel.place));
    channels_.back()->place = channel.place;
    std::swap(channels_[channel.place], channels_.back());
    channels_.pop_back();
    if (!closing_) serve_waiting();
  }

  Loop& loop_;
  Endpoint endpoint_;
  std::size_t connections_max_;
  tls::Context tls_;
  std::optional<Error> broken_;  // no call can succeed
  std::vector<net::Address> addresses_;
  bool named_ = true;  // addresses_ came from a name server, or have to
  bool resolving_ = false;
  bool closing_ = false;
  Alarm alarm_;
  std::vector<std::shared_ptr<Channel>> channels_;  // all
  std::vector<std::shared_ptr<Channel>> idle_;      // the last used at the back
  std::deque<std::unique_ptr<Exchange>> waiting_;
};

Client::Client(Loop& loop, Endpoint endpoint, std::size_t connections_max)
    : impl_(std::make_shared<Impl>(loop, std::move(endpoint), connections_max)) {}

Client::~Client() { impl_->shut(); }

void Client::send(Call call, Done done) { impl_->send(std::move(call), std::move(done)); }

const Endpoint& Client::endpoint() const { return impl_->endpoint_; }

}  // namespace paragon::http

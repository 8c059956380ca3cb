#include "cloud/aws/spot_watch.h"

#include <utility>

namespace paragon::aws {
namespace {

constexpr Duration kTimeout = std::chrono::seconds(2);
// Below the 300 s that token_call asks for.
constexpr Duration kRenewToken = std::chrono::seconds(240);

}  // namespace

struct SpotWatch::Impl : std::enable_shared_from_this<Impl> {
  Impl(Loop& on, http::Endpoint metadata, Duration between, Told to)
      : loop(on), client(on, std::move(metadata), 1), pause(between), told(std::move(to)) {}

  void ask() {
    if (token && loop.now() - token_since < kRenewToken) return ask_action();
    token.reset();
    send(metadata::token_call(kTimeout), [this](const http::Answer& answer) {
      auto read = metadata::read_token(answer);
      if (!read) return failed(read.error());
      token = *std::move(read);
      token_since = loop.now();
      ask_action();
    });
  }

  void ask_action() {
    send(metadata::get_call(metadata::kSpotActionPath, *token, kTimeout),
         [this](const http::Answer& answer) {
           if (answer.status == 401) token.reset();
           const auto read = metadata::read_spot_action(answer);
           if (!read) return failed(read.error());
           troubled = false;
           wait();
           if (std::exchange(known, *read) != *read) told.notice(*read);
         });
  }

  void send(http::Client::Call call, std::function<void(const http::Answer&)> then) {
    client.send(std::move(call),
                [weak = weak_from_this(), then = std::move(then)](Result<http::Answer> answer) {
                  const auto self = weak.lock();
                  if (!self) return;
                  if (!answer) return self->failed(answer.error());
                  then(*answer);
                });
  }

  void failed(const Error& error) {
    wait();
    if (!std::exchange(troubled, true)) told.trouble(error);
  }

  void wait() {
    timer = loop.after(pause, [this] { ask(); });
  }

  Loop& loop;
  http::Client client;
  Duration pause;
  Told told;
  std::optional<Secret> token;
  Time token_since{};
  std::optional<metadata::SpotAction> known;
  bool troubled = false;
  Loop::Timer timer;
};

SpotWatch::SpotWatch(Loop& loop, http::Endpoint metadata, Duration pause, Told told)
    : impl_(std::make_shared<Impl>(loop, std::move(metadata), pause, std::move(told))) {
  impl_->ask();
}

SpotWatch::~SpotWatch() = default;

}  // namespace paragon::aws

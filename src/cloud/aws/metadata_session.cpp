#include "cloud/aws/metadata_session.h"

#include <optional>
#include <utility>

namespace paragon::aws {
namespace {

// Below the 300 s that token_call asks for.
constexpr Duration kRenewToken = std::chrono::seconds(240);

}  // namespace

struct MetadataSession::Impl : std::enable_shared_from_this<Impl> {
  Impl(Loop& on, http::Endpoint endpoint, Duration limit)
      : loop(on), client(on, std::move(endpoint), 1), timeout(limit) {}

  void ask(const std::string& path, Done done, bool again) {
    if (token && loop.now() - token_since < kRenewToken) return get(path, std::move(done), again);
    token.reset();
    send(metadata::token_call(timeout), std::move(done),
         [this, path, again](const http::Answer& answer, Done then) {
           auto read = metadata::read_token(answer);
           if (!read) return then(read.error());
           token = *std::move(read);
           token_since = loop.now();
           get(path, std::move(then), again);
         });
  }

  void get(const std::string& path, Done done, bool again) {
    send(metadata::get_call(path, *token, timeout), std::move(done),
         [this, path, again](const http::Answer& answer, const Done& then) {
           if (answer.status != 401) return then(answer);
           token.reset();  // it has forgotten this one
           if (again) return then(answer);
           ask(path, then, true);
         });
  }

  void send(http::Client::Call call, Done done,
            std::function<void(const http::Answer&, Done)> then) {
    client.send(std::move(call), [weak = weak_from_this(), done = std::move(done),
                                  then = std::move(then)](Result<http::Answer> answer) {
      const auto self = weak.lock();
      if (!self || self->ended) return;
      if (!answer) {
        return done(Error{answer.error().code,
                          "instance metadata does not answer: " + answer.error().message});
      }
      then(*answer, done);
    });
  }

  Loop& loop;
  http::Client client;
  Duration timeout;
  std::optional<Secret> token;
  Time token_since{};
  bool ended = false;
};

MetadataSession::MetadataSession(Loop& loop, http::Endpoint endpoint, Duration timeout)
    : impl_(std::make_shared<Impl>(loop, std::move(endpoint), timeout)) {}

MetadataSession::~MetadataSession() { impl_->ended = true; }

void MetadataSession::ask(const std::string& path, Done done) {
  impl_->ask(path, std::move(done), false);
}

}  // namespace paragon::aws

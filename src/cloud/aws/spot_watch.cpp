#include "cloud/aws/spot_watch.h"

#include <utility>

#include "cloud/aws/metadata_session.h"

namespace paragon::aws {
namespace {

constexpr Duration kTimeout = std::chrono::seconds(2);

}  // namespace

struct SpotWatch::Impl : std::enable_shared_from_this<Impl> {
  Impl(Loop& on, http::Endpoint metadata, Duration between, Told to)
      : loop(on), session(on, std::move(metadata), kTimeout), pause(between), told(std::move(to)) {}

  void ask() {
    session.ask(metadata::kSpotActionPath,
                [weak = weak_from_this()](const Result<http::Answer>& answer) {
                  const auto self = weak.lock();
                  if (!self) return;
                  const auto read =
                      answer ? metadata::read_spot_action(*answer) : Result<Notice>(answer.error());
                  if (!read) return self->failed(read.error());
                  self->troubled = false;
                  self->wait();
                  if (std::exchange(self->known, *read) != *read) self->told.notice(*read);
                });
  }

  void failed(const Error& error) {
    wait();
    if (!std::exchange(troubled, true)) told.trouble(error);
  }

  void wait() {
    timer = loop.after(pause, [this] { ask(); });
  }

  using Notice = std::optional<metadata::SpotAction>;

  Loop& loop;
  MetadataSession session;
  Duration pause;
  Told told;
  Notice known;
  bool troubled = false;
  Loop::Timer timer;
};

SpotWatch::SpotWatch(Loop& loop, http::Endpoint metadata, Duration pause, Told told)
    : impl_(std::make_shared<Impl>(loop, std::move(metadata), pause, std::move(told))) {
  impl_->ask();
}

SpotWatch::~SpotWatch() = default;

}  // namespace paragon::aws

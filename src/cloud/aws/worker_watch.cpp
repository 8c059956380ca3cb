#include "cloud/aws/worker_watch.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

namespace paragon::aws {
namespace {

constexpr Duration kReadyEvery = std::chrono::milliseconds(500);
constexpr Duration kPatience = std::chrono::seconds(3);

}  // namespace

Result<WorkerWord> read_worker_word(const std::string& body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object() || !json.contains("interruption"))
    return Error{ErrorCode::unavailable, "the worker does not say how its instance is"};
  WorkerWord word;
  const auto& coming = json["interruption"];
  if (coming.is_null()) return word;
  if (!coming.is_object() || !coming.contains("in_s") || !coming["in_s"].is_number())
    return Error{ErrorCode::unavailable, "the worker's interruption has no time"};
  word.taken_in = from_seconds(std::clamp(coming["in_s"].get<double>(), 0.0, 3600.0));
  return word;
}

struct WorkerWatch::Impl : std::enable_shared_from_this<Impl> {
  Impl(Loop& on, http::Endpoint endpoint, Duration every_so, Listener to)
      : loop(on), client(on, std::move(endpoint), 1), every(every_so), listener(std::move(to)) {}

  void ask() {
    http::Client::Call call;
    call.method = http::Method::get;
    call.target = ready ? kInstancePath : kReadyPath;
    call.timeout = kPatience;
    client.send(std::move(call), [weak = weak_from_this()](const Result<http::Answer>& answer) {
      auto self = weak.lock();
      if (!self || self->ended) return;
      self->timer = self->loop.after(self->heard(answer), [weak] {
        if (auto still = weak.lock()) still->ask();
      });
    });
  }

  // When to ask again.
  Duration heard(const Result<http::Answer>& answer) {
    if (!answer || answer->status != 200) return ready ? every : kReadyEvery;
    if (!ready) {
      ready = true;
      listener.on_ready();
      return {};  // the first heartbeat
    }
    const auto word = read_worker_word(answer->body);
    if (word && word->taken_in && !interrupted) {
      interrupted = true;
      listener.on_interrupted(*word->taken_in);
    }
    return every;
  }

  Loop& loop;
  http::Client client;
  Duration every;
  Listener listener;
  bool ready = false;
  bool interrupted = false;
  bool ended = false;
  Loop::Timer timer;
};

WorkerWatch::WorkerWatch(Loop& loop, http::Endpoint endpoint, Duration every, Listener listener)
    : impl_(std::make_shared<Impl>(loop, std::move(endpoint), every, std::move(listener))) {
  impl_->ask();
}

WorkerWatch::~WorkerWatch() {
  impl_->ended = true;
  impl_->timer.cancel();
}

}  // namespace paragon::aws

#include "cloud/local/machine.h"

#include <algorithm>

namespace paragon {

LocalMachine::LocalMachine(Loop& loop, Host& host, MachineId id, MachineOfferId offer_id,
                           const MachineOffer& offer, int slots, Duration delay,
                           const LocalCloudSettings& settings, Report report)
    : id_(id),
      offer_id_(offer_id),
      label_("machine " + std::to_string(id.value) + " (" + offer.name + ")"),
      vcpus_(offer.vcpus),
      drain_time_(settings.drain_time),
      report_(std::move(report)) {
  Host::Order order;
  order.name = "m" + std::to_string(id.value);
  order.arguments = {"--slots", std::to_string(slots), "--preload", "all"};
  order.cores = offer.vcpus * offer.speed;
  order.stretch = std::max(1.0, 1.0 / (offer.speed * std::min(1.0, offer.vcpus.value)));
  order.resource = resource_name(offer);
  order.memory = offer.memory;
  auto worker = host.start(
      order,
      [this](const std::string&) {
        process_up_ = true;
        look_ready();
      },
      [this](const Child::Exit& exit) { exited(exit); });
  if (!worker.ok()) {
    fail(worker.error().code, worker.error().message);
    return;
  }
  worker_ = std::move(*worker);
  delay_ = loop.after(delay, [this] {
    delay_over_ = true;
    look_ready();
  });
  boot_limit_ = loop.after(settings.boot_timeout, [this] {
    if (state_ != State::booting || process_up_) return;
    fail(ErrorCode::timeout, "its worker did not get ready in time");
    worker_->child().kill();
  });
}

void LocalMachine::look_ready() {
  if (state_ != State::booting || !process_up_ || !delay_over_) return;
  state_ = State::ready;
  report_(MachineReady{id_, worker_->endpoint()});
}

void LocalMachine::terminate() {
  if (state_ == State::draining || state_ == State::ended) return;
  state_ = State::draining;
  worker_->child().end(drain_time_);
}

void LocalMachine::kill() {
  if (worker_) worker_->child().kill();
}

void LocalMachine::exited(const Child::Exit& exit) {
  if (state_ == State::ended) return;
  if (state_ == State::draining) return end(MachineGone{id_});
  const std::string when = state_ == State::booting ? "while it booted" : "while it was in service";
  fail(ErrorCode::unavailable, "its worker ended " + when + ": " + exit.text());
}

void LocalMachine::fail(ErrorCode code, const std::string& what) {
  end(MachineFailed{id_, Error{code, label_ + ": " + what}});
}

void LocalMachine::end(CloudEvent last) {
  state_ = State::ended;
  delay_.cancel();
  boot_limit_.cancel();
  report_(std::move(last));
}

}  // namespace paragon

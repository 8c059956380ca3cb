#include "cloud/aws/status_checks.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace paragon::aws {
namespace {

constexpr std::size_t kAtOnce = 100;

}  // namespace

struct StatusChecks::Impl : std::enable_shared_from_this<Impl> {
  Impl(Account& of, Service& service, Duration every_so, Listener to)
      : account(of), ec2(service), every(every_so), listener(std::move(to)) {}

  void wait() {
    timer = account.loop().after(every, [weak = weak_from_this()] {
      auto self = weak.lock();
      if (!self) return;
      self->left = self->listener.instances();
      self->next();
    });
  }

  void next() {
    if (left.empty()) return wait();
    ec2::DescribeInstanceStatus question;
    const std::size_t count = std::min(left.size(), kAtOnce);
    question.instance_ids.assign(left.end() - static_cast<std::ptrdiff_t>(count), left.end());
    left.resize(left.size() - count);
    ec2.send({ec2::request_for(ec2.host(), question), actions::kDescribeInstanceStatus},
             [weak = weak_from_this()](const Reply& reply) {
               if (auto self = weak.lock(); self && !self->ended) self->answered(reply);
             });
  }

  // One that was ended meanwhile makes AWS refuse the whole question; the next round has it no
  // more.
  void answered(const Reply& reply) {
    if (const auto* why = std::get_if<Refusal>(&reply)) {
      if (why->error.code != ErrorCode::not_found)
        spdlog::warn("event=aws_status error=\"{}\"", why->error.message);
    } else if (auto read = ec2::read_describe_instance_status(std::get<http::Answer>(reply).body)) {
      for (const ec2::InstanceHealth& one : read->instances) tell(one);
    } else {
      spdlog::warn("event=aws_status error=\"{}\"", read.error().message);
    }
    next();
  }

  void tell(const ec2::InstanceHealth& one) {
    if (one.system == ec2::Check::impaired)
      return listener.on_impaired(one.id, "EC2's check of its host failed");
    if (one.instance == ec2::Check::impaired)
      return listener.on_impaired(one.id, "EC2's check of its system failed");
    for (const ec2::ScheduledEvent& event : one.events) {
      if (!event.not_before) continue;
      const Duration in = *event.not_before - account.now();
      listener.on_event(one.id, std::max(in, Duration::zero()));
    }
  }

  Account& account;
  Service& ec2;
  Duration every;
  Listener listener;
  std::vector<std::string> left;  // of this round
  bool ended = false;
  Loop::Timer timer;
};

StatusChecks::StatusChecks(Account& account, Service& ec2, Duration every, Listener listener)
    : impl_(std::make_shared<Impl>(account, ec2, every, std::move(listener))) {
  impl_->wait();
}

StatusChecks::~StatusChecks() {
  impl_->ended = true;
  impl_->timer.cancel();
}

}  // namespace paragon::aws

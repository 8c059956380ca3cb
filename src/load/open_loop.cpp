#include "load/open_loop.h"

#include <algorithm>

#include "base/check.h"
#include "load/answer.h"

namespace paragon {
namespace {

// Queries sent in one go when the schedule is behind; then answers get their turn.
constexpr int kBurst = 32;

}  // namespace

struct OpenLoop::Impl : std::enable_shared_from_this<OpenLoop::Impl> {
  Impl(Loop& its_loop, LoadPlan its_plan, std::function<void()> when_done)
      : loop(its_loop),
        plan(std::move(its_plan)),
        done(std::move(when_done)),
        client(loop, plan.target, plan.connections_max) {
    PARAGON_CHECK(!plan.classes.empty() && !plan.requests.empty() && plan.next,
                  "a load needs classes, requests and a schedule");
    for (const LoadClass& one : plan.classes) tally.add_class(one.name, one.deadline);
    make_heads();
  }

  // Every header of a query but its body's, once a class.
  void make_heads() {
    for (const LoadClass& one : plan.classes) {
      http::Headers head;
      for (const auto& [name, value] : plan.headers) head.add(name, value);
      for (const auto& [name, value] : one.headers) head.add(name, value);
      heads.push_back(std::move(head));
    }
  }

  void pump() {
    for (int sent = 0; next && sent < kBurst; ++sent) {
      const Time due = began + next->at;
      const Time now = loop.now();
      if (due > now) {
        timer = loop.at(due, [self = weak_from_this()] {
          if (const auto here = self.lock()) here->pump();
        });
        return;
      }
      send(next->class_index, due, now);
      next = plan.next();
    }
    if (!next) return finish_if_over();
    loop.post([self = weak_from_this()] {
      if (const auto here = self.lock()) here->pump();
    });
  }

  void send(std::size_t class_index, Time due, Time now) {
    PARAGON_CHECK(class_index < plan.classes.size(),
                  "the schedule names a class that is not there");
    const PictureRequest& request = plan.requests[turn];
    turn = turn + 1 == plan.requests.size() ? 0 : turn + 1;

    http::Client::Call call;
    call.target = plan.path;
    const http::Headers& head = heads[class_index];
    call.headers.reserve(head.size() + request.headers.size());
    for (const auto& [name, value] : head) call.headers.add(name, value);
    for (const auto& [name, value] : request.headers) call.headers.add(name, value);
    call.body = request.body;
    call.timeout = plan.timeout;
    tally.sent(class_index, now - due);
    client.send(std::move(call), [self = weak_from_this(), class_index, due,
                                  label = &request.label](const Result<http::Answer>& answer) {
      // The requests live as long as Impl does, and so does what `label` points at.
      if (const auto here = self.lock()) here->receive(class_index, due, *label, answer);
    });
  }

  void receive(std::size_t class_index, Time due, const std::string& label,
               const Result<http::Answer>& answer) {
    if (over) return;
    LoadOutcome outcome = read_answer(answer, label);
    outcome.latency = loop.now() - due;
    tally.ended(class_index, outcome);
    finish_if_over();
  }

  void finish_if_over() {
    if (!next && tally.in_flight() == 0) finish();
  }

  void finish() {
    if (over) return;
    over = true;
    ended = loop.now();
    timer.cancel();
    patience.cancel();
    loop.post(done);
  }

  void give_up() {
    if (over) return;
    LoadOutcome outcome;
    outcome.end = LoadOutcome::End::unanswered;
    for (std::size_t i = 0; i < plan.classes.size(); ++i) {
      const ClassTally& one = tally.classes()[i];
      while (one.ended() < one.sent) tally.ended(i, outcome);
    }
    finish();
  }

  Loop& loop;
  LoadPlan plan;
  std::function<void()> done;
  http::Client client;
  Tally tally;
  std::vector<http::Headers> heads;  // by class
  std::optional<Due> next;
  std::size_t turn = 0;  // whose picture is next
  Time began{};
  Time ended{};
  bool over = false;
  Loop::Timer timer;
  Loop::Timer patience;
};

OpenLoop::OpenLoop(Loop& loop, LoadPlan plan, std::function<void()> done)
    : impl_(std::make_shared<Impl>(loop, std::move(plan), std::move(done))) {}
OpenLoop::~OpenLoop() { impl_->over = true; }

void OpenLoop::start() {
  impl_->next = impl_->plan.next();
  impl_->began = impl_->loop.now();
  impl_->pump();
}

void OpenLoop::stop(Duration patience) {
  Impl& impl = *impl_;
  if (impl.over) return;
  impl.next.reset();
  impl.timer.cancel();
  impl.patience = impl.loop.after(patience, [self = std::weak_ptr(impl_)] {
    if (const auto here = self.lock()) here->give_up();
  });
  impl.finish_if_over();
}

const Tally& OpenLoop::tally() const { return impl_->tally; }
Tally& OpenLoop::tally() { return impl_->tally; }
bool OpenLoop::sending() const { return impl_->next.has_value(); }
Duration OpenLoop::elapsed() const {
  return (impl_->over ? impl_->ended : impl_->loop.now()) - impl_->began;
}

}  // namespace paragon

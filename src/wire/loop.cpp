#include "wire/loop.h"

#include <algorithm>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>
#include <csignal>
#include <mutex>
#include <optional>
#include <utility>

namespace paragon {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using SteadyTimer =
    asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, asio::io_context::executor_type>;

namespace {

constexpr int kPoolThreads = 2;
// As long as a timer can be asked for: far beyond any run, short enough that sums do not overflow.
constexpr Duration kForever = std::chrono::hours(24 * 365 * 50);

// Writing to a connection that the peer has closed must be an error value, not the end of the
// process. OpenSSL writes without MSG_NOSIGNAL, so the signal itself has to be ignored; a program
// that set its own handler keeps it.
void ignore_broken_pipes() {
  struct sigaction now {};
  if (sigaction(SIGPIPE, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) {
    std::signal(SIGPIPE, SIG_IGN);
  }
}

}  // namespace

struct Loop::Impl {
  Clock::time_point start = Clock::now();
  asio::io_context context{1};  // one thread runs it
  std::optional<asio::thread_pool> pool;
  std::once_flag pool_made;
  std::optional<asio::signal_set> signals;
  std::function<void(int)> on_signal;

  void await_signal() {
    signals->async_wait([this](boost::system::error_code error, int number) {
      if (error) return;
      auto callback = on_signal;  // it may set another
      callback(number);
      await_signal();
    });
  }
};

Loop::Loop() : impl_(std::make_unique<Impl>()) { ignore_broken_pipes(); }

Loop::~Loop() {
  if (impl_->pool) {
    impl_->pool->stop();
    impl_->pool->join();
  }
}

void Loop::run() {
  impl_->context.restart();
  impl_->context.run();
}

void Loop::stop() { impl_->context.stop(); }

void Loop::post(std::function<void()> task) { asio::post(impl_->context, std::move(task)); }

void Loop::defer_to_pool(std::function<void()> work, std::function<void()> done) {
  std::call_once(impl_->pool_made, [this] { impl_->pool.emplace(kPoolThreads); });
  // The guard keeps run() going while the work is away.
  asio::post(*impl_->pool, [work = std::move(work), done = std::move(done),
                            guard = asio::make_work_guard(impl_->context)]() mutable {
    work();
    asio::post(guard.get_executor(), std::move(done));
  });
}

struct Loop::Timer::Impl {
  explicit Impl(asio::io_context& context) : timer(context.get_executor()) {}

  SteadyTimer timer;
  std::function<void()> task;  // empty once fired or cancelled
};

Loop::Timer::Timer(Timer&&) noexcept = default;

Loop::Timer& Loop::Timer::operator=(Timer&& other) noexcept {
  if (this != &other) {
    cancel();
    impl_ = std::move(other.impl_);
  }
  return *this;
}

Loop::Timer::~Timer() { cancel(); }

void Loop::Timer::cancel() {
  if (!impl_) return;
  auto impl = std::move(impl_);
  impl->task = nullptr;
  impl->timer.cancel();
}

bool Loop::Timer::pending() const { return impl_ && impl_->task; }

Loop::Timer Loop::after(Duration delay, std::function<void()> task) {
  Timer timer;
  timer.impl_ = std::make_shared<Timer::Impl>(impl_->context);
  timer.impl_->task = std::move(task);
  timer.impl_->timer.expires_after(std::clamp(delay, Duration::zero(), kForever));
  // The task is looked at again when the timer fires: a cancel may come after Asio has already
  // queued the call.
  timer.impl_->timer.async_wait([impl = timer.impl_](boost::system::error_code) {
    if (auto due = std::exchange(impl->task, nullptr)) due();
  });
  return timer;
}

Loop::Timer Loop::at(Time when, std::function<void()> task) {
  const Time now_here = now();
  return after(when <= now_here ? Duration::zero() : when - now_here, std::move(task));
}

Time Loop::now() const {
  return paragon::at(std::chrono::duration_cast<Duration>(Clock::now() - impl_->start));
}

void Loop::on_signal(std::function<void(int)> callback) {
  impl_->on_signal = std::move(callback);
  if (impl_->signals) return;
  impl_->signals.emplace(impl_->context, SIGINT, SIGTERM);
  impl_->await_signal();
}

asio::io_context& Loop::context() { return impl_->context; }

}  // namespace paragon

// The event loop that everything live runs on: one thread, one loop, no locks.
//
// A thin face over Boost.Asio that keeps its headers out of the rest of the program. All callbacks
// of servers, clients, timers and child processes made with a loop run on the thread that calls
// run(). Thread-safety: post(), defer_to_pool() and stop() may be called from any thread, all else
// from the loop's thread only.
#pragma once

#include <functional>
#include <memory>

#include "base/time.h"

namespace boost::asio {
class io_context;
}

namespace paragon {

class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void run();  // until stop(), or until nothing is left to wait for
  void stop();

  void post(std::function<void()> task);  // soon, on the loop's thread
  // Runs `work` on a small thread pool of the loop (for what takes long: a 50 MB JSON body), then
  // `done` back on the loop's thread.
  void defer_to_pool(std::function<void()> work, std::function<void()> done);

  // A pending call; destroying it cancels the call. Movable.
  class Timer {
   public:
    Timer() = default;
    Timer(Timer&&) noexcept;
    Timer& operator=(Timer&&) noexcept;
    ~Timer();
    void cancel();
    bool pending() const;

   private:
    friend class Loop;
    struct Impl;
    std::shared_ptr<Impl> impl_;
  };
  [[nodiscard]] Timer after(Duration delay, std::function<void()> task);
  [[nodiscard]] Timer at(Time when, std::function<void()> task);

  // Monotonic time since this loop was made, on the Timeline of its deployment.
  Time now() const;

  // Calls back once for each SIGINT or SIGTERM the process gets (the argument is the number).
  void on_signal(std::function<void(int)> callback);

  boost::asio::io_context& context();  // for the files of wire/ and cloud/ that need Asio itself

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace paragon

#include "app/in_parallel.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace paragon {

void in_parallel(std::size_t count, unsigned threads, const std::function<void(std::size_t)>& work,
                 const std::function<void(std::size_t done)>& watch) {
  std::atomic<std::size_t> next{0}, done{0};
  std::mutex mutex;
  std::condition_variable ended;
  std::vector<std::thread> pool;
  for (unsigned t = 0; t < threads && t < count; ++t) {
    pool.emplace_back([&] {
      for (std::size_t i = next++; i < count; i = next++) {
        work(i);
        const std::scoped_lock lock(mutex);
        ++done;
        ended.notify_all();
      }
    });
  }
  for (std::unique_lock lock(mutex); done < count;) {
    ended.wait_for(lock, std::chrono::milliseconds(100));
    watch(done);
  }
  for (std::thread& thread : pool) thread.join();
}

unsigned processors() { return std::max(1U, std::thread::hardware_concurrency()); }

}  // namespace paragon

// Independent pieces of work on several threads, watched from the one that asked.
#pragma once

#include <cstddef>
#include <functional>

namespace paragon {

// Calls `work(i)` once for each i below `count`, in that order, on `threads` threads (1 or more);
// meanwhile `watch(done)` on this thread, every tenth of a second and whenever one has ended.
// Returns when all have.
void in_parallel(std::size_t count, unsigned threads, const std::function<void(std::size_t)>& work,
                 const std::function<void(std::size_t done)>& watch);

// As many threads as there are processors.
unsigned processors();

}  // namespace paragon

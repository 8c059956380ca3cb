// Received bytes that wait to be parsed: one piece of memory, filled at the back, used at the
// front.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace paragon::net {

class ByteQueue {
 public:
  std::string_view view() const { return {memory_.get() + begin_, end_ - begin_}; }
  std::size_t size() const { return end_ - begin_; }
  bool empty() const { return begin_ == end_; }

  char* free_begin() { return memory_.get() + end_; }
  std::size_t free_size() const { return capacity_ - end_; }

  void filled(std::size_t bytes) { end_ += bytes; }
  void used(std::size_t bytes) { begin_ += bytes; }
  void clear() { begin_ = end_ = 0; }

  // Makes room for at least `wanted` bytes, and gives memory far beyond that back. Moves what is
  // held, so not while someone fills free_begin().
  void make_room(std::size_t wanted) {
    const std::size_t held = size();
    if (held + wanted > capacity_ || capacity_ > 2 * (held + wanted)) {
      auto fresh = std::unique_ptr<char[]>(new char[held + wanted]);  // not zeroed
      if (held > 0) std::memcpy(fresh.get(), memory_.get() + begin_, held);
      memory_ = std::move(fresh);
      capacity_ = held + wanted;
    } else if (begin_ > 0 && held > 0) {
      std::memmove(memory_.get(), memory_.get() + begin_, held);
    }
    begin_ = 0;
    end_ = held;
  }
  // Gives all memory back. Only when empty.
  void release() {
    memory_.reset();
    capacity_ = begin_ = end_ = 0;
  }
  bool holds_memory() const { return memory_ != nullptr; }

 private:
  std::unique_ptr<char[]> memory_;
  std::size_t capacity_ = 0, begin_ = 0, end_ = 0;
};

}  // namespace paragon::net

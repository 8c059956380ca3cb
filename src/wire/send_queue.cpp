#include "wire/send_queue.h"

#include <array>

namespace paragon::net {

namespace {
constexpr std::size_t kPartsAtOnce = 16;
}

void SendQueue::push(std::string bytes) {
  if (bytes.empty()) return;
  parts_.push_back(Part{std::move(bytes), {}, 0});
}

void SendQueue::push_view(std::string_view bytes) {
  if (bytes.empty()) return;
  parts_.push_back(Part{{}, bytes, 0});
}

Stream::Step SendQueue::write_to(Stream& stream, std::size_t& moved) {
  moved = 0;
  while (front_ < parts_.size()) {
    std::array<iovec, kPartsAtOnce> pieces;
    std::size_t count = 0;
    for (std::size_t i = front_; i < parts_.size() && count < kPartsAtOnce; ++i) {
      const std::string_view left = parts_[i].left();
      pieces[count++] = {const_cast<char*>(left.data()), left.size()};
    }
    const Stream::Moved step = stream.write({pieces.data(), count});
    if (step.step != Stream::Step::done) return step.step;
    moved += step.bytes;
    std::size_t bytes = step.bytes;
    while (bytes > 0) {
      Part& part = parts_[front_];
      const std::size_t take = std::min(bytes, part.left().size());
      part.sent += take;
      bytes -= take;
      if (!part.left().empty()) break;
      part = Part{};  // its memory goes now, not when the last one is sent
      ++front_;
    }
  }
  parts_.clear();
  front_ = 0;
  return Stream::Step::done;
}

}  // namespace paragon::net

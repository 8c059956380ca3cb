// Bytes that wait to be sent on a stream: strings are moved in and written out several at a time,
// without copying.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "wire/stream.h"

namespace paragon::net {

class SendQueue {
 public:
  bool empty() const { return parts_.empty(); }
  void push(std::string bytes);
  // Not copied: must stay until sent.
  void push_view(std::string_view bytes);

  // Writes until all is sent (done), the socket is full (want_*), or the connection is broken.
  // `moved` counts the bytes that left.
  Stream::Step write_to(Stream& stream, std::size_t& moved);
  void clear() {
    parts_.clear();
    front_ = 0;
  }

 private:
  struct Part {
    std::string owned;
    std::string_view view;  // of `owned` unless that is empty
    std::size_t sent = 0;
    std::string_view left() const {
      return (owned.empty() ? view : std::string_view(owned)).substr(sent);
    }
  };
  // A list with a moving front: a vector, because it is empty again after nearly every message.
  std::vector<Part> parts_;
  std::size_t front_ = 0;
};

}  // namespace paragon::net

// A few lines of a terminal that are drawn again in place: progress, not a log.
//
// On anything but a terminal it draws nothing, and the caller prints plain lines now and then.
#pragma once

#include <string>
#include <string_view>

namespace paragon {

class LiveScreen {
 public:
  explicit LiveScreen(int fd = 2);
  ~LiveScreen() { leave(); }
  LiveScreen(const LiveScreen&) = delete;
  LiveScreen& operator=(const LiveScreen&) = delete;

  bool on_terminal() const { return on_terminal_; }
  int columns() const;  // of the terminal now; 80 where it does not say

  // Replaces what is shown. Lines longer than the terminal are cut, since a wrapped line could not
  // be drawn over.
  void show(std::string_view text);
  void leave();  // what is shown stays above whatever is printed next
  void clear();  // takes it away

 private:
  int fd_;
  bool on_terminal_;
  int lines_ = 0;  // drawn and not left
};

// The first columns of UTF-8 text, never cutting a character.
std::string cut_to_width(std::string_view text, std::size_t columns);
// "████▌     " of so many columns; `share` is clamped to 0..1.
std::string bar_text(double share, int columns);

}  // namespace paragon

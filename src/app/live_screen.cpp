#include "app/live_screen.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "report/table.h"

namespace paragon {
namespace {

bool is_terminal(int fd) {
  const char* term = std::getenv("TERM");
  return isatty(fd) == 1 && !(term && std::string_view(term) == "dumb");
}

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written <= 0) return;  // nobody reads progress any more
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

LiveScreen::LiveScreen(int fd) : fd_(fd), on_terminal_(is_terminal(fd)) {}

int LiveScreen::columns() const {
  winsize size{};
  if (ioctl(fd_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

void LiveScreen::show(std::string_view text) {
  if (!on_terminal_) return;
  const auto width = static_cast<std::size_t>(std::max(columns() - 1, 1));
  std::string out;
  if (lines_ > 0) out += fmt::format("\x1b[{}F", lines_);
  int lines = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out += cut_to_width(text.substr(0, end), width) + "\x1b[K\n";
    text.remove_prefix(std::min(end + 1, text.size()));
    ++lines;
  }
  out += "\x1b[J";
  lines_ = lines;
  write_all(fd_, out);
}

void LiveScreen::leave() { lines_ = 0; }

void LiveScreen::clear() {
  if (on_terminal_ && lines_ > 0) write_all(fd_, fmt::format("\x1b[{}F\x1b[J", lines_));
  lines_ = 0;
}

std::string cut_to_width(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  std::size_t width = 0, end = 0;
  while (end < text.size()) {
    std::size_t next = end + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0) == 0x80) ++next;
    width += display_width(text.substr(end, next - end));
    if (width > columns) break;
    end = next;
  }
  return std::string(text.substr(0, end));
}

std::string bar_text(double share, int columns) {
  static constexpr std::array<const char*, 8> kParts = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const double clean = std::isfinite(share) ? std::clamp(share, 0.0, 1.0) : 0;
  const auto eighths = static_cast<std::size_t>(std::lround(clean * columns * 8));
  std::string bar;
  for (std::size_t i = 0; i < eighths / 8; ++i) bar += "█";
  bar += kParts[eighths % 8];
  const std::size_t drawn = eighths / 8 + (eighths % 8 != 0 ? 1 : 0);
  return bar + std::string(static_cast<std::size_t>(columns) - drawn, ' ');
}

}  // namespace paragon

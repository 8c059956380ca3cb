#include "app/run_progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "report/number.h"

namespace paragon {

void RunProgress::show(double share, std::string_view text) {
  const auto now = Clock::now();
  if (!shown() || now < next_) return;
  const bool terminal = screen_.on_terminal();
  next_ = now + (terminal ? std::chrono::milliseconds(100) : std::chrono::milliseconds(10'000));
  share = std::clamp(share, 0.0, 1.0);
  std::string left;
  const Duration spent = now - begun_;
  if (share > 0.01 && spent > std::chrono::seconds(1)) {
    left = "  " + clock_text(from_seconds(seconds(spent) * (1 - share) / share)) + " left";
  }
  const std::string line = fmt::format("{:3.0f} %  {}{}", share * 100, text, left);
  if (terminal) {
    screen_.show(bar_text(share, 20) + " " + line + "\n");
  } else {
    fmt::print(stderr, "{}\n", line);
  }
}

void RunProgress::end() {
  if (screen_.on_terminal()) screen_.clear();
}

}  // namespace paragon

#include "app/run_progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "report/number.h"

namespace paragon {
namespace {

constexpr int kBar = 20;  // columns

}  // namespace

bool RunProgress::due() {
  const auto now = Clock::now();
  if (!shown() || now < next_) return false;
  next_ = now + (screen_.on_terminal() ? std::chrono::milliseconds(100)
                                       : std::chrono::milliseconds(10'000));
  return true;
}

void RunProgress::draw(const std::string& bar, const std::string& line) {
  if (screen_.on_terminal()) {
    screen_.show(bar + " " + line + "\n");
  } else {
    fmt::print(stderr, "{}\n", line);
  }
}

void RunProgress::show(double share, std::string_view text) {
  if (!due()) return;
  share = std::clamp(share, 0.0, 1.0);
  std::string left;
  const Duration spent = Clock::now() - begun_;
  if (share > 0.01 && spent > std::chrono::seconds(1)) {
    left = "  " + clock_text(from_seconds(seconds(spent) * (1 - share) / share)) + " left";
  }
  draw(bar_text(share, kBar), fmt::format("{:3.0f} %  {}{}", share * 100, text, left));
}

void RunProgress::show(std::string_view text) {
  if (due()) draw(std::string(kBar, ' '), fmt::format("       {}", text));
}

void RunProgress::begin_again() {
  begun_ = Clock::now();
  next_ = {};
}

void RunProgress::end() {
  if (screen_.on_terminal()) screen_.clear();
}

}  // namespace paragon

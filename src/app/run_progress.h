// How far a simulation is, on standard error: one line drawn again on a terminal; when asked for
// elsewhere, a line now and then.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "app/live_screen.h"
#include "base/time.h"

namespace paragon {

class RunProgress {
 public:
  // `forced`: also where there is no terminal.
  explicit RunProgress(bool forced) : forced_(forced) {}

  bool shown() const { return screen_.on_terminal() || forced_; }
  // `share` is 0 to 1; drawn at most ten times a second. Says how long it will still take, going by
  // the share done since the beginning.
  void show(double share, std::string_view text);
  // While nobody knows how long it will take.
  void show(std::string_view text);
  void begin_again();  // what took place until now says nothing of how long the rest takes
  void end();

 private:
  using Clock = std::chrono::steady_clock;
  bool due();
  void draw(const std::string& bar, const std::string& line);

  LiveScreen screen_;
  bool forced_;
  Clock::time_point begun_ = Clock::now();
  Clock::time_point next_{};
};

}  // namespace paragon

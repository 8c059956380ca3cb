// Replay: the inputs of a journal through a fresh brain, its decisions against the journal's.
#include <fmt/format.h>

#include "brain/journal.h"
#include "brain/journal_player.h"

namespace paragon {

Result<ReplayReport> replay(const std::function<bool(std::string&)>& next,
                            const MakeScheme& scheme) {
  std::uint64_t line_number = 0;
  auto player = JournalPlayer::begin(next, line_number, scheme);
  if (!player) return player.error();

  ReplayReport report;
  std::deque<std::string> expected;  // decisions of the brain that the journal has not shown yet
  const auto differ = [&](std::string_view journal, std::string_view brain) {
    if (report.differences++ == 0) {
      report.first_difference = fmt::format(
          "line {}: the journal has \"{}\", the brain decides \"{}\"", line_number, journal, brain);
    }
  };
  const auto settle = [&] {
    for (const std::string& line : expected) differ("nothing", line);
    expected.clear();
  };
  std::string line;
  while (next(line)) {
    ++line_number;
    if (line.starts_with("<")) {
      settle();
      ++report.inputs;
      auto input = (*player)->read(line);
      if (!input) {
        return Error{ErrorCode::invalid,
                     fmt::format("line {}: {}", line_number, input.error().message)};
      }
      (*player)->play(*input, expected);
    } else if (line.starts_with(">")) {
      ++report.decisions;
      if (expected.empty()) {
        differ(line, "nothing");
      } else {
        if (expected.front() != line) differ(line, expected.front());
        expected.pop_front();
      }
    } else {
      return Error{ErrorCode::invalid,
                   fmt::format("line {}: expected a line that begins with < or >", line_number)};
    }
  }
  // A brain that went another way may also have more to decide at the end than was recorded.
  if (!expected.empty() && report.differences == 0) {
    report.cut_off = true;
    --report.inputs;
  }
  if (!report.cut_off) settle();
  return report;
}

}  // namespace paragon

// paragon replay: feeds a journal to a fresh brain and compares every decision.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <memory>

#include "app/commands.h"
#include "brain/journal.h"

namespace paragon {
namespace {

// Exit status, as the footer of --help says.
constexpr int kEqual = 0;
constexpr int kDiffers = 1;
constexpr int kUnreadable = 2;
constexpr int kTruncated = 3;

// Whole lines of a journal. A last line without its end was cut off and is not given out: what it
// says may be half of what was meant.
class WholeLines {
 public:
  explicit WholeLines(std::istream& in) : in_(in) {}

  bool next(std::string& line) {
    if (!std::getline(in_, line)) return false;
    ++number_;
    cut_off_ = in_.eof();
    return !cut_off_;
  }
  std::uint64_t number() const { return number_; }  // of the line read last
  bool cut_off() const { return cut_off_; }

 private:
  std::istream& in_;
  std::uint64_t number_ = 0;
  bool cut_off_ = false;
};

int replay_file(const std::string& path) {
  std::ifstream in(path);
  if (!in) {
    fmt::print(stderr, "paragon replay: {}: cannot be read\n", path);
    return kUnreadable;
  }
  WholeLines lines(in);
  auto report = replay([&lines](std::string& line) { return lines.next(line); });
  if (!report) {
    fmt::print(stderr, "paragon replay: {}: {}{}\n", path,
               lines.cut_off()
                   ? fmt::format("truncated in line {}, before its first input: ", lines.number())
                   : "",
               report.error().message);
    return kUnreadable;
  }
  fmt::print("{} inputs, {} decisions, {} differences\n", report->inputs, report->decisions,
             report->differences);
  const bool truncated = lines.cut_off() || report->cut_off;
  if (truncated) {
    fmt::print("truncated: the journal is cut off {} line {}; the {} inputs before it are whole\n",
               lines.cut_off() ? "in" : "after", lines.number(), report->inputs);
  }
  if (report->differences > 0) {
    fmt::print("first difference: {}\n", report->first_difference);
    fmt::print(
        "up to there the decisions are equal; before it lines may be missing or changed, or "
        "another version decided\n");
    return kDiffers;
  }
  return truncated ? kTruncated : kEqual;
}

}  // namespace

void add_replay(CLI::App& app, std::function<int()>& action) {
  auto path = std::make_shared<std::string>();
  CLI::App* command =
      app.add_subcommand("replay", "Replay a journal and compare the decisions, byte for byte");
  command
      ->add_option("journal", *path,
                   "Journal written by `paragon serve --journal` or `paragon simulate --journal`")
      ->required();
  command->footer(
      "Exit status: 0 all decisions equal; 1 some differ; 2 the journal cannot be read; 3 all are "
      "equal, but the journal is truncated (its server was killed, its disk was full).");
  command->callback([path, &action] { action = [path] { return replay_file(*path); }; });
}

}  // namespace paragon

// What regenerating one figure of the paper came to: tables, plots, and the paper's statements
// beside our numbers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/page.h"
#include "report/svg.h"

namespace paragon::figures {

// How our number stands to the paper's.
enum class Verdict {
  reached,    // as much as the paper states, or within its band
  direction,  // the same sign, another size
  opposite,   // not as the paper states
};
std::string_view name(Verdict verdict);  // "reached", "same direction", "opposite"

// One thing that the paper states, in a few words of ours, and what came out here.
struct Statement {
  std::string figure;  // of the paper: "6", "9c"
  std::string prices;  // "2019", "2026"; empty where no price is involved
  std::string claim;
  std::optional<double> paper_from{};  // percent, where the paper gives a number or a band
  std::optional<double> paper_to{};
  std::optional<double> ours{};  // percent, of the same thing
  std::string measured;          // ours in words, trace by trace
  Verdict verdict = Verdict::opposite;

  // Percentage points from the paper's number, or from the nearer end of its band.
  std::optional<double> difference() const;
};

// Verdicts of the two usual kinds of claim, in percent: "at least so much", and "from, to".
Verdict at_least(double ours, double paper);
Verdict within(double ours, double from, double to);

struct NamedPlot {
  std::string name;  // of its file, without ending: "figure-6-cost-2019"
  svg::Plot plot;
};

struct Outcome {
  int figure = 0;  // of the paper
  std::string title;
  std::vector<std::string> notes{};  // what was run, and what to know when reading it
  std::vector<HtmlTable> tables{};
  std::vector<NamedPlot> plots{};
  std::vector<Statement> statements{};
};

}  // namespace paragon::figures

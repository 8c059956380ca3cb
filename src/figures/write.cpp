#include "figures/write.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "report/table.h"

namespace paragon::figures {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kHeadLines = 2;  // of a text table

std::string paper_text(const Statement& s) {
  if (!s.paper_from) return "";
  if (!s.paper_to) return fmt::format("{:g} %", *s.paper_from);
  return fmt::format("{:g} to {:g} %", *s.paper_from, *s.paper_to);
}

std::string ours_text(const Statement& s) { return s.ours ? fmt::format("{:.1f} %", *s.ours) : ""; }

std::string difference_text(const Statement& s) {
  const std::optional<double> points = s.difference();
  return points ? fmt::format("{:+.1f}", *points) : "";
}

HtmlTable statement_table(const std::vector<Outcome>& outcomes) {
  HtmlTable table{
      .heads = {"figure", "prices", "the paper states", "verdict", "paper", "ours", "points off"},
      .rows = {},
      .left = 4};
  for (const Outcome& outcome : outcomes) {
    for (const Statement& s : outcome.statements) {
      if (s.verdict == Verdict::reached) table.marked.push_back(table.rows.size());
      table.rows.push_back({s.figure, s.prices, s.claim, std::string(name(s.verdict)),
                            paper_text(s), ours_text(s), difference_text(s)});
    }
  }
  return table;
}

std::string sentence(const Statement& s) {
  return fmt::format("The paper{}: {}. Here: {} ({}).",
                     s.prices.empty() ? "" : ", at prices of " + s.prices, s.claim, s.measured,
                     name(s.verdict));
}

ordered_json optional_number(const std::optional<double>& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

ordered_json json_of(const Statement& s) {
  ordered_json paper = nullptr;
  if (s.paper_from)
    paper = ordered_json::array({*s.paper_from, s.paper_to.value_or(*s.paper_from)});
  return {{"figure", s.figure},
          {"prices", s.prices},
          {"claim", s.claim},
          {"paper_percent", paper},
          {"our_percent", optional_number(s.ours)},
          {"difference_points", optional_number(s.difference())},
          {"measured", s.measured},
          {"verdict", std::string(name(s.verdict))}};
}

Status write(const std::filesystem::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.close();
  if (out) return {};
  return {ErrorCode::unavailable, fmt::format("{}: cannot be written", file.string())};
}

}  // namespace

std::string page_of(const std::vector<Outcome>& outcomes, const Edition& edition) {
  HtmlPage page{.title = "The paper's figures, regenerated",
                .subtitle = edition.subtitle,
                .sections = {},
                .footer = edition.footer};
  Section first{.title = "What the paper states, and what came out"};
  first.paragraphs = {
      "The paper: Gunasekaran et al., Towards Designing a Self-Managed Machine Learning Inference "
      "Serving System in Public Cloud (2020). Its statements in a few words of ours. Marked "
      "rows hold; of the others docs/figures.md says why.",
      "The schemes run at their published constants. Where the paper gives none they are ours, and "
      "some of those were chosen with these traces at hand: the headroom of exascale, by figure 5, "
      "so that it lies in the paper's 20 to 30 %; the constants of paragon's rules, above all that "
      "it plans machines full; and those of newsvendor, which is not in the paper. Nothing else "
      "was tuned to match."};
  for (const std::string& missing : edition.missing)
    first.paragraphs.push_back("Missing trace, left out of every figure: " + missing);
  if (edition.quick)
    first.paragraphs.push_back(
        "Quick edition: ten minutes of each trace at 50 requests a second. For the look of "
        "things, "
        "not for conclusions.");
  first.tables = {statement_table(outcomes)};
  page.sections.push_back(first);
  for (const Outcome& outcome : outcomes) {
    Section section{.title = fmt::format("Figure {}: {}", outcome.figure, outcome.title),
                    .paragraphs = outcome.notes,
                    .tables = outcome.tables};
    for (const Statement& s : outcome.statements) section.paragraphs.push_back(sentence(s));
    for (const NamedPlot& plot : outcome.plots) section.plots.push_back(plot.plot);
    page.sections.push_back(std::move(section));
  }
  return html(page);
}

std::string text_of_statements(const std::vector<Outcome>& outcomes) {
  TextTable table({{"figure", Align::left},
                   {"prices", Align::left},
                   {"the paper states", Align::left},
                   {"paper"},
                   {"ours"},
                   {"points"},
                   {"verdict", Align::left}});
  std::vector<std::string> measured;
  for (const Outcome& outcome : outcomes) {
    for (const Statement& s : outcome.statements) {
      table.row({s.figure, s.prices, s.claim, paper_text(s), ours_text(s), difference_text(s),
                 std::string(name(s.verdict))});
      measured.push_back(s.measured);
    }
  }
  // What was measured goes below its row, across the columns.
  std::istringstream lines(table.text());
  std::string text;
  std::string line;
  for (std::size_t i = 0; std::getline(lines, line); ++i) {
    text += line + "\n";
    if (i >= kHeadLines && i - kHeadLines < measured.size())
      text += fmt::format("{:9}{}\n", "", measured[i - kHeadLines]);
  }
  return text;
}

std::string json_of(const std::vector<Outcome>& outcomes, const Edition& edition) {
  ordered_json statements = ordered_json::array();
  ordered_json figures = ordered_json::array();
  for (const Outcome& outcome : outcomes) {
    for (const Statement& s : outcome.statements) statements.push_back(json_of(s));
    ordered_json tables = ordered_json::array();
    for (const HtmlTable& t : outcome.tables)
      tables.push_back({{"columns", t.heads}, {"rows", t.rows}});
    figures.push_back({{"figure", outcome.figure},
                       {"title", outcome.title},
                       {"notes", outcome.notes},
                       {"tables", tables}});
  }
  const ordered_json all{{"quick", edition.quick},
                         {"missing_traces", edition.missing},
                         {"statements", statements},
                         {"figures", figures}};
  return all.dump(2) + "\n";
}

Result<std::vector<std::string>> write_all(const std::string& folder,
                                           const std::vector<Outcome>& outcomes,
                                           const Edition& edition) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure)
    return Error{ErrorCode::unavailable,
                 fmt::format("{}: cannot be made: {}", folder, failure.message())};
  std::vector<std::string> files;
  const auto save = [&](const std::string& file, const std::string& text) {
    files.push_back(file);
    return write(std::filesystem::path(folder) / file, text);
  };
  if (const Status s = save("figures.html", page_of(outcomes, edition)); !s) return s.error();
  if (const Status s = save("figures.json", json_of(outcomes, edition)); !s) return s.error();
  for (const Outcome& outcome : outcomes) {
    for (const NamedPlot& plot : outcome.plots) {
      if (const Status s = save(plot.name + ".svg", svg::draw(plot.plot)); !s) return s.error();
    }
  }
  return files;
}

}  // namespace paragon::figures

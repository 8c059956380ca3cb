// paragon explain: why the brain decided as it did, from a journal.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>

#include "app/commands.h"
#include "app/explanation.h"
#include "app/journal_search.h"
#include "app/time_flag.h"
#include "brain/journal_player.h"

namespace paragon {
namespace {

struct Flags {
  std::string journal;
  std::string at;
  JournalQuestion question;
};

int refuse(const std::string& message) {
  fmt::print(stderr, "paragon explain: {}\n", message);
  return 2;
}

Status is_journal(const std::string& path) {
  std::ifstream in(path);
  if (!in) return {ErrorCode::not_found, path + ": cannot be read"};
  std::uint64_t number = 0;
  const auto next = [&](std::string& text) { return static_cast<bool>(std::getline(in, text)); };
  const auto player = JournalPlayer::begin(next, number);
  return player ? Status() : Status(player.error().code, path + ": " + player.error().message);
}

// Plays the journal up to what was found, and asks the brain there.
Result<std::string> explain(const std::string& path, const JournalFinding& found) {
  std::ifstream in(path);
  std::uint64_t number = 0;
  std::string line;
  const auto next = [&](std::string& text) { return static_cast<bool>(std::getline(in, text)); };
  auto player = JournalPlayer::begin(next, number);
  if (!player) return Error{player.error().code, path + ": " + player.error().message};

  const std::uint64_t arrival = found.arrival ? found.arrival->input_line : 0;
  const std::uint64_t tick = found.tick ? found.tick->input_line : 0;
  const std::uint64_t last =
      std::max({arrival, tick, found.orders.empty() ? 0 : found.orders.back().input_line});
  std::string query_words, tick_words;
  std::deque<std::string> decisions;
  while (number < last && next(line)) {
    ++number;
    if (!line.starts_with("< ")) continue;
    auto input = (*player)->read(line);
    if (!input) {
      return Error{ErrorCode::invalid,
                   fmt::format("{}: line {}: {}", path, number, input.error().message)};
    }
    if (number == arrival && found.route) {
      query_words =
          query_text((*player)->brain(), std::get<Query>(input->what), input->now, *found.route);
    }
    (*player)->play(*input, decisions);
    decisions.clear();
    std::vector<JournalLine> orders;
    std::ranges::copy_if(found.orders, std::back_inserter(orders),
                         [&](const JournalLine& order) { return order.input_line == number; });
    if (number != tick && orders.empty()) continue;
    if (!tick_words.empty()) tick_words += "\n";
    tick_words += tick_text((*player)->brain(), input->now, orders);
  }
  if (!query_words.empty()) query_words += later_text((*player)->brain(), found.later);
  if (query_words.empty() || tick_words.empty()) return query_words + tick_words;
  return "The last tick until then\n\n" + tick_words + "\nThe last query until then\n\n" +
         query_words;
}

int explain_it(Flags& flags) {
  if (!flags.at.empty()) {
    auto at = time_of("--at", flags.at);
    if (!at) return refuse(at.error().message);
    flags.question.at = *at;
  }
  const JournalQuestion& q = flags.question;
  if (int(q.at.has_value()) + int(q.query.has_value()) + int(q.decision.has_value()) +
          int(q.order.has_value()) !=
      1) {
    return refuse("expected one of --at, --query, --decision and --order");
  }
  if (const Status is = is_journal(flags.journal); !is) return refuse(is.error().message);
  auto found = search_journal(flags.journal, q);
  if (!found) return refuse(found.error().message);
  auto text = explain(flags.journal, *found);
  if (!text) return refuse(text.error().message);
  std::fputs(text->c_str(), stdout);
  return 0;
}

}  // namespace

void add_explain(CLI::App& app, std::function<int()>& action) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = app.add_subcommand(
      "explain", "Say why: what the brain saw, the alternatives and their prices, what decided");
  command
      ->add_option("journal", flags->journal,
                   "Journal written by `paragon serve --journal` or `paragon simulate --journal`")
      ->required();
  command->add_option("--at", flags->at,
                      "The last tick and the last query until this time: 90 (seconds), 10m, 2h");
  command->add_option("--query", flags->question.query, "A query, by its id (query_id of the API)");
  command->add_option("--decision", flags->question.decision,
                      "The query of a decision, by its id (decision_id of an answer)");
  command->add_option("--order", flags->question.order,
                      "The orders about a machine, by its number");
  command->footer(
      "Exit status: 0 explained, 2 the journal is unreadable or has nothing like that.");
  command->callback([flags, &action] { action = [flags] { return explain_it(*flags); }; });
}

}  // namespace paragon

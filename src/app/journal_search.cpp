#include "app/journal_search.h"

#include <fmt/format.h>

#include <charconv>
#include <fstream>

#include "brain/journal_fields.h"

namespace paragon {
namespace {

// Reads line by line and remembers the input that decisions belong to.
class Search {
 public:
  Search(std::string path, const JournalQuestion& question)
      : path_(std::move(path)), question_(question) {}

  Result<JournalFinding> run() {
    std::ifstream in(path_);
    if (!in) return Error{ErrorCode::not_found, path_ + ": cannot be read"};
    std::string line;
    for (std::uint64_t number = 1; std::getline(in, line); ++number) {
      if (line.starts_with("< ")) {
        if (!begin_input(line, number)) {
          return Error{ErrorCode::invalid,
                       fmt::format("{}: line {}: expected '< TIME INPUT ...'", path_, number)};
        }
        if (question_.at && input_.when > Time{*question_.at}) break;
        input(line);
      } else if (line.starts_with("> ")) {
        decision(line);
      }
    }
    return conclude();
  }

 private:
  bool begin_input(const std::string& line, std::uint64_t number) {
    std::int64_t ns = 0;
    const char* end = line.data() + line.size();
    const auto [stop, error] = std::from_chars(line.data() + 2, end, ns);
    if (error != std::errc{} || stop == end || *stop != ' ') return false;
    input_ = {number, Time{Duration(ns)}, line};
    const std::string_view rest(stop + 1, static_cast<std::size_t>(end - stop - 1));
    kind_ = std::string(rest.substr(0, rest.find(' ')));
    found_.end = input_.when;
    return true;
  }

  void input(const std::string& line) {
    if (question_.at) {
      if (kind_ == "arrive") found_.arrival = input_, found_.route.reset(), found_.later.clear();
      if (kind_ == "tick") found_.tick = input_, found_.orders.clear();
    }
    if (kind_ == "finish" && wanted_query_) {
      if (Fields(line).number<std::uint64_t>("query") == wanted_query_) {
        found_.later.push_back(input_);
      }
    }
  }

  void decision(const std::string& line) {
    const JournalLine here{input_.input_line, input_.when, line};
    if (line.starts_with("> route ")) {
      route(line, here);
    } else if (kind_ == "tick") {
      order(line, here);
    }
  }

  void route(const std::string& line, const JournalLine& here) {
    const Fields f(line);
    const auto query = f.number<std::uint64_t>("query");
    const bool arrives = kind_ == "arrive";
    if (question_.at && arrives) {
      found_.route = here;
      return;
    }
    if (arrives) {
      // Ids of queries are used once, so what is kept last is the one that later lines speak of.
      if (question_.query == query && query) {
        found_.arrival = input_, found_.route = here, wanted_query_ = query;
      } else if (question_.decision && !found_.arrival) {
        if (f.number<std::uint64_t>("decision") == question_.decision) {
          found_.arrival = input_, found_.route = here, wanted_query_ = query;
        }
      }
    } else if (wanted_query_ && query == wanted_query_) {
      found_.later.push_back(here);
    } else if (question_.decision && f.number<std::uint64_t>("decision") == question_.decision) {
      later_of_ = query;  // a later decision: its query came before, so it is searched once more
    }
  }

  void order(const std::string& line, const JournalLine& here) {
    if (question_.at) found_.orders.push_back(here);
    if (question_.order && Fields(line).number<std::uint64_t>("machine") == question_.order) {
      if (!found_.tick) found_.tick = input_;
      found_.orders.push_back(here);
    }
  }

  Result<JournalFinding> conclude() {
    if (later_of_ && !found_.arrival) {
      JournalQuestion first;
      first.query = later_of_;
      return Search(path_, first).run();
    }
    if (question_.query && !found_.arrival) return none("no query", *question_.query);
    if (question_.decision && !found_.arrival) return none("no decision", *question_.decision);
    if (question_.order && !found_.tick) return none("no order for a machine", *question_.order);
    if (question_.at && !found_.arrival && !found_.tick) {
      return Error{ErrorCode::not_found,
                   fmt::format("{}: nothing happened until {} s", path_, seconds(*question_.at))};
    }
    return std::move(found_);
  }

  Error none(const char* what, std::uint64_t id) const {
    return {ErrorCode::not_found, fmt::format("{}: {} {} in it", path_, what, id)};
  }

  std::string path_;
  const JournalQuestion& question_;
  JournalLine input_;
  std::string kind_;
  std::optional<std::uint64_t> wanted_query_;
  std::optional<std::uint64_t> later_of_;
  JournalFinding found_;
};

}  // namespace

Result<JournalFinding> search_journal(const std::string& path, const JournalQuestion& question) {
  return Search(path, question).run();
}

}  // namespace paragon

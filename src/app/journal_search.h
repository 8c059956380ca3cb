// Finds in a journal what is to be explained, by its lines alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace paragon {

// What the user asked about; one of them.
struct JournalQuestion {
  std::optional<Duration> at;
  std::optional<std::uint64_t> query;
  std::optional<std::uint64_t> decision;
  std::optional<std::uint64_t> order;  // a machine's number
};

// A line and the input that it belongs to.
struct JournalLine {
  std::uint64_t input_line = 0;  // number of the "<" line
  Time when{};
  std::string text;
};

struct JournalFinding {
  std::optional<JournalLine> arrival;  // the input "arrive" to explain
  std::optional<JournalLine> route;    // what was decided at once
  std::vector<JournalLine> later;      // of the same query: routes and attempts that ended
  std::optional<JournalLine> tick;     // the input "tick" to explain
  std::vector<JournalLine> orders;     // its decisions; with `order`: those about that machine
  std::optional<Time> end;             // of the journal
};

// Errors: the journal cannot be read, or holds nothing of the kind.
Result<JournalFinding> search_journal(const std::string& path, const JournalQuestion& question);

}  // namespace paragon

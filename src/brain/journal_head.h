// The head of a journal: settings and the part of the catalog the brain looks at, one line an
// entry.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "brain/journal_fields.h"
#include "brain/settings.h"
#include "catalog/catalog.h"

namespace paragon {

inline constexpr std::string_view kJournalFormat = "paragon-journal 1";

struct JournalHead {
  Catalog catalog;
  BrainSettings settings;
};

// Fields of constraints, as the head and the arrivals write and read them.
void append_constraints(std::string& line, const Constraints& constraints);
Constraints read_constraints(const Fields& fields);

// Calls `sink` with each line, the last one being "begin".
void write_head(const Catalog& catalog, const BrainSettings& settings,
                const std::function<void(std::string_view)>& sink);

// Reads up to and including "begin"; `line_number` counts the lines read.
Result<JournalHead> read_head(const std::function<bool(std::string&)>& next,
                              std::uint64_t& line_number);

}  // namespace paragon

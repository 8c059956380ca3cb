// The journal: every input to the brain and every decision, one line each.
//
// `Recorded` has the brain's calls and writes both sides of each; a journal therefore replays: feed
// the inputs to a fresh brain and compare the decisions, byte for byte. It begins with the settings
// and all of the catalog that the brain looks at (journal_head.h), so it stands alone. Then one
// line for each input (<) and each decision (>), times in nanoseconds since the start:
//
//   < 12000345678 arrive task=0 min_accuracy=0.9 max_latency_ns=200000000
//   > route query=4294967297 decision=17 machine=3 variant=2 why=free_slot latency_ns=2310000
//   usd=3e-8
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "brain/brain.h"

namespace paragon {

// Takes whole lines, without the line end. Called on the brain's thread.
using JournalSink = std::function<void(std::string_view line)>;

class Recorded {
 public:
  // An empty sink records nothing and costs nothing.
  Recorded(const Catalog& catalog, const BrainSettings& settings, JournalSink sink,
           const MakeScheme& scheme = make_scheme);

  Route arrive(const Query& query, Time now);
  // A journal holds what was asked, so nothing can be worked out before.
  const Query& select(const Query& query) const { return query; }
  Query member(const Query& query, EnsembleId ensemble, std::size_t which) const {
    return brain_.member(query, ensemble, which);
  }
  Routes finish(QueryId query, const Outcome& outcome, Time now);
  Routes observe(const MachineEvent& event, Time now);
  Routes wake(Time now);
  Orders tick(Time now);
  Time due() const { return brain_.due(); }
  void expect(QueryId query) const { brain_.expect(query); }
  void adopt(MachineId machine, MachineOfferId offer, bool ready, Time now, Duration before = {});
  void call_billed(FunctionOfferId offer, Duration billed, Time now);
  void provisioned(const ProvisionedState& state, Time now);
  void accuracy_learned(VariantId variant, Accuracy accuracy, Time now);

  const Brain& brain() const { return brain_; }

 private:
  void begin(Time now, const char* what);
  template <class Decisions>
  void write(const Decisions& decisions);

  Brain brain_;
  JournalSink sink_;
  std::string line_;
};

// One line a decision; what a journal holds and what `replay` compares.
void append(std::string& line, const Route& route);
void append(std::string& line, const Order& order);

// What a replay found.
struct ReplayReport {
  std::uint64_t inputs = 0;
  std::uint64_t decisions = 0;
  std::uint64_t differences = 0;
  std::string first_difference;  // line number, the journal's line, the brain's line
  // The journal ends before all decisions of its last input: it was cut off there (a server that
  // was killed, a full disk). That input is not counted above. False after a difference.
  bool cut_off = false;
};

// Reads a journal line by line (`next` gives whole lines, and false at the end), feeds a fresh
// brain, compares.
// Errors: invalid, with the line number, when a line cannot be read.
Result<ReplayReport> replay(const std::function<bool(std::string&)>& next,
                            const MakeScheme& scheme = make_scheme);

}  // namespace paragon

// Plays a journal's inputs to a fresh brain, one by one: for whoever wants to compare its decisions
// (replay) or to look into it at some moment (explain).
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "brain/brain.h"
#include "brain/journal_head.h"

namespace paragon {

struct FinishInput {
  QueryId query;
  Outcome outcome;
};
struct WakeInput {};
struct TickInput {};
struct AdoptInput {
  MachineId machine;
  MachineOfferId offer;
  bool ready = false;
  Duration before{};
};
struct CallBilledInput {
  FunctionOfferId offer;
  Duration billed{};
};
struct AccuracyInput {
  VariantId variant;
  Accuracy accuracy;
};
// One line that begins with "<".
struct JournalInput {
  Time now{};
  std::variant<Query, FinishInput, MachineEvent, WakeInput, TickInput, AdoptInput, CallBilledInput,
               ProvisionedState, AccuracyInput>
      what;
};

class JournalPlayer {
 public:
  // Reads the head by `next` (false at the end of the journal); `line_number` counts lines.
  // Errors: invalid, when the head cannot be read.
  static Result<std::unique_ptr<JournalPlayer>> begin(const std::function<bool(std::string&)>& next,
                                                      std::uint64_t& line_number,
                                                      const MakeScheme& scheme = make_scheme);

  // Errors: what is wrong with the line. Time must not go back.
  Result<JournalInput> read(std::string_view line) const;
  // The decisions are appended as a journal has them.
  void play(const JournalInput& input, std::deque<std::string>& decisions);

  const Catalog& catalog() const { return head_.catalog; }
  const Brain& brain() const { return brain_; }

 private:
  JournalPlayer(JournalHead head, const MakeScheme& scheme)
      : head_(std::move(head)), brain_(head_.catalog, head_.settings, scheme) {}

  JournalHead head_;
  Brain brain_;
  Time last_{};
};

}  // namespace paragon

// The runs that the figures need, each made once and all at the same time.
//
// Figures share runs (the costs of figure 6 and the machines of figure 5 come from the same ones),
// so each says what it needs, then all are made, then each reads what it asked for.
#pragma once

#include <compare>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "brain/settings.h"
#include "figures/paper_traces.h"
#include "figures/prices.h"
#include "sim/result.h"
#include "trace/mix.h"

namespace paragon::figures {

// What may be bought in a run.
enum class Supply { both, machines, functions };

// Names one run: equal keys are the same run.
struct RunKey {
  Prices prices = Prices::y2026;
  std::string trace{};       // name of a trace; empty: a constant rate
  double constant_rate = 0;  // requests/s, when there is no trace
  std::string workload{};    // "workload-1"; empty: any query, for one variant only
  std::string variant{};     // of a catalog with this one variant; empty: all of them
  std::string scheme{};
  Selection selection = Selection::constraints;
  Supply supply = Supply::both;
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 sees a literal 0 in the default
  auto operator<=>(const RunKey&) const = default;
};
std::string describe(const RunKey& key);  // for messages: "wits, workload-1, mixed, 2019"

struct StudyInputs {
  PriceBooks books;
  FoundTraces traces;
  std::map<std::string, Mix> workloads;
  Duration constant_length{};  // of runs at a constant rate
  std::uint64_t seed = 1;
};

// Called now and then while runs are made, from the thread that makes them.
struct StudyProgress {
  std::size_t runs_done = 0;
  std::size_t runs = 0;
  double share = 0;  // of all requests
};
using OnStudyProgress = std::function<void(const StudyProgress&)>;

class Study {
 public:
  explicit Study(StudyInputs inputs) : inputs_(std::move(inputs)) {}

  const StudyInputs& inputs() const { return inputs_; }
  const std::vector<PaperTrace>& traces() const { return inputs_.traces.traces; }
  void need(RunKey key);
  std::size_t runs() const { return runs_.size(); }
  // Makes all runs that were needed, on so many threads. The results do not depend on how many.
  // Errors: of the first run (in order of keys) that could not be made, with its name.
  Status make(int threads, const OnStudyProgress& progress);
  const sim::RunResult& of(const RunKey& key) const;  // needed and made before

 private:
  StudyInputs inputs_;
  std::map<RunKey, sim::RunResult> runs_;
};

}  // namespace paragon::figures

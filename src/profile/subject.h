// A variant under measurement: loaded, with something to ask it, and a session a number of threads.
//
// It runs the same code as a worker: load_model checks that the network fits its task, and pictures
// go in through the same preprocessing.
// Thread-safety: one caller; visits start and end their own threads. `answer` may be called from
// any number of threads, each with its own Scratch.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "catalog/catalog.h"
#include "profile/batch.h"
#include "profile/cells.h"
#include "profile/labelled_set.h"
#include "profile/timed_runs.h"
#include "profile/visit.h"
#include "worker/model.h"

namespace paragon::profile {

class Subject {
 public:
  // `set` may be empty; then the network is asked about zeros. It and the catalog outlive the
  // subject. Errors: what load_model says; the set's rows do not fit the network's input.
  static Result<std::unique_ptr<Subject>> open(const Catalog& catalog, VariantId id,
                                               const LabelledSet& set);

  VariantId id() const { return model_->id; }
  const Variant& variant() const { return *model_->variant; }
  const Model& model() const { return *model_; }
  bool takes_batches() const;
  Duration typical() const { return typical_; }  // one warm run, roughly

  // Callers run one after the other without a pause. Error: the network refused.
  Result<Visit> visit(const Cell& cell, const VisitSettings& settings);
  // A closed loop as on a machine: so many callers at once, each asking again when it has its
  // answer, are served first in, first out by `slots` threads. Times are those a caller waits; the
  // first of each caller do not count, as the queue is not full yet. At least `runs_min` in all.
  Result<Visit> visit_in_turn(int slots, int callers, const VisitSettings& settings);
  // What is around the network's run: decoding, resizing, normalising, ranking, on one thread.
  Result<Visit> visit_handling(const VisitSettings& settings);
  bool has_handling() const { return !pictures_.empty(); }

  struct Scratch {
    Picture picture;
    Preprocessor::Scratch resize;
    std::vector<float> input;
    std::vector<Ranked> rank;
    ModelSession::Run run;
  };
  // The best `k` classes, best first. Error: the picture cannot be read, or the network refused.
  Result<std::vector<Ranked>> answer(const LabelledSet& set, const LabelledItem& item,
                                     std::size_t k, Scratch& scratch);
  void release();  // sessions of other numbers of threads than the variant's own

 private:
  explicit Subject(std::shared_ptr<Model> model) : model_(std::move(model)) {}
  Status prepare(const std::string& file, Scratch& scratch) const;
  Status sample(const LabelledSet& set);
  Result<ModelSession*> session(int threads);

  Batch batch_of(int rows) const;

  std::shared_ptr<Model> model_;
  std::map<int, std::unique_ptr<ModelSession>> sessions_;  // of other numbers of threads
  std::vector<std::string> rows_;                          // of input, to make batches of
  std::vector<std::shared_ptr<const std::string>> pictures_;
  Duration typical_{};
};

}  // namespace paragon::profile

// A variant, loaded: its session, and how pictures go in and classes come out.
//
// Immutable after loading apart from the session, which takes care of itself; any thread may use
// it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "worker/model_session.h"
#include "worker/preprocess.h"
#include "worker/ranking.h"

namespace paragon {

struct Model {
  VariantId id;
  const Task* task = nullptr;  // of the catalog, which outlives every model
  const Variant* variant = nullptr;
  std::unique_ptr<ModelSession> session;
  std::optional<Preprocessor> preprocessor;  // the task's input is a picture
  std::optional<Ranking> ranking;            // the task's output is classes
  int batch_max = 1;  // rows of one run: the variant's max_batch, or 1 where the network fixes it
  Duration load{};    // reading, building the session, first run
  Duration first{};   // the first run alone

  bool takes_pictures() const { return preprocessor.has_value(); }
  bool gives_classes() const { return ranking.has_value(); }
  // Of `rows` pictures: the network's input shape.
  std::vector<std::int64_t> input_shape(std::int64_t rows) const;
};

// Reads the file, checks that it is the one that was meant, builds the session, checks that the
// network's tensors fit the task and the variant, and runs it once (the first run allocates; nobody
// should wait for that). Blocks for milliseconds to seconds. Errors name the variant and what does
// not fit.
Result<std::shared_ptr<Model>> load_model(const Catalog& catalog, VariantId id);

}  // namespace paragon

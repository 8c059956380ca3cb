// One query inside the worker, from its arrival to its answer.
//
// It is owned by one thread at a time: the loop (arrival, answer), perhaps the loop's pool
// (preparing a large picture), a slot (running), the loop again. It is destroyed on the loop's
// thread, because the lease and the reply belong there.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "wire/http.h"
#include "wire/http_server.h"
#include "wire/oip.h"
#include "worker/model_store.h"
#include "worker/picture.h"
#include "worker/ranking.h"

namespace paragon {

// What a query brings for a network that takes pictures. Views point into the query's own body.
struct PictureInput {
  enum class Kind {
    encoded,  // PNG or JPEG files
    rgb,      // pixels, each picture height x width x 3
    ready,    // the network's own input, preprocessed by the client
  };
  Kind kind = Kind::encoded;
  std::vector<std::string_view> files;  // of kind encoded, one a row
  std::string_view data;                // of the others
  int width = 0;                        // of kind rgb
  int height = 0;
};

struct WorkerQuery {
  explicit WorkerQuery(http::Reply to) : reply(std::move(to)) {}

  // On arrival.
  http::Request request;
  http::Reply reply;
  oip::InferRequest infer;
  VariantId variant;
  Time arrived{};
  Time deadline = kNever;
  std::size_t top_k = 0;
  bool counted = false;  // holds a place in the worker's bound on accepted queries

  // Once the model is there.
  ModelStore::Lease model;
  std::size_t rows = 1;  // pictures in it
  PictureInput picture;
  std::vector<float> prepared;  // row 0, where it was prepared off the slots

  // While running.
  std::optional<Error> error;
  std::vector<Ranked> ranked;        // rows x top_k, of a network that gives classes
  std::vector<oip::Tensor> outputs;  // of one that does not
  Duration queued{};
  Duration compute_input{};
  Duration compute_infer{};  // of the whole batch, as the query feels it
  Duration compute_output{};
  Duration stretched{};  // how long the slot was held beyond that (see Pace)
  int batch = 1;         // rows that ran together with it, at most
  int executions = 0;    // runs of the network counted for it: once per batch
  http::Response response;
};

using WorkerQueries = std::vector<std::shared_ptr<WorkerQuery>>;

}  // namespace paragon

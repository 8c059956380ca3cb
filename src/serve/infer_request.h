// An infer request taken apart: what its client asked for, and the bytes that go to a worker.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "catalog/task.h"
#include "wire/http_server.h"
#include "wire/oip.h"

namespace paragon {

struct TakenApart {
  oip::InferRequest request;  // without its tensors: they are in the body
  http::Headers headers;      // the client's
  http::Headers forward;      // of the worker's body
  std::shared_ptr<const std::string> body;
  Time arrived{};
};

// Errors (invalid) name the tensor, what it is and what the task expects. Touches nothing that is
// shared but the catalog's immutable task, so a large body may be taken apart off the loop.
Result<TakenApart> take_apart(const Task& task, http::Request&& request);

}  // namespace paragon

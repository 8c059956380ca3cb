// Which request of the Open Inference Protocol (or beside it) a path and method are.
//
// Pure. Versions are accepted in whatever form and not looked at further: there is one of each
// variant. `/v2/repository/{repo}/...` is taken like `/v2/repository/...`.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "wire/http.h"

namespace paragon {

struct WorkerRoute {
  enum class What {
    server,
    live,
    ready,
    models,
    stats,  // of the worker; stats also of a model
    metadata,
    model_ready,
    config,
    infer,  // of a model
    index,
    load,
    unload,    // of the repository
    instance,  // beside the protocol: GET /paragon/v1/instance
  };
  What what = What::server;
  std::string model;           // empty: the route is not about one model
  bool allowed = true;         // false: the method is wrong
  const char* allow = "GET";   // the right one
  std::optional<Error> error;  // no such path
};

WorkerRoute worker_route(const http::Request& request);

}  // namespace paragon

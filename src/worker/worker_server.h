// The worker: variants behind the Open Inference Protocol v2 over HTTP.
//
//   POST /v2/models/{variant}[/versions/{v}]/infer      GET /v2   /v2/health/live /v2/health/ready
//   GET  /v2/models/{variant}[/versions/{v}][/ready|/stats|/config]   /v2/models   /v2/models/stats
//   POST /v2/repository/index   /v2/repository/models/{variant}/load|unload
//   GET  /paragon/v1/instance   (worker/instance.h)
//
// Any version is accepted; there is one of each variant. A model is `ready` when it is in memory;
// a query for one that is not loads it first.
//
// Promises:
// 1. A query that was accepted is answered once. At most slots + queue_max are accepted at a time;
//    beyond that the answer is 503 with Retry-After, at once.
// 2. A deadline orders the queue; a query that is late is still answered.
// 3. /v2/health/ready says yes only after preloading, and no again while draining.
// Everything runs on the loop's thread except networks (slots) and what takes long (the loop's
// pool): loading, large pictures, large JSON.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "catalog/catalog.h"
#include "wire/http_server.h"
#include "wire/loop.h"
#include "worker/instance.h"
#include "worker/pace.h"

namespace paragon {

struct WorkerSettings {
  bool listens = true;  // false: requests come through handle() only
  http::ServerSettings http;
  std::string version;  // of the program, for GET /v2
  int slots = 1;        // 1 to 1024
  Memory memory{};      // for variants; 0: no limit
  std::size_t queue_max = 256;
  PaceSettings pace;
  bool function = false;  // serve only the one preloaded variant, one query at a time
  enum class Preload { all, none, listed };
  Preload preload = Preload::all;  // all: as many as fit, in the catalog's order
  std::vector<VariantId> listed;
  std::optional<Duration> orphan_after;  // see worker/instance.h
  std::function<void()> orphaned;        // called once, where that is given
};

class WorkerServer {
 public:
  // Listens where it is to, then preloads; `started` is called once, when ready, or with what
  // failed: a listed variant that cannot be loaded. (With Preload::all such a variant is reported
  // on stderr and fails when it is asked for.) Errors: the address cannot be bound.
  static Result<std::unique_ptr<WorkerServer>> start(Loop& loop, const Catalog& catalog,
                                                     WorkerSettings settings,
                                                     std::function<void(Status)> started);
  ~WorkerServer();

  std::uint16_t port() const;  // 0 where it does not listen

  // As if the request had come over a connection.
  void handle(http::Request&& request, http::Reply reply);

  // The cloud will take the instance away, or no longer will.
  void interrupted(std::optional<Instance::Interruption> interruption);

  // Refuses new queries with 503; `drained` is called when all accepted ones are answered.
  void drain(std::function<void()> drained);

 private:
  struct Impl;
  explicit WorkerServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace paragon

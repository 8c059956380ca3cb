// The function side of the local cloud: which environment runs a call.
//
// A warm environment of the same offer and variant, the most recently used first (so that the rest
// can grow old and go); else a new one, cold. Idle environments are kept for the offer's
// keep_alive.
//
// Bounds: calls in progress of one offer, over all its variants: concurrency_limit, beyond it
// throttled. Environments of the host: environments_max; at the bound the longest idle one makes
// room, and where none is idle the call is throttled. Nothing queues.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "catalog/catalog.h"
#include "cloud/call_limits.h"
#include "cloud/local/environment.h"

namespace paragon {

class Functions final : private Environment::Owner {
 public:
  Functions(Loop& loop, Host& host, const Catalog& catalog, const LocalCloudSettings& settings);
  ~Functions();  // calls in progress are answered with `unavailable`, on the loop

  void invoke(FunctionCall call, Cloud::OnAnswer done);  // as Cloud::invoke

  struct Seen {
    FunctionOfferId offer;
    VariantId variant;
    pid_t pid;
    bool idle;
  };
  std::vector<Seen> environments() const;  // also those starting or ending

 private:
  void now_idle(Environment& environment) override;
  void now_ended(Environment& environment) override;

  Environment* warm(FunctionOfferId offer, VariantId variant);
  Environment* cold(FunctionOfferId offer, VariantId variant);  // null: no room
  void refuse(Cloud::OnAnswer done, ErrorCode code, std::string message);
  void retire(Environment& environment);

  Loop& loop_;
  Host& host_;
  const Catalog& catalog_;
  const LocalCloudSettings settings_;
  int next_number_ = 0;
  int alive_ = 0;  // starting, idle or busy; not those on their way out
  CallLimits limits_;
  std::vector<Environment*> idle_;  // longest idle first
  std::vector<std::unique_ptr<Environment>> environments_;
  std::shared_ptr<Functions*> self_;  // for what the loop still holds when we are gone
};

}  // namespace paragon

// Watches a running server through its API: once a second its status, fleet and bill; in the end
// its history. For live views and closing tables; the server is not disturbed by more than that.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "report/figure.h"
#include "wire/http_client.h"
#include "wire/loop.h"

namespace paragon {

// What the server said last; the API's own names are in serve/status_api.h.
struct ServerState {
  Rate rate;  // of the last ten seconds
  int ready = 0;
  int booting = 0;
  int draining = 0;
  int functions_running = 0;
  int waiting = 0;
  int running = 0;
  Dollars machines;
  Dollars functions;
  Dollars wasted;  // of machines, while nothing ran on them

  struct Offer {
    std::string name;
    bool function = false;
    std::uint64_t bought = 0;  // machines, or cold starts
    std::uint64_t queries = 0;
    Duration used{};  // billed machine time
    double gb_s = 0;  // billed function memory x time
    Dollars cost;
  };
  std::vector<Offer> offers;  // those that were used
};

struct ServerHistory {
  Duration from{};
  Duration to{};
  std::vector<PlotPoint> rate;  // queries a second
  std::vector<PlotPoint> ready;
  std::vector<PlotPoint> booting;
  std::vector<PlotPoint> functions;  // running
  std::vector<PlotPoint> cost;       // dollars so far
  int machines_peak = 0;
};

class ServerWatch {
 public:
  ServerWatch(Loop& loop, http::Endpoint server, std::string token);

  // Asks now and every `period` from then on, until destroyed.
  void start(Duration period);
  // The newest state; nothing before the first complete answer.
  const std::optional<ServerState>& state() const;

  // Asks once more for everything, then calls back, also when the server does not answer.
  void finish(std::function<void(std::optional<ServerHistory>)> done);
  // One GET; for readiness.
  void get(const std::string& target, Duration timeout, http::Client::Done done);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace paragon

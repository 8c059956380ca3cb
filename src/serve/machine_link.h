// The connection to one machine: queries go out, and when one does not come back the machine is
// asked whether it is alive.
//
// A lost connection alone proves little (a kept connection may have been closed while idle), and
// sending the query back to a machine that has just died would only use up its attempts. So the
// first sign of trouble starts one probe of the health endpoint, and its answer decides.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "catalog/catalog.h"
#include "wire/http_client.h"

namespace paragon {

class MachineLink {
 public:
  MachineLink(Loop& loop, http::Endpoint endpoint, std::size_t connections_max);

  void send(http::Client::Call call, http::Client::Done done) {
    client_.send(std::move(call), std::move(done));
  }

  // Calls `done(alive)` later on the loop's thread; calls made meanwhile share one probe. When the
  // link is destroyed first, `done` is not called.
  void probe(Duration timeout, std::function<void(bool alive)> done);

 private:
  std::shared_ptr<std::vector<std::function<void(bool)>>> asked_;  // waiting for the probe
  http::Client client_;
};

}  // namespace paragon

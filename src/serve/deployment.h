// One running deployment: the event loop with everything on it, from start to drained.
//
//   start:  catalog, settings checked ─► journal ─► cloud ─► gateway listens ─► machines are bought
//   end:    no new connections ─► accepted queries answered ─► machines terminated ─► journal
//   closed
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "serve/config.h"

namespace paragon {

// Runs until SIGINT or SIGTERM; a second signal ends it at once. `listening` is called once with
// the URL that clients can use. Errors: what kept it from starting, every complaint on a line.
Status run_deployment(ServeConfig config,
                      const std::function<void(const std::string& url)>& listening);

}  // namespace paragon

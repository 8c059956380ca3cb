// Runs a scenario: the brain in virtual time over a virtual cloud.
//
// This is the live server's controller with the sockets taken out: the same five calls of the same
// brain, answered by an event queue instead of by processes. It promises
// 1. the same scenario gives the same result and the same journal, byte for byte;
// 2. every query of the load has one fate, and is open no longer when the run ends;
// 3. memory does not grow with the length of the trace.
// The run ends when the load has ended, every query has its fate, and the machines were given back
// (at the moment the last query ended: what is billed is what the load needed).
#pragma once

#include "sim/result.h"
#include "sim/scenario.h"

namespace paragon::sim {

// Errors: the settings or the mix do not fit the catalog, or the trace cannot be read.
// `journal` may be empty; a run without one is faster.
Result<RunResult> run(const Scenario& scenario, const JournalSink& journal = {},
                      const OnProgress& progress = {});

}  // namespace paragon::sim

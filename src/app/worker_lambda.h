// paragon worker --lambda: the worker as a function of AWS Lambda.
#pragma once

#include "app/worker_flags.h"

namespace paragon {

// Loads the one variant, then answers events until the process is told to end. Error: what went
// wrong at the start, which Lambda has then been told too, or with the Runtime API.
Status run_lambda_worker(const WorkerFlags& flags);

}  // namespace paragon

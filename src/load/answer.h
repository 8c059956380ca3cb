// Reads what a server answered: an Open Inference Protocol response, or a refusal, or a failure.
#pragma once

#include <string>

#include "base/result.h"
#include "load/tally.h"
#include "wire/http_client.h"

namespace paragon {

// `label` is the right class, empty where it is not known. Correct means: the first element of the
// first output equals it, or its first synonym ("a" of "a, b"). The latency is left to the caller.
LoadOutcome read_answer(const Result<http::Answer>& answer, const std::string& label);

}  // namespace paragon

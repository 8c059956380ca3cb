// A command line in words, as a POSIX shell would split it, without a shell.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace paragon::aws {

// Pure. Blanks end a word; '...' holds all as it is; in "..." a backslash takes away the meaning of
// the quote and of another backslash; outside of quotes, of any byte. Nothing else has a meaning:
// no variables, no globs, no comments. (As Python's shlex.split, which AWS's own tools use.)
// Errors: invalid (a quote that is not closed, a backslash at the end, no word at all); what the
// line says is not in the message.
Result<std::vector<std::string>> command_words(std::string_view line);

}  // namespace paragon::aws

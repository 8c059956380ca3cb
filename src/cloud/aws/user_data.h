// What an instance is told to do when it has booted. Pure.
#pragma once

#include <string>

#include "cloud/aws/settings.h"

namespace paragon::aws {

// A shell script that starts a worker of so many slots and ends the instance when the worker ends:
// whoever shuts a machine down, or whatever makes its worker give up, nothing is left to be billed.
// Under systemd the worker is a unit of its own, so that a machine that is shut down lets it answer
// what it runs.
std::string user_data(const InstanceSettings& settings, int slots);

// In single quotes, as a shell reads it back.
std::string shell_quoted(const std::string& text);

}  // namespace paragon::aws

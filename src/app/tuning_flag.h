// `--set NAME=VALUE`, a knob of the scheme, wherever a scheme can be named.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "brain/settings.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace paragon {

CLI::Option* add_tuning_flag(CLI::App& command, std::vector<std::string>& set);

// Puts what `--set` says over what `tuning` has. Errors: invalid, naming what was given; whether
// the scheme has such a knob, and its range, is for the check of the brain's settings to say.
Status tune(const std::vector<std::string>& set, Tuning& tuning);

}  // namespace paragon

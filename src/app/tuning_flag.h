// `--set KNOB=VALUE`, a knob of the scheme, wherever a scheme can be named; SCHEME.KNOB=VALUE where
// several are.
#pragma once

#include <map>
#include <span>
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

struct KnobSetting {
  std::string text;    // as it was given
  std::string scheme;  // empty: of any that has the knob
  std::string knob;
  double value = 0;
};
// Errors: invalid, naming what was given. Whether a scheme has such a knob, and its range, is for
// the check of the brain's settings to say.
Result<std::vector<KnobSetting>> read_knobs(const std::vector<std::string>& set);

// Puts what `--set` says over what `tuning`, the scheme's, has. Errors: as above, and a knob of
// another scheme.
Status tune(const std::vector<std::string>& set, const std::string& scheme, Tuning& tuning);

// For several schemes: a knob without a scheme's name is that of each that has it. Errors: as
// above, and a knob that none of them has.
using Tunings = std::map<std::string, Tuning, std::less<>>;
Result<Tunings> tune_each(const std::vector<std::string>& set,
                          std::span<const std::string> schemes);

}  // namespace paragon

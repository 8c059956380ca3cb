// A whole profile: cold starts, times, grades and function sizes, in that order.
//
// Cold starts come first: they load each network in a process of its own, so that one that crashes
// takes nothing else with it. A variant that cannot be measured is left out and named; the rest
// goes on. Everything measured is in the folder at once, and a second run with the same settings
// goes on from there.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "catalog/catalog.h"
#include "profile/labelled_set.h"
#include "profile/profile.h"
#include "profile/settings.h"

namespace paragon::profile {

struct Surroundings {
  // How far it is, 0 to 1, and what is being done.
  std::function<void(double share, std::string_view what)> progress;
  // Writes a file as a whole or not at all.
  std::function<Status(const std::string& path, std::string_view text)> save;
  const std::atomic<bool>& stop;  // set from elsewhere: end after the current visit
  std::string host;
  std::string date;
};

// The set is narrowed to what there is time to ask about. The catalog and the set outlive the call.
// Errors: the folder holds a run with other settings, or
// cannot be written; `stop` was set (unavailable); no variant could be measured.
Result<Profile> run_profile(const Catalog& catalog, LabelledSet& set,
                            const ProfileSettings& settings, const Surroundings& around);

}  // namespace paragon::profile

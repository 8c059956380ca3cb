#include "profile/run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "catalog/node.h"
#include "profile/work.h"
#include "worker/model_session.h"

namespace paragon::profile {
namespace {

Status open_folder(const Work& work, const Fingerprint& fingerprint) {
  std::error_code failure;
  std::filesystem::create_directories(work.path("answers"), failure);
  if (failure) {
    return {ErrorCode::denied,
            fmt::format("{}: cannot be made: {}", work.settings.out, failure.message())};
  }
  const std::string file = work.path("settings.csv");
  if (std::filesystem::exists(file, failure)) {
    const auto old = read_text(file);
    if (!old) return old.error();
    if (Status same = same_settings(*old, fingerprint); !same) {
      return {ErrorCode::invalid,
              fmt::format("{}: {}; choose another --out, or --fresh to begin anew",
                          work.settings.out, same.error().message)};
    }
    return {};
  }
  return work.around.save(file, fingerprint_text(fingerprint));
}

// What could not be asked about is the same for every variant.
std::vector<std::string> unusable(const Work& work) {
  std::vector<std::string> all = work.set.left_out;
  for (const auto& [variant, profile] : work.profiles) {
    const auto answers =
        read_answers(work.path("answers/" + work.name(variant) + ".csv"), work.set,
                     work.catalog.tasks()[work.catalog.variants()[variant].task.index()].labels);
    if (!answers) continue;
    for (std::size_t i = 0; i < answers->size(); ++i) {
      if (!(*answers)[i].trouble.empty()) {
        all.push_back(fmt::format("{}: {}", work.set.items[i].name, (*answers)[i].trouble));
      }
    }
    break;
  }
  return all;
}

}  // namespace

void Course::advance(const std::string& phase, Duration by, std::string_view what) {
  Phase& now = phases_[phase];
  now.done = std::min(now.expected, now.done + by);
  Duration done{}, all{1};
  for (const auto& [name, one] : phases_) {
    done += one.done;
    all += one.expected;
  }
  if (around_.progress) around_.progress(seconds(done) / seconds(all), what);
}

std::vector<std::uint32_t> Work::variants() const {
  std::vector<std::uint32_t> ids;
  for (std::uint32_t v = 0; v < catalog.variants().size(); ++v) {
    if (!left_out.contains(v)) ids.push_back(v);
  }
  return ids;
}

void Work::leave_out(std::uint32_t variant, const Error& error) {
  const std::string quoted = fmt::format("variant '{}': ", name(variant));
  left_out[variant] = error.message.starts_with(quoted) ? error.message : quoted + error.message;
  subjects.erase(variant);
  profiles.erase(variant);
}

Result<Profile> run_profile(const Catalog& catalog, LabelledSet& set,
                            const ProfileSettings& settings, const Surroundings& around) {
  Work work{catalog, set, settings, around, budget_of(settings.whole), Course(around), {}, {}, {}};
  const std::size_t items = set.items.size();
  const auto fingerprint =
      fingerprint_of(settings, catalog, set, around.host, onnxruntime_version());
  if (Status opened = open_folder(work, fingerprint); !opened) return opened.error();
  for (const std::uint32_t v : work.variants()) work.profiles[v].id = VariantId{v};

  for (const auto phase : {measure_starts, load_subjects, measure_times, grade_all}) {
    if (Status done = phase(work); !done) return done.error();
    if (work.variants().empty()) {
      std::vector<std::string> why;
      for (const auto& [variant, text] : work.left_out) why.push_back(text);
      return {ErrorCode::invalid,
              fmt::format("no network could be measured:\n  {}", fmt::join(why, "\n  "))};
    }
  }
  auto shares = measure_sizes(work);
  if (!shares) return shares.error();

  Profile profile;
  profile.items_left_out = unusable(work);
  std::vector<double> others;
  for (auto& [variant, one] : work.profiles) {
    for (const auto& [cell, times] : one.times) others.push_back(times.others);
    profile.variants.push_back(std::move(one));
  }
  for (const auto& [variant, why] : work.left_out) profile.left_out.push_back(why);
  std::sort(others.begin(), others.end());
  profile.others = others.empty() ? 0 : others[others.size() / 2];
  profile.host = around.host;
  profile.date = around.date;
  profile.onnxruntime = onnxruntime_version();
  profile.labelled_set = set.empty() ? "" : set.from;
  profile.items = set.items.size();
  profile.items_given = items;
  profile.rounds = work.rounds;
  profile.rounds_wanted = settings.rounds;
  profile.whole = settings.whole;
  profile.shares = std::move(*shares);
  profile.bound = settings.bound;
  profile.cores = settings.cores;
  profile.tolerance = settings.tolerance;
  if (settings.turns) {
    auto checks = check_slots(work, profile);
    if (!checks) return checks.error();
    profile.checks = std::move(*checks);
  }
  return profile;
}

}  // namespace paragon::profile

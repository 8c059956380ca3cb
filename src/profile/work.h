// The phases of a profile, and what they share.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "profile/budget.h"
#include "profile/log_file.h"
#include "profile/run.h"
#include "profile/subject.h"

namespace paragon::profile {

// How far all phases are, by how long each is expected to take.
class Course {
 public:
  explicit Course(const Surroundings& around) : around_(around) {}
  void expect(const std::string& phase, Duration length) { phases_[phase].expected = length; }
  void advance(const std::string& phase, Duration by, std::string_view what);

 private:
  struct Phase {
    Duration expected{};
    Duration done{};
  };
  const Surroundings& around_;
  std::map<std::string, Phase> phases_;
};

struct Work {
  const Catalog& catalog;
  LabelledSet& set;
  const ProfileSettings& settings;
  const Surroundings& around;
  Budget budget;
  Course course;
  std::map<std::uint32_t, std::string> left_out;  // variant: why
  std::map<std::uint32_t, std::unique_ptr<Subject>> subjects;
  std::map<std::uint32_t, VariantProfile> profiles;
  std::size_t rounds = 0;  // in which every cell was visited

  std::string path(const std::string& name) const { return settings.out + "/" + name; }
  const std::string& name(std::uint32_t variant) const { return catalog.variants()[variant].name; }
  std::vector<std::uint32_t> variants() const;  // those that are not left out
  void leave_out(std::uint32_t variant, const Error& error);
};

inline Error interrupted() { return {ErrorCode::unavailable, "interrupted"}; }

Status measure_starts(Work& work);
Status load_subjects(Work& work);
Status measure_times(Work& work);
// Narrows the set to as many items as there is time for.
Status grade_all(Work& work);
Duration expected_answers(const Work& work, std::uint32_t variant);
// One round of all sizes of a variant.
Duration expected_sizes(const Work& work, std::uint32_t variant);
// Gives how shares were imposed.
Result<std::string> measure_sizes(Work& work);
Result<std::vector<SlotCheck>> check_slots(Work& work, const Profile& profile);

}  // namespace paragon::profile

// What `paragon profile` measures: from its flags to a catalog and a labelled set.
#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "profile/labelled_set.h"

namespace paragon {

struct ProfileInputFlags {
  std::string models;  // a folder, or a catalog
  std::string models_dir;
  std::string task;
  std::string labels_file;
  std::vector<float> mean;
  std::vector<float> std;
  std::string channel_order = "rgb";
  double central_crop = 1;
  bool softmax = false;
  profile::LabelledSource set;
  bool no_set = false;
};

struct ProfileInput {
  Catalog catalog;
  profile::LabelledSet set;
  std::vector<std::string> left_out;  // networks that are none, and why
};

// Errors: what is missing or wrong, and which flag mends it.
Result<ProfileInput> read_profile_input(const ProfileInputFlags& flags);

}  // namespace paragon

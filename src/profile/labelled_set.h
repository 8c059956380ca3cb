// Questions with known answers: labelled pictures or labelled tensors.
//
// Pictures are read when they are asked about, one at a time, so that a set may be larger than the
// memory; those of an idx file are kept. Whether a picture can be decoded shows then (grade.h).
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "load/picture.h"
#include "profile/tensor_file.h"

namespace paragon::profile {

struct LabelledItem {
  std::string name;    // as the list calls it: names the line of the answers
  std::size_t label;   // index into the task's labels
  std::string path{};  // of a picture on disk
  std::shared_ptr<const std::string> bytes{};  // of one in memory
  std::size_t row = 0;                         // of `tensors`
};

class LabelledSet {
 public:
  std::vector<LabelledItem> items;  // in the list's order
  std::optional<TensorRows> tensors;
  std::string from;                   // for people: "10,000 pictures of FOLDER"
  std::vector<std::string> left_out;  // what was listed and cannot be used, and why

  bool empty() const { return items.empty(); }
  // Narrows it to at most `most` items, evenly spaced over all. 0: no limit.
  void keep_evenly(std::size_t most);
  // The picture's file, at most 64 MB. Error: names it and says why.
  Result<std::shared_ptr<const std::string>> file(const LabelledItem& item) const;
};

struct LabelledSource {
  std::string images;          // a folder, or an idx file of pictures
  std::string tensors;         // .npy
  std::string labels;          // CSV, idx, or a text with one label a line, by what it goes with
  std::string data_set;        // only lines with this in the column `task`
  std::size_t limit = 10'000;  // evenly spaced over the whole set, as lists may be sorted
};

// The folder's pictures by what is there: `labels` or FOLDER/labels.csv, else one sub-folder a
// class. A label is the name of a class of the task (`class_name`, `label` or `class`), or its
// index (`class_index`, or a number as label). What is listed and cannot be used is left out and
// named; errors: the source cannot be read; nothing usable is left.
Result<LabelledSet> read_labelled_set(const LabelledSource& source,
                                      const std::vector<std::string>& labels);

// Of pictures in memory, as load/picture.h reads them.
Result<LabelledSet> labelled_set_of(const LabelledPictures& pictures,
                                    const std::vector<std::string>& labels, std::string from);

// From the text of a label to its index, with the rules above.
std::optional<std::size_t> label_index(const std::string& text,
                                       const std::vector<std::string>& labels);

}  // namespace paragon::profile

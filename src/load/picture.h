// Labelled pictures to ask about: the encoded bytes as a client would post them, and the right
// answer.
//
// Read once before the load starts and then only shared, so sending one copies nothing.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace paragon {

struct LabelledPicture {
  std::shared_ptr<const std::string> bytes;  // PNG or JPEG
  const char* content_type = "image/png";    // or image/jpeg
  std::string label;                         // the class name; empty when it is not known
};
using LabelledPictures = std::vector<LabelledPicture>;

// The pictures listed in a CSV file with a header line: column `file` (relative to `directory`, or
// to a folder above it) and column `class_name` or `label`; with `data_set` not empty, only lines
// whose column `task` has it. A listed file that is missing is skipped as long as one is there:
// lists may be longer than the folder. At most `limit` pictures. Errors: not_found (no list, or
// none of its files), invalid (a column is missing, a line is short, a file is neither PNG nor
// JPEG), with file and line.
Result<LabelledPictures> read_pictures(const std::string& directory, const std::string& labels_csv,
                                       const std::string& data_set, std::size_t limit);

// Pictures from a pair of files in the format of MNIST ("idx", gzipped or not), encoded as
// PNG in memory: the first `limit`. `class_names` names the classes in order. Errors: not_found,
// invalid.
Result<LabelledPictures> read_idx_pictures(const std::string& images_file,
                                           const std::string& labels_file,
                                           const std::vector<std::string>& class_names,
                                           std::size_t limit);

// The ten classes of Fashion-MNIST in the order of its labels (Xiao, Rasul, Vollgraf 2017).
const std::vector<std::string>& fashion_mnist_classes();

}  // namespace paragon

// Which pictures a load asks about: those that were named, else the Fashion-MNIST test images.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "load/picture.h"

namespace paragon {

struct PictureSource {
  std::string images;            // folder, with `labels`
  std::string labels;            // CSV
  std::string data_set;          // only lines with this in the column `task`
  std::vector<std::string> idx;  // two files: images, labels
  std::size_t limit = 10'000;
};

struct FoundPictures {
  LabelledPictures pictures;  // in an order drawn from the seed
  std::string from;           // for people: "10,000 test images of Fashion-MNIST"
};

// Without a named source: Fashion-MNIST as Debian's dataset-fashion-mnist installs it, else
// `../shared/images` beside the source tree. The error says which package brings them.
Result<FoundPictures> find_pictures(const PictureSource& source, std::uint64_t seed);

}  // namespace paragon

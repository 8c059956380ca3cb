#include "app/load_pictures.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/random.h"
#include "report/number.h"

namespace paragon {
namespace {

constexpr const char* kInstalled = "/usr/share/datasets/fashion-mnist/";
constexpr std::uint64_t kOrderStream = 11;

// So that a short run does not see one class only, as the list may be sorted.
void shuffle(LabelledPictures& pictures, std::uint64_t seed) {
  Random random = Random(seed).stream(kOrderStream);
  for (std::size_t left = pictures.size(); left > 1; --left) {
    std::swap(pictures[left - 1], pictures[random.below(left)]);
  }
}

Result<FoundPictures> named(Result<LabelledPictures> pictures, const std::string& what) {
  if (!pictures) return pictures.error();
  std::string from = fmt::format("{} {}", count_text(pictures->size()), what);
  return FoundPictures{std::move(*pictures), std::move(from)};
}

Result<FoundPictures> fashion_mnist(std::size_t limit) {
  const std::string folder = kInstalled;
  auto found =
      named(read_idx_pictures(folder + "t10k-images-idx3-ubyte.gz",
                              folder + "t10k-labels-idx1-ubyte.gz", fashion_mnist_classes(), limit),
            "test images of Fashion-MNIST");
  if (found || found.error().code != ErrorCode::not_found) return found;
  const std::string shared = std::string(PARAGON_SOURCE_DIR) + "/../shared/images";
  if (std::filesystem::exists(shared + "/labels.csv")) {
    return named(read_pictures(shared, shared + "/labels.csv", "fashion_mnist", limit),
                 "test images of Fashion-MNIST from ../shared/images");
  }
  return {ErrorCode::not_found,
          fmt::format("there are no labelled pictures in {}: install them with `apt-get install "
                      "dataset-fashion-mnist`, or name your own with --images and --labels",
                      folder)};
}

Result<FoundPictures> chosen(const PictureSource& source) {
  if (!source.idx.empty()) {
    return named(read_idx_pictures(source.idx.at(0), source.idx.at(1), fashion_mnist_classes(),
                                   source.limit),
                 "pictures of " + source.idx.at(0));
  }
  if (source.images.empty()) return fashion_mnist(source.limit);
  const std::string labels = source.labels.empty() ? source.images + "/labels.csv" : source.labels;
  return named(read_pictures(source.images, labels, source.data_set, source.limit),
               "pictures of " + source.images);
}

}  // namespace

Result<FoundPictures> find_pictures(const PictureSource& source, std::uint64_t seed) {
  auto found = chosen(source);
  if (found) shuffle(found->pictures, seed);
  return found;
}

}  // namespace paragon

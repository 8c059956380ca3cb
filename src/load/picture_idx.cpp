// The files of MNIST and its successors: a big-endian header (magic, sizes), then bytes.
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <memory>

#include "load/picture.h"
#include "load/png.h"

namespace paragon {
namespace {

constexpr std::size_t kBytesMax = std::size_t{1} << 30;
constexpr std::uint32_t kImagesMagic = 0x00000803;  // unsigned bytes, three dimensions
constexpr std::uint32_t kLabelsMagic = 0x00000801;  // unsigned bytes, one dimension

struct CloseGz {
  void operator()(gzFile file) const { gzclose(file); }
};

// The whole file, inflated if it is gzipped; at most `limit` bytes of it.
Result<std::string> read_gz(const std::string& path, std::size_t limit) {
  const std::unique_ptr<gzFile_s, CloseGz> file(gzopen(path.c_str(), "rb"));
  if (!file) return {ErrorCode::not_found, fmt::format("{}: cannot be opened", path)};
  std::string bytes;
  while (bytes.size() < limit) {
    const std::size_t old = bytes.size();
    const std::size_t piece = std::min<std::size_t>(1 << 20, limit - old);
    bytes.resize(old + piece);
    const int got = gzread(file.get(), bytes.data() + old, static_cast<unsigned>(piece));
    bytes.resize(old + static_cast<std::size_t>(std::max(got, 0)));
    if (got < 0) {
      int code = 0;
      return {ErrorCode::invalid, fmt::format("{}: {}", path, gzerror(file.get(), &code))};
    }
    if (got == 0) break;
  }
  return bytes;
}

std::uint32_t word(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i)
    value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

Status check_head(const std::string& path, const std::string& bytes, std::size_t head,
                  std::uint32_t magic) {
  if (bytes.size() >= head && word(bytes, 0) == magic) return {};
  return {ErrorCode::invalid,
          fmt::format("{}: not an idx file of {}: its first bytes should be {:08x}", path,
                      magic == kImagesMagic ? "pictures" : "labels", magic)};
}

}  // namespace

Result<LabelledPictures> read_idx_pictures(const std::string& images_file,
                                           const std::string& labels_file,
                                           const std::vector<std::string>& class_names,
                                           std::size_t limit) {
  constexpr std::size_t kImagesHead = 16, kLabelsHead = 8;
  const auto head = read_gz(images_file, kImagesHead);
  if (!head) return head.error();
  if (const Status ok = check_head(images_file, *head, kImagesHead, kImagesMagic); !ok) {
    return ok.error();
  }
  const std::uint32_t height = word(*head, 8), width = word(*head, 12);
  const std::size_t size = std::size_t{height} * width;
  if (size == 0 || size > kBytesMax) {
    return {ErrorCode::invalid,
            fmt::format("{}: pictures of {} x {} pixels", images_file, width, height)};
  }
  const std::size_t count = std::min<std::size_t>({word(*head, 4), limit, kBytesMax / size});

  const auto images = read_gz(images_file, kImagesHead + count * size);
  if (!images) return images.error();
  const auto labels = read_gz(labels_file, kLabelsHead + count);
  if (!labels) return labels.error();
  if (const Status ok = check_head(labels_file, *labels, kLabelsHead, kLabelsMagic); !ok) {
    return ok.error();
  }
  if (images->size() < kImagesHead + count * size || labels->size() < kLabelsHead + count) {
    return {ErrorCode::invalid,
            fmt::format("{} or {}: ends before picture {}", images_file, labels_file, count)};
  }

  LabelledPictures pictures;
  pictures.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto label = static_cast<unsigned char>((*labels)[kLabelsHead + i]);
    if (label >= class_names.size()) {
      return {ErrorCode::invalid, fmt::format("{}: label {} of picture {}: there are {} classes",
                                              labels_file, label, i, class_names.size())};
    }
    const char* pixels = images->data() + kImagesHead + i * size;
    auto png = encode_grey_png(width, height, reinterpret_cast<const std::uint8_t*>(pixels));
    if (!png) return png.error();
    pictures.push_back(
        {std::make_shared<const std::string>(std::move(*png)), "image/png", class_names[label]});
  }
  if (pictures.empty()) return {ErrorCode::not_found, images_file + ": holds no pictures"};
  return pictures;
}

const std::vector<std::string>& fashion_mnist_classes() {
  static const std::vector<std::string> names = {"T-shirt/top", "Trouser",   "Pullover", "Dress",
                                                 "Coat",        "Sandal",    "Shirt",    "Sneaker",
                                                 "Bag",         "Ankle boot"};
  return names;
}

}  // namespace paragon

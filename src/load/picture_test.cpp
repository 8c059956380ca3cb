#include "load/picture.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <limits>

#include "load/png.h"

namespace paragon {
namespace {

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

class PictureFiles : public testing::Test {
 protected:
  PictureFiles()
      : folder_(std::filesystem::temp_directory_path() /
                ("paragon_pictures_" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_ / "set");
  }
  ~PictureFiles() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& bytes) const {
    const std::string path = (folder_ / name).string();
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  std::string write_gz(const std::string& name, const std::string& bytes) const {
    const std::string path = (folder_ / name).string();
    gzFile file = gzopen(path.c_str(), "wb");
    gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(file);
    return path;
  }
  std::string folder() const { return folder_.string(); }

  std::filesystem::path folder_;
};

std::string words(std::initializer_list<std::uint32_t> values) {
  std::string bytes;
  for (const std::uint32_t value : values) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
  }
  return bytes;
}

// Two pictures of two rows and three columns.
const std::string kTwoImages = words({0x803, 2, 2, 3}) + std::string("\0\1\2\3\4\5", 6) +
                               std::string("\xFF\xFE\xFD\xFC\xFB\xFA", 6);
const std::string kTwoLabels = words({0x801, 2}) + std::string("\1\0", 2);

TEST_F(PictureFiles, IdxPicturesBecomePngsOfTheSamePixels) {
  const auto pictures = read_idx_pictures(write_gz("images.gz", kTwoImages),
                                          write_gz("labels.gz", kTwoLabels), {"cat", "dog"}, kAll);
  ASSERT_TRUE(pictures) << pictures.error().message;
  ASSERT_EQ(pictures->size(), 2U);
  EXPECT_EQ((*pictures)[0].label, "dog");
  EXPECT_EQ((*pictures)[1].label, "cat");
  const auto pixels = decode_png_rgb(*(*pictures)[1].bytes);
  ASSERT_TRUE(pixels) << pixels.error().message;
  EXPECT_EQ(pixels->width, 3U);
  EXPECT_EQ(pixels->height, 2U);
  EXPECT_EQ(pixels->bytes,
            "\xFF\xFF\xFF\xFE\xFE\xFE\xFD\xFD\xFD\xFC\xFC\xFC\xFB\xFB\xFB\xFA\xFA\xFA");
}

TEST_F(PictureFiles, IdxMayBePlainAndCutShortByALimit) {
  const auto pictures = read_idx_pictures(write("images", kTwoImages), write("labels", kTwoLabels),
                                          {"cat", "dog"}, 1);
  ASSERT_TRUE(pictures) << pictures.error().message;
  EXPECT_EQ(pictures->size(), 1U);
}

TEST_F(PictureFiles, IdxFilesThatLieAreRefused) {
  const auto images = write("images", kTwoImages), labels = write("labels", kTwoLabels);
  const std::vector<std::string> names = {"cat", "dog"};
  const auto message = [&](const std::string& a, const std::string& b, auto classes) {
    const auto result = read_idx_pictures(a, b, classes, kAll);
    return result ? std::string("accepted") : result.error().message;
  };
  EXPECT_NE(message(labels, labels, names).find("not an idx file of pictures"), std::string::npos);
  EXPECT_NE(message(images, images, names).find("not an idx file of labels"), std::string::npos);
  EXPECT_NE(message(images, labels, std::vector<std::string>{"cat"}).find("label 1 of picture 0"),
            std::string::npos);
  EXPECT_NE(message(write("short", kTwoImages.substr(0, 20)), labels, names).find("ends before"),
            std::string::npos);
  EXPECT_NE(message(write("empty", ""), labels, names).find("not an idx file"), std::string::npos);
  EXPECT_NE(message(folder() + "/nothing", labels, names).find("cannot be opened"),
            std::string::npos);
  EXPECT_NE(message(write("huge", words({0x803, 1, 0xFFFFFFFF, 0xFFFFFFFF})), labels, names)
                .find("pixels"),
            std::string::npos);
}

TEST_F(PictureFiles, ListedPicturesAreReadWithTheirLabels) {
  const std::uint8_t grey[] = {7};
  write("set/a.png", *encode_grey_png(1, 1, grey));
  write("set/b.jpg", "\xFF\xD8\xFF rest");
  const auto list = write("labels.csv",
                          "file,task,class_index,class_name\r\n"
                          "set/a.png,one,0,\"cat, tabby\"\r\n"
                          "set/missing.png,one,0,cat\r\n"
                          "set/b.jpg,two,1,dog\r\n");
  const auto all = read_pictures(folder(), list, "", kAll);
  ASSERT_TRUE(all) << all.error().message;
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ((*all)[0].label, "cat, tabby");
  EXPECT_STREQ((*all)[0].content_type, "image/png");
  EXPECT_STREQ((*all)[1].content_type, "image/jpeg");

  const auto two = read_pictures(folder(), list, "two", kAll);
  ASSERT_TRUE(two) << two.error().message;
  EXPECT_EQ((*two)[0].label, "dog");

  // The folder of one set, with the list of all of them.
  const auto inner = read_pictures(folder() + "/set", list, "", kAll);
  ASSERT_TRUE(inner) << inner.error().message;
  EXPECT_EQ(inner->size(), 2U);
}

TEST_F(PictureFiles, ListsThatCannotBeUsedSayWhy) {
  write("set/a.txt", "hello");
  const auto message = [&](const std::string& csv, const std::string& data_set) {
    const auto result = read_pictures(folder(), write("l.csv", csv), data_set, kAll);
    return result ? std::string("accepted") : result.error().message;
  };
  EXPECT_NE(message("name,class\nx,y\n", "").find(":1: needs the columns"), std::string::npos);
  EXPECT_NE(message("file,label\nset/a.txt\n", "").find(":2: 1 cells"), std::string::npos);
  EXPECT_NE(message("file,label\nset/a.txt,x\n", "").find("neither PNG nor JPEG"),
            std::string::npos);
  EXPECT_NE(message("file,label\nset/z.png,x\n", "").find("lists 1 pictures, none"),
            std::string::npos);
  EXPECT_NE(message("file,label\nset/a.txt,x\n", "one").find("no column `task`"),
            std::string::npos);
  EXPECT_FALSE(read_pictures(folder(), folder() + "/none.csv", "", kAll));
}

TEST(Png, DamageIsAnErrorNotACrash) {
  const std::uint8_t grey[] = {1, 2, 3, 4};
  const auto file = encode_grey_png(2, 2, grey);
  ASSERT_TRUE(file);
  for (std::size_t size = 0; size < file->size() - 12; ++size) {  // the last 12 bytes only end it
    EXPECT_FALSE(decode_png_rgb(std::string_view(*file).substr(0, size))) << size;
  }
  EXPECT_TRUE(decode_png_rgb(*file));
}

// The real thing, where Debian's dataset-fashion-mnist is installed.
TEST(FashionMnist, TheTestImagesCanBeRead) {
  const std::string folder = "/usr/share/datasets/fashion-mnist/";
  const auto pictures =
      read_idx_pictures(folder + "t10k-images-idx3-ubyte.gz", folder + "t10k-labels-idx1-ubyte.gz",
                        fashion_mnist_classes(), 10);
  if (!pictures && pictures.error().code == ErrorCode::not_found) {
    GTEST_SKIP() << "dataset-fashion-mnist is not installed";
  }
  ASSERT_TRUE(pictures) << pictures.error().message;
  EXPECT_EQ(pictures->size(), 10U);
  EXPECT_EQ((*pictures)[0].label, "Ankle boot");  // as the data set's own README shows it
}

}  // namespace
}  // namespace paragon

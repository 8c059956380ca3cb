#include "system/pictures.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "load/answer.h"

namespace paragon::testing {
namespace {

const std::string kShared = PARAGON_SOURCE_DIR "/../shared/images";

}  // namespace

LabelledPictures garment_pictures(std::size_t limit) {
  const std::string installed = "/usr/share/datasets/fashion-mnist/";
  auto pictures =
      read_idx_pictures(installed + "t10k-images-idx3-ubyte.gz",
                        installed + "t10k-labels-idx1-ubyte.gz", fashion_mnist_classes(), limit);
  if (pictures) return std::move(*pictures);
  pictures = read_pictures(kShared, kShared + "/labels.csv", "fashion_mnist", limit);
  return pictures ? std::move(*pictures) : LabelledPictures{};
}

LabelledPictures photographs(const std::string& folder, std::size_t step) {
  auto all = read_pictures(kShared + "/" + folder, kShared + "/labels.csv", "imagenet1k", 10'000);
  LabelledPictures chosen;
  if (!all) return chosen;
  for (std::size_t i = 0; i < all->size(); i += step) chosen.push_back((*all)[i]);
  return chosen;
}

Graded grade(Caller& caller, const std::string& variant, const LabelledPictures& pictures,
             std::size_t at_once) {
  Graded graded;
  std::size_t begun = 0;
  std::size_t ended = 0;
  std::function<void()> next = [&] {
    if (begun == pictures.size()) return;
    const LabelledPicture& picture = pictures[begun++];
    caller.begin("/v2/models/" + variant + "/infer", picture.bytes,
                 {{"content-type", picture.content_type}, {"x-paragon-slo-latency-ms", "60000"}},
                 [&](const Result<http::Answer>& answer) {
                   ++ended;
                   const LoadOutcome outcome = read_answer(answer, picture.label);
                   if (outcome.end == LoadOutcome::End::answered && outcome.variant == variant) {
                     ++graded.answered;
                     graded.right += outcome.correct.value_or(false);
                   } else {
                     graded.trouble = outcome.trouble + " (variant '" + outcome.variant + "')";
                   }
                   next();
                 });
  };
  for (std::size_t i = 0; i < at_once; ++i) next();
  EXPECT_TRUE(caller.until([&] { return ended == pictures.size(); }, std::chrono::seconds(120)))
      << variant << ": " << ended << " of " << pictures.size();
  return graded;
}

::testing::AssertionResult as_stated(std::size_t right, std::size_t sample, double accuracy,
                                     std::size_t population, double slack) {
  const auto n = static_cast<double>(sample);
  const auto of = static_cast<double>(population);
  // Drawn without putting back: the sample varies less the more of the population it is.
  const double variance = n * accuracy * (1 - accuracy) * (of - n) / (of - 1);
  const double band = 3.3 * std::sqrt(variance) + slack * n + 0.5;
  const double off = static_cast<double>(right) - n * accuracy;
  if (std::abs(off) <= band) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << fmt::format("{} of {} right, expected {:.1f} +- {:.1f}",
                                                      right, sample, n * accuracy, band);
}

}  // namespace paragon::testing

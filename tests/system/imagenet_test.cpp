// Photographs end to end: examples/imagenet as its README has it, with the weights and pictures
// that lie beside a checkout. They may not be published, so elsewhere these tests are skipped.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "system/pictures.h"

namespace paragon::testing {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using ::testing::HasSubstr;

const std::string kConfig = PARAGON_SOURCE_DIR "/examples/imagenet/serve.yaml";
const std::string kWeights = PARAGON_SOURCE_DIR "/../shared/models/imagenet";
constexpr const char* kTask = "image-classification";

class Imagenet : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kWeights)) GTEST_SKIP() << "there are no weights in " << kWeights;
    if (photographs("photos", 1).empty())
      GTEST_SKIP() << "there are no pictures in ../shared/images";
    server.emplace(std::vector<std::string>{"--config", kConfig, "--http", "127.0.0.1:0",
                                            "--log-level", "warn"});
    ASSERT_TRUE(server->listening());
    caller.emplace(server->port());
    ASSERT_TRUE(caller->until(
        [&] { return json::parse(caller->get("/api/v1/fleet").body).value("ready", 0) >= 1; },
        60s));
  }
  void TearDown() override {
    if (!server || !server->listening()) return;
    server->signal(SIGTERM);
    EXPECT_EQ(server->wait(40s), 0);
  }
  // The answer to one JPEG.
  json ask(const LabelledPicture& picture, const Caller::Fields& needs) {
    Caller::Fields headers = needs;
    headers.emplace_back("content-type", picture.content_type);
    const auto answer =
        caller->post(std::string("/v2/models/") + kTask + "/infer", *picture.bytes, headers);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json::parse(answer.body, nullptr, false);
  }

  std::optional<RunningServer> server;
  std::optional<Caller> caller;
};

TEST_F(Imagenet, NamesWhatPhotographsShow) {
  const LabelledPictures photos = photographs("photos", 1);
  ASSERT_EQ(photos.size(), 4u);
  for (const LabelledPicture& photo : photos) {
    const json answer =
        ask(photo, {{"x-paragon-slo-min-accuracy", "0.7"}, {"x-paragon-slo-latency-ms", "20000"}});
    ASSERT_EQ(answer["outputs"][0]["name"], "labels");
    ASSERT_EQ(answer["outputs"][0]["data"].size(), 5u);
    const std::string best = answer["outputs"][0]["data"][0];
    // labels.csv gives all names of a class, the first one is the label.
    EXPECT_EQ(best, photo.label.substr(0, photo.label.find(", ")));
  }
}

TEST_F(Imagenet, ConstraintsChooseTheNetwork) {
  const LabelledPicture photo = photographs("photos", 1).at(0);
  const auto chosen = [&](const Caller::Fields& needs) {
    const json answer = ask(photo, needs);
    EXPECT_EQ(answer["model_name"], answer["parameters"]["variant"]);
    return answer["model_name"].get<std::string>();
  };
  const std::pair<std::string, std::string> patient{"x-paragon-slo-latency-ms", "20000"};
  EXPECT_THAT(chosen({patient, {"x-paragon-slo-min-accuracy", "0.3"}}),
              HasSubstr("mobilenet_v1_025_128"));
  EXPECT_THAT(chosen({patient, {"x-paragon-slo-min-accuracy", "0.65"}}),
              HasSubstr("mobilenet_v1_075_192"));
  EXPECT_THAT(chosen({patient, {"x-paragon-slo-min-accuracy", "0.7"}}),
              HasSubstr("mobilenet_v2_100_224"));
  EXPECT_THAT(chosen({patient, {"x-paragon-slo-objective", "accuracy"}}),
              HasSubstr("mobilenet_v2_100_224"));
  // No network reaches 90 %.
  const auto answer = caller->post(
      std::string("/v2/models/") + kTask + "/infer", *photo.bytes,
      {{"content-type", photo.content_type}, patient, {"x-paragon-slo-min-accuracy", "0.9"}});
  EXPECT_GE(answer.status, 400) << answer.body;
  EXPECT_LT(answer.status, 500) << answer.body;
  EXPECT_THAT(answer.body, HasSubstr("0.9"));
}

TEST_F(Imagenet, NetworksAreAsGoodOnPhotographsAsTheyWereMeasured) {
  // Share right of the 700 pictures there, measured apart from Paragon
  // (../shared/models/models.csv) with another program's resize, which makes up to two points.
  // Sizes, channel orders and precisions differ, so wrong preprocessing of any kind shows.
  constexpr std::size_t kMeasuredOn = 700;
  constexpr double kOtherResize = 0.025;
  struct Measured {
    const char* variant;
    double share;
    std::size_t step;  // asks about every so many-th picture
  };
  for (const auto& [variant, share, step] : {Measured{"mobilenet_v1_025_128.int8", 0.5557, 1},
                                             Measured{"mobilenet_v2_100_224.int8", 0.81, 2},
                                             Measured{"squeezenet_v11_227", 0.7086, 2}}) {
    const LabelledPictures sample = photographs("imagenet_val", step);
    if (sample.empty()) GTEST_SKIP() << "there are no pictures in ../shared/images/imagenet_val";
    ASSERT_EQ(sample.size(), kMeasuredOn / step);
    const Graded graded = grade(*caller, variant, sample, 4);
    EXPECT_EQ(graded.answered, sample.size()) << variant << ": " << graded.trouble;
    EXPECT_TRUE(as_stated(graded.right, sample.size(), share, kMeasuredOn, kOtherResize))
        << variant;
    fmt::print("{:28} {:3} of {:3} right, {:.2f} %; measured {:.2f} %\n", variant, graded.right,
               sample.size(),
               100.0 * static_cast<double>(graded.right) / static_cast<double>(sample.size()),
               100 * share);
  }
}

}  // namespace
}  // namespace paragon::testing

// Every shipped network is as good through the whole stack as the catalog says.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "catalog/load.h"
#include "system/pictures.h"

namespace paragon::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kTestImages = 10'000;  // that the catalog's accuracy is of
constexpr std::size_t kMany = 1'000;
constexpr std::size_t kFew = 150;  // for networks that take their time

TEST(GarmentAccuracy, EveryVariantDeliversWhatTheCatalogStates) {
  const LabelledPictures pictures = garment_pictures(kMany);
  if (pictures.empty()) {
    GTEST_SKIP() << "no labelled pictures: apt-get install dataset-fashion-mnist";
  }
  TemporaryFolder folder;
  const std::string catalog = folder.write("catalog.yaml", R"(paragon: 1
include: )" PARAGON_SOURCE_DIR R"(/data/garment/catalog.yaml
machine_offers:
  - {name: whole, vcpus: 2, memory_mb: 4096, price_usd_per_hour: 0.1, provisioning_delay_s: 0.05}
)");
  const std::string config = folder.write(
      "serve.yaml", "paragon: 1\ncatalog: " + catalog +
                        "\nbrain: {machines_min: 1, machines_max: 1, functions: false}\n");
  RunningServer server({"--config", config, "--http", "127.0.0.1:0", "--log-level", "warn"});
  ASSERT_TRUE(server.listening());
  Caller caller(server.port());

  const auto stated = load_catalog(catalog);
  ASSERT_TRUE(stated) << stated.error().message;
  ASSERT_GE(stated->variants().size(), 17u);
  for (std::size_t v = 0; v < stated->variants().size(); ++v) {
    const Variant& variant = stated->variants()[v];
    const bool quick = stated->profile(VariantId{static_cast<std::uint32_t>(v)}).service_p50 < 1ms;
    const std::size_t count = std::min(pictures.size(), quick ? kMany : kFew);
    const LabelledPictures sample(pictures.begin(),
                                  pictures.begin() + static_cast<std::ptrdiff_t>(count));
    const Graded graded = grade(caller, variant.name, sample, 4);
    EXPECT_EQ(graded.answered, count) << variant.name << ": " << graded.trouble;
    EXPECT_TRUE(as_stated(graded.right, count, variant.accuracy.top1.value, kTestImages))
        << variant.name;
    fmt::print("{:20} {:4} of {:4} right, {:.2f} %; stated {:.2f} %\n", variant.name, graded.right,
               count, 100.0 * static_cast<double>(graded.right) / static_cast<double>(count),
               100 * variant.accuracy.top1.value);
  }
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(40s), 0);
}

}  // namespace
}  // namespace paragon::testing

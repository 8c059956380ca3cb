// The whole way of someone with networks of their own: measure them, plan for them, serve them, and
// see what was measured.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "system/serve_fixture.h"
#include "worker/samples.h"

namespace paragon::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class PlannedServe : public ::testing::Test {
 protected:
  // Two shipped networks that take long enough to be told from a server's own time, pictures to ask
  // them about, and a machine that boots at once.
  void SetUp() override {
    const fs::path garment = fs::path(PARAGON_SOURCE_DIR) / "models/garment";
    fs::create_directory(folder.path() / "nets");
    for (const char* name : {"garment_giga.onnx", "garment_ultra.onnx", "labels.txt"}) {
      fs::copy_file(garment / name, folder.path() / "nets" / name);
    }
    std::string list = "file,label\n";
    for (int i = 0; i < 6; ++i) {
      auto pixels = samples::noise(28 * 28);
      for (auto& pixel : pixels) pixel = static_cast<std::uint8_t>(pixel / (i + 1));
      const std::string name = std::to_string(i) + ".png";
      folder.write("pictures/" + name,
                   samples::png(28, 28, pixels, {PNG_COLOR_TYPE_GRAY, 8, false}));
      list += name + ",Bag\n";
    }
    folder.write("pictures/labels.csv", list);
    folder.write("offers.yaml", R"(paragon: 1
machine_offers:
  - {name: quick, vcpus: 2, speed: 1, memory_mb: 4096, price_usd_per_hour: 0.085, provisioning_delay_s: 0.05}
function_offers:
  - {name: fn, memory_mb: 1769, price_usd_per_gb_second: 0.0000166667,
     price_usd_per_call: 0.0000002, cold_start_s: 0.15}
)");
  }
  std::string at(const std::string& name) const { return (folder.path() / name).string(); }
  json ran(const std::vector<std::string>& arguments) {
    const Ended ended = run_program(arguments);
    EXPECT_EQ(ended.status, 0) << ended.out;
    return json::parse(ended.out, nullptr, false);
  }
  json profiled() {
    return ran({"profile", at("nets"), "--images", at("pictures"), "--mean", "72.93", "--std",
                "90.015", "--offers", at("offers.yaml"), "--task", "garments", "--quick", "--json",
                "--out", at("out"), "--fresh"});
  }

  TemporaryFolder folder;
};

// Times on a shared computer change from one minute to the next, so the band is the profile's own
// median and 99th percentile with a factor of two below and, for the server's part and whoever else
// computes here, two and some milliseconds above; and a minute in which it is missed is measured
// again, profile and all.
TEST_F(PlannedServe, AnswersAsFastAsTheProfileThatItWasPlannedWith) {
  std::string tries;
  for (int attempt = 0; attempt < 3; ++attempt) {
    const json profile = profiled();
    const json plan =
        ran({"plan", "--catalog", at("out/catalog.yaml"), "--task", "garments", "--rate", "5",
             "--hours", "0.2", "--no-front", "--no-what-if", "--json"});
    ASSERT_TRUE(plan.is_object());
    ASSERT_FALSE(plan["recommended"].is_null());
    const std::string variant = plan["classes"][0]["variant"];
    double p50 = 0;
    double p99 = 0;
    for (const json& v : profile["variants"]) {
      if (v["name"] != variant) continue;
      p50 = v["service_p50_ms"];
      p99 = v["service_p99_ms"];
    }
    ASSERT_GT(p50, 0);

    const std::string config = folder.write(
        "serve.yaml", "paragon: 1\ncatalog: " + at("out/catalog.yaml") +
                          "\ngateway: {http: \"127.0.0.1:0\"}\ncloud: {cpu: none}\n"
                          "brain: {machines_min: 1, machines_max: 1, functions: false}\n");
    RunningServer server({"--config", config, "--log-level", "warn"});
    ASSERT_TRUE(server.listening());
    Caller caller(server.port());
    const std::string infer = "/v2/models/garments/infer";
    const auto ask = [&] {
      const http::Answer answer = caller.post(infer, picture(), kPng);
      EXPECT_EQ(answer.status, 200) << answer.body;
      return json::parse(answer.body, nullptr, false);
    };
    EXPECT_EQ(ask()["model_name"], variant);  // the first waits for the machine
    std::vector<double> latencies;
    for (int i = 0; i < 60; ++i) latencies.push_back(ask()["parameters"]["latency_ms"]);
    std::ranges::sort(latencies);
    const double median = latencies[latencies.size() / 2];
    tries += variant + ": profile " + std::to_string(p50) + " to " + std::to_string(p99) +
             " ms, served in " + std::to_string(median) + " ms\n";
    RecordProperty("tries", tries);
    if (median > p50 / 2 && median < 2 * p99 + 5) return;
  }
  FAIL() << tries;
}

}  // namespace
}  // namespace paragon::testing

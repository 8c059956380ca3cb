// `paragon serve` on the shipped models, with machines that boot at once: what the tests of the
// whole deployment begin with.
#pragma once

#include <gmock/gmock.h>

#include <array>
#include <csignal>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "load/png.h"
#include "system/running_server.h"

namespace paragon::testing {

inline const std::string kInfer = "/v2/models/garment-classification/infer";
inline const Caller::Fields kPng{{"content-type", "image/png"}};

// Something with edges; what it shows does not matter here.
inline std::string picture() {
  std::array<std::uint8_t, 28 * 28> pixels{};
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    pixels[i] = i % 28 > 8 && i % 28 < 20 ? 200 : 10;
  }
  auto png = encode_grey_png(28, 28, pixels.data());
  EXPECT_TRUE(png.ok());
  return png.ok() ? *png : "";
}

class Serve : public ::testing::Test {
 protected:
  // Arguments of `paragon serve` with this many machines at least and three at most. `brain` and
  // `gateway` are further settings, each with its comma before it.
  std::vector<std::string> arguments(int machines, const std::string& brain = "",
                                     const std::string& gateway = "") {
    const std::string catalog = folder.write(
        "catalog.yaml", R"(paragon: 1
description: shipped models, quick machines
include: )" PARAGON_SOURCE_DIR R"(/data/garment/catalog.yaml
machine_offers:
  - {name: quick, market: on_demand, vcpus: 2, speed: 0.25, memory_mb: 4096, price_usd_per_hour: 0.1,
     minimum_billed_s: 60, billing_step_s: 1, provisioning_delay_s: )" +
                            boot_s + R"(,
     provisioning_delay_sigma: 0, source: test}
function_offers:
  - {name: fn, memory_mb: 1769, speed: 0.25, price_usd_per_gb_second: 0.0000166667,
     price_usd_per_call: 0.0000002, billing_step_ms: 1, cold_start_s: 0.05, cold_start_sigma: 0,
     keep_alive_s: )" + keep_alive_s +
                            R"(, concurrency_limit: 8, payload_bytes_max: 6291456, source: test}
)");
    const std::string config = folder.write(
        "serve.yaml", "paragon: 1\ncatalog: " + catalog +
                          "\njournal: journal.txt\ngateway: {http: \"127.0.0.1:0\"" + gateway +
                          "}\nbrain: {machines_min: " + std::to_string(machines) +
                          ", machines_max: 3, tick_ms: 200" + brain + "}\n");
    return {"--config", config, "--log-level", "warn"};
  }
  static std::vector<std::string> with(std::vector<std::string> arguments,
                                       const std::vector<std::string>& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  static void until_ready(Caller& caller, int machines) {
    ASSERT_TRUE(caller.until(
        [&] {
          auto fleet = nlohmann::json::parse(caller.get("/api/v1/fleet").body, nullptr, false);
          return fleet.is_object() && fleet.value("ready", 0) >= machines;
        },
        std::chrono::seconds(40)));
  }
  std::string journal() const { return folder.path().string() + "/journal.txt"; }
  void expect_replay() const {
    Ended replayed = run_program({"replay", journal()});
    EXPECT_EQ(replayed.status, 0) << replayed.out;
    EXPECT_THAT(replayed.out, ::testing::HasSubstr(" 0 differences"));
  }
  void expect_an_orderly_end(RunningServer& server) const {
    server.signal(SIGTERM);
    EXPECT_EQ(server.wait(std::chrono::seconds(40)), 0);
    expect_replay();
  }

  std::string boot_s = "0.05";      // from the order of a machine until it is up
  std::string keep_alive_s = "60";  // of a function environment after its last call
  TemporaryFolder folder;
};

}  // namespace paragon::testing

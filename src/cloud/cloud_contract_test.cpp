// Which clouds keep the contract: the local one, and Flaky around it with all rates zero.
#include "cloud/cloud_contract.h"

#include "cloud/flaky.h"
#include "cloud/local/local_cloud.h"
#include "cloud/local/test_catalog.h"

namespace paragon {
namespace {

class LocalStage : public CloudStage {
 public:
  LocalStage(Loop& loop, const Cloud::OnEvent& on_event, bool flaky)
      : catalog_(Catalog::build(small_parts()).value()) {
    const auto open = [&](Cloud::OnEvent events) -> std::unique_ptr<Cloud> {
      LocalCloudSettings settings;
      settings.program = PARAGON_STAND_IN;
      return LocalCloud::open(loop, catalog_, settings, std::move(events)).value();
    };
    if (flaky) {
      cloud_ = std::make_unique<Flaky>(loop, FlakySettings{}, open, on_event);
    } else {
      cloud_ = open(on_event);
    }
    target = "/v2/models/small/infer";
    concurrency = catalog_.offer(function_offer).concurrency_limit;
    payload_bytes_max = static_cast<std::size_t>(catalog_.offer(function_offer).payload_bytes_max);
    billing_step = catalog_.offer(function_offer).billing_step;
    quick = "ok";
    slow = "sleep 300";
    fatal = "crash";
    stuck = "hang";
  }
  Cloud& cloud() override { return *cloud_; }
  void destroy() override { cloud_.reset(); }

 private:
  Catalog catalog_;
  std::unique_ptr<Cloud> cloud_;
};

CloudCase local(const std::string& name, bool flaky) {
  return {name, [flaky](Loop& loop, Cloud::OnEvent on_event) {
            return std::make_unique<LocalStage>(loop, on_event, flaky);
          }};
}

INSTANTIATE_TEST_SUITE_P(Clouds, CloudContract,
                         testing::Values(local("Local", false), local("FlakyLocal", true)),
                         name_of);

}  // namespace
}  // namespace paragon

// The cloud on AWS keeps the promises of every cloud. Instances and functions are real processes of
// the server in tests/aws/server, which checks every request.
#include "cloud/cloud_contract.h"

#include "awscloud/aws_stage.h"

namespace paragon {
namespace {

class AwsStage : public CloudStage {
 public:
  AwsStage(Loop& loop, Cloud::OnEvent on_event)
      : server_({"--boot-s", "0.2"}),
        catalog_(testing::aws_catalog()),
        controller_(loop, server_, catalog_, testing::aws_settings_for_tests(),
                    std::move(on_event)) {
    target = "/v2/models/small/infer";
    concurrency = catalog_.offer(function_offer).concurrency_limit;
    payload_bytes_max = static_cast<std::size_t>(catalog_.offer(function_offer).payload_bytes_max);
    billing_step = catalog_.offer(function_offer).billing_step;
    quick = "ok";
    slow = "sleep 300";
    fatal = "crash";
    stuck = "hang";
  }
  bool serving() const { return server_.serving(); }
  Cloud& cloud() override { return controller_.cloud(); }
  void destroy() override { controller_.destroy(); }

 private:
  testing::AwsServer server_;
  Catalog catalog_;
  testing::AwsController controller_;
};

std::unique_ptr<CloudStage> make_aws(Loop& loop, Cloud::OnEvent on_event) {
  return std::make_unique<AwsStage>(loop, std::move(on_event));
}

INSTANTIATE_TEST_SUITE_P(Clouds, CloudContract, ::testing::Values(CloudCase{"Aws", make_aws}),
                         name_of);

}  // namespace
}  // namespace paragon

#include <cstdio>

#include "cloud/local/local_cloud.h"
#include "cloud/local/test_catalog.h"
#include "stand_in.h"

using namespace paragon;

int run_host(const std::string& run_dir) {
  Loop loop;
  auto catalog = Catalog::build(small_parts());
  if (!catalog.ok()) {
    std::fprintf(stderr, "%s\n", catalog.error().message.c_str());
    return 1;
  }
  LocalCloudSettings settings;
  settings.run_dir = run_dir;
  std::unique_ptr<LocalCloud> cloud;
  auto opened = LocalCloud::open(loop, *catalog, settings, [&](const CloudEvent& event) {
    if (!std::holds_alternative<MachineReady>(event)) return;
    FunctionCall call;
    call.target = "/";
    call.body = std::make_shared<const std::string>("ok");
    cloud->invoke(call, [&, call](const Result<FunctionAnswer>& answer) mutable {
      if (!answer.ok()) {
        std::fprintf(stderr, "%s\n", answer.error().message.c_str());
        return loop.stop();
      }
      const auto environments = cloud->functions().environments();
      std::printf("%d %d\n", cloud->machine(MachineId{1})->pid(), environments.front().pid);
      std::fflush(stdout);
      call.body = std::make_shared<const std::string>("spin 3600000");
      cloud->invoke(call, [](const Result<FunctionAnswer>&) {});
    });
  });
  if (!opened.ok()) {
    std::fprintf(stderr, "%s\n", opened.error().message.c_str());
    return 1;
  }
  cloud = std::move(*opened);
  cloud->launch(MachineOfferId{0}, MachineId{1});
  loop.run();
  return 1;
}

#include "awscloud/aws_stage.h"

#include <atomic>
#include <cstdlib>
#include <iterator>

#include "base/temporary_folder.h"
#include "cloud/aws/user_data.h"

namespace paragon::testing {
namespace {

// An archive whose bootstrap is the stand-in in function mode. Python, which the server needs too,
// can write one.
std::string function_zip() {
  const TemporaryFolder folder;
  const std::string file = (folder.path() / "function.zip").string();
  const std::string script = (folder.path() / "make.py").string();
  std::ofstream(script) << "import sys, zipfile\n"
                           "entry = zipfile.ZipInfo('bootstrap')\n"
                           "entry.external_attr = 0o100755 << 16\n"
                           "with zipfile.ZipFile(sys.argv[1], 'w') as archive:\n"
                           "    archive.writestr(entry, sys.argv[2])\n";
  const std::string bootstrap =
      "#!/bin/sh\nexec " PARAGON_STAND_IN " worker --lambda --preload \"$PARAGON_VARIANT\"\n";
  const std::string command = "python3 " + script + ' ' + file + ' ' + aws::shell_quoted(bootstrap);
  if (std::system(command.c_str()) != 0) return {};  // NOLINT: a test's own command
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

Catalog aws_catalog() {
  Catalog::Parts parts = small_parts();
  MachineOffer offer = parts.machine_offers[0];
  offer.speed = 1;
  parts.machine_offers.clear();
  for (const char* name : {"m5.large", "m5.large:spot", "c5.large"}) {
    offer.name = name;
    offer.market = offer.name.ends_with(":spot") ? Market::spot : Market::on_demand;
    parts.machine_offers.push_back(offer);
  }
  return Catalog::build(std::move(parts)).value();
}

aws::AwsSettings aws_settings_for_tests() {
  static std::atomic<int> runs = 0;
  static const std::string code = function_zip();
  aws::AwsSettings settings;
  settings.deployment = "test";
  settings.run = "run" + std::to_string(10'000 + ++runs);
  settings.instances.image = kImage;
  settings.instances.subnets = {kSubnetA, kSubnetB};
  settings.instances.security_groups = {kWorkerGroup};
  settings.instances.program = PARAGON_STAND_IN;
  settings.instances.poll_changing = std::chrono::milliseconds(100);
  settings.instances.poll_settled = std::chrono::milliseconds(300);
  settings.instances.heartbeat = std::chrono::milliseconds(200);
  settings.functions.code.zip = code;
  settings.functions.role = kFunctionRole;
  settings.functions.poll = std::chrono::milliseconds(50);
  return settings;
}

bool run_until(Loop& loop, const std::function<bool()>& when, Duration bound) {
  const Time end = loop.now() + bound;
  std::function<void()> look;
  Loop::Timer timer;
  look = [&] {
    if (when() || loop.now() > end) return loop.stop();
    timer = loop.after(std::chrono::milliseconds(20), look);
  };
  look();
  if (!when()) loop.run();
  return when();
}

AwsController::AwsController(Loop& loop, const AwsServer& server, const Catalog& catalog,
                             aws::AwsSettings settings, Cloud::OnEvent on_event)
    : account_(aws::Account::open(loop, server.outside(), "").value()),
      cloud_(AwsCloud::open(*account_, catalog, std::move(settings), std::move(on_event)).value()) {
}

}  // namespace paragon::testing

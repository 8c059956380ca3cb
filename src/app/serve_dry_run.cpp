#include "app/serve_dry_run.h"

#include <fmt/format.h>

#include "catalog/load.h"
#include "cloud/aws/aws_cloud.h"
#include "serve/aws_config.h"

namespace paragon {

Status dry_run(const ServeConfig& config) {
  if (config.cloud != "aws") {
    return {ErrorCode::unsupported, "--dry-run: the cloud '" + config.cloud +
                                        "' sends no calls; it is for `cloud: {kind: aws}`"};
  }
  LoadOptions options;
  options.models_dir = config.models_dir;
  options.check_hashes = false;
  const auto catalog = load_catalog(config.catalog, options);
  if (!catalog) return catalog.error();
  if (Status good = check(config, *catalog); !good) return good;
  auto settings = aws_settings(config);
  if (!settings) return settings.error();
  if (Status good = check(*settings); !good) return good;

  Loop loop;
  const auto account = aws::Account::open(loop, aws::this_process(), settings->region);
  if (!account) return account.error();
  (*account)->watch([](const aws::WatchedCall& call) {
    fmt::print("{}: {}\n", call.what, call.request);
    return false;
  });
  using aws::Service;
  auto ec2 = Service::open(**account, aws::services::kEc2, settings->seed);
  if (!ec2) return ec2.error();
  auto lambda = Service::open(**account, aws::services::kLambda, settings->seed);
  if (!lambda) return lambda.error();
  // What cannot even be made into a call is said as the cloud would say it; the rest was refused by
  // the watch, after it had been printed.
  Status wrong;
  const auto done = [&wrong](const aws::Reply& reply) {
    const auto& error = std::get<aws::Refusal>(reply).error;
    if (error.code != ErrorCode::unsupported) wrong = error;
  };
  for (std::uint32_t o = 0; o < catalog->machine_offers().size(); ++o) {
    const auto order = aws::order_for(*catalog, *settings, MachineOfferId{o}, MachineId{o + 1}, 0);
    (*ec2)->send({aws::ec2::request_for((*ec2)->host(), order), aws::actions::kRunInstances}, done);
  }
  for (std::uint32_t o = 0; settings->functions.any() && o < catalog->function_offers().size();
       ++o) {
    for (std::uint32_t v = 0; v < catalog->variants().size(); ++v) {
      const auto order = aws::function_for(*catalog, *settings, FunctionOfferId{o}, VariantId{v});
      (*lambda)->send(
          {aws::lambda::request((*lambda)->host(), order), aws::actions::kCreateFunction}, done);
    }
  }
  // Of the version that publishing gives: the first one, where there was none before.
  const auto provisioned = find_provisioned(*catalog, config.provisioned);  // check() found it good
  for (const Provisioned& one : *provisioned) {
    const std::string name = aws::function_for(*catalog, *settings, one.offer, one.variant).name;
    const aws::lambda::PutProvisionedConcurrency put{name, "1", one.environments};
    (*lambda)->send({aws::lambda::request((*lambda)->host(), aws::lambda::PublishVersion{name, {}}),
                     aws::actions::kPublishVersion},
                    done);
    (*lambda)->send({aws::lambda::request((*lambda)->host(), put),
                     aws::actions::kPutProvisionedConcurrencyConfig},
                    done);
  }
  loop.run();
  return wrong;
}

}  // namespace paragon

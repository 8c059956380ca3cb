#include "cloud/aws/stale_functions.h"

#include <spdlog/spdlog.h>

#include "cloud/aws/ownership.h"
#include "cloud/aws/release_versions.h"

namespace paragon::aws {

StaleFunctions::StaleFunctions(Loop& loop, Service& ec2, Service& lambda, const Catalog& catalog,
                               const Functions& functions, const std::string& deployment)
    : lambda_(lambda),
      catalog_(catalog),
      functions_(functions),
      agent_(loop, ec2, lambda, deployment) {
  agent_.find_functions([this](const Result<Estate>& estate) {
    if (estate) return end(*estate);
    spdlog::warn("event=aws_functions error=\"{}\"", estate.error().message);
  });
}

void StaleFunctions::end(const Estate& estate) {
  for (const OwnedFunction& owned : estate.functions) {
    const auto offer = catalog_.find_function_offer(owned.offer);
    const auto variant = catalog_.find_variant(owned.variant);
    if (!offer || !variant) {
      end(owned, true);
    } else if (!functions_.provisions(*offer, *variant)) {
      end(owned, false);
    }
  }
}

// The whole function, or only what is kept provisioned of it.
void StaleFunctions::end(const OwnedFunction& owned, bool whole) {
  const std::string& name = owned.function.name;
  if (!whole && owned.provisioned_versions().empty()) return;
  spdlog::info("event=function_{} name={} why={}", whole ? "deleted" : "unprovisioned", name,
               whole ? "not_in_the_catalog" : "not_configured");
  release_versions(lambda_, name, owned.provisioned_versions(), alive_,
                   [this, name, whole](const Status& status) {
                     if (!status)
                       spdlog::warn("event=aws_functions error=\"{}\"", status.error().message);
                     if (!whole) return;
                     lambda_.send(
                         {lambda::request(lambda_.host(), lambda::DeleteFunction{name, {}}),
                          actions::kDeleteFunction},
                         [](const Reply& reply) {
                           if (const auto* why = std::get_if<Refusal>(&reply))
                             spdlog::warn("event=aws_functions error=\"{}\"", why->error.message);
                         });
                   });
}

}  // namespace paragon::aws

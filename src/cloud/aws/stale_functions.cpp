#include "cloud/aws/stale_functions.h"

#include <spdlog/spdlog.h>

#include "cloud/aws/ownership.h"

namespace paragon::aws {

StaleFunctions::StaleFunctions(Loop& loop, Service& ec2, Service& lambda, const Catalog& catalog,
                               const std::string& deployment)
    : lambda_(lambda), catalog_(catalog), agent_(loop, ec2, lambda, deployment) {
  agent_.find_functions([this](const Result<Estate>& estate) {
    if (estate) return end(*estate);
    spdlog::warn("event=aws_functions error=\"{}\"", estate.error().message);
  });
}

void StaleFunctions::end(const Estate& estate) {
  for (const OwnedFunction& owned : estate.functions) {
    if (catalog_.find_function_offer(owned.offer) && catalog_.find_variant(owned.variant)) continue;
    const std::string& name = owned.function.name;
    spdlog::info("event=function_deleted name={} why=not_in_the_catalog", name);
    lambda_.send({lambda::request(lambda_.host(), lambda::DeleteFunction{name, {}}),
                  actions::kDeleteFunction},
                 [](const Reply& reply) {
                   if (const auto* why = std::get_if<Refusal>(&reply))
                     spdlog::warn("event=aws_functions error=\"{}\"", why->error.message);
                 });
  }
}

}  // namespace paragon::aws

#include "cloud/aws/check_desk.h"

#include <utility>
#include <variant>

namespace paragon::aws {

CheckDesk::CheckDesk(Account& of, const Catalog& all, const AwsSettings& with, int most,
                     std::function<void(const Finding&)> say)
    : account(of), catalog(all), settings(with), machines_max(most), say_(std::move(say)) {}

bool CheckDesk::open() {
  for (const auto& [name, into] :
       {std::pair(&services::kSts, &sts), std::pair(&services::kEc2, &ec2),
        std::pair(&services::kLambda, &lambda), std::pair(&services::kQuotas, &quotas)}) {
    auto service = Service::open(account, *name, settings.seed);
    if (service) {
      *into = std::move(*service);
    } else {
      tell(Grade::wrong, service.error().message);
    }
  }
  return wrong_ == 0;
}

void CheckDesk::tell(Grade grade, std::string what) {
  if (grade == Grade::wrong) ++wrong_;
  say_({grade, std::move(what)});
}

void CheckDesk::ask(Service& service, Result<ServiceRequest> request, const Action& action,
                    Grade if_refused, Answer then, Next next) {
  service.send({std::move(request), action},
               [weak = weak_from_this(), if_refused, then = std::move(then),
                next = std::move(next)](const Reply& reply) {
                 const auto self = weak.lock();
                 if (!self) return;
                 if (const auto* why = std::get_if<Refusal>(&reply)) {
                   self->tell(if_refused, why->error.message);
                 } else {
                   then(std::get<http::Answer>(reply).body);
                 }
                 next();
               });
}

}  // namespace paragon::aws

#include "cloud/aws/release_versions.h"

#include <utility>

#include "cloud/aws/lambda.h"

namespace paragon::aws {
namespace {

struct Release : std::enable_shared_from_this<Release> {
  Release(Service& service, std::string of, std::vector<std::string> which,
          std::weak_ptr<const void> guard, std::function<void(Status)> then)
      : lambda(service),
        function(std::move(of)),
        left(std::move(which)),
        alive(std::move(guard)),
        done(std::move(then)) {}

  void next() {
    if (left.empty()) return done(status);
    const std::string version = left.back();
    left.pop_back();
    send(lambda::request(lambda.host(), lambda::DeleteProvisionedConcurrency{function, version}),
         actions::kDeleteProvisionedConcurrencyConfig, [version](Release& self) {
           self.send(
               lambda::request(self.lambda.host(), lambda::DeleteFunction{self.function, version}),
               actions::kDeleteFunction, [](Release& me) { me.next(); });
         });
  }

  // Goes on with `then`, or with the next version where this one cannot be ended.
  void send(Result<ServiceRequest> request, const Action& action,
            std::function<void(Release&)> then) {
    lambda.send({std::move(request), action},
                [self = shared_from_this(), then = std::move(then)](const Reply& reply) {
                  if (self->alive.expired()) return;
                  const auto* why = std::get_if<Refusal>(&reply);
                  if (why == nullptr || why->error.code == ErrorCode::not_found) return then(*self);
                  if (self->status) self->status = why->error;
                  self->next();
                });
  }

  Service& lambda;
  const std::string function;
  std::vector<std::string> left;
  std::weak_ptr<const void> alive;
  std::function<void(Status)> done;
  Status status;
};

}  // namespace

void release_versions(Service& lambda, const std::string& function,
                      std::vector<std::string> versions, std::weak_ptr<const void> alive,
                      std::function<void(Status)> done) {
  std::make_shared<Release>(lambda, function, std::move(versions), std::move(alive),
                            std::move(done))
      ->next();
}

}  // namespace paragon::aws

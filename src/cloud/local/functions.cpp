#include "cloud/local/functions.h"

#include <algorithm>

namespace paragon {
namespace {
constexpr std::uint64_t kColdStarts = 0x636f6c64;  // names the random streams of cold starts
}

Functions::Functions(Loop& loop, Host& host, const Catalog& catalog,
                     const LocalCloudSettings& settings)
    : loop_(loop),
      host_(host),
      catalog_(catalog),
      settings_(settings),
      limits_(catalog),
      self_(std::make_shared<Functions*>(this)) {}

Functions::~Functions() {
  self_.reset();
  for (auto& environment : environments_)
    if (auto done = environment->abandon())
      refuse(std::move(done), ErrorCode::unavailable, "the local cloud was shut down");
}

void Functions::refuse(Cloud::OnAnswer done, ErrorCode code, std::string message) {
  loop_.post([done = std::move(done), error = Error{code, std::move(message)}] { done(error); });
}

void Functions::invoke(FunctionCall call, Cloud::OnAnswer done) {
  auto refused = limits_.unfit(call);
  if (!refused) refused = limits_.full(call.offer);
  if (refused) return refuse(std::move(done), refused->code, std::move(refused->message));
  Environment* environment = warm(call.offer, call.variant);
  if (environment == nullptr) environment = cold(call.offer, call.variant);
  if (environment == nullptr)
    return refuse(std::move(done), ErrorCode::throttled,
                  "all " + std::to_string(settings_.environments_max) +
                      " environments that this computer may hold are busy");
  limits_.begun(call.offer);
  auto counted = [done = std::move(done), self = std::weak_ptr<Functions*>(self_),
                  id = call.offer](Result<FunctionAnswer> answer) {
    if (auto still = self.lock()) (*still)->limits_.ended(id);
    done(std::move(answer));
  };
  environment->run(std::move(call), std::move(counted));
}

Environment* Functions::warm(FunctionOfferId offer, VariantId variant) {
  for (auto it = idle_.rbegin(); it != idle_.rend(); ++it) {
    Environment* environment = *it;
    if (environment->offer() != offer || environment->variant() != variant) continue;
    idle_.erase(std::next(it).base());
    environment->keep_alive.cancel();
    return environment;
  }
  return nullptr;
}

Environment* Functions::cold(FunctionOfferId offer_id, VariantId variant) {
  if (alive_ >= settings_.environments_max) {
    if (idle_.empty()) return nullptr;
    retire(*idle_.front());
  }
  const FunctionOffer& offer = catalog_.offer(offer_id);
  const int number = next_number_++;
  Random random =
      Random(settings_.seed).stream(kColdStarts).stream(static_cast<std::uint64_t>(number));
  Environment::Owner& owner = *this;  // make_unique does not see private bases
  environments_.push_back(std::make_unique<Environment>(
      loop_, host_, owner, number, offer_id, offer, variant, catalog_.variant(variant),
      offer.cold_start.sample(random), settings_.boot_timeout));
  ++alive_;
  return environments_.back().get();
}

void Functions::retire(Environment& environment) {
  std::erase(idle_, &environment);
  --alive_;
  environment.retire();
}

void Functions::now_idle(Environment& environment) {
  idle_.push_back(&environment);
  environment.keep_alive = loop_.after(catalog_.offer(environment.offer()).keep_alive,
                                       [this, &environment] { retire(environment); });
}

void Functions::now_ended(Environment& environment) {
  if (!environment.retired()) --alive_;
  std::erase(idle_, &environment);
  loop_.post([self = std::weak_ptr<Functions*>(self_), gone = &environment] {
    if (auto still = self.lock())
      std::erase_if((*still)->environments_, [&](const auto& one) { return one.get() == gone; });
  });
}

std::vector<Functions::Seen> Functions::environments() const {
  std::vector<Seen> all;
  for (const auto& one : environments_)
    all.push_back({one->offer(), one->variant(), one->pid(), one->idle()});
  return all;
}

}  // namespace paragon

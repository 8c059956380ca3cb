#include "cloud/aws/function_store.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "base/sha256.h"
#include "cloud/aws/encode.h"
#include "cloud/aws/ownership.h"
#include "wire/base64.h"

namespace paragon::aws {
namespace {

constexpr const char* kVariantVariable = "PARAGON_VARIANT";
constexpr const char* kCodeVariable = "PARAGON_CODE";

// Names the code: a function that says another name runs other code.
std::string code_name(const lambda::Code& code) {
  if (!code.zip.empty()) return "sha256:" + sha256_hex(code.zip);
  if (code.s3) return fmt::format("s3://{}/{}?{}", code.s3->bucket, code.s3->key, code.s3->version);
  return code.image_uri;
}

}  // namespace

lambda::CreateFunction function_for(const Catalog& catalog, const AwsSettings& settings,
                                    FunctionOfferId offer_id, VariantId variant_id) {
  const FunctionOffer& offer = catalog.offer(offer_id);
  const Variant& variant = catalog.variant(variant_id);
  const FunctionSettings& from = settings.functions;
  lambda::CreateFunction order;
  order.name = function_name(settings.deployment, offer.name, variant.name);
  order.code = from.code;
  order.role = from.role;
  order.runtime = "provided.al2023";
  order.memory = offer.memory;
  order.timeout = from.timeout;
  order.architecture = from.architecture;
  order.description = "Paragon: " + variant.name + " at " + offer.name;
  order.environment = {{kVariantVariable, variant.name}, {kCodeVariable, code_name(from.code)}};
  order.tags = function_tags(settings.deployment, offer.name, variant.name);
  order.subnet_ids = from.subnets;
  order.security_group_ids = from.security_groups;
  return order;
}

struct FunctionStore::Impl : std::enable_shared_from_this<Impl> {
  using Key = std::pair<FunctionOfferId, VariantId>;
  struct Entry {
    std::string name;
    bool ready = false;
    bool working = false;
    std::vector<Ready> waiting;
    Time until{};  // patience
    Loop::Timer pause;
  };

  Impl(Loop& on, Service& service, const Catalog& of, const AwsSettings& with)
      : loop(on), lambda(service), catalog(of), settings(with) {}

  Entry& entry(const Key& key) {
    Entry& found = entries[key];
    if (found.name.empty()) {
      found.name = function_name(settings.deployment, catalog.offer(key.first).name,
                                 catalog.variant(key.second).name);
    }
    return found;
  }

  void ensure(const Key& key, Ready ready) {
    Entry& e = entry(key);
    if (e.ready) return ready({});
    e.waiting.push_back(std::move(ready));
    if (e.working) return;
    e.working = true;
    e.until = loop.now() + settings.functions.ready_timeout;
    look(key);
  }

  template <class Then>
  void send(Result<ServiceRequest> request, const Action& action, Then then) {
    lambda.send({std::move(request), action},
                [weak = weak_from_this(), then = std::move(then)](Reply reply) {
                  if (auto self = weak.lock()) then(*self, std::move(reply));
                });
  }

  void look(const Key& key) {
    send(lambda::request(lambda.host(), lambda::GetFunction{entry(key).name, {}}),
         actions::kGetFunction,
         [key](Impl& self, Reply reply) { self.looked(key, std::move(reply)); });
  }

  void looked(const Key& key, Reply reply) {
    if (const auto* why = std::get_if<Refusal>(&reply)) {
      if (why->error.code == ErrorCode::not_found) return make(key);
      return finish(key, why->error);
    }
    const auto found = lambda::read_get_function(std::get<http::Answer>(reply).body);
    if (!found) return finish(key, found.error());
    const lambda::Function& there = found->function;
    using lambda::FunctionState;
    using lambda::UpdateState;
    if (there.state == FunctionState::failed || there.update == UpdateState::failed) {
      return finish(key, Error{ErrorCode::unavailable,
                               fmt::format("function {} is not usable: {}{}", there.name,
                                           there.state_reason, there.update_reason)});
    }
    if (there.state == FunctionState::pending || there.update == UpdateState::in_progress)
      return wait(key);
    const auto wanted = function_for(catalog, settings, key.first, key.second);
    const auto variable = [&](const char* name) {
      const auto one = there.environment.find(name);
      return one == there.environment.end() ? std::string() : one->second;
    };
    const bool same_code = variable(kCodeVariable) == wanted.environment.at(kCodeVariable);
    // An archive can be compared itself; the variable may be there before the code is.
    const bool same_bytes =
        wanted.code.zip.empty() || there.code_sha256.empty() ||
        hex(from_base64(there.code_sha256).value_or("")) == sha256_hex(wanted.code.zip);
    if (!same_bytes || (wanted.code.zip.empty() && !same_code)) return change_code(key, wanted);
    if (!same_code || there.memory != wanted.memory || there.timeout != wanted.timeout ||
        variable(kVariantVariable) != wanted.environment.at(kVariantVariable))
      return change_configuration(key, wanted);
    finish(key, {});
  }

  void make(const Key& key) {
    spdlog::info("event=function_made name={}", entry(key).name);
    const auto order = function_for(catalog, settings, key.first, key.second);
    send(lambda::request(lambda.host(), order), actions::kCreateFunction,
         [key](Impl& self, const Reply& reply) { self.made(key, reply); });
  }

  // Somebody else may have made it meanwhile, or we in an attempt whose answer was lost.
  void made(const Key& key, const Reply& reply) {
    const auto* why = std::get_if<Refusal>(&reply);
    if (why != nullptr && why->fault.code != "ResourceConflictException")
      return finish(key, why->error);
    wait(key);
  }

  void change_code(const Key& key, const lambda::CreateFunction& wanted) {
    spdlog::info("event=function_changed name={} what=code", wanted.name);
    // Code of which nothing can be compared is recognised by the variable, which is set after it.
    lambda::UpdateFunctionCode order{wanted.name, wanted.code, wanted.architecture};
    send(lambda::request(lambda.host(), order), actions::kUpdateFunctionCode,
         [key, wanted](Impl& self, const Reply& reply) {
           if (const auto* why = std::get_if<Refusal>(&reply)) return self.finish(key, why->error);
           if (!wanted.code.zip.empty()) return self.wait(key);
           self.pause(key, [key, wanted](Impl& later) { later.change_configuration(key, wanted); });
         });
  }

  void change_configuration(const Key& key, const lambda::CreateFunction& wanted) {
    spdlog::info("event=function_changed name={} what=configuration", wanted.name);
    lambda::UpdateFunctionConfiguration order;
    order.name = wanted.name;
    order.role = wanted.role;
    order.memory = wanted.memory;
    order.timeout = wanted.timeout;
    order.environment = wanted.environment;
    send(lambda::request(lambda.host(), order), actions::kUpdateFunctionConfiguration,
         [key](Impl& self, const Reply& reply) {
           if (const auto* why = std::get_if<Refusal>(&reply)) return self.finish(key, why->error);
           self.wait(key);
         });
  }

  void wait(const Key& key) {
    pause(key, [key](Impl& self) { self.look(key); });
  }

  void pause(const Key& key, std::function<void(Impl&)> then) {
    Entry& e = entry(key);
    if (loop.now() > e.until) {
      return finish(key, Error{ErrorCode::timeout,
                               "function " + e.name + " did not become ready in good time"});
    }
    e.pause =
        loop.after(settings.functions.poll, [weak = weak_from_this(), then = std::move(then)] {
          if (auto self = weak.lock()) then(*self);
        });
  }

  void finish(const Key& key, const Status& status) {
    Entry& e = entry(key);
    e.working = false;
    e.ready = status.ok();
    if (!status) spdlog::warn("event=function_unusable error=\"{}\"", status.error().message);
    for (auto& ready : std::exchange(e.waiting, {})) ready(status);
  }

  Loop& loop;
  Service& lambda;
  const Catalog& catalog;
  const AwsSettings& settings;
  std::map<Key, Entry> entries;
};

FunctionStore::FunctionStore(Loop& loop, Service& lambda, const Catalog& catalog,
                             const AwsSettings& settings)
    : impl_(std::make_shared<Impl>(loop, lambda, catalog, settings)) {}

FunctionStore::~FunctionStore() {
  for (auto& [key, entry] : impl_->entries) {
    for (auto& ready : std::exchange(entry.waiting, {})) {
      impl_->loop.post([ready = std::move(ready)] {
        ready({ErrorCode::unavailable, "the cloud on AWS was shut down"});
      });
    }
  }
}

void FunctionStore::ensure(FunctionOfferId offer, VariantId variant, Ready ready) {
  impl_->ensure({offer, variant}, std::move(ready));
}

void FunctionStore::forget(FunctionOfferId offer, VariantId variant) {
  impl_->entry({offer, variant}).ready = false;
}

const std::string& FunctionStore::name(FunctionOfferId offer, VariantId variant) {
  return impl_->entry({offer, variant}).name;
}

}  // namespace paragon::aws

#include "cloud/aws/provisioned_versions.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <map>
#include <utility>

#include "cloud/aws/release_versions.h"

namespace paragon::aws {

struct ProvisionedVersions::Impl : std::enable_shared_from_this<Impl> {
  using Key = std::pair<FunctionOfferId, VariantId>;
  using State = lambda::ProvisionedConcurrency::State;
  struct Entry {
    int wanted = 0;       // environments; 0: to be ended, or it has been
    std::string version;  // empty: none is published
    bool busy = false;    // a call is under way, whose answer leads on
    ProvisionedState told;
    Loop::Timer pause;
  };

  Impl(Loop& on, Service& service, FunctionStore& functions, const AwsSettings& with,
       OnChange tell_to)
      : loop(on),
        lambda(service),
        store(functions),
        settings(with),
        on_change(std::move(tell_to)) {}

  const std::string& name(const Key& key) { return store.name(key.first, key.second); }

  void provision(const std::vector<Provisioned>& wanted) {
    for (auto& [key, entry] : entries) entry.wanted = 0;
    for (const Provisioned& one : wanted) {
      Entry& entry = entries[{one.offer, one.variant}];
      entry.wanted = one.environments;
      entry.told.offer = one.offer;
      entry.told.variant = one.variant;
    }
    std::vector<Key> keys;
    for (const auto& [key, entry] : entries) keys.push_back(key);
    loop.post([weak = weak_from_this(), keys = std::move(keys)] {
      auto self = weak.lock();
      for (const Key& key : keys)
        if (self && !self->entries[key].busy) self->step(key);
    });
  }

  // What is to be done about it now, from the beginning.
  void step(const Key& key) {
    Entry& entry = entries[key];
    entry.pause.cancel();
    entry.busy = true;
    if (entry.wanted == 0) return end(key);
    store.ensure(key.first, key.second, [weak = weak_from_this(), key](const Status& status) {
      auto self = weak.lock();
      if (!self) return;
      if (!status) return self->again(key, status.error().message);
      self->publish(key);
    });
  }

  // Leads on to `then`, unless it is no longer wanted.
  template <class Then>
  void send(const Key& key, Result<ServiceRequest> request, const Action& action, Then then) {
    lambda.send({std::move(request), action},
                [weak = weak_from_this(), key, then = std::move(then)](const Reply& reply) {
                  auto self = weak.lock();
                  if (!self) return;
                  if (self->entries[key].wanted == 0) return self->end(key);
                  then(*self, reply);
                });
  }

  void publish(const Key& key) {
    if (entries[key].wanted == 0) return end(key);
    const std::string description = "Paragon: kept provisioned";
    send(key, lambda::request(lambda.host(), lambda::PublishVersion{name(key), description}),
         actions::kPublishVersion, [key](Impl& self, const Reply& reply) {
           if (const auto* why = std::get_if<Refusal>(&reply)) {
             // The function was taken away since it was looked at.
             if (why->error.code == ErrorCode::not_found) self.store.forget(key.first, key.second);
             return self.again(key, why->error.message);
           }
           const auto made = lambda::read_function(std::get<http::Answer>(reply).body);
           if (!made) return self.again(key, made.error().message);
           self.entries[key].version = made->version;
           self.older(key, {}, {});
         });
  }

  // Versions of what the function was before, whatever is still kept of them. `found`: on earlier
  // pages.
  void older(const Key& key, const std::string& marker, std::vector<std::string> found) {
    send(key, lambda::request(lambda.host(), lambda::ListVersions{name(key), marker}),
         actions::kListVersionsByFunction,
         [key, found = std::move(found)](Impl& self, const Reply& reply) {
           if (const auto* why = std::get_if<Refusal>(&reply))
             return self.again(key, why->error.message);
           const auto read = lambda::read_list_versions(std::get<http::Answer>(reply).body);
           if (!read) return self.again(key, read.error().message);
           std::vector<std::string> all = found;
           for (const auto& one : read->functions)
             if (one.version != "$LATEST" && one.version != self.entries[key].version)
               all.push_back(one.version);
           if (!read->next_marker.empty())
             return self.older(key, read->next_marker, std::move(all));
           self.end_older(key, all);
         });
  }

  void end_older(const Key& key, const std::vector<std::string>& versions) {
    for (const std::string& one : versions)
      spdlog::info("event=function_version_ended name={} version={}", name(key), one);
    release_versions(lambda, name(key), versions, weak_from_this(),
                     [this, key](const Status& status) {
                       if (!status) return again(key, status.error().message);
                       look(key);
                     });
  }

  void look(const Key& key) {
    Entry& entry = entries[key];
    if (entry.wanted == 0) return end(key);
    entry.busy = true;
    send(
        key,
        lambda::request(lambda.host(), lambda::GetProvisionedConcurrency{name(key), entry.version}),
        actions::kGetProvisionedConcurrencyConfig,
        [key](Impl& self, const Reply& reply) { self.looked(key, reply, false); });
  }

  void put(const Key& key) {
    const Entry& entry = entries[key];
    send(key,
         lambda::request(lambda.host(),
                         lambda::PutProvisionedConcurrency{name(key), entry.version, entry.wanted}),
         actions::kPutProvisionedConcurrencyConfig,
         [key](Impl& self, const Reply& reply) { self.looked(key, reply, true); });
  }

  // The answer to `look`, or to `put`.
  void looked(const Key& key, const Reply& reply, bool ordered) {
    Entry& entry = entries[key];
    if (const auto* why = std::get_if<Refusal>(&reply)) {
      // The version, which is new, may not be through with being made.
      if (ordered && why->fault.code == "ResourceConflictException") {
        return pause(key, settings.functions.poll, [key](Impl& self) { self.look(key); });
      }
      if (ordered) return failed(key, why->error.message);
      if (why->error.code != ErrorCode::not_found) return again(key, why->error.message);
      const bool had = entry.told.kept > 0;
      tell(key, 0, 0);
      // Somebody has ended it; perhaps the version too.
      return had ? step(key) : put(key);
    }
    const auto there = lambda::read_provisioned_concurrency(std::get<http::Answer>(reply).body);
    if (!there) return again(key, there.error().message);
    if (there->requested != entry.wanted && !ordered) return put(key);
    if (there->state == State::failed) return failed(key, there->reason);
    const bool all = there->state == State::ready;
    tell(key, entry.wanted, all ? entry.wanted : std::min(there->available, entry.wanted));
    pause(key, all ? settings.functions.provisioned_poll : settings.functions.poll,
          [key](Impl& self) { self.look(key); });
  }

  // AWS cannot keep them: what there is of it is ended, so that nothing is billed for it.
  void failed(const Key& key, const std::string& why) {
    Entry& entry = entries[key];
    const std::string version = std::exchange(entry.version, {});
    release_versions(lambda, name(key), {version}, weak_from_this(),
                     [this, key, why, version](const Status& status) {
                       if (status) {
                         tell(key, 0, 0);
                       } else {
                         entries[key].version = version;  // it is still to be ended
                       }
                       again(key, status ? why : why + "; " + status.error().message);
                     });
  }

  void again(const Key& key, const std::string& why) {
    const Entry& entry = entries[key];
    if (entry.wanted == 0) return end(key);
    spdlog::warn("event=provisioned_failed name={} environments={} error=\"{}\" again_in_s={:.0f}",
                 name(key), entry.wanted, why, seconds(settings.functions.provisioned_again));
    pause(key, settings.functions.provisioned_again, [key](Impl& self) { self.step(key); });
  }

  void pause(const Key& key, Duration length, std::function<void(Impl&)> then) {
    Entry& entry = entries[key];
    entry.busy = false;
    entry.pause = loop.after(length, [weak = weak_from_this(), then = std::move(then)] {
      if (auto self = weak.lock()) then(*self);
    });
  }

  void end(const Key& key) {
    Entry& entry = entries[key];
    const std::string version = std::exchange(entry.version, {});
    if (version.empty()) return ended(key, {});
    release_versions(lambda, name(key), {version}, weak_from_this(),
                     [this, key](const Status& status) { ended(key, status); });
  }

  void ended(const Key& key, const Status& status) {
    Entry& entry = entries[key];
    entry.busy = false;
    if (!status) {
      spdlog::error(
          "event=provisioned_left name={} error=\"{}\" action=\"it may still be kept and billed: "
          "paragon cloud list shows it, paragon cloud destroy ends it\"",
          name(key), status.error().message);
      return;
    }
    entry.told.kept = entry.told.ready = 0;
    on_change(entry.told);  // also where none was kept: it is asked for
    if (entry.wanted > 0) step(key);
  }

  void tell(const Key& key, int kept, int ready) {
    Entry& entry = entries[key];
    if (entry.told.kept == kept && entry.told.ready == ready) return;
    entry.told.kept = kept;
    entry.told.ready = ready;
    spdlog::info("event=provisioned name={} version={} kept={} ready={}", name(key), entry.version,
                 kept, ready);
    on_change(entry.told);
  }

  void lost(const Key& key) {
    const auto found = entries.find(key);
    if (found == entries.end() || found->second.version.empty() || found->second.busy) return;
    found->second.version.clear();
    tell(key, 0, 0);
    step(key);
  }

  Loop& loop;
  Service& lambda;
  FunctionStore& store;
  const AwsSettings& settings;
  OnChange on_change;
  std::map<Key, Entry> entries;
};

ProvisionedVersions::ProvisionedVersions(Loop& loop, Service& lambda, FunctionStore& store,
                                         const AwsSettings& settings, OnChange on_change)
    : impl_(std::make_shared<Impl>(loop, lambda, store, settings, std::move(on_change))) {}
ProvisionedVersions::~ProvisionedVersions() = default;

void ProvisionedVersions::provision(const std::vector<Provisioned>& wanted) {
  impl_->provision(wanted);
}

bool ProvisionedVersions::wants(FunctionOfferId offer, VariantId variant) const {
  const auto found = impl_->entries.find({offer, variant});
  return found != impl_->entries.end() && found->second.wanted > 0;
}

std::string ProvisionedVersions::version(FunctionOfferId offer, VariantId variant) const {
  const auto found = impl_->entries.find({offer, variant});
  return found == impl_->entries.end() ? std::string() : found->second.version;
}

void ProvisionedVersions::lost(FunctionOfferId offer, VariantId variant) {
  impl_->lost({offer, variant});
}

}  // namespace paragon::aws

#include "cloud/aws/estate.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "cloud/aws/instance_list.h"
#include "cloud/aws/ownership.h"
#include "cloud/aws/release_versions.h"

namespace paragon::aws {
namespace {

constexpr Duration kLookAgain = std::chrono::seconds(2);

}  // namespace

struct EstateAgent::Impl : std::enable_shared_from_this<Impl> {
  using Found = std::function<void(Result<Estate>)>;

  Impl(Loop& on, Service& machines, Service& functions, std::string of)
      : loop(on),
        ec2(machines),
        lambda(functions),
        deployment(std::move(of)),
        list(machines, deployment) {}

  // --- finding

  void begin(Found then) {
    found = std::move(then);
    estate = {};
    names.clear();
  }

  void find_functions(Found then) {
    begin(std::move(then));
    page({});
  }

  void find(Found then) {
    begin(std::move(then));
    list.ask([this](Result<std::vector<ec2::Instance>> instances) {
      if (!instances) return finish_finding(instances.error());
      estate.instances = std::move(*instances);
      std::erase_if(estate.instances, [](const ec2::Instance& one) {
        return one.state == ec2::InstanceState::terminated;
      });
      page({});
    });
  }

  template <class Then>
  void send(Service& service, Result<ServiceRequest> request, const Action& action, Then then) {
    service.send({std::move(request), action},
                 [weak = weak_from_this(), then = std::move(then)](Reply reply) {
                   if (auto self = weak.lock()) then(*self, std::move(reply));
                 });
  }

  void page(const std::string& marker) {
    send(lambda, lambda::request(lambda.host(), lambda::ListFunctions{marker, {}}),
         actions::kListFunctions, [](Impl& self, Reply reply) { self.turned(std::move(reply)); });
  }

  void turned(Reply reply) {
    if (const auto* why = std::get_if<Refusal>(&reply)) return finish_finding(why->error);
    const auto read = lambda::read_list_functions(std::get<http::Answer>(reply).body);
    if (!read) return finish_finding(read.error());
    for (const auto& function : read->functions)
      if (function.name.starts_with(function_prefix(deployment))) names.push_back(function.name);
    if (!read->next_marker.empty()) return page(read->next_marker);
    next_function();
  }

  // Another deployment's name may begin with ours, so the tags decide; listings do not have them.
  void next_function() {
    if (names.empty()) return finish_finding(std::exchange(estate, {}));
    const std::string name = names.back();
    names.pop_back();
    send(lambda, lambda::request(lambda.host(), lambda::GetFunction{name, {}}),
         actions::kGetFunction, [](Impl& self, Reply reply) { self.looked(std::move(reply)); });
  }

  void looked(Reply reply) {
    if (const auto* why = std::get_if<Refusal>(&reply)) {
      if (why->error.code == ErrorCode::not_found) return next_function();  // gone meanwhile
      return finish_finding(why->error);
    }
    auto read = lambda::read_get_function(std::get<http::Answer>(reply).body);
    if (!read) return finish_finding(read.error());
    const auto tag = [&](const char* key) {
      const auto there = read->tags.find(key);
      return there == read->tags.end() ? std::string() : there->second;
    };
    if (tag(kDeploymentTag) != deployment) return next_function();
    estate.functions.push_back({std::move(read->function), tag(kOfferTag), tag(kVariantTag), {}});
    provisioned_page({});
  }

  // What is kept of the last function found.
  void provisioned_page(const std::string& marker) {
    const std::string& name = estate.functions.back().function.name;
    send(lambda, lambda::request(lambda.host(), lambda::ListProvisionedConcurrency{name, marker}),
         actions::kListProvisionedConcurrencyConfigs, [](Impl& self, const Reply& reply) {
           // That this cannot be told must not hide the function, nor keep it from being deleted.
           const auto* answer = std::get_if<http::Answer>(&reply);
           if (answer == nullptr) return self.next_function();
           auto read = lambda::read_list_provisioned(answer->body);
           if (!read) return self.next_function();
           auto& kept = self.estate.functions.back().provisioned;
           if (!kept) kept.emplace();
           for (auto& one : read->configurations) kept->push_back(std::move(one));
           if (!read->next_marker.empty()) return self.provisioned_page(read->next_marker);
           self.next_function();
         });
  }

  void finish_finding(Result<Estate> result) {
    if (result) {
      std::sort(result->functions.begin(), result->functions.end(),
                [](const auto& a, const auto& b) { return a.function.name < b.function.name; });
    }
    if (auto done = std::exchange(found, nullptr)) done(std::move(result));
  }

  // --- ending

  void destroy(Duration patience, Say tell, std::function<void(Status)> then) {
    until = loop.now() + patience;
    say = std::move(tell);
    destroyed = std::move(then);
    round();
  }

  void round() {
    find([this](Result<Estate> result) {
      if (!result) return finish_ending(result.error());
      if (result->empty()) return finish_ending({});
      if (loop.now() > until) return finish_ending(left(*result));
      end(*result);
    });
  }

  void end(const Estate& there) {
    ec2::TerminateInstances order;
    for (const auto& instance : there.instances) {
      if (instance.state == ec2::InstanceState::shutting_down) continue;
      if (told.insert(instance.id).second) say("terminating " + instance.id);
      if (order.instance_ids.size() < kBatch) order.instance_ids.push_back(instance.id);
    }
    steps = 1;
    if (!order.instance_ids.empty()) {
      ++steps;
      send(ec2, ec2::request_for(ec2.host(), order), actions::kTerminateInstances,
           [](Impl& self, const Reply& reply) { self.stepped(reply, {}); });
    }
    for (const auto& owned : there.functions) {
      ++steps;
      const std::string name = owned.function.name;
      release_versions(lambda, name, owned.provisioned_versions(), weak_from_this(),
                       [this, name](const Status& status) {
                         if (!status) last_error = status.error();
                         delete_function(name);
                       });
    }
    step_done();
  }

  void delete_function(const std::string& name) {
    send(lambda, lambda::request(lambda.host(), lambda::DeleteFunction{name, {}}),
         actions::kDeleteFunction, [name](Impl& self, const Reply& reply) {
           self.stepped(reply, "deleted function " + name);
         });
  }

  void stepped(const Reply& reply, const std::string& what) {
    const auto* why = std::get_if<Refusal>(&reply);
    if (why != nullptr && why->error.code != ErrorCode::not_found) {
      last_error = why->error;
    } else if (!what.empty()) {
      say(what);
    }
    step_done();
  }

  void step_done() {
    if (--steps > 0) return;
    const bool hopeless = last_error && (last_error->code == ErrorCode::denied ||
                                         last_error->code == ErrorCode::unsupported);
    if (hopeless) return finish_ending(*last_error);
    pause = loop.after(kLookAgain, [this] { round(); });
  }

  Error left(const Estate& there) const {
    std::string what = fmt::format("{} instances and {} functions are still there",
                                   there.instances.size(), there.functions.size());
    for (const auto& one : there.instances)
      what += fmt::format("; {} is {}", one.id, ec2::name(one.state));
    if (last_error) what += "; " + last_error->message;
    return {ErrorCode::timeout, what};
  }

  void finish_ending(const Status& status) {
    if (auto done = std::exchange(destroyed, nullptr)) done(status);
  }

  static constexpr std::size_t kBatch = 1000;

  Loop& loop;
  Service& ec2;
  Service& lambda;
  const std::string deployment;
  InstanceList list;
  Found found;
  Estate estate;
  std::vector<std::string> names;  // of functions still to be looked at
  Time until{};
  Say say;
  std::function<void(Status)> destroyed;
  std::set<std::string> told;
  int steps = 0;
  std::optional<Error> last_error;
  Loop::Timer pause;
};

std::vector<std::string> OwnedFunction::provisioned_versions() const {
  std::vector<std::string> out;
  if (!provisioned) return out;
  for (const auto& one : *provisioned) out.push_back(one.qualifier);
  return out;
}

EstateAgent::EstateAgent(Loop& loop, Service& ec2, Service& lambda, std::string deployment)
    : impl_(std::make_shared<Impl>(loop, ec2, lambda, std::move(deployment))) {}
EstateAgent::~EstateAgent() = default;

void EstateAgent::find(std::function<void(Result<Estate>)> done) { impl_->find(std::move(done)); }

void EstateAgent::find_functions(std::function<void(Result<Estate>)> done) {
  impl_->find_functions(std::move(done));
}

void EstateAgent::destroy(Duration patience, Say say, std::function<void(Status)> done) {
  impl_->destroy(patience, std::move(say), std::move(done));
}

}  // namespace paragon::aws
